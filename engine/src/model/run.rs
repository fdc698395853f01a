use super::{Runnable, Stream, TensorRow};

/// A network in an arena that the caller lends, which shows every row of every tensor.
///
/// For tests and measurements: [`Network`](crate::Network) is what runs one without a front end.
pub struct Run<'r, 'a> {
    runnable: Runnable<'a>,
    stream: Stream,
    arena: &'r mut [i8],
}

impl<'r, 'a> Run<'r, 'a> {
    /// Begins with no rows, in an arena of [`Layout::arena_bytes`](super::Layout::arena_bytes).
    pub fn new(runnable: impl Into<Runnable<'a>>, arena: &'r mut [i8]) -> Self {
        let runnable = runnable.into();
        let mut stream = Stream::new();
        stream.reset(runnable.network());
        Self { runnable, stream, arena }
    }

    /// Takes the input's next row, which `fill` writes, and shows `watch` each row of each tensor that this makes
    /// possible. Returns whether the network has answered.
    pub fn push(&mut self, mut fill: impl FnMut(&mut [i8]), mut watch: impl FnMut(TensorRow<'_>)) -> bool {
        let Self { runnable, stream, arena } = self;
        let Some(memory) = runnable.layout().split(arena) else { return false };
        stream.step(runnable.network(), memory.state, memory.workspace, Some(&mut fill), &mut watch)
    }

    /// Ends the input: shows the rows that padding behind it makes possible. Returns whether the network has answered
    /// again.
    pub fn finish(&mut self, mut watch: impl FnMut(TensorRow<'_>)) -> bool {
        let Self { runnable, stream, arena } = self;
        let Some(memory) = runnable.layout().split(arena) else { return false };
        let mut has_answered = false;
        for _ in 0..runnable.pace().rows_behind() {
            has_answered |= stream.step(runnable.network(), memory.state, memory.workspace, None, &mut watch);
        }
        has_answered
    }

    /// What the last layer reads for the latest answer: before a closing softmax the int8 logits.
    #[must_use]
    pub fn scores(&self) -> &[i8] {
        self.runnable.scores(self.state())
    }

    /// The latest answer: of a closing softmax probabilities as int8, `(q + 128) / 256`.
    #[must_use]
    pub fn answer(&self) -> &[i8] {
        self.runnable.answer(self.state())
    }

    fn state(&self) -> &[i8] {
        self.arena.get(..self.runnable.layout().state_bytes).unwrap_or_default()
    }
}
