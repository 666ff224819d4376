//! The reader's tabs: texts with names, one of them shown. Pure: the view keeps them in the browser.
//!
//! Reading what was kept never fails; there is always a tab.

use crate::core::{
    json_text,
    json_tree::{Kind, Node},
    sql_script::{TokenKind, tokens},
};

/// Where they are kept in the browser.
pub const STORAGE_KEY: &str = "sql-tabs";
/// More are not offered.
pub const MOST: usize = 40;
const MOST_NAME_CHARS: usize = 60;
/// Longer texts are kept for as long as the page is open only.
const MOST_KEPT_BYTES: usize = 400_000;

/// A text with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryTab {
    /// Unique among the tabs of this browser; names its connection and its undo.
    pub id: String,
    /// Empty: [`QueryTab::title`] finds one.
    pub name: String,
    pub text: String,
}

impl QueryTab {
    /// Its name, else the words of the comment that it begins with, else its number.
    pub fn title(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        let comment = tokens(&self.text)
            .into_iter()
            .find(|token| token.kind != TokenKind::Space)
            .filter(|token| token.kind == TokenKind::LineComment);
        let words = comment.map(|token| clean_name(token.of(&self.text).trim_start_matches('-'))).filter(|words| !words.is_empty());
        words.unwrap_or_else(|| format!("Query {}", self.id.trim_start_matches('q')))
    }
}

/// On one line, not longer than a tab can show.
pub fn clean_name(name: &str) -> String {
    let line: Vec<&str> = name.split_whitespace().collect();
    line.join(" ").chars().filter(|character| !character.is_control()).take(MOST_NAME_CHARS).collect()
}

/// All tabs; never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tabs {
    pub list: Vec<QueryTab>,
    /// An index that is always right after [`Tabs::active`].
    active: usize,
    next: u32,
}

impl Default for Tabs {
    fn default() -> Self {
        Self { list: vec![QueryTab { id: "q1".to_owned(), name: String::new(), text: String::new() }], active: 0, next: 2 }
    }
}

impl Tabs {
    pub fn at(&self) -> usize {
        self.active.min(self.list.len().saturating_sub(1))
    }

    pub fn active(&self) -> &QueryTab {
        static NONE: QueryTab = QueryTab { id: String::new(), name: String::new(), text: String::new() };
        self.list.get(self.at()).unwrap_or(&NONE)
    }

    pub fn get(&self, id: &str) -> Option<&QueryTab> {
        self.list.iter().find(|tab| tab.id == id)
    }

    pub fn activate(&mut self, id: &str) {
        if let Some(at) = self.list.iter().position(|tab| tab.id == id) {
            self.active = at;
        }
    }

    pub fn set_text(&mut self, id: &str, text: String) {
        if let Some(tab) = self.list.iter_mut().find(|tab| tab.id == id) {
            tab.text = text;
        }
    }

    pub fn rename(&mut self, id: &str, name: &str) {
        if let Some(tab) = self.list.iter_mut().find(|tab| tab.id == id) {
            tab.name = clean_name(name);
        }
    }

    /// A new tab behind the others, which is shown. The one that is shown gives way if it is empty and has no name.
    pub fn open(&mut self, name: &str, text: String) -> String {
        let at = self.at();
        if let Some(tab) = self.list.get_mut(at).filter(|tab| tab.text.trim().is_empty() && tab.name.is_empty() && !text.is_empty()) {
            (tab.name, tab.text) = (clean_name(name), text);
            return tab.id.clone();
        }
        let id = format!("q{}", self.next);
        self.next = self.next.saturating_add(1);
        self.list.push(QueryTab { id: id.clone(), name: clean_name(name), text });
        self.active = self.list.len() - 1;
        id
    }

    /// Closes a tab; its neighbour is shown. Closing the last one leaves an empty one.
    pub fn close(&mut self, id: &str) -> Option<(usize, QueryTab)> {
        let at = self.list.iter().position(|tab| tab.id == id)?;
        let closed = self.list.remove(at);
        if at < self.active || self.active >= self.list.len() {
            self.active = self.active.saturating_sub(1);
        }
        if self.list.is_empty() {
            self.open("", String::new());
        }
        Some((at, closed))
    }

