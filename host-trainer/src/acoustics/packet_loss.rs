/// What a receiver plays in place of a packet that did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concealment {
    /// Nothing.
    Silence,
    /// The last packet that came, again.
    Repetition,
}

/// Loses packets of `length` samples, each where `is_lost` says so of its number.
///
/// ```
/// use host_trainer::acoustics::{Concealment, lose};
///
/// let mut samples = [1.0, 2.0, 3.0, 4.0, 5.0];
/// lose(&mut samples, 2, Concealment::Repetition, |packet| packet > 0);
/// assert_eq!(samples, [1.0, 2.0, 1.0, 2.0, 1.0]);
/// ```
///
/// # Panics
/// If a packet has no samples.
pub fn lose(
    samples: &mut [f64],
    length: usize,
    concealment: Concealment,
    mut is_lost: impl FnMut(usize) -> bool,
) {
    let mut latest = vec![0.0; length];
    for (number, packet) in samples.chunks_mut(length).enumerate() {
        let played = &latest[..packet.len()];
        match (is_lost(number), concealment) {
            (false, _) => latest[..packet.len()].copy_from_slice(packet),
            (true, Concealment::Silence) => packet.fill(0.0),
            (true, Concealment::Repetition) => packet.copy_from_slice(played),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_takes_the_place_of_lost_packets() {
        let mut samples = [1.0, 2.0, 3.0, 4.0, 5.0];
        lose(&mut samples, 2, Concealment::Silence, |packet| packet == 1);
        assert_eq!(samples, [1.0, 2.0, 0.0, 0.0, 5.0]);
    }

    #[test]
    fn before_the_first_packet_there_is_nothing_to_repeat() {
        let mut samples = [1.0, 2.0, 3.0];
        lose(&mut samples, 2, Concealment::Repetition, |packet| packet == 0);
        assert_eq!(samples, [0.0, 0.0, 3.0]);
    }
}
