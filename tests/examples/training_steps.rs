//! Steps of training without anything around them, for `tests/scripts/training_throughput.py`: forward, loss,
//! backward and optimiser of the default preset's branches on random clips. Prints clips per second.

use std::time::Instant;

use host_trainer::network::{self, Weights};
use host_trainer::ops::{Tape, cross_entropy};
use host_trainer::preset::Preset;
use host_trainer::training::Adam;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

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
    let branches = network.branches();
    let mut states: Vec<(Weights, Adam)> = branches
        .iter()
        .map(|branch| Weights::initial(branch, &mut rng))
        .map(|weights| (weights.clone(), Adam::new(&weights)))
        .collect();
    let inputs: usize = network.input.iter().product();
    let inputs: Vec<f32> = (0..preset.recipe.batch * inputs).map(|_| rng.random_range(-2.0..2.0)).collect();
    let targets: Vec<f32> = (0..preset.recipe.batch).flat_map(|_| one_hot(&mut rng)).collect();
    let mut start = Instant::now();
    for step in 0..WARM_UP + steps {
        if step == WARM_UP {
            start = Instant::now();
        }
        for (branch, (weights, adam)) in branches.iter().zip(&mut states) {
            let mut tape = Tape::default();
            let pass = network::forward(branch, weights, inputs.clone(), &mut tape, &mut rng);
            let (_, mut gradients) = cross_entropy(tape, &pass.logits, targets.clone(), CLASSES)?;
            let gradients: Result<Vec<_>, _> =
                pass.parameters.iter().map(|parameter| parameter.take_gradient(&mut gradients)).collect();
            adam.step(weights, &gradients?, preset.recipe.learning_rate, preset.recipe.weight_decay);
        }
    }
    let clips = (steps * preset.recipe.batch) as f64;
    println!("{:.1}", clips / start.elapsed().as_secs_f64());
    Ok(())
}

fn one_hot(rng: &mut impl Rng) -> [f32; CLASSES] {
    let mut target = [0.0; CLASSES];
    target[rng.random_range(0..CLASSES)] = 1.0;
    target
}
