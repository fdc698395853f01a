/// When a network answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// Rows of its input that are needed for an answer: those of a window.
    pub window_rows: u32,
    /// Rows after which there is the first answer of a stream that goes on. It is more than those of a window if layers
    /// pad behind their input: in a stream they wait for what comes there.
    pub first_answer: u32,
    /// Rows from one answer to the next.
    pub rows_an_answer: u32,
}

impl Pace {
    /// Rows behind a recording's end that layers may read as padding: for a window's answer, and for one that comes
    /// up to a stride later.
    pub(crate) const fn rows_behind(&self) -> u32 {
        let for_a_window = self.first_answer.saturating_sub(self.window_rows);
        for_a_window.saturating_add(self.rows_an_answer).saturating_sub(1)
    }
}
