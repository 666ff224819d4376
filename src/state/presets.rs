//! Presets: filters and time ranges by name. Some come with the page, the reader's own are kept by the browser, and all of them travel as a
//! file or in a link (`preset=<name>`).
//!
//! Pure: texts in and out. Reading never fails: what cannot be read becomes a warning and spoils none of the others.

use super::url::UrlState;
use crate::core::{
    filter::Filter,
    json_text,
    json_tree::{Kind, Node},
};

/// Where the reader's own are kept in the browser.
pub const STORAGE_KEY: &str = "presets";
/// The key in the address.
pub const PARAM: &str = "preset";
/// More are refused: a file of them is not made by hand.
const MOST: usize = 500;
const MOST_NAME_CHARS: usize = 80;

/// A name for a filter and a time range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    pub name: String,
    /// In the filter's language; empty for none.
    pub filter: String,
    pub from_ns: Option<i64>,
    pub to_ns: Option<i64>,
}

/// Those that come with the page: name and filter.
pub const BUILT_IN: [(&str, &str); 5] = [
    ("Everything", ""),
    ("Agents only", "has:agent"),
    ("Errors", "status:error"),
    ("Root spans", "root:true"),
    ("Slow, over 1 s", "dur>1s"),
];

pub fn built_in() -> Vec<Preset> {
    BUILT_IN
        .iter()
        .map(|(name, filter)| Preset { name: (*name).to_owned(), filter: (*filter).to_owned(), from_ns: None, to_ns: None })
        .collect()
}

impl Preset {
    /// What an address narrows to, under a name.
    pub fn of(name: &str, url: &UrlState) -> Self {
        Self { name: clean_name(name), filter: url.filter.clone().unwrap_or_default(), from_ns: url.from_ns, to_ns: url.to_ns }
    }

    /// Whether an address narrows to just this: the same conditions, however they are spelled.
    pub fn is_in_force(&self, url: &UrlState) -> bool {
        let canonical = |text: &str| Filter::parse(text).map_or_else(|_| text.trim().to_owned(), |filter| filter.print());
        (self.from_ns, self.to_ns) == (url.from_ns, url.to_ns)
            && canonical(&self.filter) == canonical(url.filter.as_deref().unwrap_or_default())
    }

    pub fn apply(&self, url: &mut UrlState) {
        url.filter = Some(self.filter.clone()).filter(|filter| !filter.is_empty());
        (url.from_ns, url.to_ns) = (self.from_ns, self.to_ns);
    }
}

/// A name on one line, not longer than a button can show.
pub fn clean_name(name: &str) -> String {
    let line: Vec<&str> = name.split_whitespace().collect();
    line.join(" ").chars().filter(|character| !character.is_control()).take(MOST_NAME_CHARS).collect()
}

/// The text that is kept, and the file that is exported. Times are texts: most readers of JSON would round them.
pub fn print(presets: &[Preset]) -> String {
    let lines: Vec<String> = presets
        .iter()
        .map(|preset| {
            let mut pairs = vec![("name", preset.name.clone()), ("q", preset.filter.clone())];
            pairs.extend(preset.from_ns.map(|ns| ("from", ns.to_string())));
            pairs.extend(preset.to_ns.map(|ns| ("to", ns.to_string())));
            let pairs: Vec<String> =
                pairs.into_iter().map(|(key, value)| format!("\"{key}\": {}", serde_json::Value::from(value))).collect();
            format!("    {{ {} }}", pairs.join(", "))
        })
        .collect();
    let list = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) };
    format!("{{\n  \"spandeck_presets\": 1,\n  \"presets\": {list}\n}}\n")
}

