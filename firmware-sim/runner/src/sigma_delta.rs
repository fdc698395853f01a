/// Bits for each sample.
const OVERSAMPLING: u16 = 64;

/// What a PDM microphone would send: the bits of a sigma-delta modulator of second order at 64 times the samples' rate,
/// the earliest a word's most significant (J. C. Candy, A use of double integration in sigma delta modulation, 1985).
///
/// Samples are halved, as the modulator becomes unstable towards full scale; between them lie straight lines.
#[must_use]
pub fn modulate(samples: &[i16]) -> Vec<u16> {
    let following = samples.iter().skip(1).chain(samples.last());
    let levels = samples.iter().zip(following).flat_map(|(&from, &to)| {
        let [from, to] = [from, to].map(|sample| f64::from(sample) / 65_536.0);
        (0..OVERSAMPLING).map(move |n| from + (to - from) * f64::from(n) / f64::from(OVERSAMPLING))
    });
    let mut integrators = [0.0; 2];
    let bits: Vec<bool> = levels.map(|level| modulate_one(&mut integrators, level)).collect();
    bits.chunks_exact(16).map(|word| word.iter().fold(0, |word, &bit| word << 1 | u16::from(bit))).collect()
}

fn modulate_one([first, second]: &mut [f64; 2], level: f64) -> bool {
    let is_one = *second >= 0.0;
    let fed_back = if is_one { 1.0 } else { -1.0 };
    *first += level - fed_back;
    *second += *first - 2.0 * fed_back;
    is_one
}
