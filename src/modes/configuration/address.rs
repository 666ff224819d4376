//! The mode's own keys in the address, and a link taken apart: what it carries, in parts that can be coloured and left out.

use std::collections::BTreeMap;

use super::builder::{Placed, Rows};
use crate::{
    core::filter::Filter,
    state::{presets, url::UrlState},
};

/// Rows of the filter that are switched off.
const OFF: &str = "off";
/// Whether all or any of the rows must hold, where the filter does not say.
const JOIN: &str = "join";

/// The rows of the filter of an address. `filter` is the one in force, or the address's.
pub fn read_rows(params: &BTreeMap<String, String>, filter: &Filter, drafts: &[Placed]) -> Rows {
    let text = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
    Rows::read(filter, text(OFF), text(JOIN), drafts)
}

/// Puts the rows into the address: the filter and what it does not hold.
pub fn write_rows(url: &mut UrlState, rows: &Rows) {
    url.filter = Some(rows.filter().print()).filter(|text| !text.is_empty());
    let mut set = |key: &str, value: Option<String>| match value {
        Some(value) => drop(url.params.insert(key.to_owned(), value)),
        None => drop(url.params.remove(key)),
    };
    set(OFF, rows.off());
    set(JOIN, rows.matching().map(str::to_owned));
}

/// Forgets filter, range and rows that are off.
pub fn clear(url: &mut UrlState) {
    (url.filter, url.from_ns, url.to_ns) = (None, None, None);
    for key in [OFF, JOIN, presets::PARAM] {
        url.params.remove(key);
    }
}

/// What a link carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    pub selection: bool,
    pub filters: bool,
    pub times: bool,
}

impl Default for Carried {
    fn default() -> Self {
        Self { selection: true, filters: true, times: true }
    }
}

/// The address that a link of this kind leads to. `mode` is where it opens; the keys of other modes stay behind.
pub fn linked(url: &UrlState, mode: &str, carried: Carried, preset: Option<&str>) -> UrlState {
    let mut next = url.clone();
    let rows: Vec<(String, String)> =
        [OFF, JOIN].iter().filter_map(|key| Some(((*key).to_owned(), url.params.get(*key)?.clone()))).collect();
    if next.mode != mode {
        mode.clone_into(&mut next.mode);
        next.params.clear();
    }
    if !carried.selection {
        mode.clone_into(&mut next.mode);
        (next.trace, next.span) = (None, None);
        next.params.clear();
    }
    for key in [OFF, JOIN, presets::PARAM] {
        next.params.remove(key);
    }
    match carried.filters {
        true => next.params.extend(rows),
        false => next.filter = None,
    }
    if !carried.times {
        (next.from_ns, next.to_ns) = (None, None);
    }
    if let Some(name) = preset {
        next.params.insert(presets::PARAM.to_owned(), name.to_owned());
    }
    next
}

/// What a part of a link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Page, mode and file.
    Place,
    Selection,
    Filter,
    Times,
    /// Everything else: the mode's own keys, the theme.
    Other,
}

/// A link in pieces that put together are the link.
pub fn parts(page: &str, printed: &str) -> Vec<(Kind, String)> {
    let mut found = vec![(Kind::Place, page.to_owned())];
    for (at, piece) in printed.split('&').enumerate() {
        let text = if at == 0 { piece.to_owned() } else { format!("&{piece}") };
        let key = piece.split('=').next().unwrap_or_default();
        let kind = match key {
            _ if at == 0 => Kind::Place,
            "data" | "src" | "file" | "fp" | "sample" => Kind::Place,
            "trace" | "span" => Kind::Selection,
            "q" | OFF | JOIN | presets::PARAM => Kind::Filter,
            "from" | "to" => Kind::Times,
            _ => Kind::Other,
        };
        match found.last_mut().filter(|(last, _)| *last == kind) {
            Some((_, before)) => before.push_str(&text),
            None => found.push((kind, text)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::url;

    fn address(hash: &str) -> UrlState {
        url::parse(hash).0
    }

    #[test]
    fn rows_survive_in_the_address() {
        let mut url = address("#/configuration?v=1&sample=s&q=service:A%20status:error");
        let filter = |url: &UrlState| Filter::parse(url.filter.as_deref().unwrap_or_default()).unwrap();
        let rows = read_rows(&url.params, &filter(&url), &[]).switched(1);
        write_rows(&mut url, &rows);
        let again = address(&url.print());
        assert_eq!(again.filter.as_deref(), Some("service:A"));
        assert_eq!(read_rows(&again.params, &filter(&again), &[]), rows);
        clear(&mut url);
        assert_eq!(url.print(), "#/configuration?v=1&sample=s");
    }

    #[test]
    fn a_link_carries_what_is_asked_for() {
        let url = address("#/configuration?v=1&sample=s&trace=7c&span=a&q=x&from=1&to=2&off=0%20y&section=time&theme=dark");
        let all = linked(&url, "timeline", Carried::default(), None);
        assert_eq!(
            all.print(),
            "#/timeline?v=1&sample=s&trace=7c&span=a&q=x&from=1&to=2&theme=dark&off=0%20y"
                .replace("%20", &crate::core::percent::encode(" "))
        );
        let bare = linked(&url, "timeline", Carried { selection: false, filters: false, times: false }, None);
        assert_eq!(bare.print(), "#/timeline?v=1&sample=s&theme=dark");
        let named = linked(&url, "timeline", Carried { selection: false, ..Carried::default() }, Some("Mine"));
        assert!(named.print().ends_with("&preset=Mine") && named.filter.is_some());
        assert_eq!(linked(&url, "configuration", Carried::default(), None).params.get("section").map(String::as_str), Some("time"));
    }

    #[test]
    fn the_parts_are_the_link() {
        let printed = "#/timeline?v=1&sample=s&trace=7c&span=a&q=x&from=1&to=2&theme=dark";
        let parts = parts("https://example.org/", printed);
        let joined: String = parts.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(joined, format!("https://example.org/{printed}"));
        let kinds: Vec<Kind> = parts.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [Kind::Place, Kind::Selection, Kind::Filter, Kind::Times, Kind::Other]);
    }
}
