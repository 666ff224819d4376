//! Queries that the reader saved: texts by name, in folders. Kept by the browser; they travel as a file.
//!
//! Pure: texts in and out. Reading never fails: what cannot be read becomes a warning and spoils none of the others.

use super::tabs::{clean_name, text_of};
use crate::core::{
    json_text,
    json_tree::{Kind, Node},
    units,
};

/// Where they are kept in the browser.
pub const STORAGE_KEY: &str = "sql-saved";
/// More are refused: a file of them is not made by hand.
const MOST: usize = 1_000;
const MOST_TEXT_BYTES: usize = 200_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Unique in its folder, whatever the case of its letters.
    pub name: String,
    /// Empty for none.
    pub folder: String,
    pub text: String,
}

impl Saved {
    fn is_at(&self, folder: &str, name: &str) -> bool {
        self.folder.to_lowercase() == folder.to_lowercase() && self.name.to_lowercase() == name.to_lowercase()
    }
}

/// The folders in the order of their names, those without one first; each with the places of its queries in the order of their names.
pub fn folders(saved: &[Saved]) -> Vec<(String, Vec<usize>)> {
    let mut order: Vec<usize> = (0..saved.len()).collect();
    let key = |at: &usize| saved.get(*at).map(|one| (one.folder.to_lowercase(), one.name.to_lowercase()));
    order.sort_by_key(key);
    let mut found: Vec<(String, Vec<usize>)> = Vec::new();
    for at in order {
        let Some(one) = saved.get(at) else { continue };
        match found.last_mut().filter(|(folder, _)| folder.to_lowercase() == one.folder.to_lowercase()) {
            Some((_, places)) => places.push(at),
            None => found.push((one.folder.clone(), vec![at])),
        }
    }
    found
}

/// Saves under a name; one of that name in that folder is replaced where it stands.
///
/// # Errors
/// When it has no name or is too long.
pub fn with(saved: &[Saved], name: &str, folder: &str, text: &str) -> Result<Vec<Saved>, String> {
    let (name, folder) = (clean_name(name), clean_name(folder));
    if name.is_empty() {
        return Err("A saved query needs a name.".to_owned());
    }
    if text.len() > MOST_TEXT_BYTES {
        return Err(format!("Queries over {} are not kept.", units::bytes(MOST_TEXT_BYTES as u64)));
    }
    let mut next = saved.to_vec();
    let is_full = next.len() >= MOST;
    match next.iter_mut().find(|known| known.is_at(&folder, &name)) {
        Some(known) => text.clone_into(&mut known.text),
        None if is_full => return Err(format!("More than {MOST} queries are not kept.")),
        None => next.push(Saved { name, folder, text: text.to_owned() }),
    }
    Ok(next)
}

pub fn without(saved: &[Saved], one: &Saved) -> Vec<Saved> {
    saved.iter().filter(|known| *known != one).cloned().collect()
}

/// Another name or another folder.
///
/// # Errors
/// When the name is empty, or another query's in that folder.
pub fn moved(saved: &[Saved], one: &Saved, name: &str, folder: &str) -> Result<Vec<Saved>, String> {
    let (name, folder) = (clean_name(name), clean_name(folder));
    if name.is_empty() {
        return Err("A saved query needs a name.".to_owned());
    }
    if saved.iter().any(|known| known != one && known.is_at(&folder, &name)) {
        return Err(format!("There is a query called {name} already."));
    }
    let change = |known: &Saved| {
        if known == one { Saved { name: name.clone(), folder: folder.clone(), text: known.text.clone() } } else { known.clone() }
    };
    Ok(saved.iter().map(change).collect())
}

/// The text that is kept, and the file that is exported.
pub fn print(saved: &[Saved]) -> String {
    let line = |one: &Saved| {
        let pair = |key: &str, value: &str| format!("\"{key}\": {}", serde_json::Value::from(value));
        let mut pairs = vec![pair("name", &one.name)];
        if !one.folder.is_empty() {
            pairs.push(pair("folder", &one.folder));
        }
        pairs.push(pair("sql", &one.text));
        format!("    {{ {} }}", pairs.join(", "))
    };
    let lines: Vec<String> = saved.iter().map(line).collect();
    let list = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) };
    format!("{{\n  \"spandeck_queries\": 1,\n  \"queries\": {list}\n}}\n")
}

/// Reads what [`print`] wrote, also as a bare list. What is no query is left out and named.
pub fn parse(text: &str) -> (Vec<Saved>, Vec<String>) {
    if text.trim().is_empty() {
        return (Vec::new(), Vec::new());
    }
    let Ok(root) = json_text::read(text) else { return (Vec::new(), vec!["This is no file of queries: it is not JSON.".to_owned()]) };
    let list = match root.kind {
        Kind::Array(_) => Some(&root),
        _ => root.child("queries").filter(|list| matches!(list.kind, Kind::Array(_))),
    };
    let Some(list) = list else { return (Vec::new(), vec!["This is no file of queries: it holds no list of them.".to_owned()]) };
    let mut warnings = Vec::new();
    if list.children.len() > MOST {
        warnings.push(format!("Only the first {MOST} queries were read."));
    }
    let mut saved: Vec<Saved> = Vec::new();
    for (number, node) in list.children.iter().take(MOST).enumerate() {
        match read_one(node) {
            Ok(one) => {
                let name = free_name(&one, &saved);
                saved.push(Saved { name, ..one });
            }
            Err(problem) => warnings.push(format!("Query {} was left out: {problem}.", number + 1)),
        }
    }
    (saved, warnings)
}