/// Reads what [`print`] wrote, also as a bare list. What is no preset is left out and named.
pub fn parse(text: &str) -> (Vec<Preset>, Vec<String>) {
    if text.trim().is_empty() {
        return (Vec::new(), Vec::new());
    }
    let Ok(root) = json_text::read(text) else { return (Vec::new(), vec!["This is no file of presets: it is not JSON.".to_owned()]) };
    let list = match root.kind {
        Kind::Array(_) => Some(&root),
        _ => root.child("presets").filter(|list| matches!(list.kind, Kind::Array(_))),
    };
    let Some(list) = list else { return (Vec::new(), vec!["This is no file of presets: it holds no list of them.".to_owned()]) };
    let mut warnings = Vec::new();
    if list.children.len() > MOST {
        warnings.push(format!("Only the first {MOST} presets were read."));
    }
    let mut presets: Vec<Preset> = Vec::new();
    for (number, entry) in list.children.iter().take(MOST).enumerate() {
        match read_one(entry) {
            Ok((preset, warning)) => {
                warnings.extend(warning);
                presets.push(Preset { name: free_name(&preset.name, &presets), ..preset });
            }
            Err(problem) => warnings.push(format!("Preset {} was left out: {problem}.", number + 1)),
        }
    }
    (presets, warnings)
}

fn read_one(entry: &Node) -> Result<(Preset, Option<String>), &'static str> {
    let text = |key: &str| entry.child(key).filter(|node| node.kind == Kind::String).map(|node| node.text.clone());
    let time = |key: &str| {
        let node = entry.child(key).filter(|node| matches!(node.kind, Kind::String | Kind::Number))?;
        Some(node.text.trim().parse::<i64>())
    };
    if !matches!(entry.kind, Kind::Object(_)) {
        return Err("it is not an object");
    }
    let name = clean_name(&text("name").unwrap_or_default());
    if name.is_empty() {
        return Err("it has no name");
    }
    let filter = text("q").or_else(|| text("filter")).unwrap_or_default();
    let broken = Filter::parse(&filter).err();
    let (from, to) = (time("from"), time("to"));
    let bad_time = [&from, &to].into_iter().any(|time| matches!(time, Some(Err(_))));
    let warning = match (broken, bad_time) {
        (Some(error), _) => Some(format!("The filter of “{name}” cannot be read as it is: {}", error.message)),
        (None, true) => Some(format!("A time of “{name}” is not a number of nanoseconds; it is left out.")),
        (None, false) => None,
    };
    Ok((Preset { name, filter, from_ns: from.and_then(Result::ok), to_ns: to.and_then(Result::ok) }, warning))
}

fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The name, with a number behind it where it is taken.
pub fn free_name(name: &str, taken: &[Preset]) -> String {
    let is_taken = |name: &str| taken.iter().any(|preset| same_name(&preset.name, name));
    if !is_taken(name) {
        return name.to_owned();
    }
    (2..).map(|number| format!("{name} ({number})")).find(|name| !is_taken(name)).unwrap_or_else(|| name.to_owned())
}

/// Saves under a name; one of that name is replaced where it stands.
pub fn with(saved: &[Preset], preset: Preset) -> Vec<Preset> {
    let mut next = saved.to_vec();
    match next.iter_mut().find(|known| same_name(&known.name, &preset.name)) {
        Some(known) => *known = preset,
        None => next.push(preset),
    }
    next
}

pub fn without(saved: &[Preset], name: &str) -> Vec<Preset> {
    saved.iter().filter(|preset| preset.name != name).cloned().collect()
}

/// # Errors
/// When the new name is empty or another preset's.
pub fn renamed(saved: &[Preset], name: &str, new_name: &str) -> Result<Vec<Preset>, String> {
    let new_name = clean_name(new_name);
    if new_name.is_empty() {
        return Err("A preset needs a name.".to_owned());
    }
    if saved.iter().any(|preset| preset.name != name && same_name(&preset.name, &new_name)) {
        return Err(format!("There is a preset called {new_name} already."));
    }
    Ok(saved
        .iter()
        .map(|preset| if preset.name == name { Preset { name: new_name.clone(), ..preset.clone() } } else { preset.clone() })
        .collect())
}

