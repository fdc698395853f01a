//! The model, part by part: what each costs in ticks of the core clock.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use defmt::{Format, Formatter};
use engine::blob::MAX_LAYERS;
use engine::{LoadError, Model, Session};
use firmware_sim::host::{self, HostError};
use firmware_sim::model::{ARENA_BYTES, MODEL};
use firmware_sim::noise::Noise;
use firmware_sim::ticks::Ticks;
use heapless::Vec;
use serde::Serialize;

/// Hops over which the front end's cost is averaged.
const HOPS: usize = 16;
/// Samples that are pushed at once.
const BLOCK: usize = 512;

/// Aligned as in `engine::Classifier`.
#[repr(C, align(8))]
struct Arena([i8; ARENA_BYTES]);

#[entry]
fn main() -> ! {
    static mut SESSION: Session<'static> = Session::new();
    static mut ARENA: Arena = Arena([0; ARENA_BYTES]);
    host::exit(measure(SESSION, &mut ARENA.0))
}

fn measure(session: &mut Session<'static>, arena: &mut [i8]) -> Result<(), Error> {
    let model = Model::from_bytes(MODEL).map_err(Error::Model)?;
    let params = &model.body().front_end;
    session.start(model.clone());
    let clock = Ticks::start();

    // The first frame is through before the clock runs.
    push_noise(session, arena, params.fft_length.into());
    let front_end = clock.measure(|| push_noise(session, arena, HOPS * usize::from(params.hop_length)));

    session.reset();
    let total = clock.measure(|| {
        push_noise(session, arena, params.window_samples as usize);
        session.finish(arena);
        session.classify(arena);
    });

    let layers = measure_layers(&model, &clock, arena);
    let costs = Costs { hops: HOPS, front_end_ticks: front_end, total_ticks: total, layer_ticks: layers };
    host::write_result::<1024>(&costs).map_err(Error::Host)
}

/// `result.json`.
#[derive(Serialize)]
struct Costs {
    hops: usize,
    front_end_ticks: u64,
    total_ticks: u64,
    layer_ticks: Vec<u64, MAX_LAYERS>,
}

/// What each layer costs. Rows of several layers take turns: what passes before rows are there is theirs.
fn measure_layers(model: &Model<'_>, clock: &Ticks, arena: &mut [i8]) -> Vec<u64, MAX_LAYERS> {
    // One for each layer: a model has no more than there is room for.
    let mut layers: Vec<u64, MAX_LAYERS> = model.layers().iter().map(|_| 0).collect();
    let scratch = arena.get_mut(model.plan().window_bytes()..).unwrap_or_default();
    let mut lap = clock.start_lap();
    model.run_watched(
        scratch,
        |_, row| row.fill(0),
        |rows| {
            let ticks = lap.end();
            if let Some(layer) = rows.tensor.checked_sub(1).and_then(|index| layers.get_mut(index)) {
                *layer += ticks;
            }
        },
    );
    layers
}

fn push_noise(session: &mut Session<'_>, arena: &mut [i8], samples: usize) {
    let mut noise = Noise::new();
    let block: [i16; BLOCK] = core::array::from_fn(|_| noise.next_sample());
    let mut left = samples;
    while left > 0 {
        let portion = &block[..left.min(BLOCK)];
        session.push(portion, arena);
        left -= portion.len();
    }
}

enum Error {
    Model(LoadError),
    Host(HostError),
}

impl Format for Error {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Model(error) => error.format(f),
            Self::Host(error) => error.format(f),
        }
    }
}
