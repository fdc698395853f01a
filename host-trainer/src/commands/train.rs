use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Train {}

impl Train {
    pub(super) fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet")
    }
}
