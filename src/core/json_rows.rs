//! The visible rows of a JSON tree, and how a long or odd text is shown in one line.
//!
//! Must not change what is copied or exported: rows hold previews, `json_tree` holds the values.

use std::collections::HashSet;

use super::json_tree::{Kind, Node, Problem};
use super::units;

/// A text longer than this many characters is folded.
pub const FOLD_CHARS: usize = 240;
/// How many levels are open before the reader touches anything.
pub const OPEN_DEPTH: u32 = 2;

/// The beginning of a text, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Control characters except line feed and tab as their pictures (U+2400 …).
    pub text: String,
    /// How many characters were left out.
    pub more_chars: usize,
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonRow {
    /// 0 for the entries of the outermost value.
    pub depth: u32,
    pub key: String,
    pub kind: Kind,
    /// A value's text; for objects and arrays "3 keys", "1 item".
    pub preview: String,
    /// Characters of a folded string that are not shown.
    pub more_chars: usize,
    /// Whether it can be opened: a filled object or array, or a string longer than [`FOLD_CHARS`].
    pub expandable: bool,
    pub expanded: bool,
    pub decoded: u8,
    pub problem: Option<Problem>,
    /// Position among its siblings, from 1, and their number.
    pub pos_in_set: usize,
    pub set_size: usize,
    /// Names the path of keys from the outermost value; the same path has the same id in every value.
    pub path_id: u64,
}

/// The rows of a value. `toggled` holds the paths whose state is the opposite of the default: objects and arrays on the first
/// `open_depth` levels are open, everything else is closed. A value that is no filled object or array is one row.
#[must_use]
pub fn rows(root: &Node, toggled: &HashSet<u64>, open_depth: u32) -> Vec<JsonRow> {
    if root.children.is_empty() {
        return vec![row(root, Place { depth: 0, pos_in_set: 1, set_size: 1, path_id: ROOT_PATH }, toggled, open_depth)];
    }
    let mut found = Vec::new();
    let mut open: Vec<Level<'_>> = vec![Level::inside(root, 0, ROOT_PATH)];
    while let Some(level) = open.last_mut() {
        let Some((position, node)) = level.rest.next() else {
            open.pop();
            continue;
        };
        let place =
            Place { depth: level.depth, pos_in_set: position + 1, set_size: level.set_size, path_id: child_path(level.path_id, &node.key) };
        let row = row(node, place, toggled, open_depth);
        if row.expanded && !node.children.is_empty() {
            open.push(Level::inside(node, row.depth + 1, row.path_id));
        }
        found.push(row);
    }
    found
}

/// The value of a row, for copying it whole. Walks the tree.
#[must_use]
pub fn find(root: &Node, path_id: u64) -> Option<&Node> {
    let mut to_visit = vec![(root, ROOT_PATH)];
    while let Some((node, path)) = to_visit.pop() {
        if path == path_id {
            return Some(node);
        }
        to_visit.extend(node.children.iter().map(|child| (child, child_path(path, &child.key))));
    }
    None
}

/// The first `max_chars` characters of a text. Cuts between characters, and only where more than a few would be hidden is left to the
/// caller's limit.
#[must_use]
pub fn preview(text: &str, max_chars: usize) -> Preview {
    let cut = text.char_indices().nth(max_chars).map_or(text.len(), |(byte, _)| byte);
    let (shown, hidden) = text.split_at(cut);
    Preview { text: shown.chars().map(visible).collect(), more_chars: hidden.chars().count() }
}

/// A control character as its picture, everything else as it is.
fn visible(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // The controls above ASCII have no pictures.
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        _ => character,
    }
}

struct Level<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
    set_size: usize,
    depth: u32,
    path_id: u64,
}

impl<'a> Level<'a> {
    fn inside(node: &'a Node, depth: u32, path_id: u64) -> Self {
        Self { rest: node.children.iter().enumerate(), set_size: node.children.len(), depth, path_id }
    }
}

struct Place {
    depth: u32,
    pos_in_set: usize,
    set_size: usize,
    path_id: u64,
}

