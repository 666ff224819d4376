use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Texts and comments of a statement taken out, so that what is left shows whether they ended where they should.
fn skeleton(sql: &str) -> (String, Vec<String>) {
    let (mut bare, mut texts, mut rest) = (String::new(), Vec::new(), sql);
    while let Some(at) = rest.find(['\'', '-']) {
        bare.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("--") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(after) = rest.strip_prefix('-') {
            bare.push('-');
            rest = after;
        } else {
            let mut text = String::new();
            rest = &rest[1..];
            loop {
                let end = rest.find('\'').expect("a text ends");
                text.push_str(&rest[..end]);
                rest = &rest[end + 1..];
                match rest.strip_prefix('\'') {
                    Some(after) => {
                        text.push('\'');
                        rest = after;
                    }
                    None => break,
                }
            }
            bare.push('?');
            texts.push(text);
        }
    }
    bare.push_str(rest);
    (bare, texts)
}

fn values(template: &Template, text: &str) -> BTreeMap<String, String> {
    let value = |param: &Param| if param.kind.is_number() { "7".to_owned() } else { text.to_owned() };
    template.params.iter().map(|param| (param.name.to_owned(), value(param))).collect()
}

#[test]
fn every_template_is_whole() {
    let mut ids: Vec<&str> = all().map(|template| template.id).collect();
    assert!(ids.len() >= 24, "{}", ids.len());
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all().count(), "ids are unique");
    let mut titles: Vec<&str> = all().map(|template| template.title).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), all().count(), "titles are unique");
    for group in GROUPS {
        assert!(group.templates.len() > 1 && !group.title.ends_with('.'), "{}", group.title);
    }
    for template in all() {
        let id = template.id;
        assert!(id.chars().all(|character| character.is_ascii_lowercase() || character == '-'), "{id}");
        assert!(!template.title.ends_with(['.', ' ']) && template.about.ends_with('.'), "{id}");
        assert!(template.may_be_empty.is_none_or(|why| why.ends_with('.')), "{id}");
        assert!(template.sql.starts_with("SELECT") || template.sql.starts_with("WITH"), "{id} only reads");
        assert!(!template.sql.contains(';'), "{id} is one statement");
        let gaps: Vec<&str> =
            pieces(template.sql).iter().filter_map(|piece| if let Piece::Gap(name) = piece { Some(*name) } else { None }).collect();
        for param in template.params {
            assert!(gaps.contains(&param.name), "{id} uses {}", param.name);
            assert!(param.about.ends_with('.'), "{id}: {}", param.name);
            assert!(!param.default.is_empty() || param.offers.is_some(), "{id}: {} has a value from somewhere", param.name);
            assert!(param.kind.is_number() == param.offers.is_none(), "{id}: {} is chosen or typed", param.name);
        }
        assert!(gaps.iter().all(|gap| template.params.iter().any(|param| param.name == *gap)), "{id} declares what it uses");
        assert_eq!(super::template(id), Some(template));
    }
}

#[test]
fn gaps_stand_outside_of_texts_and_comments() {
    for template in all() {
        let (bare, texts) = skeleton(template.sql);
        assert!(texts.iter().all(|text| !text.contains("{{")), "{}", template.id);
        assert_eq!(bare.matches("{{").count(), template.sql.matches("{{").count(), "{}", template.id);
    }
}

#[test]
fn values_are_asked_for_by_name() {
    let slowest = template("slowest-spans").expect("it is there");
    assert!(fill(slowest, &BTreeMap::new()).expect("it has a default").ends_with("LIMIT 50"));
    let given = |value: &str| fill(slowest, &BTreeMap::from([("limit".to_owned(), value.to_owned())]));
    assert!(given(" 20 ").expect("spaces are nothing").ends_with("LIMIT 20"));
    assert_eq!(given("2.5"), Err(FillError::NotWhole("limit".to_owned())));
    assert_eq!(given("1; DROP TABLE x"), Err(FillError::NotWhole("limit".to_owned())));
    assert_eq!(given("9999999999999999"), Err(FillError::NotWhole("limit".to_owned())));
    assert_eq!(given(""), Err(FillError::Missing("limit".to_owned())));
    let runs = template("slowest-runs").expect("it is there");
    assert_eq!(fill(runs, &BTreeMap::new()), Err(FillError::Missing("agent".to_owned())));
    let filled = fill(runs, &values(runs, "it's {{limit}}")).expect("it has its values");
    assert!(filled.contains("agent = 'it''s {{limit}}'\n"), "a value is not filled in again: {filled}");
    let slower = template("slower-than-usual").expect("it is there");
    let times = |value: &str| fill(slower, &BTreeMap::from([("times".to_owned(), value.to_owned())])).is_ok();
    assert!(times("2") && times("2.5") && !times("-2") && !times("2.") && !times("1e5") && !times("NULL") && !times(&"1".repeat(40)));
}

proptest! {
    #[test]
    fn a_value_is_a_value_and_nothing_else(text in prop_oneof![any::<String>(), "['\"\\\\{};\0\n-]{1,12}", "' OR 1=1 --|\\{\\{limit\\}\\}"]) {
        prop_assume!(!text.is_empty());
        for template in all() {
            let filled = fill(template, &values(template, &text)).expect("every value is given");
            if text.contains('\0') {
                let harmless = fill(template, &values(template, "a")).expect("every value is given");
                prop_assert_eq!(filled.replace(&quote_text(&text), "'a'"), harmless);
                continue;
            }
            let (bare, texts) = skeleton(&filled);
            let (wanted, own) = skeleton(&fill(template, &values(template, "a")).expect("every value is given"));
            prop_assert_eq!(bare, wanted, "{}: nothing but texts differs", template.id);
            prop_assert_eq!(texts.len(), own.len());
            prop_assert!(texts.iter().zip(&own).all(|(text_of_it, own)| text_of_it == own || (own == "a" && *text_of_it == text)));
        }
    }
}

/// Keeps the file that the engine's test reads in step (`UPDATE_FIXTURES=1` rewrites it).
#[test]
fn the_fixture_is_the_list() {
    let param = |param: &Param| json!({ "name": param.name, "kind": param.kind.word(), "default": param.default, "offers": param.offers });
    let list: Vec<Value> = all()
        .map(|template| {
            json!({ "id": template.id, "sql": template.sql, "params": template.params.iter().map(param).collect::<Vec<_>>(), "may_be_empty": template.may_be_empty.is_some() })
        })
        .collect();
    let text = serde_json::to_string_pretty(&list).expect("JSON") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/templates.json");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::write(&path, &text).expect("the fixture can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "tests/fixtures/templates.json is not the list: run with UPDATE_FIXTURES=1");
}
