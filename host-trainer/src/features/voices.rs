use engine::Voice;
use engine::blob::{FrontEndParams, Normalisation, Reference, RunningParams};
use engine::front_end::Features;

/// Whether a front end learns what a voice is like.
#[must_use]
pub const fn knows_voices(params: &FrontEndParams<'_>) -> bool {
    running(params).is_some()
}

/// The voice that is known once all of these, each learnt alone, have been heard one after the other.
#[must_use]
pub(super) fn together<'v>(params: &FrontEndParams<'_>, heard: impl Iterator<Item = &'v Voice>) -> Voice {
    let Some(running) = running(params) else { return Voice::default() };
    let prior_weight = f64::from(running.prior_weight);
    let mut known = vec![0.0; params.mel_bands.into()];
    let mut frames = 0.0;
    for voice in heard {
        let before = prior_weight + frames;
        let latest = f64::from(voice.heard);
        for (known, &deviation) in known.iter_mut().zip(&voice.deviations) {
            let sum = f64::from(deviation) * (prior_weight + latest);
            *known = (*known * before + sum) / (before + latest);
        }
        frames = (frames + latest).min(running.memory.into());
    }
    let deviations = known.into_iter().map(|deviation| deviation.round() as i16);
    Voice { heard: frames as u16, deviations: deviations.collect(), ..Voice::default() }
}

/// Lets the engine hear the frames of a recording from a voice: each row of features in 1/128 dB, and the voice
/// afterwards.
pub(super) fn listen(
    params: &FrontEndParams<'_>,
    frames: &[i16],
    voice: &Voice,
    mut on_row: impl FnMut(&mut dyn Iterator<Item = i32>),
) -> Voice {
    let mut memory = vec![0; Features::memory_bytes(params)];
    let mut features = Features::new();
    features.configure(params);
    features.restore_voice(params, voice, &mut memory);
    let mut rows = |features: &mut Features, memory: &mut [i8]| {
        while let Some(row) = features.next(params, memory) {
            on_row(&mut row.decibels(memory));
        }
    };
    for frame in frames.chunks_exact(params.mel_bands.into()) {
        features.push_decibels(params, frame.iter().copied(), &mut memory);
        rows(&mut features, &mut memory);
    }
    features.end();
    rows(&mut features, &mut memory);
    features.voice(params, &memory)
}

/// The running reference of a front end, if it has one.
pub(super) const fn running<'p, 'a>(params: &'p FrontEndParams<'a>) -> Option<&'p RunningParams<'a>> {
    match &params.normalisation {
        Normalisation::Decibel { reference: Reference::Running(running), .. } => Some(running),
        _ => None,
    }
}
