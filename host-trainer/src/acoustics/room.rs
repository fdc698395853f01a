use rand::{Rng, RngExt};

use super::power;

/// Of sound, in metres a second.
const SPEED: f64 = 343.0;
/// Nothing stands nearer to a wall, in metres.
const FROM_WALL: f64 = 0.4;
/// Between which levels fading is measured, in dB, twice as far as the whole range of 60 (T30).
const MEASURED: [f64; 2] = [-5.0, -35.0];
/// Below it the response is taken away, in Hz: all reflections have the same sign and would sum up to an offset.
const LOWEST: f64 = 50.0;

/// A room with a speaker and a microphone in it, in metres from a corner. All walls reflect alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// Length, width and height.
    pub size: [f64; 3],
    /// Where the mouth is.
    pub source: [f64; 3],
    /// Where the microphone is.
    pub microphone: [f64; 3],
    /// Seconds until sound has faded by 60 dB (T60).
    pub reverberation: f64,
}

/// An image of the source along one axis.
#[derive(Debug, Clone, Copy)]
struct Image {
    /// The square of its distance along the axis.
    square: f64,
    /// How much of it is left after the walls that it stands behind.
    left: f64,
}

impl Room {
    /// From a small office to a lecture room, speaker and microphone anywhere in it.
    pub fn random(reverberation: f64, rng: &mut impl Rng) -> Self {
        let size = [3.0..8.0, 2.5..6.0, 2.3..3.5].map(|range: std::ops::Range<f64>| rng.random_range(range));
        let mut place = || size.map(|length| rng.random_range(FROM_WALL..length - FROM_WALL));
        Self { size, source: place(), microphone: place(), reverberation }
    }

    /// What the microphone hears of an impulse, from when it arrives until it has faded by 60 dB: the image method with
    /// uniform walls (Allen and Berkley, "Image method for efficiently simulating small-room acoustics", 1979), to the
    /// nearest sample. Its energy is 1, so that sound keeps about its level.
    #[must_use]
    pub fn impulse_response(&self, rate: u32) -> Vec<f64> {
        let direct = distance(self.source, self.microphone);
        let samples_a_metre = f64::from(rate) / SPEED;
        let length = (self.reverberation * f64::from(rate)).ceil().max(1.0) as usize;
        let farthest = (direct + (length - 1) as f64 / samples_a_metre).powi(2);
        let [xs, ys, zs] = [0, 1, 2].map(|axis| self.images(axis, farthest));
        let mut response = vec![0.0; length];
        for x in &xs {
            for y in ys.iter().take_while(|y| x.square + y.square <= farthest) {
                let (square, left) = (x.square + y.square, x.left * y.left);
                for z in zs.iter().take_while(|z| square + z.square <= farthest) {
                    let distance = (square + z.square).sqrt();
                    let delay = ((distance - direct) * samples_a_metre).round() as usize;
                    if let Some(sample) = response.get_mut(delay) {
                        *sample += left * z.left / distance;
                    }
                }
            }
        }
        block_offset(&mut response, rate);
        self.absorb(&mut response, rate);
        of_unit_energy(response)
    }

    /// Lets the air take what the walls have left: between few and parallel walls sound fades more slowly than Eyring's
    /// formula says.
    fn absorb(&self, response: &mut [f64], rate: u32) {
        let Some(fades) = reverberation(response, rate) else { return };
        let decibels = -60.0 * (1.0 / self.reverberation - 1.0 / fades) / f64::from(rate);
        let keeps = 10f64.powf(decibels / 20.0);
        let mut left = 1.0;
        for sample in response {
            *sample *= left;
            left *= keeps;
        }
    }

    /// The images along an axis, the nearest first, as far as a squared distance.
    fn images(&self, axis: usize, farthest: f64) -> Vec<Image> {
        let (length, source, microphone) = (self.size[axis], self.source[axis], self.microphone[axis]);
        let count = (farthest.sqrt() / (2.0 * length)).ceil() as i32 + 1;
        let reflection = self.reflection();
        let pair = |n: i32| {
            let shift = 2.0 * f64::from(n) * length - microphone;
            // Behind |n| walls on one side and |n| on the other, or one fewer where it is mirrored.
            [(shift + source, 2 * n.abs()), (shift - source, n.abs() + (n - 1).abs())]
        };
        let image =
            |(place, walls): (f64, i32)| Image { square: place * place, left: reflection.powi(walls) };
        let mut images: Vec<Image> = (-count..=count).flat_map(pair).map(image).collect();
        images.retain(|image| image.square <= farthest);
        images.sort_by(|a, b| a.square.total_cmp(&b.square));
        images
    }

    /// The share of pressure that a wall throws back, 0 to 1, by Eyring's formula
    /// ("Reverberation time in 'dead' rooms", 1930).
    fn reflection(&self) -> f64 {
        let [x, y, z] = self.size;
        let (volume, surface) = (x * y * z, 2.0 * (x * y + y * z + z * x));
        let energy = -24.0 * 10f64.ln() * volume / (SPEED * surface * self.reverberation);
        (energy / 2.0).exp()
    }
}

