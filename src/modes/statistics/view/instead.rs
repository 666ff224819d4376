//! What takes the place of the groups: the plain table of all spans, or two sides compared.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{compare::CompareGroups, groups::query, spans::SpanRows},
    exports::ExportSpans,
    ignored_notice, present_params,
    tools::Tools,
};
use crate::{
    modes::ModeProps,
    state::{extras::store::use_extras, scope::Scope},
};

#[component]
pub fn Instead(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let (params, ignored) = present_params(session, store);
    let key = (scope.scope.clone(), params.scope.clone(), store.url.trace.clone());
    let narrowed = use_memo(key, |(scope, by, trace)| Rc::new(query::narrowed(scope, by, trace.as_deref())));
    // The page's scope is ready; what narrows it further may need a column more.
    let needed = use_memo(narrowed.clone(), |scope| scope.extras());
    let is_ready = use_extras(session, &needed, true).is_ready;
    let last = use_mut_ref(|| None);
    if is_ready {
        *last.borrow_mut() = Some((*narrowed).clone());
    }
    let in_force = last.borrow().clone();
    let total_of = |narrowed: &Rc<Scope>| {
        let counts = props.scope.counts.as_ref().filter(|_| !props.scope.is_counting && *narrowed == props.scope.scope)?;
        usize::try_from(counts.spans).ok()
    };
    html! {
        <div class="stm">
            <section class="pane" aria-label="Statistics">
                <Tools session={session.clone()} store={store.clone()} params={params.clone()} traces={scope.counts.as_ref().map(|counts| counts.traces)} is_stale={!is_ready} waits_for={None::<String>}>
                    if let Some(scope) = in_force.clone().filter(|_| params.raw) {
                        <ExportSpans session={session.clone()} store={store.clone()} {scope} />
                    }
                </Tools>
                { ignored_notice(store, ignored) }
                if let Some(scope) = in_force {
                    if params.raw {
                        <SpanRows session={session.clone()} store={store.clone()} total={total_of(&scope)} {scope} />
                    } else {
                        <CompareGroups session={session.clone()} store={store.clone()} {scope} first={params.first.clone()} second={params.second.clone()} />
                    }
                }
            </section>
        </div>
    }
}
