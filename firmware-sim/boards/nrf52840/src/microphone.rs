use embassy_executor::InterruptExecutor;
use embassy_nrf::gpio::{AnyPin, Level, Output, OutputDrive};
use embassy_nrf::interrupt::{self, InterruptExt, Priority};
use embassy_nrf::pdm::{self, Frequency, Pdm, Ratio, SamplerState};
use embassy_nrf::{Peri, bind_interrupts, peripherals};
use embassy_time::Instant;
use fixed::types::I7F1;
use listening::engine::listen::Gain;
use listening::{BLOCK, Capture, Microphone, Queue};

/// In Hz: 32 MHz / 24 / 64, and a third. The chip can't make 22050, and this is nearest.
pub const SAMPLE_RATE: u32 = 20_833;

/// What is left for the listener to amplify: nothing, as the chip has done it before it rounded to 16 bits.
pub const GAIN: Gain = Gain::NONE;

/// In the chip: 20 dB, its most. Full scale of these microphones is 120 dB of sound pressure, and a voice has 60 to 80.
const HARDWARE_GAIN: I7F1 = I7F1::from_bits(2 * 20);

/// How long a block takes.
const BLOCK_MICROS: u64 = 1_000_000 * BLOCK as u64 / SAMPLE_RATE as u64;

bind_interrupts!(struct Irqs {
    PDM => pdm::InterruptHandler<peripherals::PDM>;
});

static QUEUE: Queue<i16, 16> = Queue::of_i16();
static EXECUTOR: InterruptExecutor = InterruptExecutor::new();

#[embassy_nrf::interrupt]
unsafe fn EGU0_SWI0() {
    // SAFETY: the executor was started with this interrupt, and nothing else calls this.
    unsafe { EXECUTOR.on_interrupt() }
}

/// The microphone on the board.
pub struct PdmMicrophone {
    pub(crate) pdm: Peri<'static, peripherals::PDM>,
    pub(crate) clock: Peri<'static, AnyPin>,
    pub(crate) data: Peri<'static, AnyPin>,
    pub(crate) power: Peri<'static, AnyPin>,
}

impl PdmMicrophone {
    /// Switches it on. From now on its blocks have to be heard.
    ///
    /// # Panics
    /// When another one was started before.
    #[must_use]
    pub fn start(self) -> Microphone<i16> {
        let (capture, microphone) = QUEUE.split(SAMPLE_RATE);
        interrupt::EGU0_SWI0.set_priority(Priority::P2);
        let spawner = EXECUTOR.start(interrupt::EGU0_SWI0);
        spawner.spawn(defmt::unwrap!(sample(self, capture)));
        microphone
    }
}

/// The chip fills one of two buffers while this copies the other. It runs in an interrupt, so it does so in time
/// whatever the foreground computes.
#[embassy_executor::task]
async fn sample(parts: PdmMicrophone, mut capture: Capture<i16>) {
    // Without its supply the microphone is silent, and nothing says why.
    let _supply = Output::new(parts.power, Level::High, OutputDrive::Standard);
    let config = pdm::Config {
        frequency: Frequency::_1333k,
        ratio: Ratio::Ratio64,
        gain_left: HARDWARE_GAIN,
        ..pdm::Config::default()
    };
    let mut pdm = Pdm::new(parts.pdm, Irqs, parts.clock, parts.data, config);
    let mut buffers = [[0; BLOCK]; 2];
    let mut before = Instant::now();
    let sampled = pdm.run_task_sampler(&mut buffers, |samples| {
        // The chip does not say that it has filled a buffer anew before it was copied; the clock does.
        let now = Instant::now();
        (1..(now - before).as_micros() / BLOCK_MICROS).for_each(|_| capture.lose());
        before = now;
        capture.deliver(samples);
        SamplerState::Sampled
    });
    defmt::unwrap!(sampled.await);
}
