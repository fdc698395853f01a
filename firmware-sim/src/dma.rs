//! A microphone whose blocks come at the pace of time, by two buffers that take turns, as a DMA controller delivers
//! them.
//!
//! While the program hears one block, the next one comes into the other buffer. When that is full, an interrupt hands
//! it over, and the controller goes on with the first one. Nobody can stop it: if the program still uses that, the
//! block that comes is lost. So a block must be heard within a block's time.

use cortex_m::interrupt::{self, CriticalSection};
use heapless::spsc::{Consumer, Producer, Queue};

use crate::hear::Error;
use crate::host::Recording;
use crate::ticks;
use crate::wav::WavReader;

/// Samples of a block: 32 ms at 16 kHz.
pub const BLOCK: usize = 512;

/// A buffer that belongs to the controller or to the program.
pub struct Block {
    samples: [i16; BLOCK],
    count: usize,
    /// When it was handed over, in ticks.
    came: u64,
}

type Buffer = &'static mut Block;

/// What both sides share: all of it is handed to and fro.
pub struct Memory {
    blocks: [Block; 2],
    full: Queue<Buffer, 3>,
    free: Queue<Buffer, 3>,
}

/// The controller's side, for the interrupt.
pub struct Controller {
    recording: WavReader<Recording>,
    /// The buffer into which the next block comes; None if it is lost.
    filling: Option<Buffer>,
    free: Consumer<'static, Buffer>,
    full: Producer<'static, Buffer>,
    lost_samples: [i16; BLOCK],
    count: Count,
    is_over: Result<bool, Error>,
}

/// Blocks that have come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// All of them.
    pub blocks: u64,
    /// Those whose buffer was still in use.
    pub lost: u64,
}

/// The program's side.
pub struct Blocks {
    full: Consumer<'static, Buffer>,
    free: Producer<'static, Buffer>,
}

impl Memory {
    /// Can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        const EMPTY: Block = Block { samples: [0; BLOCK], count: 0, came: 0 };
        Self { blocks: [EMPTY; 2], full: Queue::new(), free: Queue::new() }
    }

    /// A microphone that is about to hear a recording, and what comes of it.
    pub fn start(&'static mut self, recording: WavReader<Recording>) -> (Controller, Blocks) {
        let [first, second] = &mut self.blocks;
        let (full, full_out) = self.full.split();
        let (mut free, free_out) = self.free.split();
        // There is room for both.
        _ = free.enqueue(second);
        let controller = Controller {
            recording,
            filling: Some(first),
            free: free_out,
            full,
            lost_samples: [0; BLOCK],
            count: Count::default(),
            is_over: Ok(false),
        };
        (controller, Blocks { full: full_out, free })
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Controller {
    /// A block's time is over.
    ///
    /// The samples come from the host only now, by one call of semihosting, which takes a few hundred instructions
    /// whatever the block's length: that is what copying costs, and a DMA controller would not. A recording of minutes
    /// has no room in the memory of a board.
    pub fn interrupt(&mut self) {
        if !matches!(self.is_over, Ok(false)) {
            return;
        }
        let came = ticks::now();
        let mut filling = self.filling.take();
        let samples = filling.as_mut().map_or(&mut self.lost_samples, |block| &mut block.samples);
        match self.recording.read(samples).map(<[_]>::len) {
            Ok(0) => self.is_over = Ok(true),
            Ok(count) => self.hand_over(filling, count, came),
            Err(error) => self.is_over = Err(error.into()),
        }
        self.filling = self.free.dequeue();
    }

    fn hand_over(&mut self, filled: Option<Buffer>, count: usize, came: u64) {
        self.count.blocks += 1;
        match filled {
            Some(block) => {
                (block.count, block.came) = (count, came);
                // There is room for both.
                _ = self.full.enqueue(block);
            }
            None => self.count.lost += 1,
        }
    }

    /// What has come so far.
    #[must_use]
    pub const fn count(&self) -> Count {
        self.count
    }

    /// Whether the recording is over, or why it can't be read.
    ///
    /// # Errors
    /// Once, a recording that can't be read to its end.
    pub fn is_over(&mut self) -> Result<bool, Error> {
        core::mem::replace(&mut self.is_over, Ok(true)).inspect(|&is_over| self.is_over = Ok(is_over))
    }
}

impl Blocks {
    /// Gives `hear` the next block if it has come, and says how many ticks after that it was through; the buffer is
    /// free then.
    pub fn next(&mut self, hear: impl FnOnce(&[i16])) -> Option<u64> {
        let block = self.full.dequeue()?;
        hear(block.samples.get(..block.count).unwrap_or_default());
        let ticks = ticks::now() - block.came;
        // There is room for both.
        _ = self.free.enqueue(block);
        Some(ticks)
    }

    /// Sleeps until an interrupt comes, unless a block is there.
    pub fn wait(&self) {
        // An interrupt that comes after the look wakes the core all the same, though it is served behind this.
        interrupt::free(|_: &CriticalSection| {
            if !self.full.ready() {
                cortex_m::asm::wfi();
            }
        });
    }
}
