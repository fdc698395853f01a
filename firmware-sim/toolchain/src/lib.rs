//! What the tools of this workspace share: builds for another target than the host, and files that are whole or not there.

mod build;
mod files;

pub use build::Build;
pub use files::{WholeFile, write_whole};
