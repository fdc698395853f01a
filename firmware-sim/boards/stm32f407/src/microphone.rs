use embassy_executor::InterruptExecutor;
use embassy_stm32::i2s::{self, ClockPolarity, Format, I2S, Standard};
use embassy_stm32::interrupt::{self, InterruptExt, Priority};
use embassy_stm32::peripherals::{DMA1_CH3, PB10, PB12, PC3, SPI2};
use embassy_stm32::time::Hertz;
use embassy_stm32::{Peri, bind_interrupts, dma};
use listening::engine::listen::{Decimator, Gain};
use listening::{BLOCK, Capture, Microphone, Queue};

/// In Hz: a 64th of the microphone's clock of 1.4112 MHz, and what the shipped model hears.
pub const SAMPLE_RATE: u32 = 22_050;

/// Full scale of the microphone is 120 dB of sound pressure, and a voice has 60 to 80.
pub const GAIN: Gain = Gain::decibels(20);

/// Words of 16 bits that are worked on at once: eight samples.
const PORTION: usize = 32;
/// Words of the DMA controller's ring: two halves of 32 samples, 1.5 ms each.
const RING: usize = 256;

bind_interrupts!(struct Irqs {
    DMA1_STREAM3 => dma::InterruptHandler<DMA1_CH3>;
});

static QUEUE: Queue<i32, 5> = Queue::of_i32();
static EXECUTOR: InterruptExecutor = InterruptExecutor::new();

#[embassy_stm32::interrupt]
unsafe fn UART5() {
    // SAFETY: the executor was started with this interrupt, and nothing else calls this.
    unsafe { EXECUTOR.on_interrupt() }
}

/// The microphone on the board.
pub struct I2sMicrophone {
    pub(crate) spi: Peri<'static, SPI2>,
    pub(crate) dma: Peri<'static, DMA1_CH3>,
    pub(crate) clock: Peri<'static, PB10>,
    pub(crate) data: Peri<'static, PC3>,
    /// Nothing listens to it.
    pub(crate) word_select: Peri<'static, PB12>,
}

impl I2sMicrophone {
    /// Switches it on. From now on its blocks have to be heard.
    ///
    /// # Panics
    /// When another one was started before.
    #[must_use]
    pub fn start(self) -> Microphone<i32> {
        let (capture, microphone) = QUEUE.split(SAMPLE_RATE);
        interrupt::UART5.set_priority(Priority::P6);
        let spawner = EXECUTOR.start(interrupt::UART5);
        spawner.spawn(defmt::unwrap!(sample(self, capture)));
        microphone
    }
}

/// The chip fills one half of a ring while this makes samples of the other's bits. It runs in an interrupt, so it does
/// so in time whatever the foreground computes.
#[embassy_executor::task]
async fn sample(parts: I2sMicrophone, mut capture: Capture<i32>) {
    let mut ring = [0_u16; RING];
    let mut config = i2s::Config::default();
    // Both channels of 16 bits follow each other without a gap, so to the microphone it is a clock of 32 times this.
    config.frequency = Hertz(SAMPLE_RATE * Decimator::DECIMATION / 32);
    config.standard = Standard::LsbFirst;
    config.format = Format::Data16Channel16;
    config.clock_polarity = ClockPolarity::IdleHigh;
    config.master_clock = false;
    let I2sMicrophone { spi, dma, clock, data, word_select } = parts;
    let mut i2s = I2S::new_rxonly_nomck(spi, data, word_select, clock, dma, &mut ring, Irqs, config);
    i2s.start();

    let mut decimator = Decimator::new();
    let mut portion = [0; PORTION];
    let (mut samples, mut count) = ([0; BLOCK], 0);
    loop {
        if i2s.read(&mut portion).await.is_err() {
            // The ring was overrun; it goes on from here.
            capture.lose();
            continue;
        }
        decimator.push(portion, |sample| {
            samples[count] = sample;
            count += 1;
            if count == BLOCK {
                capture.deliver(&samples);
                count = 0;
            }
        });
    }
}
