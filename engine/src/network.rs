use crate::arena::Arena;
use crate::model::{Fill, Memory, Runnable, Stream};
use crate::{LoadError, NotReady};

/// Rows of int8 from anywhere in, a row of int8 out: a network without a front end, such as one that
/// `host-trainer import --raw` made. All memory is in the value itself; `ARENA` is in bytes, and
/// [`arena_bytes`](crate::arena_bytes) reads off the blob how many it needs.
///
/// What the values stand for, [`Quantisation`](crate::Quantisation) says, whose example goes from floats to floats.
///
/// ```
/// use prosodia::{Network, arena_bytes, include_model};
///
/// // It adds up three rows of one value, weighted 1, 2 and 3, and halves the sum.
/// const BLOB: &[u8] = include_model!("../tests/data/weighted.postcard");
/// let mut network = Network::<{ arena_bytes(BLOB) }>::new(); // const: can be a static
/// network.load(BLOB)?; // every field is checked here
///
/// // A whole window at once: (1 * 4 + 2 * 6 + 3 * 8) / 2.
/// assert_eq!(network.run(&[4, 6, 8])?, [20]);
///
/// // A row at a time, without an end: each is worked on once, and from the third on there are answers.
/// network.reset()?;
/// let mut answers = Vec::new();
/// for row in [4, 6, 8, 0] {
///     answers.extend(network.push(&[row])?.map(<[i8]>::to_vec));
/// }
/// assert_eq!(answers, [[20], [11]]); // (1 * 6 + 2 * 8 + 3 * 0) / 2
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Network<'m, const ARENA: usize> {
    runnable: Option<Runnable<'m>>,
    stream: Stream,
    /// Rows of the input so far.
    rows: u32,
    has_answered: bool,
    arena: Arena<ARENA>,
}

impl<'m, const ARENA: usize> Network<'m, ARENA> {
    /// Without a network; it can be the initial value of a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self { runnable: None, stream: Stream::new(), rows: 0, has_answered: false, arena: Arena::new() }
    }

    /// Checks a blob, keeps the network that borrows from it, and starts with no rows. Of a model with a front end it
    /// takes the network alone.
    ///
    /// # Errors
    /// What [`Runnable::from_bytes`] says, or [`LoadError::ArenaTooSmall`] with the bytes that are needed. There is
    /// then no network.
    pub fn load(&mut self, blob: &'m [u8]) -> Result<(), LoadError> {
        self.runnable = None;
        let runnable = Runnable::from_bytes(blob)?;
        let (needed, available) = (runnable.layout().arena_bytes(), ARENA);
        if needed > available {
            return Err(LoadError::ArenaTooSmall { needed, available });
        }
        self.runnable = Some(runnable);
        self.begin(&runnable);
        Ok(())
    }

    /// What was loaded: labels, layers, shapes.
    #[must_use]
    pub const fn runnable(&self) -> Option<&Runnable<'m>> {
        self.runnable.as_ref()
    }

    /// The answer to a whole window: all rows of the input one behind the other, columns in a row, channels innermost.
    ///
    /// # Errors
    /// [`NotReady::NoModel`]; [`NotReady::Values`] for an input of another length.
    pub fn run(&mut self, input: &[i8]) -> Result<&[i8], NotReady> {
        self.reset()?;
        let runnable = self.open()?;
        let row_len = runnable.row_len();
        let needed = row_len.saturating_mul(runnable.pace().window_rows as usize);
        if input.len() != needed {
            return Err(NotReady::Values { needed, found: input.len() });
        }
        for row in input.chunks_exact(row_len.max(1)) {
            self.step(&runnable, Some(row));
        }
        self.finish()
    }

    /// Takes the input's next row, columns with their channels innermost, and gives the answer that it makes possible.
    ///
    /// A stream answers for the latest rows, as many as a window has. Layers that pad behind their input wait for what
    /// comes there: [`Pace`](crate::model::Pace) says how many rows.
    ///
    /// # Errors
    /// [`NotReady::NoModel`]; [`NotReady::Values`] for a row of another length.
    pub fn push(&mut self, row: &[i8]) -> Result<Option<&[i8]>, NotReady> {
        let runnable = self.open()?;
        let needed = runnable.row_len();
        if row.len() != needed {
            return Err(NotReady::Values { needed, found: row.len() });
        }
        let is_answer = self.step(&runnable, Some(row));
        Ok(is_answer.then(|| self.answer(&runnable)))
    }

    /// Ends the input, lets layers read the padding behind it, and gives the latest answer. The next row begins another
    /// input.
    ///
    /// # Errors
    /// [`NotReady::NoModel`]; [`NotReady::Rows`] where there were fewer than a window's.
    pub fn finish(&mut self) -> Result<&[i8], NotReady> {
        let runnable = self.open()?;
        for _ in 0..runnable.pace().rows_behind() {
            self.step(&runnable, None);
        }
        let missing = runnable.pace().window_rows.saturating_sub(self.rows);
        let has_answered = self.has_answered;
        self.begin(&runnable);
        if has_answered { Ok(self.answer(&runnable)) } else { Err(NotReady::Rows { missing }) }
    }

    /// Starts anew with no rows.
    ///
    /// # Errors
    /// [`NotReady::NoModel`].
    pub fn reset(&mut self) -> Result<(), NotReady> {
        let runnable = self.open()?;
        self.begin(&runnable);
        Ok(())
    }

    fn open(&self) -> Result<Runnable<'m>, NotReady> {
        self.runnable.ok_or(NotReady::NoModel)
    }

    fn begin(&mut self, runnable: &Runnable<'m>) {
        self.stream.reset(runnable.network());
        (self.rows, self.has_answered) = (0, false);
    }

    /// Computes what a row makes possible, or one that is not there behind the end. Returns whether there is an answer.
    fn step(&mut self, runnable: &Runnable<'m>, row: Option<&[i8]>) -> bool {
        let Some(Memory { state, workspace, .. }) = runnable.layout().split(&mut self.arena.0) else {
            return false;
        };
        let mut fill = |values: &mut [i8]| {
            values.iter_mut().zip(row.unwrap_or_default()).for_each(|(value, &given)| *value = given);
        };
        let fill: Option<Fill<'_>> = if row.is_some() { Some(&mut fill) } else { None };
        let is_answer = self.stream.step(runnable.network(), state, workspace, fill, &mut |_| ());
        self.rows = self.rows.saturating_add(u32::from(row.is_some()));
        self.has_answered |= is_answer;
        is_answer
    }

    fn answer(&self, runnable: &Runnable<'m>) -> &[i8] {
        runnable.answer(self.arena.0.get(..runnable.layout().state_bytes).unwrap_or_default())
    }
}

impl<const ARENA: usize> Default for Network<'_, ARENA> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const ARENA: usize> core::fmt::Debug for Network<'_, ARENA> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { runnable, rows, .. } = self;
        f.debug_struct("Network")
            .field("runnable", &runnable.as_ref().map(Runnable::name))
            .field("rows", rows)
            .finish_non_exhaustive()
    }
}
