//! A Python stack trace in parts: the reader's own frames, and runs of frames in libraries that may be folded away.
//!
//! Every character of the text is in exactly one part, in order. Must not decide how a part is drawn.

/// A stretch of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Lines between frames: headings, an exception's last lines.
    Text(&'a str),
    /// The line that names the error.
    Error(&'a str),
    /// A frame outside of any library: up to the function's name, the name, and the rest with its source lines.
    Own { before: &'a str, function: &'a str, after: &'a str },
    /// Frames of libraries that follow each other.
    Library { frames: usize, packages: Vec<&'a str>, text: &'a str },
}

#[derive(Clone, Copy, PartialEq)]
enum Line {
    /// The head of a frame of this library.
    Library,
    Own,
    /// Source below a frame's head.
    Source,
    Error,
    Text,
}

/// Takes a stack trace apart; a text that is none is one part.
#[must_use]
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found: Vec<Part<'_>> = Vec::new();
    let mut at = 0;
    let mut start = 0;
    let mut current = Line::Text;
    let mut frames = 0;
    let mut packages: Vec<&str> = Vec::new();
    // How far the head of the frame is indented; its source lines are further in.
    let mut head_indent = 0;
    for line in text.split_inclusive('\n') {
        let inside = matches!(current, Line::Library | Line::Own);
        let indent = line.len() - bare(line).len();
        let (kind, package) = kind_of(line, inside && indent > head_indent);
        if matches!(kind, Line::Library | Line::Own) {
            head_indent = indent;
        }
        let goes_on = kind == Line::Source || (kind == current && kind != Line::Own);
        if !goes_on {
            close(&mut found, text.get(start..at).unwrap_or_default(), current, frames, std::mem::take(&mut packages));
            (start, current, frames) = (at, kind, 0);
        }
        if kind == Line::Library {
            frames += 1;
            if let Some(package) = package.filter(|package| !packages.contains(package)) {
                packages.push(package);
            }
        }
        at += line.len();
    }
    close(&mut found, text.get(start..at).unwrap_or_default(), current, frames, packages);
    found
}

fn close<'a>(found: &mut Vec<Part<'a>>, text: &'a str, kind: Line, frames: usize, packages: Vec<&'a str>) {
    if text.is_empty() {
        return;
    }
    found.push(match kind {
        Line::Library => Part::Library { frames, packages, text },
        Line::Own => own_frame(text),
        Line::Error => Part::Error(text),
        Line::Source | Line::Text => Part::Text(text),
    });
}

fn own_frame(text: &str) -> Part<'_> {
    let head = text.lines().next().unwrap_or_default();
    let name_at = head.rfind(", in ").map_or(head.len(), |at| at + ", in ".len());
    let (before, rest) = text.split_at_checked(name_at).unwrap_or((text, ""));
    let (function, after) = rest.split_at_checked(head.len() - name_at).unwrap_or((rest, ""));
    Part::Own { before, function, after }
}

/// A line without its indent. Exception groups put `|` and `+` before their lines.
fn bare(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '|', '+'])
}

/// What a line is, and of which library its frame is.
fn kind_of(line: &str, below_frame: bool) -> (Line, Option<&str>) {
    let bare = bare(line);
    if let Some(path) = bare.strip_prefix("File \"").and_then(|rest| rest.split_once('"')).map(|(path, _)| path) {
        return match package_of(path) {
            Some(package) => (Line::Library, Some(package)),
            None => (Line::Own, None),
        };
    }
    if below_frame && !bare.trim().is_empty() {
        return (Line::Source, None);
    }
    let name = bare.split([':', '\n', '\r']).next().unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || "_.<>".contains(character));
    let says_error = name.rsplit('.').next().is_some_and(|last| last.chars().next().is_some_and(char::is_uppercase));
    if is_name && says_error { (Line::Error, None) } else { (Line::Text, None) }
}

/// The library that a file belongs to: what follows `site-packages`, or the module of Python's own library.
fn package_of(path: &str) -> Option<&str> {
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    let installed = parts.iter().rposition(|part| matches!(*part, "site-packages" | "dist-packages"));
    let own_library = || {
        parts.iter().rposition(|part| {
            part.strip_prefix("python").is_some_and(|version| version.starts_with(|digit: char| digit.is_ascii_digit())) || *part == "Lib"
        })
    };
    let name = parts.get(installed.or_else(own_library)? + 1)?;
    Some(name.strip_suffix(".py").unwrap_or(name)).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TRACE: &str = "Traceback (most recent call last):\n  File \"/v/site-packages/flock/agent.py\", line 2, in run\n    await chain()\n           ^^^^^\n  File \"/usr/lib/python3.12/asyncio/tasks.py\", line 5, in wait_for\n    return await fut\n  File \"app/check.py\", line 88, in evaluate\n    self.verify(claim)\n  File \"app/check.py\", line 131, in verify\n    raise ValueError(f\"no {i}\")\npkg.ValueError: no 3\n";

    fn text(part: &Part<'_>) -> String {
        match part {
            Part::Text(text) | Part::Error(text) | Part::Library { text, .. } => (*text).to_owned(),
            Part::Own { before, function, after } => format!("{before}{function}{after}"),
        }
    }

    #[test]
    fn library_frames_are_one_part_and_own_frames_name_their_function() {
        let found = parts(TRACE);
        assert_eq!(found.len(), 5);
        assert_eq!(found[0], Part::Text("Traceback (most recent call last):\n"));
        assert!(matches!(&found[1], Part::Library { frames: 2, packages, .. } if packages == &["flock", "asyncio"]), "{found:?}");
        assert_eq!(
            found[2],
            Part::Own { before: "  File \"app/check.py\", line 88, in ", function: "evaluate", after: "\n    self.verify(claim)\n" }
        );
        assert!(matches!(&found[3], Part::Own { function: "verify", .. }));
        assert_eq!(found[4], Part::Error("pkg.ValueError: no 3\n"));
    }

    #[test]
    fn exception_groups_and_chains_are_taken_apart_as_well() {
        let group = "  + Exception Group Traceback (most recent call last):\n  |   File \"C:\\app\\Lib\\site-packages\\flock\\a.py\", line 1, in f\n  |     x()\n  | ExceptionGroup: two (2 sub-exceptions)\n  +-+---------------- 1 ----------------\n    | ValueError: one\n";
        let found = parts(group);
        assert!(found.iter().any(|part| matches!(part, Part::Library { packages, .. } if packages == &["flock"])), "{found:?}");
        assert!(found.iter().any(|part| matches!(part, Part::Error(line) if line.contains("ExceptionGroup"))), "{found:?}");
        assert_eq!(parts("no trace at all"), [Part::Text("no trace at all")]);
        assert_eq!(parts(""), []);
    }

    proptest! {
        #[test]
        fn no_character_is_lost(lines in prop::collection::vec(prop_oneof![
            Just("  File \"a/site-packages/x/y.py\", line 1, in f".to_owned()), Just("  File \"own.py\", line 1, in g".to_owned()), Just("    source".to_owned()),
            Just("  File \"".to_owned()), Just("Error: é".to_owned()), "\\PC{0,12}"], 0..12)) {
            let text_in = lines.join("\n");
            prop_assert_eq!(parts(&text_in).iter().map(text).collect::<String>(), text_in);
        }
    }
}
