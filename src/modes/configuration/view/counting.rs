//! How many spans of the file conditions match, each by itself: asked when nobody waits, kept as long as the section is shown.

use std::{collections::BTreeMap, rc::Rc};

use yew::prelude::*;

use crate::{
    core::filter::{Filter, Node},
    modes::{
        ModeProps,
        configuration::{builder::print_node, query},
    },
    state::{
        extras::{Extra, store::use_extras},
        queries::use_later_query,
        scope::{Scope, parts_of},
        session::Session,
    },
};

/// The filter that the address holds or, where that cannot be read, the one in force.
pub fn present_filter(props: &ModeProps) -> Filter {
    let text = props.store.url.filter.as_deref().unwrap_or_default();
    Filter::parse(text).unwrap_or_else(|_| props.scope.scope.filter.clone())
}

/// Its parts, all of which must hold.
pub fn present_parts(props: &ModeProps) -> Vec<Node> {
    parts_of(&present_filter(props))
}

/// Counts of these conditions. Those that would read the payload of every span are counted only where the filter in force has read it:
/// `None` for them, and for those whose answer is not there yet.
#[hook]
pub fn use_counts(session: &Rc<Session>, scope: &Scope, nodes: Vec<Node>) -> Vec<Option<u64>> {
    let known = use_mut_ref(|| (session.id, BTreeMap::<String, u64>::new()));
    let have = scope.extras();
    let is_cheap = |extra: &Extra| have.contains(extra) || !query::reads_payload(extra, session.agents_anywhere);
    let texts: Vec<String> = nodes.iter().map(print_node).collect();
    let unknown: Vec<Node> = {
        let mut known = known.borrow_mut();
        if known.0 != session.id {
            *known = (session.id, BTreeMap::new());
        }
        let open = nodes.iter().zip(&texts).filter(|(_, text)| !known.1.contains_key(*text));
        open.map(|(node, _)| node).filter(|node| query::needs(std::slice::from_ref(node)).iter().all(is_cheap)).cloned().collect()
    };
    let wanted = use_memo(query::needs(&unknown), Clone::clone);
    let progress = use_extras(session, &wanted, false);
    let question: Option<Rc<str>> = query::counts_sql(&unknown).filter(|_| progress.is_ready).map(Into::into);
    let answer = use_later_query(session, question.clone());
    if let Some(table) = question.as_deref().and_then(|sql| answer.of(sql)) {
        let mut known = known.borrow_mut();
        for (node, count) in unknown.iter().zip(query::counts(table, unknown.len())) {
            if let Some(count) = count {
                known.1.insert(print_node(node), count);
            }
        }
    }
    let known = known.borrow();
    texts.iter().map(|text| known.1.get(text).copied()).collect()
}
