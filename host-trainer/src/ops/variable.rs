use std::sync::Arc;

use dfdx::prelude::{Cpu, CpuError, OwnedTape, Tape as _, Tensor, ZerosTensor};

/// dfdx's gradients of single-precision values in main memory.
pub type Gradients = dfdx::prelude::Gradients<f32, Cpu>;
/// dfdx's record of what has to be run backwards.
pub type Tape = OwnedTape<f32, Cpu>;

/// Values that have a gradient.
///
/// dfdx keeps the storage of its tensors to itself. The values that operators share therefore stand
/// beside an empty tensor, whose identity is the key to their gradient.
#[derive(Debug, Clone)]
pub struct Variable {
    values: Arc<Vec<f32>>,
    key: Tensor<(usize,), f32, Cpu>,
    is_constant: bool,
}

impl Variable {
    /// Takes on values.
    #[must_use]
    pub fn new(values: Vec<f32>) -> Self {
        Self { values: Arc::new(values), key: Cpu::default().zeros_like(&(0,)), is_constant: false }
    }

    /// Takes on values whose gradient nobody asks for, so operators may save the work.
    #[must_use]
    pub fn constant(values: Vec<f32>) -> Self {
        Self { is_constant: true, ..Self::new(values) }
    }

    pub(super) fn is_constant(&self) -> bool {
        self.is_constant
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Takes the gradient out: as many values as the variable has, all 0 if nothing depends on it.
    ///
    /// # Errors
    /// Out of memory.
    pub fn take_gradient(&self, gradients: &mut Gradients) -> Result<Vec<f32>, CpuError> {
        let mut gradient = std::mem::take(&mut **gradients.get_or_alloc_mut(&self.key)?);
        gradient.resize(self.values.len(), 0.0);
        Ok(gradient)
    }

    /// Lets `change` add to the gradient, which is 0 at first.
    pub(super) fn with_gradient<R>(
        &self,
        gradients: &mut Gradients,
        change: impl FnOnce(&mut [f32]) -> R,
    ) -> Result<R, CpuError> {
        let mut gradient = self.take_gradient(gradients)?;
        let result = change(&mut gradient);
        **gradients.get_or_alloc_mut(&self.key)? = gradient;
        Ok(result)
    }

    /// Adds to the gradient.
    pub(super) fn add_gradient(&self, gradients: &mut Gradients, addend: Vec<f32>) -> Result<(), CpuError> {
        let slot = &mut **gradients.get_or_alloc_mut(&self.key)?;
        if slot.is_empty() {
            *slot = addend;
        } else {
            slot.iter_mut().zip(addend).for_each(|(sum, value)| *sum += value);
        }
        Ok(())
    }

    /// Puts a new variable on the tape. `backward` gets its gradient and hands it on.
    pub(super) fn on_tape(
        tape: &mut Tape,
        values: Vec<f32>,
        backward: impl FnOnce(&mut Gradients, &[f32], Vec<f32>) -> Result<(), CpuError> + 'static,
    ) -> Self {
        let output = Self::new(values);
        let recorded = output.clone();
        tape.add_backward_op(move |gradients| {
            let gradient = recorded.take_gradient(gradients)?;
            backward(gradients, recorded.values(), gradient)
        });
        output
    }
}
