//! Which spans of the trace the page's filter and time range let through, and what that means for the rows. Pure.

use std::rc::Rc;

use super::{find::Found, model::TraceModel};
use crate::core::{span_set::SpanSet, tree_rows};

/// The spans of a trace in scope.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InScope {
    /// In reading order.
    pub spans: Vec<u32>,
    pub set: Rc<SpanSet>,
}

impl InScope {
    /// Those that the filter found (`None`: there is no filter) and that start in `[from_ns, to_ns)`.
    pub fn new(model: &TraceModel, found: Option<&Found>, from_ns: Option<i64>, to_ns: Option<i64>) -> Self {
        let in_range = |span: &u32| {
            let start_ns = model.span(*span).map(|row| row.start_ns);
            start_ns.is_some_and(|start| from_ns.is_none_or(|from| start >= from) && to_ns.is_none_or(|to| start < to))
        };
        let candidates = found.map_or(model.tree.preorder.as_slice(), |found| found.matches.as_slice());
        let spans: Vec<u32> = candidates.iter().copied().filter(in_range).collect();
        let set = Rc::new(spans.iter().copied().collect());
        Self { spans, set }
    }
}

/// What becomes of the rows: which are bright, which are there at all. `None` is all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    pub bright: Option<Rc<SpanSet>>,
    /// With the parents that a tree needs.
    pub rows: Option<Rc<SpanSet>>,
    /// Without them, for a table.
    pub alone: Option<Rc<SpanSet>>,
}

impl Shown {
    /// `find` is the search within the trace; `find_only` hides what it does not match, `dim` shows what is out of scope, but weaker.
    /// A trace of which nothing is in scope is shown weak rather than not at all.
    pub fn new(model: &TraceModel, find: Option<&Found>, find_only: bool, scope: Option<&InScope>, dim: bool) -> Self {
        let is_weak = dim || scope.is_some_and(|scope| scope.spans.is_empty());
        let in_both = |scope: &InScope, found: &Found| -> Vec<u32> {
            found.matches.iter().copied().filter(|span| scope.set.contains(*span)).collect()
        };
        let set = |spans: &[u32]| Rc::new(spans.iter().copied().collect::<SpanSet>());
        let with_parents = |spans: &[u32]| Rc::new(tree_rows::with_ancestors(&model.tree, spans));
        match (find, scope) {
            (None, None) => Self::default(),
            (Some(found), None) => {
                let matches = set(&found.matches);
                let only = find_only.then(|| (with_parents(&found.matches), matches.clone()));
                Self { bright: Some(matches), rows: only.as_ref().map(|only| only.0.clone()), alone: only.map(|only| only.1) }
            }
            (None, Some(scope)) if is_weak => Self { bright: Some(scope.set.clone()), ..Self::default() },
            (None, Some(scope)) => Self { bright: None, rows: Some(with_parents(&scope.spans)), alone: Some(scope.set.clone()) },
            (Some(found), Some(scope)) => {
                let both = in_both(scope, found);
                let bright = Some(set(&both));
                let rows: Option<&[u32]> = match (find_only, is_weak) {
                    (true, _) => Some(&both),
                    (false, false) => Some(&scope.spans),
                    (false, true) => None,
                };
                Self { bright, rows: rows.map(with_parents), alone: rows.map(set) }
            }
        }
    }
}

