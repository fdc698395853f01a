//! The whole engine over input of which the compiler knows nothing.
//!
//! Nothing defines the function that the panic handler calls. So this links only if no input whatever
//! can reach a panic: `./check` tries it for three cores. It is never run.
#![no_std]
#![no_main]

use core::fmt::Write;
use core::hint::black_box;
use core::panic::PanicInfo;

use engine::{Classifier, Emotion, LoadError, Model, Session};

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
    loop {
        classify(&mut classifier);
        classify_in_lent_memory(&mut session);
        inspect();
        #[cfg(feature = "planted-panic")]
        black_box(unknown::<u8>()[black_box(0)]);
    }
}

/// A device's way through the engine.
fn classify(classifier: &mut Classifier<'static, ARENA_BYTES>) {
    classifier.load(unknown()).unwrap_or_else(report);
    classifier.push(unknown());
    classifier.finish();
    if let Some(result) = classifier.classify() {
        black_box((result.emotion().label(), result.confidence(), result.scores()));
        result.probabilities().for_each(ignore);
    }
    classifier.reset();
}

/// The same in an arena of any length, which need not be as long as the model asks for.
fn classify_in_lent_memory(session: &mut Session<'static>) {
    let mut arena = [0; ARENA_BYTES];
    let arena = arena.get_mut(..black_box(ARENA_BYTES)).unwrap_or_default();
    session.clear();
    match Model::from_bytes(unknown()) {
        Ok(model) => session.start(model),
        Err(error) => report(error),
    }
    session.push(unknown(), arena);
    session.finish(arena);
    ignore(session.classify(arena));
}

/// What else a model can be asked.
fn inspect() {
    let Ok(model) = Model::from_bytes(unknown()) else { return };
    let mut arena = [0; ARENA_BYTES];
    let arena = arena.get_mut(..black_box(ARENA_BYTES)).unwrap_or_default();
    model.run_watched(
        arena,
        |_, row| row.fill(black_box(0)),
        |rows| ignore((rows.tensor, rows.first, rows.values)),
    );
    model.run(arena, |band, row| row.fill(black_box(band) as i8));
    ignore((model.scores(arena), model.probabilities(arena)));
    ignore((model.labels(), model.layers(), model.frames(), model.tensor(black_box(0))));
    ignore((model.plan().arena_bytes(), model.plan().tensors(), model.body().macs(black_box(0))));
    ignore(core::str::from_utf8(unknown()).map(Emotion::from_label));
}

/// Prints an error, as a device would to its console.
fn report(error: LoadError) {
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
