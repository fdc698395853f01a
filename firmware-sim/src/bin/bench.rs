//! The model, part by part: what each costs in ticks of the core clock.
#![no_std]
#![no_main]

use core::fmt::{self, Display};

use cortex_m_rt::entry;
use engine::front_end::{FeatureWindow, MelFrames};
use engine::{LoadError, Model};
use firmware_sim::cost::{self, Cost};
use firmware_sim::host::{self, HostError};
use firmware_sim::model::{ARENA_BYTES, MODEL};
use firmware_sim::noise::Noise;
use firmware_sim::ticks::Ticks;
use semihosting::io::Write;

/// Hops over which the front end's cost is averaged.
const HOPS: usize = 16;
/// Samples that are pushed at once.
const BLOCK: usize = 512;

/// The parts of `engine::Classifier`, to be measured one by one.
struct Parts {
    mel_frames: MelFrames,
    window: FeatureWindow,
    arena: Arena,
}

/// Aligned as in `engine::Classifier`.
#[repr(C, align(8))]
struct Arena([i8; ARENA_BYTES]);

#[entry]
fn main() -> ! {
    static mut PARTS: Parts =
        Parts { mel_frames: MelFrames::new(), window: FeatureWindow::new(), arena: Arena([0; ARENA_BYTES]) };
    host::exit(measure_all(PARTS))
}

fn measure_all(parts: &mut Parts) -> Result<(), Error> {
    let model = Model::from_bytes(MODEL).map_err(Error::Model)?;
    let clock = Ticks::start();
    let mut noise = Noise::new();
    let block: [i16; BLOCK] = core::array::from_fn(|_| noise.next_sample());

    let front_end_ticks = parts.measure_front_end(&model, &block, &clock);
    let total_ticks = clock.measure(|| parts.classify_window(&model, &block));

    let mut file = host::create_result()?;
    write!(file, r#"{{"hops":{HOPS},"front_end_ticks":{front_end_ticks},"layers":"#)?;
    let layers = model.layers().iter().enumerate().map(|(index, layer)| Cost {
        name: layer.op.name(),
        macs: model.body().macs(index),
        ticks: clock.measure(|| model.run_layer(index, &mut parts.arena.0)),
    });
    cost::write_all(&mut file, layers)?;
    write!(file, r#","total_ticks":{total_ticks}}}"#)?;
    Ok(())
}

impl Parts {
    /// Ticks of [`HOPS`] hops, once the first frame is through.
    fn measure_front_end(&mut self, model: &Model<'_>, block: &[i16; BLOCK], clock: &Ticks) -> u64 {
        let params = &model.body().front_end;
        self.configure(model);
        self.push(params.fft_length.into(), block);
        clock.measure(|| self.push(HOPS * usize::from(params.hop_length), block))
    }

    /// From the first sample to the scores.
    fn classify_window(&mut self, model: &Model<'_>, block: &[i16; BLOCK]) {
        let params = &model.body().front_end;
        self.configure(model);
        self.push(params.window_samples as usize, block);
        let Self { mel_frames, window, arena: Arena(arena) } = self;
        mel_frames.finish(|power| window.push(power, arena));
        let places = [0..model.plan().window_bytes(), model.plan().bytes(0)];
        if let Ok([features, input]) = arena.get_disjoint_mut(places) {
            window.quantise(features, &params.normalisation, input);
        }
        model.run(arena);
    }

    fn configure(&mut self, model: &Model<'_>) {
        self.mel_frames.configure(&model.body().front_end);
        self.window.configure(&model.body().front_end);
    }

    fn push(&mut self, samples: usize, block: &[i16; BLOCK]) {
        let Self { mel_frames, window, arena: Arena(arena) } = self;
        let mut left = samples;
        while left > 0 {
            let portion = &block[..left.min(BLOCK)];
            mel_frames.push(portion, |power| window.push(power, arena));
            left -= portion.len();
        }
    }
}

enum Error {
    Model(LoadError),
    Host(HostError),
}

impl<E: Into<HostError>> From<E> for Error {
    fn from(error: E) -> Self {
        Self::Host(error.into())
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(error) => error.fmt(f),
            Self::Host(error) => error.fmt(f),
        }
    }
}
