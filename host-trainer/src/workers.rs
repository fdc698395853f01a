//! Trainings side by side, each on its share of the cores.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rayon::ThreadPoolBuilder;

use crate::corpus::Classes;
use crate::preset::Preset;
use crate::progress::Board;
use crate::training::{Epoch, Options, Trained, TrainingClip, Watch, fit};

/// Does every task, `jobs` at a time, which share the cores; without a number as many as there are cores, which is
/// faster than all cores for each in turn. After an error no task is begun, but those under way are finished.
///
/// # Errors
/// That of the first worker that failed.
pub(crate) fn each<T: Sync>(
    tasks: &[T],
    jobs: Option<NonZeroUsize>,
    work: impl Fn(&T) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let workers = jobs.unwrap_or(cores).get().min(tasks.len());
    let threads = (cores.get() / workers.max(1)).max(1);
    let next = AtomicUsize::new(0);
    let worker = || -> anyhow::Result<()> {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            pool.install(|| work(task)).inspect_err(|_| next.store(tasks.len(), Ordering::Relaxed))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            worker.join().unwrap_or_else(|panic| resume_unwind(panic))
        };
        workers.into_iter().try_for_each(join)
    })
}

/// Fits a preset without validation clips, under a name on a board; goes on from the checkpoint in its folder, if
/// there is one.
///
/// # Errors
/// Those of [`fit`].
pub(crate) fn fit_on(
    board: &Board,
    name: &str,
    preset: &Preset,
    classes: &Classes,
    train: &[TrainingClip],
    options: Options,
) -> anyhow::Result<Trained> {
    let checkpoint = options.out.join("checkpoint.postcard");
    let resume = checkpoint.exists().then_some(checkpoint);
    let seen = Cell::new(0);
    let after_epoch = |history: &[Epoch], _| {
        board.advance(history.len() - seen.replace(history.len()));
    };
    let watch = Watch { bar: board.bar(name), after_epoch: &after_epoch };
    let trained = fit(preset, classes, train, &[], &Options { resume, ..options }, &watch);
    watch.bar.finish_and_clear();
    trained
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn every_task_is_done_once() {
        for jobs in [None, NonZeroUsize::new(1), NonZeroUsize::new(7)] {
            let done = Mutex::new(Vec::new());
            each(&[1, 2, 3, 4, 5], jobs, |&task| {
                done.lock().unwrap().push(task);
                Ok(())
            })
            .unwrap();
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!(done, [1, 2, 3, 4, 5]);
        }
        each(&[(); 0], None, |()| unreachable!()).unwrap();
    }

    #[test]
    fn after_an_error_nothing_is_begun() {
        let begun = AtomicUsize::new(0);
        let error = each(&[1, 2, 3, 4], NonZeroUsize::new(1), |&task| {
            begun.fetch_add(1, Ordering::Relaxed);
            anyhow::ensure!(task < 2, "task {task}");
            Ok(())
        })
        .unwrap_err();
        assert_eq!((error.to_string().as_str(), begun.into_inner()), ("task 2", 2));
    }
}
