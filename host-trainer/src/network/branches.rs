use std::ops::Range;

use super::{LayerSpec, LayerWeights, Network, OpSpec, Weights};

impl Network {
    /// The branches, each as a network of its own. A network has more than one if its last layers add up logits:
    /// those of branches that lie one after the other and read the same input.
    #[must_use]
    pub fn branches(&self) -> Vec<Self> {
        let branch = |layers: Range<usize>| {
            let place = |tensor: usize| tensor.saturating_sub(layers.start);
            let layer = |LayerSpec { name, input, op }: &LayerSpec| {
                let op = match *op {
                    OpSpec::Add { other, relu } => OpSpec::Add { other: place(other), relu },
                    ref op => op.clone(),
                };
                LayerSpec { name: name.clone(), input: place(*input), op }
            };
            Self { input: self.input, layers: self.layers[layers.clone()].iter().map(layer).collect() }
        };
        self.branch_layers().into_iter().map(branch).collect()
    }

    /// The layers of each branch.
    fn branch_layers(&self) -> Vec<Range<usize>> {
        let mut end = 0;
        let branch = |head: usize| {
            let begins = |&layer: &usize| self.layers[layer].input == 0;
            let start = (end..head).find(begins).unwrap_or(end);
            end = head;
            start..head
        };
        self.heads().into_iter().map(branch).collect()
    }

    /// The tensors that the last layers add up: the logits of each branch.
    fn heads(&self) -> Vec<usize> {
        let mut heads = vec![self.layers.len()];
        while let Some(LayerSpec { input, op: OpSpec::Add { other, relu: false }, .. }) =
            heads[0].checked_sub(1).map(|layer| &self.layers[layer])
        {
            heads.splice(..1, [*input.min(other), *input.max(other)]);
        }
        heads
    }
}

impl Weights {
    /// A network's weights from those of its [`branches`](Network::branches).
    pub fn of_branches<'w>(network: &Network, branches: impl Iterator<Item = &'w Self>) -> Self {
        let mut layers = vec![LayerWeights::default(); network.layers.len()];
        for (place, branch) in network.branch_layers().into_iter().zip(branches) {
            layers[place].clone_from_slice(&branch.layers);
        }
        Self { layers }
    }

    /// The weights of one of a network's [`branches`](Network::branches).
    ///
    /// # Panics
    /// If the network has no such branch.
    #[must_use]
    pub fn branch(&self, network: &Network, index: usize) -> Self {
        Self { layers: self.layers[network.branch_layers()[index].clone()].to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::network::infer;

    /// A branch of a convolution around which there is a shortcut, beginning at tensor `first`.
    fn branch(first: usize) -> [LayerSpec; 3] {
        let layer = |input, op| LayerSpec { name: format!("layer{input}"), input, op };
        [
            layer(0, OpSpec::AveragePool { kernel: [2, 2], stride: [2, 2] }),
            layer(first, OpSpec::Add { other: first, relu: false }),
            layer(first + 1, OpSpec::Dense { units: 2, relu: false }),
        ]
    }

    fn sum(input: usize, other: usize) -> LayerSpec {
        LayerSpec { name: "sum".to_owned(), input, op: OpSpec::Add { other, relu: false } }
    }

    /// Branches in layers 0 to 2, 3 to 5 and 7 to 9; layers 6 and 10 add.
    fn network() -> Network {
        let layers = [&branch(1)[..], &branch(4), &[sum(6, 3)], &branch(8), &[sum(10, 7)]].concat();
        Network { input: [4, 2, 1], layers }
    }

    #[test]
    fn branches_are_networks_of_their_own() {
        let alone = Network { input: [4, 2, 1], layers: branch(1).to_vec() };
        let ops = |network: &Network| -> Vec<_> {
            network.layers.iter().map(|layer| (layer.input, layer.op.clone())).collect()
        };
        let branches = network().branches();
        assert_eq!(branches.len(), 3);
        branches.iter().for_each(|branch| assert_eq!(ops(branch), ops(&alone)));
        assert_eq!(alone.branches(), std::slice::from_ref(&alone));
    }

    #[test]
    fn a_network_is_the_sum_of_its_branches() {
        let network = network();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let branches = network.branches();
        let parts: Vec<Weights> = branches.iter().map(|branch| Weights::initial(branch, &mut rng)).collect();
        let input = vec![vec![0.5, -1.0, 2.0, 0.0, 1.0, 3.0, -2.0, 0.25]];
        let whole = Weights::of_branches(&network, parts.iter());
        (0..3).for_each(|index| assert_eq!(whole.branch(&network, index), parts[index]));
        let sum = infer::logits(&network, &whole, &input).concat();
        let apart: Vec<Vec<f32>> = branches
            .iter()
            .zip(&parts)
            .map(|(branch, weights)| infer::logits(branch, weights, &input).concat())
            .collect();
        for (index, sum) in sum.into_iter().enumerate() {
            let expected: f32 = apart.iter().map(|logits| logits[index]).sum();
            assert!((sum - expected).abs() < 1e-5, "{sum} {expected}");
        }
    }
}