/// Those of a file beside one's own: equal ones once, other ones of a taken name under a new name. With what happened, in words.
///
/// # Errors
/// When the file holds no preset, with the reason.
pub fn imported(saved: &[Preset], text: &str) -> Result<(Vec<Preset>, String), String> {
    let (found, warnings) = parse(text);
    if found.is_empty() {
        return Err(warnings.first().cloned().unwrap_or_else(|| "There is no preset in this file.".to_owned()));
    }
    let mut next = saved.to_vec();
    let (mut added, mut renamed) = (0_u64, 0_u64);
    for preset in found {
        if next.contains(&preset) {
            continue;
        }
        let name = free_name(&preset.name, &next);
        renamed += u64::from(name != preset.name);
        added += 1;
        next.push(Preset { name, ..preset });
    }
    let mut words = match added {
        0 => "All presets of this file were there already.".to_owned(),
        _ => format!("{} added.", crate::core::units::counted(added, "preset")),
    };
    if renamed > 0 {
        words.push_str(&format!(" {renamed} with a number behind the name, because it was taken."));
    }
    for warning in warnings {
        words.push(' ');
        words.push_str(&warning);
    }
    Ok((next, words))
}

/// What a link's `preset=` asks for. Beside a filter or a range it names what the link brings, to be saved under that name; by itself it
/// stands for the preset of that name. The second value is for the reader.
pub fn resolve(url: &UrlState, saved: &[Preset]) -> (UrlState, Option<String>) {
    let mut next = url.clone();
    let Some(name) = next.params.get(PARAM).map(|name| clean_name(name)).filter(|name| !name.is_empty()) else {
        next.params.remove(PARAM);
        return (next, None);
    };
    let all: Vec<Preset> = saved.iter().cloned().chain(built_in()).collect();
    let known = all.iter().find(|preset| preset.name == name).or_else(|| all.iter().find(|preset| same_name(&preset.name, &name)));
    if url.filter.is_some() || url.from_ns.is_some() || url.to_ns.is_some() {
        if known.is_some_and(|preset| preset.is_in_force(url)) {
            next.params.remove(PARAM);
            return (next, None);
        }
        return (next, Some(format!("This link brings the preset “{name}”. Configuration, Presets saves it in this browser.")));
    }
    next.params.remove(PARAM);
    match known {
        Some(preset) => {
            preset.apply(&mut next);
            (next, None)
        }
        None => {
            let words = format!("This browser has no preset called “{name}”: nothing is filtered. Ask for a link that carries its filter.");
            (next, Some(words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn preset(name: &str, filter: &str) -> Preset {
        Preset { name: name.to_owned(), filter: filter.to_owned(), from_ns: None, to_ns: None }
    }

    fn url(hash: &str) -> UrlState {
        super::super::url::parse(hash).0
    }

    #[test]
    fn what_comes_with_the_page_can_be_read() {
        for preset in built_in() {
            assert_eq!(Filter::parse(&preset.filter).unwrap().print(), preset.filter);
        }
    }

    #[test]
    fn odd_files_give_what_they_hold_and_say_what_they_do_not() {
        let text = r#"{"presets": [{"name": "a", "q": "status:error", "from": "5"}, {"q": "x"}, 7, {"name": " A ", "q": "y"},
            {"name": "broken", "q": "(", "to": true}, {"name": "time", "from": "soon", "to": 9}]}"#;
        let (presets, warnings) = parse(text);
        let names: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
        assert_eq!(names, ["a", "A (2)", "broken", "time"]);
        assert_eq!((presets[0].from_ns, presets[3].from_ns, presets[3].to_ns), (Some(5), None, Some(9)));
        assert_eq!(warnings.len(), 4, "{warnings:?}");
        assert_eq!(parse("[]"), (Vec::new(), Vec::new()));
        assert_eq!(parse(" "), (Vec::new(), Vec::new()));
        for odd in ["{", "7", "{\"presets\": 7}", "null"] {
            assert_eq!(parse(odd).1.len(), 1, "{odd}");
        }
    }

    #[test]
    fn names_that_collide_are_kept_both() {
        let saved = [preset("Mine", "a")];
        let file = print(&[preset("mine", "b"), preset("Mine", "a"), preset("New", "c")]);
        let (next, words) = imported(&saved, &file).unwrap();
        let names: Vec<(&str, &str)> = next.iter().map(|preset| (preset.name.as_str(), preset.filter.as_str())).collect();
        assert_eq!(names, [("Mine", "a"), ("mine (2)", "b"), ("Mine (2) (2)", "a"), ("New", "c")]);
        assert!(words.starts_with("3 presets added."), "{words}");
        assert!(imported(&saved, "{}").is_err() && imported(&saved, "[]").is_err());
        assert_eq!(imported(&saved, &print(&saved)).unwrap().0, saved);
    }

    #[test]
    fn saving_replaces_renaming_does_not() {
        let saved = vec![preset("a", "x"), preset("b", "y")];
        assert_eq!(with(&saved, preset("A", "z"))[0], preset("A", "z"));
        assert_eq!(with(&saved, preset("c", "z")).len(), 3);
        assert!(renamed(&saved, "a", "B").is_err() && renamed(&saved, "a", " \n").is_err());
        assert_eq!(renamed(&saved, "a", " A  1 ").unwrap()[0].name, "A 1");
        assert_eq!(without(&saved, "a"), [preset("b", "y")]);
    }

    #[test]
    fn a_link_with_a_name_alone_stands_for_the_preset() {
        let saved = [preset("Mine", "service:A")];
        let (next, words) = resolve(&url("#/timeline?v=1&sample=s&preset=mine"), &saved);
        assert_eq!((next.filter.as_deref(), next.params.get(PARAM), words), (Some("service:A"), None, None));
        assert_eq!(resolve(&url("#/x?preset=Errors"), &[]).0.filter.as_deref(), Some("status:error"));
        let (next, words) = resolve(&url("#/x?preset=gone"), &saved);
        assert_eq!((next.filter, next.params.len()), (None, 0));
        assert!(words.unwrap().contains("no preset called “gone”"));
        assert_eq!(resolve(&url("#/x?preset="), &saved), (url("#/x"), None));
    }

    #[test]
    fn a_link_with_a_filter_and_a_name_offers_to_save_it() {
        let asked = url("#/x?q=service%3AB&preset=Theirs");
        let (next, words) = resolve(&asked, &[]);
        assert_eq!((next.clone(), next.params.contains_key(PARAM)), (asked.clone(), true));
        assert!(words.unwrap().contains("Theirs"));
        let saved = [preset("Theirs", "service:B")];
        assert_eq!(resolve(&asked, &saved).1, None, "it is there already");
    }

    #[test]
    fn presets_are_the_same_by_what_they_say() {
        assert!(preset("x", "status:error  service:A").is_in_force(&url("#/x?q=status:ERROR%20svc:A")));
        assert!(!preset("x", "a").is_in_force(&url("#/x?q=a&from=5")));
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back(
            entries in prop::collection::vec(("\\PC{1,20}", "\\PC{0,20}", any::<Option<i64>>(), any::<Option<i64>>()), 0..6)
        ) {
            let mut presets: Vec<Preset> = Vec::new();
            for (name, filter, from_ns, to_ns) in entries {
                let name = clean_name(&name);
                if !name.is_empty() {
                    presets.push(Preset { name: free_name(&name, &presets), filter, from_ns, to_ns });
                }
            }
            prop_assert_eq!(parse(&print(&presets)).0, presets);
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".{0,80}") {
            drop(parse(&text));
        }
    }
}
