//! Names for files that the reader saves. Parts of them come from data (a trace id, a series), and a name must not lead into another folder, hide
//! its ending or be one that a system keeps for itself.

/// Characters of a name; every file system takes that many, in any script.
const MOST_CHARACTERS: usize = 80;
/// Longer endings are part of the name.
const LONGEST_ENDING: usize = 12;

/// A name that every system takes for a plain file: what it must not hold becomes `-`, and its ending stays the last thing of it.
#[must_use]
pub fn safe(name: &str) -> String {
    let plain: String = name.chars().map(|one| if is_refused(one) { '-' } else { one }).collect();
    // Dots and blanks at the end are dropped by some systems, and with them what was checked.
    let plain = plain.trim_end_matches(|one: char| one == '.' || one.is_whitespace());
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= LONGEST_ENDING && ending.chars().all(|one| one.is_ascii_alphanumeric()) => (stem, ending),
        _ => (plain, ""),
    };
    let short: String = stem.chars().take(MOST_CHARACTERS).collect();
    // A dot in front hides a file.
    let is_edge = |one: char| one == '.' || one.is_whitespace();
    let mut stem = short.trim_start_matches(|one: char| is_edge(one) || one == '-').trim_end_matches(is_edge).to_owned();
    if stem.is_empty() {
        "spandeck".clone_into(&mut stem);
    } else if is_device(&stem) {
        stem.insert(0, '_');
    }
    if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
}

/// Separators of paths, what Windows refuses, what cannot be seen, and what turns the direction of reading.
fn is_refused(one: char) -> bool {
    let is_invisible =
        matches!(one, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}');
    one.is_control() || is_invisible || matches!(one, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '%' | '\u{2044}' | '\u{2215}')
}

/// Names that Windows takes for devices, whatever comes after a dot.
fn is_device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let numbered = |prefix: &str| {
        first
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.chars().count() == 1 && rest.chars().all(|one| one.is_ascii_digit() || "¹²³".contains(one)))
    };
    matches!(first.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_names_stay_as_they_are() {
        for name in
            ["spandeck-queries.json", "trace-1a955632f201989341dac5920af83699.csv", "Größe – Übersicht.parquet", "no ending", "a.tar.gz"]
        {
            assert_eq!(safe(name), name);
        }
    }

    #[test]
    fn what_leads_elsewhere_or_hides_is_taken_out() {
        for (name, expected) in [
            ("../../etc/passwd", "etc-passwd"),
            ("..\\..\\autorun.inf", "autorun.inf"),
            ("C:\\x.csv", "C--x.csv"),
            (".bashrc", "spandeck.bashrc"),
            ("report\u{202e}vsc.exe.csv", "report-vsc.exe.csv"),
            ("a\0b\nc.json", "a-b-c.json"),
            ("con.csv", "_con.csv"),
            ("COM1.trace.json", "_COM1.trace.json"),
            ("   .csv", "spandeck.csv"),
            ("", "spandeck"),
            ("trailing. . .", "trailing"),
        ] {
            assert_eq!(safe(name), expected, "{name:?}");
        }
        assert_eq!(safe(&format!("{}.csv", "x".repeat(5000))).len(), MOST_CHARACTERS + ".csv".len());
    }

    proptest! {
        #[test]
        fn no_name_is_more_than_a_name(name in prop_oneof![any::<String>(), "[./\\\\:a-zA-Z0-9 \u{202e}]{0,40}"]) {
            let found = safe(&name);
            prop_assert!(!found.is_empty() && found.chars().count() <= MOST_CHARACTERS + LONGEST_ENDING + 2, "{}", found);
            prop_assert!(!found.chars().any(is_refused) && !found.starts_with(['.', ' ']) && !found.ends_with(['.', ' ']), "{}", found);
            prop_assert!(!is_device(&found), "{}", found);
        }
    }
}
