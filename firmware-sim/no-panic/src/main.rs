//! The whole engine over input that the compiler knows nothing about. Nothing defines the function that the
//! panic handler calls, so this links only if no panic is left that any input could reach: `./check`.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::panic::PanicInfo;

use engine::{Classifier, Model};

const ARENA_BYTES: usize = 1 << 16;

unsafe extern "C" {
    fn a_panicking_branch_remains() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: never runs, as it never links.
    unsafe { a_panicking_branch_remains() }
}

/// What the linker starts from.
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let mut classifier = Classifier::<ARENA_BYTES>::new();
    loop {
        listen(&mut classifier);
        inspect();
    }
}

/// A device's way through the engine.
fn listen(classifier: &mut Classifier<'static, ARENA_BYTES>) {
    black_box(classifier.load(unknown()).is_ok());
    classifier.push(unknown());
    classifier.finish();
    if let Some(result) = classifier.classify() {
        black_box((result.emotion().label(), result.confidence(), result.scores()));
        result.probabilities().for_each(|probability| {
            black_box(probability);
        });
    }
    classifier.reset();
}

/// A model by itself, with an arena of any length.
fn inspect() {
    let Ok(model) = Model::from_bytes(unknown()) else { return };
    let mut arena = [0; 64];
    let arena = arena.get_mut(..black_box(64)).unwrap_or_default();
    model.input_mut(arena).fill(black_box(0));
    model.run_layer(black_box(0), arena);
    model.run(arena);
    black_box((model.scores(arena), model.probabilities(arena), model.tensor_data(arena, black_box(0))));
    black_box((model.labels(), model.layers(), model.frames(), model.tensor(black_box(0))));
    black_box((model.plan().arena_bytes(), model.plan().tensors(), model.body().macs(black_box(0))));
}

/// As far as the compiler can tell, any values, and any number of them.
fn unknown<T>() -> &'static [T] {
    black_box(&[])
}