/// Spans without a frame in a flame graph: folded hooks, and what is not among `alone`.
pub fn without_frame(model: &TraceModel, hooks: Option<&SpanSet>, alone: Option<&SpanSet>) -> Option<SpanSet> {
    if hooks.is_none() && alone.is_none() {
        return None;
    }
    let is_out = |span: &u32| hooks.is_some_and(|hooks| hooks.contains(*span)) || alone.is_some_and(|alone| !alone.contains(*span));
    Some(model.tree.preorder.iter().copied().filter(is_out).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::filter::Filter,
        engine::{Column, Table},
        modes::timeline::find::find,
    };

    /// `a` over `b` and `c`, `d` below `b`; read a, b, d, c; they start at 0, 1, 5, 2.
    fn model() -> TraceModel {
        let none = || Column::texts([None; 4]);
        let table = Table::new(vec![
            ("span_id".to_owned(), Column::texts(["a", "b", "c", "d"].map(Some))),
            ("parent_id".to_owned(), Column::texts([None, Some("a"), Some("a"), Some("b")])),
            ("name".to_owned(), Column::texts(["x", "y", "x", "z"].map(Some))),
            ("service".to_owned(), none()),
            ("operation".to_owned(), none()),
            ("kind".to_owned(), none()),
            ("agent".to_owned(), none()),
            ("status_code".to_owned(), none()),
            ("start_time".to_owned(), Column::ints([0, 1, 2, 5].map(Some))),
            ("end_time".to_owned(), Column::ints([9, 8, 3, 6].map(Some))),
        ]);
        TraceModel::new("t", Rc::new(table)).unwrap()
    }

    fn sorted(set: Option<&Rc<SpanSet>>) -> Option<Vec<u32>> {
        set.map(|set| {
            let mut all: Vec<u32> = set.iter().collect();
            all.sort_unstable();
            all
        })
    }

    #[test]
    fn filter_and_range_narrow_together() {
        let model = model();
        let found = find(&model, &Filter::parse("name:x OR name:z").unwrap(), None).unwrap();
        assert_eq!(InScope::new(&model, Some(&found), None, None).spans, [0, 3, 2]);
        assert_eq!(InScope::new(&model, Some(&found), Some(2), Some(5)).spans, [2]);
        assert_eq!(InScope::new(&model, None, Some(1), None).spans, [1, 3, 2]);
    }

    #[test]
    fn rows_keep_the_parents_that_the_tree_needs() {
        let model = model();
        let found = find(&model, &Filter::parse("name:z").unwrap(), None).unwrap();
        let scope = InScope::new(&model, Some(&found), None, None);
        let shown = Shown::new(&model, None, false, Some(&scope), false);
        assert_eq!((sorted(shown.rows.as_ref()), sorted(shown.alone.as_ref()), shown.bright), (Some(vec![0, 1, 3]), Some(vec![3]), None));
        let weak = Shown::new(&model, None, false, Some(&scope), true);
        assert_eq!((weak.rows, sorted(weak.bright.as_ref())), (None, Some(vec![3])));
        let nothing = Shown::new(&model, None, false, Some(&InScope::default()), false);
        assert_eq!((nothing.rows, sorted(nothing.bright.as_ref())), (None, Some(vec![])));
    }

    #[test]
    fn a_flame_graph_leaves_out_hooks_and_what_is_not_in_scope() {
        let model = model();
        let (hooks, alone): (SpanSet, SpanSet) = ([1].into_iter().collect(), [0, 1].into_iter().collect());
        let out = |hooks, alone| sorted(without_frame(&model, hooks, alone).map(Rc::new).as_ref());
        assert_eq!(out(None, None), None);
        assert_eq!(out(Some(&hooks), None), Some(vec![1]));
        assert_eq!(out(Some(&hooks), Some(&alone)), Some(vec![1, 2, 3]));
    }

    #[test]
    fn a_search_looks_within_the_scope() {
        let model = model();
        let filter = find(&model, &Filter::parse("name:x").unwrap(), None).unwrap();
        let scope = InScope::new(&model, Some(&filter), None, None);
        let search = find(&model, &Filter::parse("span:a OR span:d").unwrap(), None).unwrap();
        let shown = Shown::new(&model, Some(&search), false, Some(&scope), false);
        assert_eq!((sorted(shown.bright.as_ref()), sorted(shown.rows.as_ref())), (Some(vec![0]), Some(vec![0, 2])));
        let only = Shown::new(&model, Some(&search), true, Some(&scope), false);
        assert_eq!(sorted(only.rows.as_ref()), Some(vec![0]));
    }
}
