//! The model, part by part: what each costs in ticks of the core clock.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m_rt::entry;
use crc::{CRC_32_ISO_HDLC, Crc};
use defmt::{Format, Formatter};
use engine::blob::MAX_LAYERS;
use engine::front_end::MelFrames;
use engine::model::{Run, TensorRow};
use engine::{LoadError, Model, NotReady, Session};
use firmware_sim::host::{self, HostError};
use firmware_sim::model::{ARENA_BYTES, MODEL};
use firmware_sim::noise::Noise;
use firmware_sim::ticks::Ticks;
use heapless::Vec;
use serde::Serialize;

/// Hops over which the front end's cost is averaged.
const HOPS: u32 = 16;
/// Windows over which the stream's cost is averaged, after a first one.
const WINDOWS: u32 = 2;
/// The longest hop that is measured.
const MAX_HOP: usize = 2048;

/// Aligned as in `engine::Classifier`.
#[repr(C, align(8))]
struct Arena([i8; ARENA_BYTES]);

#[entry]
fn main() -> ! {
    static mut SESSION: Session<'static> = Session::new();
    static mut MEL_FRAMES: MelFrames = MelFrames::new();
    static mut ARENA: Arena = Arena([0; ARENA_BYTES]);
    host::exit(measure(SESSION, MEL_FRAMES, &mut ARENA.0))
}

fn measure(
    session: &mut Session<'static>,
    mel_frames: &mut MelFrames,
    arena: &mut [i8],
) -> Result<(), Error> {
    let clock = Ticks::start();
    let mut loaded = Ok(());
    let load_ticks = clock.measure(|| loaded = session.load(MODEL, arena));
    loaded.map_err(Error::Model)?;
    let checksum_ticks = clock.measure(|| {
        // The loader's own checksum, over all but a few bytes of the same blob.
        black_box(Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(black_box(MODEL)));
    });
    let model = Model::from_bytes(MODEL).map_err(Error::Model)?;
    let Stream { ticks: stream_ticks, hops: stream_hops, dearest_hop_ticks } =
        measure_stream(session, &model, &clock, arena)?;
    let costs = Costs {
        hops: HOPS,
        front_end_ticks: measure_front_end(mel_frames, &model, &clock, arena),
        stream_ticks,
        stream_hops,
        dearest_hop_ticks,
        total_ticks: measure_window(session, &model, &clock, arena)?,
        layer_ticks: measure_layers(&model, &clock, arena),
        load_ticks,
        checksum_ticks,
    };
    host::write_result::<1024>(&costs).map_err(Error::Host)
}

/// `result.json`.
#[derive(Serialize)]
struct Costs {
    hops: u32,
    front_end_ticks: u64,
    stream_ticks: u64,
    stream_hops: u32,
    dearest_hop_ticks: u64,
    total_ticks: u64,
    layer_ticks: Vec<u64, MAX_LAYERS>,
    load_ticks: u64,
    checksum_ticks: u64,
}

struct Stream {
    ticks: u64,
    hops: u32,
    dearest_hop_ticks: u64,
}

fn measure_front_end(mel_frames: &mut MelFrames, model: &Model<'_>, clock: &Ticks, arena: &mut [i8]) -> u64 {
    mel_frames.configure(model.front_end());
    let scratch = bytemuck::pod_align_to_mut(arena).1;
    let mut hop = [0; MAX_HOP];
    let mut ticks = 0;
    // The first frames, which start with silence, are through before it counts.
    for index in 0..HOPS + 4 {
        let mut samples = next_hop(model, index, &mut hop);
        let taken = clock.measure(|| while mel_frames.next(&mut samples, scratch).is_some() {});
        ticks += if index < 4 { 0 } else { taken };
    }
    ticks
}

/// A stream of bursts and pauses, hop by hop.
fn measure_stream(
    session: &mut Session<'static>,
    model: &Model<'_>,
    clock: &Ticks,
    arena: &mut [i8],
) -> Result<Stream, Error> {
    let window = model.pace().window_rows;
    let mut hop = [0; MAX_HOP];
    let (mut sum, mut dearest) = (0, 0);
    for index in 0..window * (1 + WINDOWS) {
        let samples = next_hop(model, index, &mut hop);
        let mut pushed = Ok(());
        let ticks = clock.measure(|| pushed = session.push(samples, arena, |answer| _ = black_box(answer)));
        pushed.map_err(Error::NotReady)?;
        if index >= window {
            sum += ticks;
            dearest = ticks.max(dearest);
        }
    }
    Ok(Stream { ticks: sum, hops: window * WINDOWS, dearest_hop_ticks: dearest })
}

/// A recording of a window, from the first sample to the answer.
fn measure_window(
    session: &mut Session<'static>,
    model: &Model<'_>,
    clock: &Ticks,
    arena: &mut [i8],
) -> Result<u64, Error> {
    let mut hop = [0; MAX_HOP];
    let mut outcome = session.reset(arena);
    let ticks = clock.measure(|| {
        for index in 1..model.pace().window_rows {
            let samples = next_hop(model, index, &mut hop);
            outcome = outcome.and(session.push(samples, arena, |_| ()));
        }
        outcome = outcome.and(session.finish(arena).map(|answer| _ = black_box(answer)));
    });
    outcome.map_err(Error::NotReady)?;
    Ok(ticks)
}

/// What each layer costs in a window.
fn measure_layers(model: &Model<'static>, clock: &Ticks, arena: &mut [i8]) -> Vec<u64, MAX_LAYERS> {
    // One for each layer: a model has no more than there is room for.
    let mut layers: Vec<u64, MAX_LAYERS> = model.network().layers().map(|_| 0).collect();
    let mut run = Run::new(*model, arena);
    let mut lap = clock.start_lap();
    let mut watch = |row: TensorRow<'_>| {
        let ticks = lap.end();
        if let Some(layer) = row.tensor.checked_sub(1).and_then(|index| layers.get_mut(index)) {
            *layer += ticks;
        }
    };
    for row in 0..model.pace().window_rows {
        run.push(|values| values.fill(row as i8), &mut watch);
    }
    run.finish(&mut watch);
    layers
}

/// A hop of noise: eight hops loud, four quiet, and so on, and a long pause in each window.
fn next_hop<'h>(model: &Model<'_>, index: u32, hop: &'h mut [i16; MAX_HOP]) -> &'h [i16] {
    let mut noise = Noise::new();
    let is_quiet = index % 12 >= 8 || index % model.pace().window_rows < 40;
    for sample in hop.iter_mut() {
        *sample = noise.next_sample() / if is_quiet { 256 } else { 4 };
    }
    hop.get(..model.front_end().hop_length.into()).unwrap_or(hop)
}

enum Error {
    Model(LoadError),
    NotReady(NotReady),
    Host(HostError),
}

impl Format for Error {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Model(error) => error.format(f),
            Self::NotReady(error) => error.format(f),
            Self::Host(error) => error.format(f),
        }
    }
}
