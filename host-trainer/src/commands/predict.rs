use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Predict {}

impl Predict {
    pub(super) fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet")
    }
}
