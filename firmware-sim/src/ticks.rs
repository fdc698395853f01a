//! A clock for measurements: SysTick, which QEMU drives by retired instructions under `-icount`.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::Peripherals;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

/// SysTick has 24 bits.
const RELOAD: u32 = 0x00FF_FFFF;

/// How often SysTick has run out.
static WRAPS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    WRAPS.fetch_add(1, Ordering::Relaxed);
}

/// Counts ticks of the core clock.
pub struct Ticks {
    overhead: u64,
}

impl Ticks {
    /// Starts the clock.
    ///
    /// # Panics
    /// If it was started before.
    #[must_use]
    pub fn start() -> Self {
        let mut systick = Peripherals::take().expect("the clock is started once").SYST;
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(RELOAD);
        systick.clear_current();
        systick.enable_interrupt();
        systick.enable_counter();
        let mut ticks = Self { overhead: 0 };
        ticks.overhead = ticks.measure(|| ());
        ticks
    }

    /// Ticks that `work` takes, less those that measuring takes.
    pub fn measure(&self, work: impl FnOnce()) -> u64 {
        let mut lap = self.start_lap();
        work();
        lap.end()
    }

    /// Starts to measure laps.
    #[must_use]
    pub fn start_lap(&self) -> Lap {
        Lap { overhead: self.overhead, start: now() }
    }
}

/// Measures one lap after the other.
pub struct Lap {
    overhead: u64,
    start: u64,
}

impl Lap {
    /// Ticks since the last lap's end, or the start, less those that measuring takes. The next lap begins when this
    /// returns.
    pub fn end(&mut self) -> u64 {
        let ticks = (now() - self.start).saturating_sub(self.overhead);
        self.start = now();
        ticks
    }
}

fn now() -> u64 {
    loop {
        let wraps = WRAPS.load(Ordering::Relaxed);
        // From 0 it goes to `RELOAD` and down; it interrupts when it is back at 0.
        let elapsed = SYST::get_current().wrapping_neg() & RELOAD;
        if WRAPS.load(Ordering::Relaxed) == wraps {
            return u64::from(wraps) * u64::from(RELOAD + 1) + u64::from(elapsed);
        }
    }
}
