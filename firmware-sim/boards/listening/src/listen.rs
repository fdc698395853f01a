use engine::listen::{Event, Listener, Settings, Verdict, Word};
use static_cell::ConstStaticCell;

use crate::lamp::Lamp;
use crate::model::{ARENA_BYTES, MODEL};
use crate::{Colour, Microphone};

/// Listens for ever to the microphone that `start` gives: each event is logged by defmt and shown by a light, which
/// `set` switches.
///
/// # Panics
/// If the engine refuses the model, which `cargo flash-board` has asked before.
pub async fn listen<W: Word + 'static>(
    start: impl FnOnce() -> Microphone<W>,
    settings: Settings<'static>,
    set: impl FnMut(Colour),
) -> ! {
    let listener = load(&settings);
    // Loading takes longer than blocks can wait.
    let mut microphone = start();
    let sample_rate = microphone.sample_rate();
    defmt::info!("listening at {=u32} Hz", sample_rate);
    let mut lamp = Lamp::new(set);
    loop {
        microphone
            .next(|samples, _| hear(listener, samples, sample_rate, &mut |event| lamp.show(event)))
            .await;
        lamp.tick();
    }
}

// What follows is kept apart, so that the stack has no place for loading while it hears.

#[inline(never)]
fn load(settings: &Settings<'static>) -> &'static mut Listener<'static, ARENA_BYTES> {
    static LISTENER: ConstStaticCell<Listener<'static, ARENA_BYTES>> = ConstStaticCell::new(Listener::new());
    let listener = LISTENER.take();
    if let Err(error) = listener.load(MODEL, settings) {
        defmt::panic!("{}", error);
    }
    listener
}

#[inline(never)]
fn hear<W: Word>(
    listener: &mut Listener<'static, ARENA_BYTES>,
    samples: &[W],
    sample_rate: u32,
    show: &mut dyn FnMut(&Event<'static>),
) {
    // There is a model.
    _ = listener.push(samples, |event| {
        report(&event, sample_rate);
        show(&event);
    });
}

#[inline(never)]
fn report(event: &Event<'_>, sample_rate: u32) {
    let seconds = |sample: u64| sample as f32 / sample_rate as f32;
    match event {
        Event::Began { sample } => defmt::info!("{=f32} s: somebody speaks", seconds(*sample)),
        Event::Announced(opinion) => defmt::info!("{=f32} s: {}", seconds(opinion.sample()), opinion),
        Event::Ended { start, end, verdict } => {
            let [start, end] = [*start, *end].map(seconds);
            match verdict {
                Verdict::Emotion(opinion) => defmt::info!("{=f32} to {=f32} s: {}", start, end, opinion),
                Verdict::Unsure(opinion) => {
                    defmt::info!("{=f32} to {=f32} s: unsure, perhaps {}", start, end, opinion);
                }
                Verdict::NotSpeech => defmt::info!("{=f32} to {=f32} s: not speech", start, end),
                _ => (),
            }
        }
        _ => (),
    }
}
