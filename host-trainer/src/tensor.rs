//! Networks over arrays of int8, without a front end.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use engine::model::{Pace, Run, Runnable};
use ndarray::ArrayViewD;
use ndarray_npy::{ViewNpyError, ViewNpyExt};
use serde::Serialize;

/// What a network made of its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The values of the last layer.
    pub output: Vec<i8>,
}

/// An answer of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamOutput {
    /// The input's row with which it came, the first is 0.
    pub row: usize,
    /// The values of the last layer.
    pub output: Vec<i8>,
}

/// Reads the int8 values of a `.npy` file in the order of their indices: those of a window, or of a stream's rows.
///
/// # Errors
/// Names a file that can't be read, is no array of int8, or is not of the shape that the network reads: its sizes
/// without those of 1, or all values in one row.
pub fn load(path: &Path, runnable: &Runnable<'_>, is_stream: bool) -> anyhow::Result<Vec<i8>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    // A view, since a header may claim any size.
    let array = ArrayViewD::<i8>::view_npy(&bytes)
        .map_err(|error| if is_cut_short(&error) { anyhow!("its end is missing") } else { error.into() })
        .with_context(|| format!("{} is no .npy file of int8", path.display()))?;
    ensure_shape(array.shape(), runnable, is_stream)
        .with_context(|| format!("cannot run {}", path.display()))?;
    Ok(array.as_standard_layout().iter().copied().collect())
}

fn is_cut_short(error: &ViewNpyError) -> bool {
    match error {
        ViewNpyError::Io(cause) => cause.kind() == ErrorKind::UnexpectedEof,
        other => matches!(other, ViewNpyError::MissingBytes(_)),
    }
}

/// Values in another order than the network's would be taken for something else.
fn ensure_shape(shape: &[usize], runnable: &Runnable<'_>, is_stream: bool) -> anyhow::Result<()> {
    let Some(input) = runnable.network().tensor(0) else { return Ok(()) };
    let row = [input.width, input.channels].map(usize::from);
    let rows = runnable.pace().window_rows as usize;
    let found = significant(shape);
    let is_rows = is_stream && (found == significant(&row) || found.get(1..) == Some(&significant(&row)));
    let window = significant(&[rows, row[0], row[1]]);
    let is_window = !is_stream && found == window;
    ensure!(
        is_rows || is_window || found.len() <= 1,
        "it is of the shape {shape:?}, the network reads {} rows of {row:?}{}",
        if is_stream { "any number of".to_owned() } else { rows.to_string() },
        if sorted(found) == sorted(window) { ": transpose it" } else { "" }
    );
    Ok(())
}

fn sorted(mut sizes: Vec<usize>) -> Vec<usize> {
    sizes.sort_unstable();
    sizes
}

/// What to say of a stream's input that ends before the first answer.
#[must_use]
pub fn no_answer_yet(file: &Path, runnable: &Runnable<'_>) -> String {
    let Pace { first_answer, rows_an_answer, .. } = runnable.pace();
    format!(
        "note: {}: no answer yet: in a stream the first comes after {first_answer} rows, then one every \
         {rows_an_answer}",
        file.display()
    )
}

/// The sizes of a shape that are not 1: where they are the same, so is the order of values.
pub(crate) fn significant(sizes: &[usize]) -> Vec<usize> {
    sizes.iter().copied().filter(|&size| size != 1).collect()
}

/// Says so if values are not whole rows of a network's input, or not as many as a window has.
///
/// # Errors
/// Says how many there are to be.
pub fn ensure_rows(runnable: &Runnable<'_>, values: &[i8], is_stream: bool) -> anyhow::Result<()> {
    let (row, rows) = (runnable.row_len(), runnable.pace().window_rows as usize);
    let is_whole = !values.is_empty() && values.len().is_multiple_of(row.max(1));
    ensure!(
        is_whole && (is_stream || values.len() == row * rows),
        "it has {} values, the network reads {} rows of {row}",
        values.len(),
        if is_stream { "any number of".to_owned() } else { rows.to_string() }
    );
    Ok(())
}

/// The answer to a whole window.
///
/// # Errors
/// Those of [`ensure_rows`].
pub fn run(runnable: Runnable<'_>, values: &[i8]) -> anyhow::Result<Output> {
    ensure_rows(&runnable, values, false)?;
    let mut arena = vec![0; runnable.layout().arena_bytes()];
    let mut run = Run::new(runnable, &mut arena);
    for row in values.chunks_exact(runnable.row_len()) {
        run.push(|place| place.copy_from_slice(row), |_| ());
    }
    run.finish(|_| ());
    Ok(Output { output: run.answer().to_vec() })
}

/// Every answer to rows that go on.
///
/// # Errors
/// Those of [`ensure_rows`].
pub fn stream(runnable: Runnable<'_>, values: &[i8]) -> anyhow::Result<Vec<StreamOutput>> {
    ensure_rows(&runnable, values, true)?;
    let mut arena = vec![0; runnable.layout().arena_bytes()];
    let mut run = Run::new(runnable, &mut arena);
    let mut answers = Vec::new();
    for (row, place) in values.chunks_exact(runnable.row_len()).enumerate() {
        if run.push(|values| values.copy_from_slice(place), |_| ()) {
            answers.push(StreamOutput { row, output: run.answer().to_vec() });
        }
    }
    Ok(answers)
}
