//! The page's scope in the Timeline: which traces the list has, which rows a trace has, and the line that says so.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{in_scope::InScope, model::TraceModel, params::TimelineParams},
    find_bar::use_find,
    put_choice, set_params,
};
use crate::{
    core::units,
    state::{
        queries::Answer,
        scope::{Counts, Scope, edit},
        session::Session,
        store::{Nav, Store, go},
    },
    ui::icon::Icon,
};

/// The spans of the trace that are in the page's scope; `None` where all of the file is.
#[hook]
pub fn use_in_scope(session: &Rc<Session>, model: Option<&Rc<TraceModel>>, scope: &Rc<Scope>) -> Option<Rc<InScope>> {
    let text = (!scope.filter.is_empty()).then(|| scope.filter.print());
    let state = use_find(session, model, text.as_deref());
    let in_scope = use_memo((model.cloned(), scope.clone(), state.found.clone()), |(model, scope, found)| {
        let model = model.as_ref().filter(|_| !scope.is_everything() && (scope.filter.is_empty() || found.is_some()))?;
        Some(Rc::new(InScope::new(model, found.as_deref().filter(|_| !scope.filter.is_empty()), scope.from_ns, scope.to_ns)))
    });
    (*in_scope).clone()
}

/// How much of the trace the filter leaves, and what becomes of the rest.
pub fn scope_note(store: &Store, shown: usize, all: usize, dim: bool) -> Html {
    if shown == all {
        return Html::default();
    }
    let ondim = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| set_params(&store, Nav::Replace, |params| params.dim_rest = !params.dim_rest))
    };
    let (shown_words, all) = (units::count(shown as u64), units::counted(all as u64, "span"));
    html! {
        <div class="note i0 through" role="status" data-testid="scope-note" data-value={shown.to_string()}><Icon name="filter" /><span class="grow">{ match shown {
            0 => format!("No span of this trace matches the filter; all of it is shown weaker ({all})."),
            _ => format!("{shown_words} of {all} match the filter."),
        } }</span>
            if shown > 0 {
                <button type="button" class="btn sm" aria-pressed={dim.to_string()} onclick={ondim}>{ if dim { "Hide the rest" } else { "Show the rest weaker" } }</button>
            }
        </div>
    }
}

/// Hides a whole trace from every mode, as a condition of the filter; the next one of the list takes its place.
pub fn hide_trace(store: &Store, scope: &Rc<Scope>, session: &Rc<Session>, order: &Rc<Vec<u32>>, trace_id: &str) {
    let (scope, session, order, trace_id) = (scope.clone(), session.clone(), order.clone(), trace_id.to_owned());
    go(store, Nav::Push, move |url| {
        edit::put_more(url, &scope, edit::without_trace(&trace_id));
        let at = session.traces.find(&trace_id).and_then(|number| order.iter().position(|other| *other == number));
        let next = at.and_then(|at| order.get(at.saturating_add(1)).or_else(|| order.get(at.checked_sub(1)?)));
        if let Some(next) = next.and_then(|number| session.traces.get(*number)) {
            put_choice(url, next.trace_id.to_owned(), None);
        }
    });
}

/// Numbers of the traces in the list. While a search runs the earlier result stays.
pub fn list_order(session: &Session, search: &Answer, params: &TimelineParams, counts: Option<&Counts>) -> Vec<u32> {
    let found: Option<Vec<u32>> = params.find.as_ref().and_then(|_| {
        let table = search.table.as_ref()?;
        let numbers = table.ints("trace_no").ok()?;
        Some((0..table.rows()).filter_map(|row| numbers.get(row).and_then(|number| u32::try_from(number).ok())).collect())
    });
    let in_scope = match counts {
        Some(counts) => counts.by_trace.as_deref(),
        // Nothing is known yet of a link's filter.
        None => return Vec::new(),
    };
    let found = match (found, in_scope) {
        (Some(mut found), Some(in_scope)) => {
            found.retain(|number| in_scope.binary_search_by_key(number, |(number, _)| *number).is_ok());
            Some(found)
        }
        (None, Some(in_scope)) => Some(in_scope.iter().map(|(number, _)| *number).collect()),
        (found, None) => found,
    };
    session.traces.order(params.sort, found.as_deref(), params.failed_only)
}
