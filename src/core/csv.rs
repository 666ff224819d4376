//! Comma-separated values as RFC 4180 has them: the text of single cells, and what stands between them.
//!
//! A spreadsheet takes a cell that begins like a formula for one, and a formula can fetch an address. What a file of traces says is
//! anybody's, so such texts get a leading apostrophe; numbers never change. Must not know where rows come from.

use std::fmt::Write as _;

/// Before the first cell, for spreadsheets that take a file without it for their country's old encoding.
pub const BYTE_ORDER_MARK: char = '\u{feff}';
/// Between two cells of a row.
pub const SEPARATOR: char = ',';
/// Behind every row.
pub const ROW_END: &str = "\r\n";
/// A text without characters. Nothing at all is NULL.
const EMPTY_TEXT: &str = "\"\"";

/// Adds a text of the data, or a column's name.
pub fn push_text(out: &mut String, text: &str) {
    if text.is_empty() {
        out.push_str(EMPTY_TEXT);
    } else if begins_formula(text) {
        push_quoted_where_needed(out, "'", text);
    } else {
        push_quoted_where_needed(out, "", text);
    }
}

/// Adds a value that is no text of the data, as it is: a number, a date, JSON.
pub fn push_value(out: &mut String, value: &str) {
    push_quoted_where_needed(out, "", value);
}

/// Adds a number with as many digits as tell it from every other one; what is none in DuckDB's words.
pub fn push_float(out: &mut String, value: f64) {
    let _ = match value {
        _ if value.is_finite() => write!(out, "{value:?}"),
        _ if value.is_nan() => out.write_str("nan"),
        _ if value > 0.0 => out.write_str("inf"),
        _ => out.write_str("-inf"),
    };
}

/// Adds what stands for NULL in a table of so many columns: nothing. A row of one such cell would be an empty line, which many readers
/// skip; it is an empty text instead, so that no row is lost.
pub fn push_null(out: &mut String, columns: usize) {
    if columns == 1 {
        out.push_str(EMPTY_TEXT);
    }
}

/// Whether a spreadsheet may take a text for a formula: `= + - @`, narrow or wide, behind blanks too; and a tab or a carriage return, which
/// some drop before they look.
fn begins_formula(text: &str) -> bool {
    let blank = |character: char| (character.is_whitespace() || character == BYTE_ORDER_MARK) && !matches!(character, '\t' | '\r');
    let first = text.trim_start_matches(blank).chars().next();
    matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'))
}

