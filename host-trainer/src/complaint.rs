//! Errors as a user reads them.

/// An error and its causes in one line. Some errors repeat their cause in their own words: that is said once. Names
/// that files give may have line breaks and terminal codes in them: these are shown escaped.
#[must_use]
pub fn complaint(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(|cause| printable(&cause.to_string())) {
        if line.is_empty() {
            line = cause;
        } else if !line.ends_with(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

/// A text with what is not printed escaped, so that it stays on its line.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::new();
    for character in text.chars() {
        if character.is_control() {
            printable.extend(character.escape_debug());
        } else {
            printable.push(character);
        }
    }
    printable
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

    #[test]
    fn names_of_files_stay_on_the_line() {
        let error = anyhow::anyhow!("cut off").context("tensor a\nb\u{1b}[2J is \"né\"");
        assert_eq!(complaint(&error), "tensor a\\nb\\u{1b}[2J is \"né\": cut off");
    }
}
