//! Whatever goes wrong is logged and ends the run: a simulation never hangs.

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use defmt_semihosting as _;
use semihosting::process::ExitCode;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // The place says enough; to format the message would take kilobytes.
    let (file, line) = info.location().map_or(("", 0), |place| (place.file(), place.line()));
    defmt::error!("panicked at {=str}:{=u32}", file, line);
    ExitCode::FAILURE.exit_process()
}

/// # Safety
/// Runs as the hard-fault handler: called by the core only.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#010x}", frame.pc());
    ExitCode::FAILURE.exit_process()
}

/// # Safety
/// Runs as the handler of every exception without one of its own: called by the core only.
#[exception]
unsafe fn DefaultHandler(number: i16) -> ! {
    defmt::error!("unexpected exception {=i16}", number);
    ExitCode::FAILURE.exit_process()
}
