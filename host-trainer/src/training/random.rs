use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What random numbers are for. Each use has a stream of its own in each branch, so none depends on the order of
/// work.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// The weights before training.
    Start,
    /// The order of an epoch's clips.
    Order { epoch: usize },
    /// The changes to a clip's sound.
    Sound { round: usize, clip: usize },
    /// What is heard before a clip that was drawn, and the changes to its features.
    Features { epoch: usize, draw: usize },
    /// The mixtures of a batch and what is dropped in it.
    Batch { epoch: usize, batch: usize },
}

/// The generator for one purpose.
pub(super) fn generator(seed: u64, purpose: Purpose) -> ChaCha8Rng {
    let (kind, epoch, item) = match purpose {
        Purpose::Start => (0, 0, 0),
        Purpose::Order { epoch } => (1, epoch, 0),
        Purpose::Sound { round, clip } => (2, round, clip),
        Purpose::Features { epoch, draw } => (4, epoch, draw),
        Purpose::Batch { epoch, batch } => (3, epoch, batch),
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(kind << 61 | (epoch as u64) << 32 | item as u64);
    rng
}

/// A generator for the same purpose in one branch; the first branch has the very generator.
pub(super) fn of_branch(mut rng: ChaCha8Rng, branch: usize) -> ChaCha8Rng {
    rng.set_stream(rng.get_stream() | (branch as u64) << 48);
    rng
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ() {
        use rand::Rng as _;
        let purposes = [
            Purpose::Start,
            Purpose::Order { epoch: 0 },
            Purpose::Sound { round: 0, clip: 0 },
            Purpose::Sound { round: 0, clip: 1 },
            Purpose::Sound { round: 1, clip: 0 },
            Purpose::Features { epoch: 0, draw: 0 },
            Purpose::Features { epoch: 1, draw: 1 },
            Purpose::Batch { epoch: 0, batch: 0 },
        ];
        let of_branches = |purpose| (0..3).map(move |branch| of_branch(generator(9, purpose), branch));
        let first: std::collections::BTreeSet<u64> =
            purposes.into_iter().flat_map(of_branches).map(|mut rng| rng.next_u64()).collect();
        assert_eq!(first.len(), 3 * purposes.len());
    }
}
