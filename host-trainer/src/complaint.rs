//! Errors as a user reads them.

/// An error and its causes in one line. Some errors repeat their cause in their own words: that is said once.
#[must_use]
pub fn complaint(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.ends_with(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let error = |words: [&'static str; 3]| {
            let [first, second, third] = words;
            complaint(&anyhow::anyhow!(third).context(second).context(first))
        };
        assert_eq!(
            error(["cannot use a.npy", "no header: too short", "too short"]),
            "cannot use a.npy: no header: too short"
        );
        assert_eq!(error(["a", "b", "c"]), "a: b: c");
    }
}
