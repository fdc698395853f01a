use std::any::Any;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

/// What is heard.
pub struct Source {
    /// What messages call it.
    pub name: String,
    /// Samples a second.
    pub rate: u32,
    /// Blocks of words, or the error that ends them; disconnected when there is no more.
    pub blocks: Receiver<io::Result<Vec<i16>>>,
    /// How often some sound was lost.
    pub(super) overruns: Arc<AtomicU64>,
    /// What has to be kept for it to be heard.
    pub(super) _open: Box<dyn Any>,
}

impl Source {
    /// How often some sound was lost so far.
    #[must_use]
    pub fn overruns(&self) -> u64 {
        self.overruns.load(Ordering::Relaxed)
    }
}
