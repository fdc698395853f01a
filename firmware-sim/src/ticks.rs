//! A clock for measurements: SysTick, which QEMU drives by retired instructions under `-icount`.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use cortex_m::Peripherals;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};
use cortex_m_rt::exception;

/// The most ticks after which SysTick, of 24 bits, begins anew.
const LONGEST_PERIOD: u32 = 1 << 24;

/// Ticks after which it begins anew.
static PERIOD: AtomicU32 = AtomicU32::new(LONGEST_PERIOD);
/// Whether it tells PendSV then.
static IS_PACE: AtomicBool = AtomicBool::new(false);
/// How often SysTick has run out.
static WRAPS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    // Nothing else writes it, and a Cortex-M0 has no such addition in one.
    WRAPS.store(WRAPS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    if IS_PACE.load(Ordering::Relaxed) {
        SCB::set_pendsv();
    }
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
        Self::start_with(LONGEST_PERIOD)
    }

    /// Starts a clock that makes PendSV run every so many ticks, 2^24 at most.
    ///
    /// # Panics
    /// If it was started before.
    #[must_use]
    pub fn start_pace(period: u32) -> Self {
        let period = period.clamp(1, LONGEST_PERIOD);
        PERIOD.store(period, Ordering::Relaxed);
        let ticks = Self::start_with(period);
        IS_PACE.store(true, Ordering::Relaxed);
        ticks
    }

    fn start_with(period: u32) -> Self {
        let mut systick = Peripherals::take().expect("the clock is started once").SYST;
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(period - 1);
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

/// Ticks since the start.
// By its calls `tests/scripts/m4_cycles.py` tells where in a run of QEMU a measurement begins and ends.
#[inline(never)]
#[must_use]
pub fn now() -> u64 {
    let period = PERIOD.load(Ordering::Relaxed);
    loop {
        let wraps = WRAPS.load(Ordering::Relaxed);
        // From 0 it goes to the period less one and down; it interrupts when it is back at 0.
        let elapsed = match SYST::get_current() {
            0 => 0,
            left => period.wrapping_sub(left),
        };
        if WRAPS.load(Ordering::Relaxed) == wraps {
            return u64::from(wraps) * u64::from(period) + u64::from(elapsed);
        }
    }
}
