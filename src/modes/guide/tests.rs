use std::{collections::BTreeSet, path::Path};

use serde_json::{Value, json};

use super::{
    SECTION,
    block::{Block, Example, Piece, pieces, plain},
    content::{EXAMPLES, SECTIONS, example},
    search::{marks, places, search, words},
};
use crate::{
    core::{
        filter::{Filter, KEYS},
        templates,
    },
    modes::MODES,
    state::url::{self, SourceRef, UrlState},
};

fn blocks() -> impl Iterator<Item = &'static Block> {
    SECTIONS.iter().flat_map(|section| section.blocks)
}

/// Every text with markup.
fn texts() -> Vec<&'static str> {
    let of = |block: &'static Block| match block {
        Block::Text(text) => vec![*text],
        Block::List(items) | Block::Steps(items) => items.to_vec(),
        Block::Table(_, rows) => rows.iter().copied().flatten().copied().collect(),
        Block::Term(term) => vec![term.text],
        Block::Symptom(symptom) => vec![symptom.text],
        Block::Filters(rows) => rows.iter().map(|(_, meaning)| *meaning).collect(),
        _ => Vec::new(),
    };
    blocks().flat_map(of).collect()
}

fn filters() -> impl Iterator<Item = &'static str> {
    blocks().filter_map(|block| if let Block::Filters(rows) = block { Some(*rows) } else { None }).flatten().map(|(filter, _)| *filter)
}

#[test]
fn places_have_ids_of_their_own_and_links_lead_to_them() {
    let ids: Vec<&str> = places().iter().map(|place| place.id).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "each id once");
    for id in &ids {
        assert!(id.chars().all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'), "{id}");
    }
    for text in texts() {
        for piece in pieces(text) {
            match piece {
                Piece::Link { to, words } => assert!(known.contains(to) && !words.is_empty(), "{to} is a place: {text}"),
                Piece::Plain(plain) => assert!(!plain.contains(['`', '{', '}', '[', ']', '*']), "a mark is open: {text}"),
                _ => {}
            }
        }
        assert!(text.trim() == text && !text.is_empty(), "{text}");
    }
    let own_of_configuration =
        ["filters", "values", "duration", "attributes", "hidden", "presets", "link", "result", "time", "display", "data", "local"];
    assert!(own_of_configuration.iter().all(|slug| !known.contains(slug)), "Configuration has the same key in the address");
}

#[test]
fn every_mode_has_its_section_in_the_order_of_the_tabs() {
    let sections: Vec<&str> = SECTIONS.iter().map(|section| section.id).filter(|id| MODES.iter().any(|mode| mode.slug == *id)).collect();
    assert_eq!(sections, MODES.iter().map(|mode| mode.slug).collect::<Vec<_>>());
}

#[test]
fn tables_are_whole() {
    for block in blocks() {
        if let Block::Table(head, rows) = block {
            assert!(rows.iter().all(|row| row.len() == head.len()), "{head:?}");
        }
    }
}

#[test]
fn filters_can_be_read_and_show_every_key() {
    let mut shown = BTreeSet::new();
    for filter in filters() {
        let parsed = Filter::parse(filter);
        assert!(parsed.is_ok_and(|parsed| !parsed.print().is_empty()), "{filter}");
        let name: String = filter.trim_start_matches(['-', '(']).chars().take_while(|character| character.is_ascii_alphabetic()).collect();
        shown.extend(KEYS.iter().map(|key| key.name).find(|key| *key == name));
    }
    assert_eq!(shown.len(), KEYS.len(), "shown are {shown:?}");
}

#[test]
fn examples_are_addresses() {
    let from = UrlState { source: Some(SourceRef::Sample("showcase".to_owned())), filter: Some("gone".to_owned()), ..UrlState::default() };
    for example in EXAMPLES {
        let id = example.id;
        assert!(MODES.iter().any(|mode| mode.slug == example.mode), "{id}");
        assert!(example.about.ends_with('.') && !example.title.ends_with('.'), "{id}");
        assert!(Filter::parse(example.filter).is_ok(), "{id}");
        let address = example.address(&from, &example.in_sample());
        let (read, warnings) = url::parse(&address.print());
        assert!(warnings.is_empty() && read == address, "{id}: {warnings:?}");
        assert_eq!(address.source, from.source);
        assert_ne!(address.filter.as_deref(), Some("gone"), "{id}");
        assert!(!address.params.contains_key(SECTION) || example.mode == "configuration", "{id}");
        assert_eq!(example.mode == "sql", example.template.is_some(), "{id}");
        if let Some(name) = example.template {
            let template = templates::template(name).unwrap_or_else(|| panic!("{id}: there is no template {name}"));
            assert!(templates::fill(template, &Default::default()).is_ok(), "{id} needs no values");
        }
    }
    let used: BTreeSet<&str> =
        blocks().filter_map(|block| if let Block::Run(ids) = block { Some(*ids) } else { None }).flatten().copied().collect();
    assert!(used.iter().all(|id| example(id).is_some()), "{used:?}");
}

