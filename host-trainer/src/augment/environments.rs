use crate::audio;

/// Recordings that a user has to disturb training clips with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environments {
    /// Of noise; without any, noise is made.
    pub noises: Vec<Vec<i16>>,
    /// Of impulses in rooms; without any, rooms are made.
    pub rooms: Vec<Vec<i16>>,
}

impl Environments {
    /// What tells these recordings from others: the BLAKE3 of all samples.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for recordings in [&self.noises, &self.rooms] {
            hasher.update(&(recordings.len() as u64).to_le_bytes());
            for recording in recordings {
                hasher.update(&(recording.len() as u64).to_le_bytes());
                audio::hash(recording, &mut hasher);
            }
        }
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noise_is_no_room() {
        let of = |noises, rooms| Environments { noises, rooms }.digest();
        let digests = [
            of(vec![], vec![]),
            of(vec![vec![1, 2]], vec![]),
            of(vec![], vec![vec![1, 2]]),
            of(vec![vec![1], vec![2]], vec![]),
        ];
        for (index, digest) in digests.iter().enumerate() {
            assert!(!digests[..index].contains(digest));
        }
    }
}
