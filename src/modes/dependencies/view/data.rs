//! The graph of what is in scope, asked of the engine.

use std::{collections::BTreeSet, rc::Rc};

use yew::prelude::*;

use super::super::{params::GraphKind, question::Question};
use crate::{
    core::{graph::Graph, units},
    state::{
        extras::{
            Extra,
            store::{Progress, use_extras},
        },
        queries::{use_later_query, use_query},
        scope::Scope,
        session::Session,
    },
};

/// What there is of the answer.
#[derive(Clone, PartialEq)]
pub struct Found {
    /// `None` until the first answer.
    pub graph: Option<Rc<Graph>>,
    /// What the graph is of.
    pub kind: GraphKind,
    /// Edges and nodes with few calls are missing.
    pub is_cut: bool,
    pub is_stale: bool,
    /// What must be worked out before, in words.
    pub waits_for: Option<String>,
    pub error: Option<String>,
    pub retry: Callback<()>,
}

pub fn words_of(progress: &Progress) -> Option<String> {
    let percent = |permille: u32| units::percent(u64::from(permille / 10), 100);
    progress.working.as_ref().map(|(extra, permille)| format!("working out {}, {}", extra.label(), percent(*permille)))
}

/// A graph, and whether it was cut.
type Whole = (Rc<Graph>, bool);

/// The answers that a graph was read from, by their places, and the graph.
struct Kept {
    session: u32,
    places: Option<(usize, usize)>,
    read: Option<(GraphKind, Result<Whole, String>)>,
}

/// Nothing is asked without a scope and a kind.
#[hook]
pub fn use_graph(session: &Rc<Session>, scope: Option<&Rc<Scope>>, kind: Option<GraphKind>, opened: &[String]) -> Found {
    let plain = use_memo((scope.cloned(), kind, opened.to_vec()), |(scope, kind, opened)| {
        scope
            .as_ref()
            .zip(*kind)
            .map(|(scope, kind)| (kind, Question::new(scope, kind, opened, false), Question::new(scope, kind, opened, true)))
    });
    let asked = plain.as_ref().as_ref();
    let extras = use_memo(plain.clone(), |plain| plain.as_ref().as_ref().map(|(_, question, _)| question.extras()).unwrap_or_default());
    let progress = use_extras(session, &extras, true);
    let own_extra = use_memo(asked.is_some() && progress.is_ready, |is_wanted| {
        is_wanted.then_some(Extra::SELF_TIME).into_iter().collect::<BTreeSet<Extra>>()
    });
    let own_ready = use_extras(session, &own_extra, false).is_ready && !own_extra.is_empty();
    let statements = use_memo((plain.clone(), progress.is_ready), |(plain, is_ready)| {
        let (_, question, with_own) = plain.as_ref().as_ref().filter(|_| *is_ready)?;
        Some([question.edges_sql(), question.nodes_sql(), with_own.nodes_sql()].map(Rc::<str>::from))
    });
    let statement = |at: usize| statements.as_ref().as_ref().and_then(|all| all.get(at)).cloned();
    let edges = use_query(session, statement(0));
    let nodes = use_query(session, statement(1));
    // Own time comes when it is known; the graph does not wait for it.
    let with_own = use_later_query(session, statement(2).filter(|_| own_ready));
    let answer_of = |answer: &crate::state::queries::Answer, at: usize| statement(at).and_then(|sql| answer.of(&sql).cloned());
    let pair = answer_of(&edges, 0).zip(answer_of(&with_own, 2).or_else(|| answer_of(&nodes, 1)));
    // The graph before stays until both answers are there.
    let kept = use_mut_ref(|| Kept { session: session.id, places: None, read: None });
    let read = {
        let mut kept = kept.borrow_mut();
        if kept.session != session.id {
            *kept = Kept { session: session.id, places: None, read: None };
        }
        if let (Some((edges, nodes)), Some((kind, question, _))) = (&pair, asked) {
            let places = (Rc::as_ptr(edges) as usize, Rc::as_ptr(nodes) as usize);
            if kept.places != Some(places) || kept.read.as_ref().is_none_or(|(of, _)| of != kind) {
                let graph = question.read(edges, nodes).map(|read| (Rc::new(read.graph), read.is_cut)).map_err(|error| error.to_string());
                (kept.places, kept.read) = (Some(places), Some((*kind, graph)));
            }
        }
        kept.read.clone()
    };
    let error = progress.error.as_ref().or(edges.error.as_ref()).or(nodes.error.as_ref()).map(ToString::to_string);
    let error = error.or_else(|| read.as_ref().and_then(|(_, graph)| graph.as_ref().err().cloned()));
    let retry = {
        let (session, extras, edges, nodes) = (session.clone(), extras.clone(), edges.clone(), nodes.clone());
        Callback::from(move |()| {
            for extra in extras.iter() {
                session.extras.retry(extra);
            }
            edges.retry();
            nodes.retry();
        })
    };
    let shown = read.and_then(|(kind, graph)| Some((kind, graph.ok()?)));
    let is_stale = asked.is_some() && (edges.pending || nodes.pending || !progress.is_ready);
    Found {
        kind: shown.as_ref().map(|(kind, _)| *kind).or(kind).unwrap_or(GraphKind::Services),
        is_cut: shown.as_ref().is_some_and(|(_, (_, is_cut))| *is_cut),
        graph: shown.map(|(_, (graph, _))| graph),
        is_stale,
        waits_for: words_of(&progress),
        error,
        retry,
    }
}