#[test]
fn an_aim_becomes_a_part_of_the_address() {
    let example = |id| super::content::example(id).unwrap();
    let run = example("why-this-run");
    let address = run.address(&UrlState::default(), &run.in_sample());
    assert!(address.trace.is_some() && address.span.is_some() && address.params.is_empty());
    let journey: &Example = example("one-journey");
    assert!(journey.address(&UrlState::default(), &journey.in_sample()).params.contains_key("journey"));
}

#[test]
fn symptoms_name_codes_that_exist() {
    let problems = [include_str!("../../import/problem.rs"), include_str!("../../import/problem/address.rs")].concat();
    for block in blocks() {
        if let Block::Symptom(symptom) = block {
            for code in symptom.codes {
                assert!(problems.contains(&format!("\"{code}\"")), "{}: {code}", symptom.id);
            }
        }
    }
}

#[test]
fn texts_are_taken_apart() {
    use Piece::{Code, Key, Link, Plain, Strong};
    let text = "a `b{c}` {Ctrl Z} **d** [e f](g), `open";
    assert_eq!(
        pieces(text),
        [
            Plain("a "),
            Code("b{c}"),
            Plain(" "),
            Key("Ctrl Z"),
            Plain(" "),
            Strong("d"),
            Plain(" "),
            Link { words: "e f", to: "g" },
            Plain(", `open")
        ]
    );
    assert_eq!(plain(text), "a b{c} Ctrl Z d e f, `open");
    assert_eq!(pieces("ü[ö"), [Plain("ü[ö")]);
}

#[test]
fn search_finds_titles_first_and_needs_every_word() {
    let places = places();
    let first = |query: &str| search(&places, query).first().map(|hit| hit.id);
    assert_eq!(first("own time"), Some("own-time"));
    assert_eq!(first("CRITICAL"), Some("critical-path"));
    assert_eq!(first("e-duckdb-newer"), Some("newer-duckdb"));
    assert_eq!(first("FLOCK_TRACE_TTL_DAYS"), Some("from-flock"));
    assert_eq!(first("flame graph"), Some("flame-graph"));
    assert!(search(&places, "runaway loop").iter().any(|hit| hit.id == "dependencies"));
    assert!(search(&places, "zebra").is_empty() && search(&places, "  ").is_empty());
    for hit in search(&places, "parquet") {
        assert!(hit.snippet.chars().count() < 130, "{hit:?}");
    }
}

#[test]
fn words_are_marked_where_they_stand() {
    let marked = |text: &'static str, query: &str| marks(text, &words(query));
    assert_eq!(marked("Own time, own", "own"), [("Own", true), (" time, ", false), ("own", true)]);
    assert_eq!(marked("groß", "GROSS"), [("groß", false)]);
    assert_eq!(marked("ÄB", "äb x"), [("ÄB", true)]);
    assert_eq!(marked("abc", "ab abc"), [("abc", true)], "the longest of those that begin at one place");
    assert!(marked("", "a").is_empty());
}

/// Keeps the file that the journey reads in step (`UPDATE_FIXTURES=1` rewrites it).
#[test]
fn the_fixture_is_what_the_guide_says() {
    let examples: Vec<Value> = EXAMPLES
        .iter()
        .map(|example| {
            let address = example.address(&UrlState::default(), &example.in_sample());
            let sql =
                example.template.and_then(templates::template).and_then(|template| templates::fill(template, &Default::default()).ok());
            json!({ "id": example.id, "mode": example.mode, "address": address.print(), "sql": sql })
        })
        .collect();
    let keys = |keys: &[(&str, &str)]| keys.iter().map(|(keys, _)| (*keys).to_owned()).collect::<Vec<String>>();
    let modes: Vec<Value> = MODES.iter().map(|mode| json!({ "slug": mode.slug, "keys": keys(mode.keys) })).collect();
    let whole = json!({
        "examples": examples,
        "filters": filters().collect::<Vec<_>>(),
        "places": places().iter().map(|place| place.id).collect::<Vec<_>>(),
        "everywhere": keys(crate::modes::EVERYWHERE),
        "modes": modes,
    });
    let text = serde_json::to_string_pretty(&whole).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/guide.json");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == text,
        "tests/fixtures/guide.json is not of today: run with UPDATE_FIXTURES=1"
    );
}
