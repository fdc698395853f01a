use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Eval {}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not built yet")
    }
}