    /// Puts a closed tab back where it was.
    pub fn restore(&mut self, at: usize, tab: QueryTab) {
        // The empty one that closing the last tab left.
        if matches!(self.list.as_slice(), [only] if only.text.is_empty() && only.name.is_empty()) {
            self.list.clear();
        }
        self.list.retain(|other| other.id != tab.id);
        let at = at.min(self.list.len());
        self.list.insert(at, tab);
        self.active = at;
    }

    /// The next or the one before, round.
    pub fn step(&mut self, forward: bool) {
        let count = self.list.len().max(1);
        self.active = (self.at() + if forward { 1 } else { count - 1 }) % count;
    }

    /// These tabs with what another page of this browser has made of those that both began with: each tab is as the page left it that changed
    /// it, and as it is here where both did.
    #[must_use]
    pub fn merged(&self, base: &Self, theirs: &Self) -> Self {
        let shown = self.active().id.clone();
        let mut all = Self { list: Vec::new(), active: 0, next: self.next.max(theirs.next) };
        for own in &self.list {
            let before = base.get(&own.id);
            let is_changed = before != Some(own);
            match theirs.get(&own.id) {
                Some(other) if before.is_none() && other != own => {
                    // Two pages gave two tabs the same number.
                    all.list.push(own.clone());
                    let id = format!("q{}", all.next);
                    all.next = all.next.saturating_add(1);
                    all.list.push(QueryTab { id, ..other.clone() });
                }
                Some(other) if !is_changed => all.list.push(other.clone()),
                // Closed there, but not while it is shown or written in here.
                None if before.is_some() && !is_changed && own.id != shown => {}
                _ => all.list.push(own.clone()),
            }
        }
        let is_new = |other: &&QueryTab| self.get(&other.id).is_none() && base.get(&other.id).is_none();
        all.list.extend(theirs.list.iter().filter(is_new).cloned());
        all.activate(&shown);
        all
    }

    /// The text that is kept.
    pub fn print(&self) -> String {
        let line = |tab: &QueryTab| {
            let text = if tab.text.len() > MOST_KEPT_BYTES { "" } else { tab.text.as_str() };
            serde_json::json!({ "id": tab.id, "name": tab.name, "text": text }).to_string()
        };
        let list: Vec<String> = self.list.iter().map(line).collect();
        format!("{{\"tabs\":[{}],\"active\":{},\"next\":{}}}", list.join(","), self.at(), self.next)
    }

    /// Reads what [`Tabs::print`] wrote; what cannot be read is left out.
    pub fn parse(text: &str) -> Self {
        let Ok(root) = json_text::read(text) else { return Self::default() };
        let number = |key: &str| root.child(key).and_then(|node| node.text.parse::<u32>().ok());
        let mut tabs = Self { list: Vec::new(), active: 0, next: number("next").unwrap_or(1).clamp(1, 1_000_000) };
        for node in root.child("tabs").map_or(&[][..], |list| &list.children).iter().take(MOST * 2) {
            let field = |key: &str| text_of(node, key).unwrap_or_default();
            let number = field("id").strip_prefix('q').and_then(|number| number.parse::<u32>().ok()).filter(|number| *number < 1_000_000);
            let Some(number) = number.filter(|number| tabs.get(&format!("q{number}")).is_none()) else { continue };
            tabs.next = tabs.next.max(number + 1);
            tabs.list.push(QueryTab { id: format!("q{number}"), name: clean_name(&field("name")), text: field("text") });
        }
        if tabs.list.is_empty() {
            return Self::default();
        }
        tabs.active = number("active").map_or(0, |at| at as usize);
        tabs.active = tabs.at();
        tabs
    }
}