fn row(node: &Node, place: Place, toggled: &HashSet<u64>, open_depth: u32) -> JsonRow {
    let contained = |number: usize, one: &str, many: &str| {
        let number_text = units::count(number as u64);
        Preview { text: format!("{number_text} {}", if number == 1 { one } else { many }), more_chars: 0 }
    };
    let toggled = toggled.contains(&place.path_id);
    let is_filled = !node.children.is_empty();
    let is_long = node.kind == Kind::String && node.text.chars().nth(FOLD_CHARS).is_some();
    let expanded = if is_filled { (place.depth < open_depth) != toggled } else { is_long && toggled };
    let preview = match node.kind {
        Kind::Object(number) => contained(number, "key", "keys"),
        Kind::Array(number) => contained(number, "item", "items"),
        Kind::String if expanded => preview(&node.text, usize::MAX),
        Kind::String => preview(&node.text, FOLD_CHARS),
        // "Numbers exactly as stored": never folded.
        Kind::Number | Kind::Bool | Kind::Null => Preview { text: node.text.clone(), more_chars: 0 },
    };
    JsonRow {
        depth: place.depth,
        key: node.key.clone(),
        kind: node.kind,
        preview: preview.text,
        more_chars: preview.more_chars,
        expandable: is_filled || is_long,
        expanded,
        decoded: node.decoded,
        problem: node.problem,
        pos_in_set: place.pos_in_set,
        set_size: place.set_size,
        path_id: place.path_id,
    }
}

