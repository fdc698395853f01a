//! What the shipped model may cost on each board: `tests/budget.json`. A layer that becomes more than 2 % dearer
//! fails, and so does any more memory. To take on new figures, after a new model or a gain:
//!
//! ```sh
//! REFRESH_BUDGET=1 cargo test -p parity --test budget
//! ```
//!
//! Needs `qemu-system-arm` and the thumb targets: `tests/run` installs them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sim::{Board, Memory, Timing};

const BUDGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/budget.json");
const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host-trainer/models/small.postcard");
const REFRESH: &str = "REFRESH_BUDGET=1 cargo test -p parity --test budget";

/// Instructions by which two runs may differ: two ticks of the slowest clock.
const TICKS: u64 = 100;

#[derive(Serialize, Deserialize)]
struct Budget {
    /// Another one makes other code.
    compiler: String,
    boards: BTreeMap<String, BoardBudget>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct BoardBudget {
    bytes: BTreeMap<String, u64>,
    instructions: BTreeMap<String, u64>,
}

impl BoardBudget {
    fn measured(board: Board) -> Result<Self> {
        let model = Path::new(MODEL);
        let Memory { flash_bytes, static_ram_bytes, stack_bytes, .. } = Memory::of(board, model)?;
        let bytes = [("flash", flash_bytes), ("static RAM", static_ram_bytes), ("stack", stack_bytes)];
        let timing = Timing::of(board, model)?;
        let whole = [
            ("front end, a hop".to_owned(), timing.front_end_instructions_per_hop),
            ("whole window".to_owned(), timing.total_instructions),
            ("a second of a stream".to_owned(), timing.stream.instructions_per_second),
            ("dearest push of a hop".to_owned(), timing.stream.dearest_push_instructions),
            ("load".to_owned(), timing.load_instructions),
        ];
        let layers =
            timing.layers.into_iter().map(|cost| (format!("layer {}", cost.name), cost.instructions));
        Ok(Self {
            bytes: bytes.map(|(name, bytes)| (name.to_owned(), bytes)).into(),
            instructions: whole.into_iter().chain(layers).collect(),
        })
    }

    /// What exceeds this budget.
    fn excesses(&self, measured: &Self) -> Vec<String> {
        let more = |name: &str, allowed: u64, found: u64, limit: u64| {
            (found > limit).then(|| format!("{name}: {found}, budget {allowed}"))
        };
        let bytes = self.bytes.iter().zip(&measured.bytes);
        let instructions = self.instructions.iter().zip(&measured.instructions);
        bytes
            .filter_map(|((name, &allowed), (_, &found))| more(name, allowed, found, allowed))
            .chain(instructions.filter_map(|((name, &allowed), (_, &found))| {
                more(name, allowed, found, allowed + allowed / 50 + TICKS)
            }))
            .collect()
    }

    /// Whether it is of a network with the same layers.
    fn is_of_the_network(&self, measured: &Self) -> bool {
        self.instructions.keys().eq(measured.instructions.keys())
    }
}

fn compiler() -> Result<String> {
    let output = Command::new("rustc").arg("--version").output().context("cannot run rustc")?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn refresh(budget: &Budget) -> Result<()> {
    std::fs::write(BUDGET, serde_json::to_string_pretty(budget)? + "\n").context("cannot write the budget")
}

#[test]
fn the_shipped_model_stays_within_its_budget() -> Result<()> {
    let measured =
        Board::ALL.into_iter().map(|board| Ok((board.name().to_owned(), BoardBudget::measured(board)?)));
    let measured = Budget { compiler: compiler()?, boards: measured.collect::<Result<_>>()? };
    if std::env::var_os("REFRESH_BUDGET").is_some() {
        return refresh(&measured);
    }
    let budget: Budget = serde_json::from_str(&std::fs::read_to_string(BUDGET)?)?;
    let mut excesses = Vec::new();
    for (board, found) in &measured.boards {
        let allowed =
            budget.boards.get(board).with_context(|| format!("no budget for {board}: {REFRESH}"))?;
        ensure!(allowed.is_of_the_network(found), "the network is another one: {REFRESH}");
        excesses.extend(allowed.excesses(found).into_iter().map(|excess| format!("{board}: {excess}")));
        if found != allowed {
            println!("{board} differs from its budget; to take on the new figures: {REFRESH}");
        }
    }
    ensure!(
        excesses.is_empty(),
        "over budget (made by {}, budget by {}):\n{}",
        measured.compiler,
        budget.compiler,
        excesses.join("\n")
    );
    Ok(())
}

#[test]
fn what_costs_more_is_named() {
    let budget = |flash: u64, layer: u64| BoardBudget {
        bytes: [("flash".to_owned(), flash)].into(),
        instructions: [("layer 0 conv2d".to_owned(), layer)].into(),
    };
    let excesses = |flash, layer| budget(1000, 100_000).excesses(&budget(flash, layer));
    assert!(excesses(1000, 102_000).is_empty());
    assert_eq!(excesses(1001, 90_000), ["flash: 1001, budget 1000"]);
    assert_eq!(excesses(900, 102_101), ["layer 0 conv2d: 102101, budget 100000"]);
}
