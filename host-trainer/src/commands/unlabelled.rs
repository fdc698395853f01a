use std::path::PathBuf;

use clap::Args;

/// Speech that nobody has labelled.
#[derive(Debug, Args)]
pub(super) struct UnlabelledFolders {
    /// Folder of speech without labels, searched at any depth, to be learnt from by the teacher's answers alone; may be given
    /// more than once.
    #[arg(long = "unlabelled", value_name = "DIR", requires = "teacher_logits")]
    pub(super) folders: Vec<PathBuf>,
}
