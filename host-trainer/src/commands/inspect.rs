use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Inspect {}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet")
    }
}
