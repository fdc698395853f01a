use std::any::Any;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

/// What is heard.
pub(crate) struct Source {
    /// What messages call it.
    pub(crate) name: String,
    /// Samples a second.
    pub(crate) rate: u32,
    /// Blocks of words, or the error that ends them; disconnected when there is no more.
    pub(crate) blocks: Receiver<io::Result<Vec<i16>>>,
    /// How often some sound was lost.
    pub(super) overruns: Arc<AtomicU64>,
    /// What has to be kept for it to be heard.
    pub(super) _open: Box<dyn Any>,
}

impl Source {
    /// How often some sound was lost so far.
    pub(crate) fn overruns(&self) -> u64 {
        self.overruns.load(Ordering::Relaxed)
    }
}
