//! Values of options, with messages that say what is expected.

use std::num::NonZeroUsize;
use std::time::Duration;

/// A name in a list, in which a blank may follow a comma.
pub(super) fn trimmed(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() { Err("a name is empty".to_owned()) } else { Ok(name.to_owned()) }
}

/// A share of a hundred.
pub(super) fn percent(text: &str) -> Result<u8, String> {
    let percent = text.parse().ok().filter(|percent| *percent <= 100);
    percent.ok_or_else(|| "it is no whole number from 0 to 100".to_owned())
}

/// A number of things of which there is at least one, or the number of one of them.
pub(super) fn positive(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "it is no whole number from 1 on".to_owned())
}

/// How long something may take.
pub(super) fn minutes(text: &str) -> Result<Duration, String> {
    let minutes = text.parse().ok().and_then(|minutes: f64| Duration::try_from_secs_f64(60.0 * minutes).ok());
    minutes.ok_or_else(|| "it is no number of minutes from 0 on, or too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_range_are_refused() {
        assert_eq!(trimmed(" anna "), Ok("anna".to_owned()));
        assert!(trimmed(" ").is_err());
        assert_eq!((percent("0"), percent("100")), (Ok(0), Ok(100)));
        assert!(["101", "-1", "0.7", "many"].iter().all(|text| percent(text).is_err()));
        assert_eq!(positive("2").map(NonZeroUsize::get), Ok(2));
        assert!(["0", "-1", "all"].iter().all(|text| positive(text).is_err()));
        assert_eq!(minutes("0.5"), Ok(Duration::from_secs(30)));
        assert!(["nan", "-1", "1e300", "soon"].iter().all(|text| minutes(text).is_err()));
    }
}