/// A text of an object.
pub(super) fn text_of(node: &Node, key: &str) -> Option<String> {
    node.child(key).filter(|node| node.kind == Kind::String).map(|node| node.text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_is_the_name_or_the_first_comment() {
        let tab = |name: &str, text: &str| QueryTab { id: "q7".into(), name: name.into(), text: text.into() }.title();
        assert_eq!(tab("Mine", "-- other"), "Mine");
        assert_eq!(tab("", "\n-- Which agents wait?\nSELECT 1"), "Which agents wait?");
        assert_eq!((tab("", "SELECT 1 -- no"), tab("", "--\nSELECT")), ("Query 7".into(), "Query 7".into()));
    }

    #[test]
    fn closing_shows_the_neighbour_and_can_be_taken_back() {
        let mut tabs = Tabs::default();
        tabs.set_text("q1", "one".into());
        let two = tabs.open("", "two".into());
        tabs.open("Three", "three".into());
        tabs.activate(&two);
        let (at, closed) = tabs.close(&two).unwrap();
        assert_eq!((at, tabs.active().text.as_str()), (1, "three"));
        tabs.restore(at, closed);
        assert_eq!(tabs.list.iter().map(|tab| tab.text.as_str()).collect::<Vec<_>>(), ["one", "two", "three"]);
        assert_eq!(tabs.active().text, "two");
        tabs.step(false);
        tabs.step(false);
        assert_eq!(tabs.active().text, "three");
    }

    #[test]
    fn there_is_always_a_tab() {
        let mut tabs = Tabs::default();
        tabs.set_text("q1", "one".into());
        let (at, closed) = tabs.close("q1").unwrap();
        assert_eq!((tabs.list.len(), tabs.active().text.as_str(), tabs.active().id.as_str()), (1, "", "q2"));
        tabs.restore(at, closed);
        assert_eq!((tabs.list.len(), tabs.active().text.as_str()), (1, "one"));
        assert_eq!(tabs.open("x", "two".into()), "q3");
        let mut empty = Tabs::default();
        assert_eq!(empty.open("x", "two".into()), "q1", "an empty tab gives way");
        for odd in ["", "[]", "{\"tabs\":7}", "{\"tabs\":[{\"id\":\"x\"},7,{}]}", "null"] {
            assert_eq!(Tabs::parse(odd), Tabs::default(), "{odd}");
        }
    }

    #[test]
    fn two_pages_do_not_take_each_others_tabs() {
        let texts = |tabs: &Tabs| tabs.list.iter().map(|tab| format!("{} {}", tab.id, tab.text)).collect::<Vec<_>>();
        let mut base = Tabs::default();
        for text in ["one", "two", "three"] {
            base.open("", text.into());
        }
        let (mut here, mut there) = (base.clone(), base.clone());
        here.set_text("q1", "one here".into());
        there.set_text("q1", "one there".into());
        there.set_text("q2", "two there".into());
        there.close("q3");
        there.open("", "four".into());
        here.activate("q1");
        let merged = here.merged(&base, &there);
        assert_eq!(texts(&merged), ["q1 one here", "q2 two there", "q4 four"]);
        assert_eq!(merged.active().id, "q1");
        // What is shown here stays, what was closed here does not come back.
        here.activate("q3");
        here.close("q2");
        assert_eq!(texts(&here.merged(&base, &there)), ["q1 one here", "q3 three", "q4 four"]);
        // The same number twice. What was closed there goes as soon as it is no longer shown here.
        here.open("", "mine".into());
        assert_eq!(texts(&here.merged(&base, &there)), ["q1 one here", "q4 mine", "q5 four"]);
        assert_eq!(here.merged(&base, &base).list, here.list);
        assert_eq!(base.merged(&base, &there).get("q4").map(|tab| tab.text.as_str()), Some("four"));
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back(texts in prop::collection::vec(".{0,20}", 1..5), shown in 0_usize..5) {
            let mut tabs = Tabs::default();
            for text in &texts {
                tabs.open("", format!("x{text}"));
            }
            let id = tabs.list[shown % tabs.list.len()].id.clone();
            tabs.activate(&id);
            prop_assert_eq!(Tabs::parse(&tabs.print()), tabs);
        }

        #[test]
        fn any_text_is_read_without_harm(text in ".{0,80}") {
            prop_assert!(!Tabs::parse(&text).list.is_empty());
        }
    }
}
