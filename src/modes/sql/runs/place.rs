//! Where in the editor's text DuckDB found an error, read from its own words: the number of the line and the caret under it.

/// Bytes from the beginning of `sql` to what the message points at; `None` where it points at nothing that is there.
///
/// DuckDB repeats the line, with "..." for what it left out at either end, and puts a caret below:
/// ```text
/// Parser Error: syntax error at or near "FORM"
///
/// LINE 3: SELECT * FORM spans
///                  ^
/// ```
pub fn of_error(sql: &str, message: &str) -> Option<usize> {
    let mut lines = message.lines().skip_while(|line| numbered(line).is_none());
    let (number, prefix, repeated) = numbered(lines.next()?)?;
    let caret = lines.next()?.chars().position(|character| character == '^')?.checked_sub(prefix)?;
    let start = sql.split_inclusive('\n').take(number.checked_sub(1)?).map(str::len).sum::<usize>();
    let line = sql.get(start..)?.split('\n').next()?;
    let cut = repeated.strip_prefix("...").filter(|_| !line.starts_with("..."));
    let (shown, before) = cut.map_or((repeated, 0), |rest| (rest, 3));
    let caret = caret.checked_sub(before)?;
    let shown = shown.trim_end();
    let shown = shown.strip_suffix("...").filter(|_| !line.trim_end().ends_with("...")).unwrap_or(shown);
    let byte = shown.char_indices().map(|(byte, _)| byte).chain([shown.len()]).nth(caret).unwrap_or(shown.len());
    let line = line.trim_end();
    if let Some(found) = line.find(shown) {
        return Some(start + found + byte);
    }
    // Something was put before the statement, which stands on its first line.
    let added = shown.len().checked_sub(line.len()).filter(|_| shown.ends_with(line))?;
    Some(start + byte.checked_sub(added)?)
}

/// The number of a line that DuckDB repeats, the characters before it, and the line itself.
fn numbered(line: &str) -> Option<(usize, usize, &str)> {
    let (number, repeated) = line.strip_prefix("LINE ")?.split_once(": ")?;
    let prefix = "LINE ".len() + number.len() + ": ".len();
    Some((number.parse().ok()?, prefix, repeated))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointed<'a>(sql: &'a str, message: &str) -> Option<&'a str> {
        of_error(sql, message).and_then(|at| sql.get(at..))
    }

    #[test]
    fn the_caret_leads_to_the_word() {
        let message = "Parser Error: syntax error at or near \"FORM\"\n\nLINE 1: SELECT * FORM spans\n                 ^";
        assert_eq!(pointed("SELECT * FORM spans", message), Some("FORM spans"));
        let message = "Binder Error: Referenced column \"nme\" not found in FROM clause!\nCandidate bindings: \"name\"\n\nLINE 3:   nme,\n          ^";
        assert_eq!(pointed("SELECT\n  name,\n  nme,\n  1\nFROM spans", message), Some("nme,\n  1\nFROM spans"));
    }

    #[test]
    fn letters_of_several_bytes_are_one_place() {
        let message = "Parser Error: x\n\nLINE 1: SELECT 'äöü' FORM spans\n                     ^";
        assert_eq!(pointed("SELECT 'äöü' FORM spans", message), Some("FORM spans"));
    }

    #[test]
    fn a_long_line_is_repeated_in_part() {
        let sql = format!("SELECT {}, nme, {} FROM spans", "name, ".repeat(20), "name, ".repeat(20));
        let at = sql.find("nme").unwrap();
        let message = format!("Binder Error: x\n\nLINE 1: ...{}...\n{}^", &sql[at - 20..at + 20], " ".repeat(8 + 3 + 20));
        assert_eq!(of_error(&sql, &message), Some(at));
    }

    #[test]
    fn what_the_page_puts_before_does_not_count() {
        let message = "Binder Error: x\n\nLINE 1: EXPLAIN (FORMAT JSON) SELECT nme FROM spans\n                                     ^";
        assert_eq!(pointed("SELECT nme FROM spans", message), Some("nme FROM spans"));
    }

    #[test]
    fn words_without_a_place_have_none() {
        for message in
            ["", "Out of memory", "LINE 9: x\n        ^", "LINE 1: something else\n        ^", "LINE 1: SELECT 1", "LINE 1: SELECT 1\n  ^"]
        {
            assert_eq!(of_error("SELECT 1", message), None, "{message}");
        }
    }
}
