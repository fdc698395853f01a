//! What something costs, as it goes into `result.json`.

use semihosting::fs::File;
use semihosting::io::{self, Write};

/// The cost of a layer or kernel.
pub struct Cost {
    /// Its name.
    pub name: &'static str,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Ticks of the core clock.
    pub ticks: u64,
}

/// Writes a JSON array.
///
/// # Errors
/// The host's.
pub fn write_all(file: &mut File, costs: impl Iterator<Item = Cost>) -> io::Result<()> {
    for (index, Cost { name, macs, ticks }) in costs.enumerate() {
        let separator = if index == 0 { '[' } else { ',' };
        write!(file, r#"{separator}{{"name":"{name}","macs":{macs},"ticks":{ticks}}}"#)?;
    }
    write!(file, "]")
}
