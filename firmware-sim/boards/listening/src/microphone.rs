use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::zerocopy_channel::{Channel, Receiver, Sender};
use static_cell::{ConstStaticCell, StaticCell};

/// Samples of a block: 3 ms.
pub const BLOCK: usize = 64;

type Mutex = CriticalSectionRawMutex;

#[derive(Clone, Copy)]
struct Block<W> {
    /// Blocks that were lost since the one before.
    lost: u32,
    samples: [W; BLOCK],
}

/// Blocks between a microphone's interrupt and whoever hears it; `W` is the word in which the microphone delivers a
/// sample.
///
/// The network takes many milliseconds at a time, in the foreground. So that no block is lost meanwhile, the DMA
/// controller always has a buffer to fill, and the task that hands it the next one and copies the full one here runs in
/// an interrupt, which nothing in the foreground can hold up. `WAITING` blocks may be here, the one that is heard among
/// them: enough while the listener works on its dearest one, a frame's work with every layer of a branch due, 0.7
/// million instructions. That is 11 ms at 64 MHz if each takes one cycle, and 4 blocks. After it the listener catches
/// up: in the mean, hearing takes less than half of a core of 64 MHz.
pub struct Queue<W: 'static, const WAITING: usize> {
    blocks: ConstStaticCell<[Block<W>; WAITING]>,
    channel: StaticCell<Channel<'static, Mutex, Block<W>>>,
}

impl<const WAITING: usize> Queue<i16, WAITING> {
    /// An empty one for words of 16 bits; to be a `static`.
    #[must_use]
    pub const fn of_i16() -> Self {
        Self::filled_with(0)
    }
}

impl<const WAITING: usize> Queue<i32, WAITING> {
    /// An empty one for words of 32 bits; to be a `static`.
    #[must_use]
    pub const fn of_i32() -> Self {
        Self::filled_with(0)
    }
}

impl<W: Copy, const WAITING: usize> Queue<W, WAITING> {
    const fn filled_with(word: W) -> Self {
        let block = Block { lost: 0, samples: [word; BLOCK] };
        Self { blocks: ConstStaticCell::new([block; WAITING]), channel: StaticCell::new() }
    }

    /// Its two ends: for the interrupt, and for whoever hears a microphone of a sample rate in Hz.
    ///
    /// # Panics
    /// When it is called again.
    pub fn split(&'static self, sample_rate: u32) -> (Capture<W>, Microphone<W>) {
        let (sender, receiver) = self.channel.init(Channel::new(self.blocks.take())).split();
        (Capture { sender, lost: 0 }, Microphone { receiver, sample_rate, lost: 0 })
    }
}

/// The end of a [`Queue`] at which blocks come in.
pub struct Capture<W: 'static> {
    sender: Sender<'static, Mutex, Block<W>>,
    /// Blocks that were lost since the last one that found room.
    lost: u32,
}

impl<W: Copy> Capture<W> {
    /// Delivers a block. It never waits: without room the block is lost, and counted.
    pub fn deliver(&mut self, samples: &[W; BLOCK]) {
        let Some(block) = self.sender.try_send() else { return self.lose() };
        *block = Block { lost: core::mem::take(&mut self.lost), samples: *samples };
        self.sender.send_done();
    }

    /// Counts a block that the microphone's own hardware lost.
    pub const fn lose(&mut self) {
        self.lost = self.lost.saturating_add(1);
    }
}

/// The end of a [`Queue`] at which a microphone is heard.
pub struct Microphone<W: 'static> {
    receiver: Receiver<'static, Mutex, Block<W>>,
    sample_rate: u32,
    lost: u32,
}

impl<W: Copy> Microphone<W> {
    /// In Hz.
    #[must_use]
    pub const fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Waits for the next block and lets `hear` have it, with the number of blocks that were lost just before it, which
    /// is told.
    pub async fn next<R>(&mut self, hear: impl FnOnce(&[W; BLOCK], u32) -> R) -> R {
        let block = self.receiver.receive().await;
        if block.lost > 0 {
            self.lost = self.lost.saturating_add(block.lost);
            defmt::warn!("{=u32} blocks of sound were lost, {=u32} in all", block.lost, self.lost);
        }
        let heard = hear(&block.samples, block.lost);
        self.receiver.receive_done();
        heard
    }
}
