//! From a microphone to events at the pace of time: a line of JSON for each, and last how many blocks were lost.
#![no_std]
#![no_main]

use core::cell::RefCell;

use cortex_m::interrupt::{self, Mutex};
use cortex_m_rt::{entry, exception};
use engine::listen::{Listener, Settings};
use firmware_sim::conversion;
use firmware_sim::dma::{Controller, Count, Memory};
use firmware_sim::events::{self, Line};
use firmware_sim::hear::{self, Error};
use firmware_sim::host::{self, Lines};
use firmware_sim::model::{ARENA_BYTES, MODEL};
use firmware_sim::ticks::Ticks;
use heapless::Vec;
use serde::Serialize;

static CONTROLLER: Mutex<RefCell<Option<Controller>>> = Mutex::new(RefCell::new(None));

/// A block has come.
#[exception]
fn PendSV() {
    with_controller(|controller| controller.map(Controller::interrupt));
}

fn with_controller<T>(work: impl FnOnce(Option<&mut Controller>) -> T) -> T {
    interrupt::free(|section| work(CONTROLLER.borrow(section).borrow_mut().as_mut()))
}

#[entry]
fn main() -> ! {
    static mut LISTENER: Listener<'static, ARENA_BYTES> = Listener::new();
    static mut MEMORY: Memory = Memory::new();
    host::exit(listen(LISTENER, MEMORY))
}

fn listen(listener: &mut Listener<'static, ARENA_BYTES>, memory: &'static mut Memory) -> Result<(), Error> {
    let recording = hear::open()?;
    let conversion = conversion::to_the_model(recording.sample_rate())?;
    listener.load(MODEL, &Settings { conversion, ..Settings::DEFAULT })?;
    let mut lines = Lines::create()?;
    let mut due = Vec::<Line, 8>::new();
    let mut cost = Cost::default();
    let (controller, mut blocks) = memory.start(recording);
    interrupt::free(|section| CONTROLLER.borrow(section).replace(Some(controller)));
    let clock = Ticks::start_pace(host::number(c"period.txt")?);
    loop {
        let mut pushed = Ok(());
        let heard = blocks.next(|samples| {
            let ticks =
                clock.measure(|| pushed = listener.push(samples, |event| _ = due.push(Line::of(event))));
            cost.dearest_ticks = cost.dearest_ticks.max(ticks);
        });
        pushed?;
        if let Some(ticks) = heard {
            cost.latest_ticks = cost.latest_ticks.max(ticks);
            events::write(&mut lines, &mut due)?;
        } else if with_controller(|controller| controller.map_or(Ok(true), Controller::is_over))? {
            break;
        } else {
            blocks.wait();
        }
    }
    listener.flush(|event| _ = due.push(Line::of(event)))?;
    events::write(&mut lines, &mut due)?;
    let Count { blocks, lost } =
        with_controller(|controller| controller.map_or(Count::default(), |c| c.count()));
    Ok(lines.write::<256>(&Cost { blocks, lost, ..cost })?)
}

/// The last line of `result.json`, in ticks of the core clock.
#[derive(Serialize, Default)]
struct Cost {
    blocks: u64,
    lost: u64,
    /// Of a push, interrupts within it included.
    dearest_ticks: u64,
    /// From the interrupt to where the block has been heard.
    latest_ticks: u64,
}
