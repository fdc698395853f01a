use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Synth {}

impl Synth {
    pub(super) fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet")
    }
}
