//! Changes of the filter and the time range in the address, for whoever offers them: the filter bar, a chart, a row's menu.

use super::{Scope, of_parts, parts_of};
use crate::{
    core::filter::{Condition, Filter, How, Node, Pattern, TextField},
    state::{
        store::{Nav, Store, go},
        url::UrlState,
    },
};

/// The filter of the address, or, where that cannot be read, the one in force.
fn present(url: &UrlState, scope: &Scope) -> Filter {
    Filter::parse(url.filter.as_deref().unwrap_or_default()).unwrap_or_else(|_| scope.filter.clone())
}

fn put(url: &mut UrlState, filter: &Filter) {
    url.filter = Some(filter.print()).filter(|text| !text.is_empty());
}

/// Puts another filter in place of the present one.
pub fn set_filter(store: &Store, nav: Nav, filter: &Filter) {
    let filter = filter.clone();
    go(store, nav, move |url| put(url, &filter));
}

/// One more condition that must hold. One that is there already stays alone.
pub fn add(store: &Store, scope: &Scope, part: Node) {
    let scope = scope.clone();
    go(store, Nav::Push, move |url| put_more(url, &scope, part));
}

/// The same, of an address that changes in other ways too.
pub fn put_more(url: &mut UrlState, scope: &Scope, part: Node) {
    let mut parts = parts_of(&present(url, scope));
    if !parts.contains(&part) {
        parts.push(part);
    }
    put(url, &of_parts(parts));
}

/// The condition that hides a whole trace: a line of its own among what is hidden.
pub fn without_trace(trace_id: &str) -> Node {
    let values = vec![Pattern::literal(trace_id)];
    Node::Is(Condition::Text { field: TextField::Trace, how: How::Is, values }).negate()
}

/// Takes a condition out of those that must hold.
pub fn remove(store: &Store, scope: &Scope, part: &Node) {
    let (scope, part) = (scope.clone(), part.clone());
    go(store, Nav::Push, move |url| {
        let mut parts = parts_of(&present(url, &scope));
        parts.retain(|other| *other != part);
        put(url, &of_parts(parts));
    });
}

/// The range `[from, to)` in ns since 1970; `None` is the file's own end.
pub fn set_range(store: &Store, nav: Nav, from_ns: Option<i64>, to_ns: Option<i64>) {
    go(store, nav, move |url| (url.from_ns, url.to_ns) = (from_ns, to_ns));
}

/// No filter and no range.
pub fn clear(store: &Store) {
    go(store, Nav::Push, |url| (url.filter, url.from_ns, url.to_ns) = (None, None, None));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_trace_is_one_more_condition() {
        let mut url = UrlState { filter: Some("service:A".to_owned()), ..UrlState::default() };
        for id in ["7c41", "7c41", "9f"] {
            put_more(&mut url, &Scope::default(), without_trace(id));
        }
        assert_eq!(url.filter.as_deref(), Some("service:A -trace:7c41 -trace:9f"));
    }
}