fn push_quoted_where_needed(out: &mut String, before: &str, text: &str) {
    let is_special = |byte: u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    let needed =
        text.bytes().any(is_special) || (before.is_empty() && text.starts_with(char::is_whitespace)) || text.ends_with(char::is_whitespace);
    if !needed {
        out.push_str(before);
        out.push_str(text);
        return;
    }
    out.reserve(before.len() + text.len() + 2);
    out.push('"');
    out.push_str(before);
    let mut parts = text.split('"');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str("\"\"");
        out.push_str(part);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> String {
        let mut out = String::new();
        push_text(&mut out, text);
        out
    }

    #[test]
    fn quotes_only_where_they_are_needed() {
        for (plain, written) in [
            ("", "\"\""),
            ("plain", "plain"),
            ("two words; and; more", "two words; and; more"),
            ("it's 5 o'clock", "it's 5 o'clock"),
            ("a,b", "\"a,b\""),
            ("say \"hello\"", "\"say \"\"hello\"\"\""),
            ("\"", "\"\"\"\""),
            ("one\ntwo", "\"one\ntwo\""),
            ("one\r\ntwo", "\"one\r\ntwo\""),
            (" before", "\" before\""),
            ("behind ", "\"behind \""),
            ("🦆", "🦆"),
        ] {
            assert_eq!(text(plain), written);
        }
    }

    #[test]
    fn texts_that_begin_as_formulas_are_texts() {
        for (formula, written) in [
            ("=1+1", "'=1+1"),
            ("+49 30 1234", "'+49 30 1234"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\rx", "\"'\rx\""),
            ("  =1", "'  =1"),
            ("\n\u{a0}\u{feff}@x", "\"'\n\u{a0}\u{feff}@x\""),
            ("＝1", "'＝1"),
            (" ＋1", "' ＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ] {
            assert_eq!(text(formula), written);
        }
        for harmless in ["a=b", "1-2", "x@y", "'=1", "−5"] {
            assert_eq!(text(harmless), harmless);
        }
    }

    #[test]
    fn values_stay_as_they_are() {
        let written = |value| {
            let mut out = String::new();
            push_value(&mut out, value);
            out
        };
        assert_eq!(written("-5"), "-5");
        assert_eq!(written("1772438400000000791"), "1772438400000000791");
        assert_eq!(written("[1,2]"), "\"[1,2]\"");
        assert_eq!(written("{\"a\":1}"), "\"{\"\"a\"\":1}\"");
    }

    #[test]
    fn a_null_is_nothing_but_never_an_empty_line() {
        let written = |columns| {
            let mut out = String::new();
            push_null(&mut out, columns);
            out
        };
        assert_eq!((written(2).as_str(), written(1).as_str()), ("", "\"\""));
    }

    /// The rows of a file, strictly as RFC 4180 says; an unquoted empty cell is `None`.
    fn read(file: &str) -> Vec<Vec<Option<String>>> {
        let mut rows = Vec::new();
        let mut rest = file;
        while !rest.is_empty() {
            let mut row = Vec::new();
            loop {
                if let Some(quoted) = rest.strip_prefix('"') {
                    let mut cell = String::new();
                    rest = quoted;
                    loop {
                        let (part, after) = rest.split_once('"').expect("a quote is closed");
                        cell.push_str(part);
                        match after.strip_prefix('"') {
                            Some(more) => {
                                cell.push('"');
                                rest = more;
                            }
                            None => {
                                rest = after;
                                break;
                            }
                        }
                    }
                    row.push(Some(cell));
                } else {
                    let (cell, after) = rest.split_at(rest.find([',', '\r', '\n', '"']).expect("a row is ended"));
                    row.push((!cell.is_empty()).then(|| cell.to_owned()));
                    rest = after;
                }
                match rest.strip_prefix(',') {
                    Some(next) => rest = next,
                    None => break,
                }
            }
            rest = rest.strip_prefix("\r\n").expect("a row ends with CR LF");
            rows.push(row);
        }
        rows
    }

    fn cell() -> impl Strategy<Value = Option<String>> {
        prop_oneof![Just(None), any::<String>().prop_map(Some), "[-=+@\t\r\n \",;'a\u{ff1d}\u{ff20}]{0,6}".prop_map(Some),]
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(rows in (2_usize..5).prop_flat_map(|columns| prop::collection::vec(prop::collection::vec(cell(), columns), 0..8))) {
            let mut file = String::new();
            for row in &rows {
                for (at, cell) in row.iter().enumerate() {
                    if at > 0 {
                        file.push(SEPARATOR);
                    }
                    match cell {
                        Some(text) => push_text(&mut file, text),
                        None => push_null(&mut file, row.len()),
                    }
                }
                file.push_str(ROW_END);
            }
            let back = read(&file);
            prop_assert_eq!(back.len(), rows.len());
            for (cells, originals) in back.iter().zip(&rows) {
                prop_assert_eq!(cells.len(), originals.len());
                for (cell, original) in cells.iter().zip(originals) {
                    let as_text = |text: &String| if begins_formula(text) { format!("'{text}") } else { text.clone() };
                    prop_assert_eq!(cell.clone(), original.as_ref().map(as_text));
                }
            }
        }

        #[test]
        fn no_text_begins_as_a_formula(text in cell()) {
            let mut out = String::new();
            push_text(&mut out, &text.unwrap_or_default());
            out.push_str(ROW_END);
            let cell = read(&out).remove(0).remove(0).unwrap_or_default();
            prop_assert!(!begins_formula(&cell), "{cell:?}");
        }

        #[test]
        fn every_integer_stays_one(number in any::<i64>()) {
            let mut out = String::new();
            push_value(&mut out, &number.to_string());
            prop_assert_eq!(out.parse(), Ok(number));
        }
    }
}
