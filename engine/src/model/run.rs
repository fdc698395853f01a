use super::{Model, Stream, TensorRow};

/// A network by itself, without a front end: rows of its input go in, one after the other.
///
/// For tests and measurements; [`Session`](crate::Session) and [`Classifier`](crate::Classifier) are what hears.
pub struct Run<'r, 'a> {
    model: Model<'a>,
    stream: Stream,
    arena: &'r mut [i8],
}

impl<'r, 'a> Run<'r, 'a> {
    /// Begins with no rows, in an arena of [`Layout::arena_bytes`](super::Layout::arena_bytes).
    pub fn new(model: Model<'a>, arena: &'r mut [i8]) -> Self {
        let mut stream = Stream::new();
        stream.reset(model.network());
        Self { model, stream, arena }
    }

    /// Takes the input's next row, which `fill` writes, and shows `watch` each row of each tensor that this makes
    /// possible. Returns whether the network has answered.
    pub fn push(&mut self, mut fill: impl FnMut(&mut [i8]), mut watch: impl FnMut(TensorRow<'_>)) -> bool {
        let Self { model, stream, arena } = self;
        let Some(memory) = model.layout().split(arena) else { return false };
        stream.step(model.network(), memory.state, memory.workspace, Some(&mut fill), &mut watch)
    }

    /// Ends the input: shows the rows that padding behind it makes possible. Returns whether the network has answered
    /// again.
    pub fn finish(&mut self, mut watch: impl FnMut(TensorRow<'_>)) -> bool {
        let Self { model, stream, arena } = self;
        let Some(memory) = model.layout().split(arena) else { return false };
        let mut has_answered = false;
        for _ in 0..model.pace().rows_behind() {
            has_answered |= stream.step(model.network(), memory.state, memory.workspace, None, &mut watch);
        }
        has_answered
    }

    /// The int8 logits of the latest answer.
    #[must_use]
    pub fn scores(&self) -> &[i8] {
        self.model.scores(self.state())
    }

    /// Its probabilities, as int8: `(q + 128) / 256`.
    #[must_use]
    pub fn probabilities(&self) -> &[i8] {
        self.model.probabilities(self.state())
    }

    fn state(&self) -> &[i8] {
        self.arena.get(..self.model.layout().state_bytes).unwrap_or_default()
    }
}

impl super::Pace {
    /// Rows behind a recording's end that layers may read as padding: for a window's answer, and for one that comes
    /// up to a stride later.
    pub(crate) const fn rows_behind(&self) -> u32 {
        let for_a_window = self.first_answer.saturating_sub(self.window_rows);
        for_a_window.saturating_add(self.rows_an_answer).saturating_sub(1)
    }
}
