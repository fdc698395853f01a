//! The whole engine, and its interface for C, over input of which the compiler knows nothing.
//!
//! Nothing defines the function that the panic handler calls. So this links only if no input whatever
//! can reach a panic: `./check` tries it for four cores. It is never run.
#![no_std]
#![no_main]

use core::fmt::Write;
use core::hint::black_box;
use core::panic::PanicInfo;

mod c;

use engine::listen::{
    Conditioner, Decimator, Event, Filter, Gain, Listener, RightAligned24, Settings, Unsigned, Verdict,
    filter_len,
};
use engine::model::Run;
use engine::{Classifier, Emotion, Model, Network, NotReady, Session, Voice};

const ARENA_BYTES: usize = 1 << 16;

unsafe extern "C" {
    fn a_panicking_branch_remains() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: nothing defines it, so a program that could call it does not link.
    unsafe { a_panicking_branch_remains() }
}

/// Where the linker starts.
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let mut classifier = Classifier::<ARENA_BYTES>::new();
    let mut session = Session::new();
    let mut listener = Listener::<ARENA_BYTES>::new();
    let mut network = Network::<ARENA_BYTES>::new();
    loop {
        classify(&mut classifier);
        classify_in_lent_memory(&mut session);
        listen(&mut listener);
        run(&mut network);
        decimate(&mut Decimator::new());
        inspect();
        c::call_all();
        #[cfg(feature = "planted-panic")]
        black_box(unknown::<u8>()[black_box(0)]);
    }
}

/// A device's way through the engine.
fn classify(classifier: &mut Classifier<'static, ARENA_BYTES>) {
    classifier.load(unknown()).unwrap_or_else(|error| report(&error));
    classifier.push(unknown(), ignore).unwrap_or_else(|error| report(&error));
    match classifier.finish() {
        Ok(answer) => {
            black_box((
                answer.label(),
                answer.emotion(),
                answer.confidence(),
                answer.scores(),
                answer.sample(),
            ));
            answer.probabilities().for_each(ignore);
        }
        Err(error) => report(&error),
    }
    if let Ok(embedding) = classifier.embedding() {
        embedding.for_each(ignore);
    }
    ignore((classifier.latest(), classifier.reset(), classifier.voice(), classifier.model().is_some()));
    let mut voice = Voice { heard: black_box(0), ..Voice::default() };
    unknown().iter().for_each(|&deviation| ignore(voice.deviations.push(deviation)));
    unknown().iter().for_each(|&count| ignore(voice.utterances.push(count)));
    unknown().iter().for_each(|&offset| ignore(voice.offsets.push(offset)));
    ignore(classifier.restore_voice(&voice));
    classifier.freeze_voice(black_box(true));
}

/// The same in an arena of any length, which need not be as long as the model asks for.
fn classify_in_lent_memory(session: &mut Session<'static>) {
    let mut arena = [0; ARENA_BYTES];
    let arena = arena.get_mut(..black_box(ARENA_BYTES)).unwrap_or_default();
    match Model::from_bytes(unknown()) {
        Ok(model) => session.start(model, arena).unwrap_or_else(|error| report(&error)),
        Err(error) => report(&error),
    }
    let arena = arena.get_mut(..black_box(ARENA_BYTES)).unwrap_or_default();
    ignore(session.push(unknown(), arena, ignore));
    ignore(session.finish(arena));
    ignore((session.latest(), session.reset(arena), session.voice(arena)));
    ignore(session.restore_voice(&Voice::default(), arena));
}

/// From a microphone's words to events.
fn listen(listener: &mut Listener<'static, ARENA_BYTES>) {
    static FILTER: Filter<{ filter_len(48_000, 22_050) }> = Filter::new(48_000, 22_050);
    let mut settings = Settings { gain: Gain::decibels(black_box(0)), ..black_box(Settings::DEFAULT) };
    settings.conversion = black_box(Some(FILTER.conversion()));
    listener.load(unknown(), &settings).unwrap_or_else(|error| report(&error));
    ignore(listener.push(unknown::<i16>(), hear));
    ignore(listener.push(unknown::<i32>(), hear));
    ignore(listener.flush(hear));
    for opinion in [listener.so_far(), listener.overall()].into_iter().flatten() {
        hear(Event::Announced(opinion));
    }
    if let Ok(embedding) = listener.embedding() {
        embedding.for_each(ignore);
    }
    ignore((
        listener.stage(),
        listener.time(),
        listener.model().is_some(),
        listener.enrol(),
        listener.voice(),
    ));
    ignore(listener.restore_voice(&Voice::default()));
    listener.freeze_voice(black_box(true));
    let mut conditioner = Conditioner::new(black_box(0), Gain::decibels(black_box(0)));
    unknown().iter().for_each(|&word| ignore(conditioner.condition(RightAligned24(word))));
    unknown().iter().for_each(|&word| ignore(conditioner.condition(Unsigned::<12>(word))));
}

/// A network without a front end, over rows from anywhere.
fn run(network: &mut Network<'static, ARENA_BYTES>) {
    network.load(unknown()).unwrap_or_else(|error| report(&error));
    match network.run(unknown()) {
        Ok(answer) => ignore(answer),
        Err(error) => report(&error),
    }
    ignore(network.push(unknown()));
    ignore(network.finish());
    ignore((network.reset(), network.runnable().is_some()));
}

/// A PDM microphone's bits, by words of each width.
fn decimate(decimator: &mut Decimator) {
    decimator.push(unknown::<u8>(), ignore);
    decimator.push(unknown::<u16>(), ignore);
    decimator.push(unknown::<u32>(), ignore);
}

/// All that an event says.
fn hear(event: Event<'static>) {
    if let Event::Announced(opinion) | Event::Ended { verdict: Verdict::Emotion(opinion), .. } = event {
        ignore((opinion.class(), opinion.label(), opinion.emotion(), opinion.confidence(), opinion.affect()));
        opinion.probabilities().for_each(ignore);
    }
    ignore(event);
}

/// What else a model can be asked.
fn inspect() {
    let Ok(model) = Model::from_bytes(unknown()) else { return };
    let mut arena = [0; ARENA_BYTES];
    let arena = arena.get_mut(..black_box(ARENA_BYTES)).unwrap_or_default();
    let mut run = Run::new(model, arena);
    ignore(run.push(|row| row.fill(black_box(0)), |row| ignore((row.tensor, row.values))));
    ignore(run.finish(|row| ignore(row.values)));
    ignore((run.scores(), run.answer()));
    model.labels().iter().for_each(ignore);
    model.network().layers().for_each(ignore);
    ignore((model.labels().get(black_box(0)), model.frames(), model.layout(), model.pace(), model.name()));
    ignore((model.network().tensor(black_box(0)), model.network().macs(black_box(0))));
    ignore(core::str::from_utf8(unknown()).map(Emotion::from_label));
    ignore(engine::arena_bytes(unknown()));
    ignore(NotReady::NoModel);
}

/// Prints an error, as a device would to its console.
fn report(error: &impl core::fmt::Display) {
    struct Console;

    impl Write for Console {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            black_box(text);
            black_box(Ok(()))
        }
    }

    ignore(write!(Console, "{error}"));
}

/// As far as the compiler can tell, any values, and any number of them.
fn unknown<T>() -> &'static [T] {
    black_box(&[])
}

/// As far as the compiler can tell, the value matters.
fn ignore<T>(value: T) {
    black_box(value);
}
