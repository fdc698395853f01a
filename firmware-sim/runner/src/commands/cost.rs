use serde::Serialize;

/// What a layer or kernel costs.
#[derive(Serialize)]
pub(super) struct Cost {
    pub(super) name: String,
    pub(super) macs: u64,
    pub(super) instructions: u64,
}

/// Prints a table for people.
pub(super) fn print_table(costs: &[Cost]) {
    println!("{:>10} {:>12} {:>7}  name", "MACs", "instructions", "per MAC");
    for Cost { name, macs, instructions } in costs {
        let per_mac = match macs {
            0 => String::from("-"),
            macs => format!("{:.2}", *instructions as f64 / *macs as f64),
        };
        println!("{macs:>10} {instructions:>12} {per_mac:>7}  {name}");
    }
}
