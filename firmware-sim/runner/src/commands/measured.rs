use serde::{Deserialize, Serialize};

use crate::Board;

/// What the firmware measured of one layer or kernel.
#[derive(Deserialize)]
pub(super) struct Measured {
    name: String,
    macs: u64,
    ticks: u64,
}

/// The same, as it is printed.
#[derive(Serialize)]
pub(super) struct Cost {
    name: String,
    macs: u64,
    instructions: u64,
}

impl Measured {
    pub(super) fn on(self, board: Board) -> Cost {
        Cost { name: self.name, macs: self.macs, instructions: board.instructions(self.ticks) }
    }
}

/// Prints a table for people.
pub(super) fn print_table(costs: &[Cost]) {
    println!("{:>12} {:>13} {:>6}  name", "MACs", "instructions", "per MAC");
    for Cost { name, macs, instructions } in costs {
        let per_mac = match macs {
            0 => String::from("-"),
            macs => format!("{:.2}", *instructions as f64 / *macs as f64),
        };
        println!("{macs:>12} {instructions:>13} {per_mac:>7}  {name}");
    }
}