/// FNV-1a, 64 bits: offset basis; the id of the outermost value.
const ROOT_PATH: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash goes on from the parent's, with a byte between the keys that UTF-8 never contains.
fn child_path(parent: u64, key: &str) -> u64 {
    std::iter::once(0xff).chain(key.bytes()).fold(parent, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(rows: &[JsonRow]) -> Vec<String> {
        rows.iter()
            .map(|row| {
                let sign = match (row.expandable, row.expanded) {
                    (true, true) => "-",
                    (true, false) => "+",
                    (false, _) => " ",
                };
                format!("{}{sign}{}: {} ({}/{})", "  ".repeat(row.depth as usize), row.key, row.preview, row.pos_in_set, row.set_size)
            })
            .collect()
    }

    fn path(keys: &[&str]) -> u64 {
        keys.iter().fold(ROOT_PATH, |path, key| child_path(path, key))
    }

    #[test]
    fn two_levels_are_open_at_first() {
        let root = Node::parse(r#"{"a": {"b": {"c": {"d": 1}}, "e": []}, "f": "text"}"#);
        let shown = rows(&root, &HashSet::new(), OPEN_DEPTH);
        assert_eq!(
            drawn(&shown),
            ["-a: 2 keys (1/2)", "  -b: 1 key (1/2)", "    +c: 1 key (1/1)", "   e: 0 items (2/2)", " f: text (2/2)"]
        );
    }

    #[test]
    fn toggling_turns_the_default_round() {
        let root = Node::parse(r#"{"a": {"b": {"c": {"d": 1}}}}"#);
        let toggled = HashSet::from([path(&["a", "b"])]);
        assert_eq!(drawn(&rows(&root, &toggled, 2)), ["-a: 1 key (1/1)", "  +b: 1 key (1/1)"]);
        let toggled = HashSet::from([path(&["a", "b", "c"])]);
        assert_eq!(rows(&root, &toggled, 2).len(), 4);
        assert_eq!(rows(&root, &HashSet::new(), 0).len(), 1);
    }

    #[test]
    fn a_plain_value_is_one_row() {
        for (text, kind, preview) in [("7", Kind::Number, "7"), ("[]", Kind::Array(0), "0 items"), ("oops", Kind::String, "oops")] {
            let rows = rows(&Node::parse(text), &HashSet::new(), 2);
            assert_eq!(rows.len(), 1);
            assert_eq!((rows[0].kind, rows[0].preview.as_str(), rows[0].expandable), (kind, preview, false));
        }
    }

    #[test]
    fn long_strings_fold_and_numbers_never() {
        let number = "9".repeat(300);
        let root = Node::parse(&format!(r#"{{"s": "{}", "short": "{}", "n": {number}}}"#, "é".repeat(100_000), "é".repeat(FOLD_CHARS)));
        let folded = rows(&root, &HashSet::new(), 2);
        assert_eq!((folded[0].preview.as_str(), folded[0].more_chars), ("é".repeat(240).as_str(), 99_760));
        assert!(folded[0].expandable && !folded[0].expanded);
        assert_eq!((folded[1].more_chars, folded[1].expandable), (0, false));
        assert_eq!(folded[2].preview, number);
        let open = rows(&root, &HashSet::from([folded[0].path_id]), 2);
        assert_eq!((open[0].preview.chars().count(), open[0].more_chars, open[0].expanded), (100_000, 0, true));
    }

    #[test]
    fn control_characters_become_visible() {
        let shown = preview("a\0\u{1b}[31m\u{7f}\u{85}\tb\n\u{200b}é", 99);
        assert_eq!(shown.text, "a\u{2400}\u{241b}[31m\u{2421}\u{fffd}\tb\n\u{200b}é");
        assert_eq!(preview("", 0), Preview { text: String::new(), more_chars: 0 });
        assert_eq!(preview("abc", 0), Preview { text: String::new(), more_chars: 3 });
    }

    #[test]
    fn paths_tell_keys_apart() {
        assert_ne!(path(&["a", "b"]), path(&["ab"]));
        assert_ne!(path(&["", "a"]), path(&["a"]));
        let root = Node::parse(r#"{"a": [{"b": 5}], "c": {"b": 6}}"#);
        assert_eq!(find(&root, path(&["c", "b"])).map(|node| node.text.as_str()), Some("6"));
        assert_eq!(find(&root, ROOT_PATH), Some(&root));
        assert_eq!(find(&root, 1), None);
    }

    proptest! {
        #[test]
        fn a_preview_and_its_rest_are_the_text(text in "\\PC{0,30}", max_chars in 0_usize..40) {
            let shown = preview(&text, max_chars);
            prop_assert_eq!(shown.text.chars().count(), text.chars().count().min(max_chars));
            prop_assert_eq!(shown.text.chars().count() + shown.more_chars, text.chars().count());
            prop_assert!(text.starts_with(&shown.text), "printable text is shown as it is");
        }

        #[test]
        fn each_row_leads_to_its_value(shape in prop::collection::vec(any::<prop::sample::Index>(), 1..30), picks in prop::collection::hash_set(0_usize..30, 0..9)) {
            let mut values: Vec<serde_json::Map<String, serde_json::Value>> = vec![serde_json::Map::new(); shape.len()];
            for index in (1..shape.len()).rev() {
                let inner = serde_json::Value::Object(std::mem::take(&mut values[index]));
                values[shape[index].index(index)].insert(format!("k{index}"), inner);
            }
            let root = Node::parse(&serde_json::Value::Object(values.swap_remove(0)).to_string());
            let all = rows(&root, &HashSet::new(), u32::MAX);
            prop_assert_eq!(all.len(), (shape.len() - 1).max(1));
            let toggled: HashSet<u64> = picks.iter().filter_map(|&pick| all.get(pick)).map(|row| row.path_id).collect();
            let shown = rows(&root, &toggled, u32::MAX);
            let mut hidden_below: Option<u32> = None;
            let expected: Vec<u64> = all.iter().filter(|row| {
                if hidden_below.is_some_and(|depth| row.depth > depth) {
                    return false;
                }
                hidden_below = toggled.contains(&row.path_id).then_some(row.depth);
                true
            }).map(|row| row.path_id).collect();
            prop_assert_eq!(shown.iter().map(|row| row.path_id).collect::<Vec<_>>(), expected);
            for row in shown.iter().filter(|row| row.path_id != ROOT_PATH) {
                prop_assert_eq!(find(&root, row.path_id).map(|node| node.key.clone()), Some(row.key.clone()));
            }
        }
    }
}
