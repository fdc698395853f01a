//! Steps of training without anything around them, for `tests/scripts/training_throughput.py`: forward, loss,
//! backward and optimiser of the default preset's branches on random clips. Prints clips per second.

use std::time::Instant;

use host_trainer::network::{self, Network, Weights};
use host_trainer::ops::{Tape, cross_entropy};
use host_trainer::preset::{Preset, Recipe};
use host_trainer::training::Adam;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// As the `host-trainer` command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CLASSES: usize = 8;
const WARM_UP: usize = 3;

fn main() -> anyhow::Result<()> {
    let steps: usize = std::env::args().nth(1).map_or(Ok(20), |steps| steps.parse())?;
    let preset = Preset::load(Preset::NAMES[0].as_ref())?;
    let network = preset.network(CLASSES);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let inputs: usize = network.input.iter().product();
    let inputs: Vec<f32> = (0..preset.recipe.batch * inputs).map(|_| rng.random_range(-2.0..2.0)).collect();
    let targets: Vec<f32> = (0..preset.recipe.batch).flat_map(|_| one_hot(&mut rng)).collect();
    // As in a training, each branch takes its steps by itself.
    let branches = network.branches();
    let take = |steps| {
        branches.par_iter().try_for_each(|branch| train(branch, &preset.recipe, &inputs, &targets, steps))
    };
    take(WARM_UP)?;
    let start = Instant::now();
    take(steps)?;
    let clips = (steps * preset.recipe.batch) as f64;
    println!("{:.1}", clips / start.elapsed().as_secs_f64());
    Ok(())
}

fn train(
    network: &Network,
    recipe: &Recipe,
    inputs: &[f32],
    targets: &[f32],
    steps: usize,
) -> anyhow::Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut weights = Weights::initial(network, &mut rng);
    let mut adam = Adam::new(&weights);
    for _ in 0..steps {
        let mut tape = Tape::default();
        let pass = network::forward(network, &weights, inputs.to_vec(), &mut tape, &mut rng);
        let (_, mut gradients) = cross_entropy(tape, &pass.logits, targets.to_vec(), CLASSES)?;
        let gradients: Result<Vec<_>, _> =
            pass.parameters.iter().map(|parameter| parameter.take_gradient(&mut gradients)).collect();
        adam.step(&mut weights, &gradients?, recipe.learning_rate, recipe.weight_decay);
    }
    Ok(())
}

fn one_hot(rng: &mut impl Rng) -> [f32; CLASSES] {
    let mut target = [0.0; CLASSES];
    target[rng.random_range(0..CLASSES)] = 1.0;
    target
}
