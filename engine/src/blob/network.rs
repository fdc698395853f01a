use super::record::{self, Record};
use super::{Layer, MAX_LAYERS, Placement, Tensor};

/// A network as it lies in a blob: it borrows everything, and a layer is put together when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Network<'a> {
    records: &'a [Record],
    filters: &'a [u8],
}

impl<'a> Network<'a> {
    /// The records' tensors; filters begin in `filters` where the records say.
    pub(crate) const fn new(records: &'a [Record], filters: &'a [u8]) -> Self {
        Self { records, filters }
    }

    /// How many layers there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.records.len().saturating_sub(1)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Layer `index`, which writes tensor `index + 1`.
    // Not inlined: it is long, and asked for in many places.
    #[inline(never)]
    #[must_use]
    pub fn layer(&self, index: usize) -> Option<Layer<'a>> {
        let record = self.records.get(index.checked_add(1)?)?;
        let [_, input, ..] = *record;
        record::layer(record, self.tensor(input.into()), self.filters)
    }

    /// The tensors that layer `index` reads, twice the same where it is one, in fewer instructions than the whole layer
    /// takes.
    #[inline]
    pub(crate) fn inputs(&self, index: usize) -> [u8; 2] {
        index.checked_add(1).and_then(|index| self.records.get(index)).map_or([0; 2], record::inputs)
    }

    /// Every layer in the order in which they run.
    pub fn layers(&self) -> impl Iterator<Item = Layer<'a>> + use<'a> {
        let network = *self;
        (0..network.len()).map_while(move |index| network.layer(index))
    }

    /// Tensor 0 is the input, tensor `i + 1` what layer `i` writes.
    #[must_use]
    pub fn tensor(&self, index: usize) -> Option<Tensor> {
        self.records.get(index).map(record::tensor)
    }

    /// Where a tensor's rows lie.
    #[must_use]
    pub fn placement(&self, tensor: usize) -> Option<Placement> {
        self.records.get(tensor).map(record::placement)
    }

    /// Multiply-accumulates of layer `index` in a window.
    #[must_use]
    pub fn macs(&self, index: usize) -> u64 {
        let Some(layer) = self.layer(index) else { return 0 };
        let input = self.tensor(layer.input.into()).unwrap_or(layer.output);
        layer.macs(input)
    }

    /// Whether each record is a layer's, but the first, and there are not too many.
    pub(crate) fn is_well_formed(&self) -> bool {
        let is_layer = |index: usize| self.layer(index).is_some();
        self.records.first().is_some_and(record::is_input)
            && self.len() <= MAX_LAYERS
            && (0..self.len()).all(is_layer)
    }
}