/// An impulse response from a recording of one, from its peak on. Silence stands for no room at all.
#[must_use]
pub fn of_recording(recording: &[i16]) -> Vec<f64> {
    let indices = (0..recording.len()).rev();
    let peak = indices.max_by_key(|&index| recording[index].unsigned_abs()).unwrap_or(0);
    of_unit_energy(recording[peak..].iter().copied().map(f64::from).collect())
}

/// Seconds in which a response fades by 60 dB: twice the time from -5 dB to -35 dB of the energy that is still to come
/// (Schroeder, "New method of measuring reverberation time", 1965). None if it does not fade as far.
fn reverberation(response: &[f64], rate: u32) -> Option<f64> {
    let mut left: Vec<f64> = response.iter().map(|sample| sample * sample).collect();
    for n in (1..left.len()).rev() {
        left[n - 1] += left[n];
    }
    let level = |decibels: f64| left[0] * 10f64.powf(decibels / 10.0);
    let [start, end] = MEASURED.map(|decibels| left.partition_point(|energy| *energy > level(decibels)));
    (end > start && end < left.len()).then(|| 2.0 * (end - start) as f64 / f64::from(rate))
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.into_iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// A high-pass of first order.
fn block_offset(samples: &mut [f64], rate: u32) {
    let keeps = (-std::f64::consts::TAU * LOWEST / f64::from(rate)).exp();
    let (mut before, mut blocked) = (0.0, 0.0);
    for sample in samples {
        blocked = *sample - before + keeps * blocked;
        before = std::mem::replace(sample, blocked);
    }
}

fn of_unit_energy(mut response: Vec<f64>) -> Vec<f64> {
    let energy = power(&response) * response.len() as f64;
    if energy == 0.0 {
        return vec![1.0];
    }
    response.iter_mut().for_each(|sample| *sample /= energy.sqrt());
    response
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const RATE: u32 = 22_050;

    /// The slope of the energy that is still to come, by least squares over all samples from -5 dB to -25 dB (T20).
    fn reverberation_by_slope(response: &[f64]) -> f64 {
        let mut left = 0.0;
        let mut levels: Vec<f64> = response
            .iter()
            .rev()
            .map(|sample| {
                left += sample * sample;
                left
            })
            .collect();
        levels.reverse();
        let whole = levels[0];
        let points = levels.iter().map(|energy| 10.0 * (energy / whole).log10()).enumerate();
        let points: Vec<_> = points.filter(|(_, level)| (-25.0..-5.0).contains(level)).collect();
        let count = points.len() as f64;
        let [x, y] =
            points.iter().fold([0.0; 2], |[x, y], (n, level)| [x + *n as f64 / count, y + level / count]);
        let covariance: f64 = points.iter().map(|(n, level)| (*n as f64 - x) * (level - y)).sum();
        let variance: f64 = points.iter().map(|(n, _)| (*n as f64 - x).powi(2)).sum();
        -60.0 * variance / covariance / f64::from(RATE)
    }

    #[test]
    fn sound_fades_in_the_time_that_is_asked_for() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for asked in [0.2, 0.3, 0.6] {
            let time =
                |_| reverberation_by_slope(&Room::random(asked, &mut rng).impulse_response(RATE)) / asked;
            let times: Vec<f64> = (0..20).map(time).collect();
            let mean = times.iter().sum::<f64>() / 20.0;
            assert!((0.9..1.1).contains(&mean), "{asked}: {mean} {times:?}");
            assert!(times.iter().all(|time| (0.7..1.35).contains(time)), "{asked}: {times:?}");
        }
    }

    /// Echoes of the walls at hand-worked places: the source stands 1 m from the microphone in the middle of a cube of
    /// 6 m. The nearest six images are behind one wall.
    #[test]
    fn echoes_come_from_behind_the_walls() {
        let room =
            Room { size: [6.0; 3], source: [3.0, 3.0, 2.5], microphone: [3.0, 3.0, 3.5], reverberation: 0.1 };
        let response = room.impulse_response(RATE);
        let loud: Vec<usize> = (1..400).filter(|&n| response[n] > 0.01 * response[0]).collect();
        let delay = |metres: f64| ((metres - 1.0) / SPEED * f64::from(RATE)).round() as usize;
        // Floor and ceiling 6 m off, and four walls at the square root of 6² + 1.
        assert_eq!(loud, [delay(6.0), delay(37f64.sqrt())]);
        let ratio = response[loud[1]] / response[loud[0]];
        assert!((ratio - (4.0 / 37f64.sqrt()) / (2.0 / 6.0)).abs() < 0.1, "{ratio}");
    }

    #[test]
    fn a_recording_starts_at_its_peak() {
        assert_eq!(of_recording(&[3, -80, 60, 0]), [-0.8, 0.6, 0.0]);
        assert_eq!((of_recording(&[0, 0]), of_recording(&[])), (vec![1.0], vec![1.0]));
    }
}