fn read_one(node: &Node) -> Result<Saved, &'static str> {
    if !matches!(node.kind, Kind::Object(_)) {
        return Err("it is not an object");
    }
    let name = clean_name(&text_of(node, "name").unwrap_or_default());
    if name.is_empty() {
        return Err("it has no name");
    }
    let text = text_of(node, "sql").or_else(|| text_of(node, "text")).ok_or("it has no SQL")?;
    if text.len() > MOST_TEXT_BYTES {
        return Err("it is too long");
    }
    Ok(Saved { name, folder: clean_name(&text_of(node, "folder").unwrap_or_default()), text })
}

/// The name, with a number behind it where it is taken in that folder.
fn free_name(one: &Saved, taken: &[Saved]) -> String {
    let is_taken = |name: &str| taken.iter().any(|known| known.is_at(&one.folder, name));
    if !is_taken(&one.name) {
        return one.name.clone();
    }
    (2..).map(|number| format!("{} ({number})", one.name)).find(|name| !is_taken(name)).unwrap_or_else(|| one.name.clone())
}

/// Those of a file beside one's own: equal ones once, other ones of a taken name under a new name. With what happened, in words.
///
/// # Errors
/// When the file holds no query, with the reason.
pub fn imported(saved: &[Saved], text: &str) -> Result<(Vec<Saved>, String), String> {
    let (found, warnings) = parse(text);
    if found.is_empty() {
        return Err(warnings.first().cloned().unwrap_or_else(|| "There is no query in this file.".to_owned()));
    }
    let mut next = saved.to_vec();
    let (mut added, mut refused) = (0_u64, 0_u64);
    for one in found {
        if next.contains(&one) {
            continue;
        }
        if next.len() >= MOST {
            refused += 1;
            continue;
        }
        let name = free_name(&one, &next);
        added += 1;
        next.push(Saved { name, ..one });
    }
    let mut words = match added {
        0 => "All queries of this file were there already.".to_owned(),
        1 => "1 query added.".to_owned(),
        _ => format!("{added} queries added."),
    };
    if refused > 0 {
        words.push_str(&format!(" {refused} left out: more than {MOST} are not kept."));
    }
    for warning in warnings {
        words.push(' ');
        words.push_str(&warning);
    }
    Ok((next, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn saved(name: &str, folder: &str, text: &str) -> Saved {
        Saved { name: name.to_owned(), folder: folder.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn saving_replaces_and_moving_does_not() {
        let own = with(&with(&[], "a", "", "1").unwrap(), "A ", "", "2").unwrap();
        assert_eq!(own, [saved("a", "", "2")]);
        let own = with(&own, "a", "F", "3").unwrap();
        assert!(moved(&own, &own[1], "A", "").is_err() && moved(&own, &own[1], " ", "").is_err() && with(&own, "\n", "", "x").is_err());
        assert_eq!(moved(&own, &own[1], "b", " G  h ").unwrap()[1], saved("b", "G h", "3"));
        assert_eq!(without(&own, &own[0]), [saved("a", "F", "3")]);
        assert!(with(&[], "x", "", &"y".repeat(MOST_TEXT_BYTES + 1)).is_err());
    }

    #[test]
    fn folders_are_in_order() {
        let own = [saved("b", "Z", ""), saved("x", "", ""), saved("A", "z", ""), saved("c", "a", "")];
        assert_eq!(folders(&own), [(String::new(), vec![1]), ("a".to_owned(), vec![3]), ("z".to_owned(), vec![2, 0])]);
    }

    #[test]
    fn odd_files_give_what_they_hold_and_say_what_they_do_not() {
        let file = r#"{"queries": [{"name": "a", "sql": "1"}, {"sql": "x"}, 7, {"name": " A ", "sql": "2"}, {"name": "n"}, {"name": "t", "text": "3", "folder": 9}]}"#;
        let (found, warnings) = parse(file);
        assert_eq!(found, [saved("a", "", "1"), saved("A (2)", "", "2"), saved("t", "", "3")]);
        assert_eq!(warnings.len(), 3, "{warnings:?}");
        for odd in ["{", "7", "{\"queries\": 7}", "null"] {
            assert_eq!(parse(odd).1.len(), 1, "{odd}");
            assert!(imported(&[], odd).is_err());
        }
        let (next, words) = imported(&found, file).unwrap();
        assert_eq!((next.len(), words.starts_with("All queries")), (3, true));
        let (next, words) = imported(&[saved("a", "", "other")], "[{\"name\":\"a\",\"sql\":\"1\"}]").unwrap();
        assert_eq!((next[1].name.as_str(), words.as_str()), ("a (2)", "1 query added."));
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back(entries in prop::collection::vec(("\\PC{1,12}", "\\PC{0,6}", ".{0,20}"), 0..6)) {
            let mut own = Vec::new();
            for (name, folder, text) in entries {
                own = with(&own, &name, &folder, &text).unwrap_or(own);
            }
            prop_assert_eq!(parse(&print(&own)).0, own);
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".{0,80}") {
            drop(parse(&text));
        }
    }
}
