/// When a network answers.
/// ```
/// use prosodia::{Model, include_model};
///
/// const MODEL: &[u8] = include_model!("../../tests/data/loud.postcard");
/// let model = Model::from_bytes(MODEL)?;
/// let (pace, hop) = (model.pace(), f64::from(model.front_end().hop_length));
/// let seconds = f64::from(pace.rows_an_answer) * hop / f64::from(model.front_end().sample_rate);
/// assert_eq!((pace.window_rows, seconds), (3, 0.016)); // of three frames, an answer every 16 ms
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
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
