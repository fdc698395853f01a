use embassy_executor::InterruptExecutor;
use embassy_rp::interrupt::{self, InterruptExt, Priority};
use embassy_rp::peripherals::{DMA_CH0, PIN_18, PIN_19, PIN_20, PIO0};
use embassy_rp::pio::{FifoJoin, Pio, ShiftConfig, ShiftDirection};
use embassy_rp::pio_programs::clock_divider::calculate_pio_clock_divider;
use embassy_rp::{Peri, bind_interrupts, dma, pio};
use listening::engine::listen::Gain;
use listening::{BLOCK, Capture, Microphone, Queue};

use crate::protocol::Protocol;

/// In Hz: what the shipped model hears. The divider of the clock misses it by less than 0.01 %.
pub const SAMPLE_RATE: u32 = 22_050;

/// Full scale of these microphones is 120 dB of sound pressure, and a voice has 60 to 80.
pub const GAIN: Gain = Gain::decibels(20);

/// Of the clock, for each sample.
const CYCLES: u32 = 64;

bind_interrupts!(struct Irqs {
    PIO0_IRQ_0 => pio::InterruptHandler<PIO0>;
    DMA_IRQ_0 => dma::InterruptHandler<DMA_CH0>;
});

static QUEUE: Queue<i32, 5> = Queue::of_i32();
static EXECUTOR: InterruptExecutor = InterruptExecutor::new();

#[embassy_rp::interrupt]
unsafe fn SWI_IRQ_0() {
    // SAFETY: the executor was started with this interrupt, and nothing else calls this.
    unsafe { EXECUTOR.on_interrupt() }
}

/// A microphone whose signals a state machine of the chip makes and reads.
pub struct PioMicrophone {
    pub(crate) pio: Peri<'static, PIO0>,
    pub(crate) dma: Peri<'static, DMA_CH0>,
    pub(crate) clock: Peri<'static, PIN_18>,
    /// By I2S: low for the left channel. It has to be the pin after the clock's.
    pub(crate) word_select: Peri<'static, PIN_19>,
    pub(crate) data: Peri<'static, PIN_20>,
}

impl PioMicrophone {
    /// Switches it on. From now on its blocks have to be heard.
    ///
    /// # Panics
    /// When another one was started before.
    #[must_use]
    pub fn start(self) -> Microphone<i32> {
        let (capture, microphone) = QUEUE.split(SAMPLE_RATE);
        interrupt::SWI_IRQ_0.set_priority(Priority::P2);
        let spawner = EXECUTOR.start(interrupt::SWI_IRQ_0);
        spawner.spawn(defmt::unwrap!(sample(self, capture)));
        microphone
    }
}

/// The chip fills one of two buffers while this works on the other. It runs in an interrupt, so it does so in time
/// whatever the foreground computes: between two buffers, the state machine's eight words bridge 180 us.
#[embassy_executor::task]
async fn sample(parts: PioMicrophone, mut capture: Capture<i32>) {
    let Pio { mut common, sm0: mut machine, .. } = Pio::new(parts.pio, Irqs);
    let [clock, word_select, data] = [
        common.make_pio_pin(parts.clock),
        common.make_pio_pin(parts.word_select),
        common.make_pio_pin(parts.data),
    ];
    let mut config = pio::Config::default();
    let mut protocol = Protocol::load(&mut common, &mut config, [&clock, &word_select]);
    config.set_in_pins(&[&data]);
    config.clock_divider = calculate_pio_clock_divider(SAMPLE_RATE * CYCLES * Protocol::STEPS_A_CYCLE);
    config.shift_in = ShiftConfig { auto_fill: true, threshold: 32, direction: ShiftDirection::Left };
    config.fifo_join = FifoJoin::RxOnly;
    machine.set_config(&config);
    machine.set_pin_dirs(pio::Direction::Out, &[&clock, &word_select]);
    machine.set_pin_dirs(pio::Direction::In, &[&data]);
    machine.set_enable(true);

    let mut dma = dma::Channel::new(parts.dma, Irqs);
    let [mut full, mut filling] = [[0_u32; BLOCK]; 2];
    machine.rx().dma_pull(&mut dma, &mut full, false).await;
    loop {
        let transfer = machine.rx().dma_pull(&mut dma, &mut filling, false);
        protocol.hear(&full, &mut capture);
        transfer.await;
        core::mem::swap(&mut full, &mut filling);
        if machine.rx().stalled() {
            capture.lose();
        }
    }
}
