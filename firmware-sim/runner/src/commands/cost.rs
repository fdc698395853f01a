use crate::Cost;

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
