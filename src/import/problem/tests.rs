//! Every message is checked against the rules for copy, and the ones with parts against their parts.

use super::*;
use crate::import::mapping::ColumnInfo;

fn table(name: &str, columns: &[&str]) -> TableInfo {
    let columns = columns.iter().map(|c| ColumnInfo { name: (*c).to_owned(), duckdb_type: "VARCHAR".to_owned() }).collect();
    TableInfo { name: name.to_owned(), columns, ..TableInfo::default() }
}

fn every_problem() -> Vec<Problem> {
    let name = "folder/orders.duckdb";
    let no_answer = |other_origin, online, insecure| UrlFailure::NoAnswer { other_origin, online, insecure };
    let url = |failure| Problem::url("https://example.org/a.duckdb?signature=secret#x", failure);
    let mut all = vec![
        Problem::empty(name),
        Problem::unknown_format(name),
        Problem::other_format(name, "a picture"),
        Problem::compressed(name, "a zip archive"),
        Problem::import_failed(name, "spans-none", "“x” holds no spans that are known here."),
        Problem::import_failed(name, "spans-unreadable", "“x”: it is cut off."),
        Problem::import_failed(name, "spans-mixed", "“x” is not Parquet."),
        Problem::text(name),
        Problem::web_page(name),
        Problem::sqlite(name),
        Problem::duckdb_truncated(name, 3000),
        Problem::duckdb_damaged_header(name),
        Problem::duckdb_newer(name, "v2.0.0"),
        Problem::duckdb_older(name, "", 51),
        Problem::duckdb_encrypted(name, "v1.5.6"),
        Problem::wal_alone("orders.duckdb.wal"),
        Problem::duckdb_damaged(name, "IO Error: Corrupt database file\nstack"),
        Problem::duckdb_refused(name, "Catalog Error: x"),
        Problem::attach_timed_out(name, 20),
        Problem::database_stopped("memory access out of bounds"),
        Problem::engine_not_loaded("404"),
        Problem::parquet_truncated(name, 9),
        Problem::parquet_bad_footer(name, 2_147_483_632, 76),
        Problem::parquet_encrypted(name),
        Problem::import_failed(name, "damaged", "Row group 3 is damaged."),
        Problem::import_stopped(name),
        Problem::shared_trace("link-damaged", "A part of it is missing."),
        Problem::shared_trace("link-too-large", "It is too large."),
        Problem::import_cancelled(name),
        Problem::mixed_files(&["a.duckdb", "b.parquet"]),
        Problem::no_span_table(name, vec![]),
        Problem::no_span_table(name, vec![table("users", &["id", "name"])]),
        Problem::mapping_failed(name, &table("users", &["id"]), "Binder Error"),
    ];
    all.extend([404, 410, 401, 403, 429, 416, 500, 503, 418].map(|status| url(UrlFailure::Status(status))));
    all.extend([UrlFailure::NoCors, UrlFailure::NotAnAddress, UrlFailure::NoRanges, UrlFailure::TimedOut { seconds: 30 }].map(url));
    all.extend(
        [no_answer(true, true, false), no_answer(false, true, false), no_answer(true, false, false), no_answer(true, true, true)].map(url),
    );
    all
}

/// The design guide: plain, short, no blame, no exclamation marks; what happened, then what to do.
#[test]
fn every_problem_says_what_is_wrong_and_what_to_do() {
    for problem in every_problem() {
        let text = problem.details();
        assert!(problem.code.starts_with("E-"), "{text}");
        assert!(!problem.title.ends_with('.') && problem.title.chars().count() <= 100, "{text}");
        assert!(
            problem.message.ends_with(['.', '…'])
                || problem.message.contains(" says: ")
                || problem.message.contains("It said: ")
                || problem.message.contains("loaded: "),
            "{text}"
        );
        assert!(!problem.steps.is_empty(), "{text}");
        assert!(problem.steps.iter().all(|s| s.ends_with(['.', ':']) || s.ends_with("git lfs pull")), "{text}");
        assert!(problem.steps.iter().filter(|s| s.ends_with(':')).count() <= problem.commands.len(), "{text}");
        let words = text.to_lowercase();
        for word in ["!", "sorry", "invalid", "illegal", "you must", "please", "oops"] {
            assert!(!words.contains(word), "{word} in {text}");
        }
    }
}

#[test]
fn a_newer_file_names_its_writer_and_both_ways_out() {
    let problem = Problem::duckdb_newer("runs/it's.duckdb", "v2.0.0");
    assert_eq!(problem.title, "it's.duckdb can't be opened");
    assert!(problem.message.contains("DuckDB v2.0.0"));
    assert_eq!(
        *problem.commands,
        [
            "ATTACH 'it''s.duckdb' AS old;\nATTACH 'export.duckdb' (STORAGE_VERSION 'v1.0.0');\nCOPY FROM DATABASE old TO export;",
            "COPY spans TO 'traces.parquet' (FORMAT parquet);"
        ]
    );
}

#[test]
fn a_file_without_spans_lists_what_it_has() {
    let problem = Problem::no_span_table(
        "shop.duckdb",
        vec![table("orders", &["id", "total"]), table("users", &["a", "b", "c", "d", "e", "f", "g", "h"])],
    );
    assert!(problem.message.contains("orders (id, total), users (a, b, c, d, e, f and 2 more)"), "{}", problem.message);
    assert_eq!(problem.tables.len(), 2);
    assert!(problem.details().contains("orders: id VARCHAR, total VARCHAR"));
    let parquet = Problem::no_span_table("towns.parquet", vec![table("imported_rows", &["city", "population"])]);
    assert!(parquet.message.starts_with("Its columns are city, population."), "{}", parquet.message);
}

#[test]
fn an_address_is_shown_without_its_secrets() {
    let problem = Problem::url("https://example.org/a.duckdb?signature=secret#x", UrlFailure::Status(403));
    assert_eq!(problem.title, "https://example.org/a.duckdb can't be read");
    assert!(!problem.details().contains("secret"));
}

#[test]
fn failures_of_an_address_are_told_apart() {
    let code = |failure| Problem::url("https://x/y", failure).code;
    let no_answer = |other_origin, online, insecure| code(UrlFailure::NoAnswer { other_origin, online, insecure });
    assert_eq!(code(UrlFailure::Status(404)), "E-URL-404");
    assert_eq!(code(UrlFailure::Status(401)), "E-URL-DENIED");
    assert_eq!(code(UrlFailure::Status(503)), "E-URL-SERVER");
    assert_eq!(code(UrlFailure::NoCors), "E-URL-CORS");
    assert_eq!(no_answer(true, true, false), "E-URL-BLOCKED");
    assert_eq!(no_answer(false, true, false), "E-URL-UNREACHABLE");
    assert_eq!(no_answer(true, false, false), "E-URL-OFFLINE");
    assert_eq!(no_answer(true, true, true), "E-URL-INSECURE");
}

#[test]
fn long_names_and_messages_are_cut() {
    let problem = Problem::duckdb_damaged(&"long".repeat(100), &"word ".repeat(200));
    assert!(problem.title.chars().count() < 90);
    assert!(problem.message.ends_with('…') && problem.message.chars().count() < 400);
    assert_eq!(shown_name("a/b\\c\u{1}.duckdb"), "c.duckdb");
    assert_eq!(shown_name("/"), "This file");
}
