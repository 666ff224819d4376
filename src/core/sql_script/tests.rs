use super::*;
use proptest::prelude::*;

fn parts(sql: &str) -> Vec<&str> {
    statements(sql).into_iter().map(|range| &sql[range]).collect()
}

#[test]
fn statements_end_at_semicolons_of_the_language_only() {
    assert_eq!(parts("SELECT 1; ;\n-- a; b\nSELECT ';' /* ; /* ; */ ; */, \";\" ;"), ["SELECT 1", "SELECT ';' /* ; /* ; */ ; */, \";\""]);
    assert_eq!(
        parts("SELECT $$a;$$; SELECT $t$;$$;$t$; SELECT $1; SELECT 'it''s;'"),
        ["SELECT $$a;$$", "SELECT $t$;$$;$t$", "SELECT $1", "SELECT 'it''s;'"]
    );
    assert_eq!(parts("SELECT E'\\';'; SELECT 'a\\'; SELECT 2"), ["SELECT E'\\';'", "SELECT 'a\\'", "SELECT 2"]);
    assert_eq!(parts("SELECT 'open; SELECT 1"), ["SELECT 'open; SELECT 1"]);
    assert_eq!(parts(" -- nothing\n ; /* here */"), [""; 0]);
    assert_eq!(parts("SELECT 1 -- end"), ["SELECT 1"]);
    assert_eq!(parts("SELECT 'ä'; SELECT é$x"), ["SELECT 'ä'", "SELECT é$x"]);
}

#[test]
fn the_statement_at_the_caret() {
    let sql = "SELECT 1; SELECT 2;\n\n-- three\nSELECT 3";
    let at = |caret| statement_at(sql, caret).map(|range| &sql[range]);
    assert_eq!((at(0), at(8), at(9)), (Some("SELECT 1"), Some("SELECT 1"), Some("SELECT 1")));
    assert_eq!((at(11), at(19), at(20)), (Some("SELECT 2"), Some("SELECT 2"), Some("SELECT 3")));
    assert_eq!((at(sql.len()), at(999)), (Some("SELECT 3"), Some("SELECT 3")));
    assert_eq!(statement_at("SELECT 1;\n", 10).map(|range| range.end), Some(8));
    assert_eq!(statement_at(" -- no", 2), None);
}

#[test]
fn operators_end_where_comments_begin() {
    let of = |sql: &'static str| tokens(sql).into_iter().map(|token| (token.kind, &sql[token.range])).collect::<Vec<_>>();
    use TokenKind::{LineComment, Mark, Number, Operator, Text, Word};
    assert_eq!(of("a->>'b'"), [(Word, "a"), (Operator, "->>"), (Text, "'b'")]);
    assert_eq!(of("1*--x"), [(Number, "1"), (Operator, "*"), (LineComment, "--x")]);
    assert_eq!(of("1.5e3.x"), [(Number, "1.5e3"), (Mark, "."), (Word, "x")]);
    assert_eq!(of("0xFF_0"), [(Number, "0xFF_0")]);
}

#[test]
fn names_are_found_as_words_only() {
    assert!(mentions("SELECT * FROM Shown_Spans", "shown_spans") && mentions("FROM \"shown_spans\"", "shown_spans"));
    assert!(!mentions("SELECT 'shown_spans' -- shown_spans", "shown_spans"));
    assert!(changes_tables("create table x as select 1") && !changes_tables("SELECT 'create'"));
    assert_eq!((written("span_id"), written("Order"), written("order")), ("span_id".into(), "\"Order\"".into(), "\"order\"".into()));
    assert!(RESERVED.is_sorted());
}

#[test]
fn places_are_counted_in_the_units_of_the_page() {
    let text = "a😀é";
    assert_eq!((byte_of_utf16(text, 3), byte_of_utf16(text, 4), byte_of_utf16(text, 9)), (5, 7, 7));
    assert_eq!((utf16_of_byte(text, 5), utf16_of_byte(text, 99)), (3, 4));
}

proptest! {
    #[test]
    fn tokens_are_the_whole_text(sql in "[a-z'\"$;\\-/*\\n é.0-9\\\\E?(]{0,60}") {
        let joined: String = tokens(&sql).iter().map(|token| token.of(&sql)).collect();
        prop_assert_eq!(joined, sql);
    }

    /// A script put together of statements comes apart into them.
    #[test]
    fn a_script_comes_apart_as_it_was_put_together(
        pieces in prop::collection::vec(prop::collection::vec(prop_oneof![
            Just("SELECT"), Just("';'"), Just("\"a;b\""), Just("$$;'$$"), Just("$q$ ; $q$"), Just("E'\\';'"), Just("/* ; /* ' */ ; */"), Just("-- ;'\n"), Just("x"), Just("1.5"), Just("->>"),
        ], 1..8), 0..6),
        gap in prop_oneof![Just(";"), Just(" ; "), Just(";\n-- ; no\n"), Just(";;/* ; */")],
    ) {
        let written: Vec<String> = pieces.iter().map(|words| format!("x {} y", words.join(" "))).collect();
        let script = written.join(gap);
        prop_assert_eq!(parts(&script), written.iter().map(String::as_str).collect::<Vec<_>>());
        for (range, text) in statements(&script).into_iter().zip(&written) {
            for caret in [range.start, range.end] {
                prop_assert_eq!(&statement_at(&script, caret).map(|found| script[found].to_owned()), &Some(text.clone()));
            }
        }
    }
}
