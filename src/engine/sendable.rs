//! Types that do not survive the way from DuckDB as Arrow: enums come without their words, bit strings and very large numbers as unnamed
//! bytes, times of day without their zone. A statement with such columns is wrapped in one that casts them to text.
//!
//! Must not run anything: `client` asks the engine for the columns and runs what comes of it.

use crate::core::sql::quote_ident;

/// The statement without what would be in the way in a subquery.
fn inner(sql: &str) -> &str {
    sql.trim_end_matches(|character: char| character.is_whitespace() || character == ';')
}

/// Asks for the columns of a statement (`column_name`, `column_type`), with the names as they are, also where they repeat. Fails, and runs
/// nothing, where it is not one single query.
pub fn describe(sql: &str) -> String {
    format!("DESCRIBE (\n{}\n)", inner(sql))
}

/// The statement with casts, where its columns (name and type) need any. It begins in the second line then.
pub fn with_casts(sql: &str, columns: &[(String, String)]) -> Option<String> {
    let targets: Vec<Option<String>> = columns.iter().map(|(_, type_name)| sendable(type_name)).collect();
    if targets.iter().all(Option::is_none) {
        return None;
    }
    // By places, because names may repeat.
    let places: Vec<String> = (1..=targets.len()).map(|at| format!("c{at}")).collect();
    let casts: Vec<String> = places
        .iter()
        .zip(columns)
        .zip(targets)
        .map(|((place, (name, _)), target)| match target {
            Some(target) => format!("CAST({place} AS {target}) AS {}", quote_ident(name)),
            None => format!("{place} AS {}", quote_ident(name)),
        })
        .collect();
    Some(format!("SELECT {} FROM (\n{}\n) AS t({})", casts.join(", "), inner(sql), places.join(", ")))
}

/// DuckDB's message about a statement that began in the second line, with the numbers of its lines as the reader has them.
pub fn message_a_line_up(message: &str) -> String {
    let Some((before, after)) = message.split_once("\nLINE ") else { return message.to_owned() };
    let Some((number, rest)) = after.split_once(':') else { return message.to_owned() };
    let Some(line) = number.parse::<u32>().ok().and_then(|line| line.checked_sub(1)).filter(|line| *line > 0) else {
        return message.to_owned();
    };
    let line = line.to_string();
    // The mark stands below its place: where the number loses a digit, it moves.
    let rest = match (rest.split_once('\n'), number.len() > line.len()) {
        (Some((text, mark)), true) => format!("{text}\n{}", mark.strip_prefix(' ').unwrap_or(mark)),
        _ => rest.to_owned(),
    };
    format!("{before}\nLINE {line}:{rest}")
}

/// The type to cast to, with VARCHAR in the place of each part that cannot be sent; `None` where all can.
fn sendable(type_name: &str) -> Option<String> {
    let mut out = String::new();
    let mut changed = false;
    let mut rest = type_name;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            // The name of a field. A doubled quote in it makes it two names side by side, which does no harm.
            '"' => rest.get(1..).and_then(|name| name.find('"')).map_or(rest.len(), |end| end + 2),
            _ if is_word(first) => {
                if let Some(length) = length_of_unsendable(rest) {
                    out.push_str("VARCHAR");
                    changed = true;
                    rest = rest.get(length..).unwrap_or_default();
                    continue;
                }
                rest.find(|character| !is_word(character)).unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        let (part, after) = rest.split_at_checked(length)?;
        out.push_str(part);
        rest = after;
    }
    changed.then_some(out)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Bytes of the type that `text` begins with, if it cannot be sent. Behind the name of a field comes a blank, behind a type none.
fn length_of_unsendable(text: &str) -> Option<usize> {
    if let Some(words) = text.strip_prefix("ENUM(") {
        let mut in_word = false;
        let end = words.find(|character| {
            in_word ^= character == '\'';
            character == ')' && !in_word
        })?;
        return Some("ENUM(".len() + end + 1);
    }
    let name = ["BIT", "BIGNUM", "UHUGEINT", "TIME WITH TIME ZONE"].into_iter().find(|name| text.starts_with(name))?;
    let is_whole = text.get(name.len()..).is_none_or(|after| after.is_empty() || after.starts_with([')', ',', '[']));
    is_whole.then_some(name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_cannot_be_sent_become_text() {
        for (from, to) in [
            ("ENUM('a', 'b')", "VARCHAR"),
            ("ENUM('it''s)', '\"')", "VARCHAR"),
            ("BIT", "VARCHAR"),
            ("UHUGEINT[]", "VARCHAR[]"),
            ("BIGNUM[3]", "VARCHAR[3]"),
            ("TIME WITH TIME ZONE", "VARCHAR"),
            ("MAP(VARCHAR, TIME WITH TIME ZONE)", "MAP(VARCHAR, VARCHAR)"),
            (
                "STRUCT(\"bit\" BIT, BIT INTEGER, \"ENUM\" ENUM('x)', 'y')[], \"a\"\"b, BIT\" BIGINT)",
                "STRUCT(\"bit\" VARCHAR, BIT INTEGER, \"ENUM\" VARCHAR[], \"a\"\"b, BIT\" BIGINT)",
            ),
        ] {
            assert_eq!(sendable(from).as_deref(), Some(to));
        }
        for fine in
            ["VARCHAR", "BIGINT", "TIMESTAMP WITH TIME ZONE", "DECIMAL(18,3)", "STRUCT(\"BIT\" INTEGER, bits VARCHAR)", "", "\"", "ENUM('"]
        {
            assert_eq!(sendable(fine), None);
        }
    }

    #[test]
    fn lines_of_messages_are_those_of_the_reader() {
        for (from, to) in [
            ("Conversion Error: x\n\nLINE 3: SELECT a\n        ^", "Conversion Error: x\n\nLINE 2: SELECT a\n        ^"),
            ("x\n\nLINE 10: SELECT a\n         ^", "x\n\nLINE 9: SELECT a\n        ^"),
            ("x\n\nLINE 1: SELECT c1", "x\n\nLINE 1: SELECT c1"),
            ("Invalid Input Error: late", "Invalid Input Error: late"),
        ] {
            assert_eq!(message_a_line_up(from), to);
        }
    }

    #[test]
    fn only_statements_that_need_it_are_wrapped() {
        let columns = |all: &[(&str, &str)]| all.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect::<Vec<_>>();
        let sql = "SELECT 1 AS a, * FROM t -- all\n; ";
        assert_eq!(describe(sql), "DESCRIBE (\nSELECT 1 AS a, * FROM t -- all\n)");
        assert_eq!(with_casts(sql, &columns(&[("a", "BIGINT"), ("a", "BIGINT")])), None);
        assert_eq!(
            with_casts(sql, &columns(&[("a", "BIGINT"), ("b \"x\"", "BIT"), ("a", "ENUM('a')[]")])).as_deref(),
            Some(
                "SELECT c1 AS \"a\", CAST(c2 AS VARCHAR) AS \"b \"\"x\"\"\", CAST(c3 AS VARCHAR[]) AS \"a\" FROM (\nSELECT 1 AS a, * FROM t -- all\n) AS t(c1, c2, c3)"
            )
        );
    }
}
