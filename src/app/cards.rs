//! The card in place of the drop zone: how far the opening is, or why it failed and what to do.

use std::rc::Rc;

use yew::prelude::*;

use super::{OpenerHandle, effects::choose_file, opening::Chosen, picker::Picker};
use crate::{
    core::units,
    import::problem::Problem,
    state::store::{Action, Opening, Store},
    ui::{copy::CopyButton, icon::Icon},
};

#[derive(Properties, PartialEq)]
pub struct CardProps {
    pub store: Store,
    pub opener: OpenerHandle,
}

/// Nothing while no file is on its way and none has failed.
#[component]
pub fn Progress(props: &CardProps) -> Html {
    let CardProps { store, opener } = props;
    match (&store.opening, &store.problem) {
        (Some(opening), _) => progress(opening, opener),
        (None, Some(problem)) => html! { <Failure store={store.clone()} opener={opener.clone()} problem={problem.clone()} /> },
        (None, None) => Html::default(),
    }
}

fn progress(opening: &Opening, opener: &OpenerHandle) -> Html {
    let percent = f64::from(opening.permille) / 10.0;
    let cancel = {
        let opener = opener.clone();
        Callback::from(move |_: MouseEvent| opener.cancel())
    };
    let now = opening.steps.iter().rev().find(|step| !step.done).map(|step| format!("{} {}", step.label, step.detail)).unwrap_or_default();
    html! {
        <section class="dz ld" aria-label={format!("Opening {}", opening.name)} data-testid="opening">
            <div class="ld-h"><Icon name="db" /><b class="cut">{ opening.name.clone() }</b>
                if let Some(size) = opening.size {
                    <span class="dim">{ units::bytes(size) }</span>
                }
                <span class="grow"></span><button type="button" class="btn sm" onclick={cancel}>{ "Cancel " }<kbd>{ "Esc" }</kbd></button></div>
            <div class="pg" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow={format!("{percent:.0}")} aria-valuetext={now} aria-label="Opening"><i style={format!("width:{percent:.1}%")}></i></div>
            <ol class="steps">
                { for opening.steps.iter().map(|step| html! {
                    <li class={if step.done { "done" } else { "now" }} aria-current={(!step.done).then_some("step")}>
                        if step.done { <Icon name="check" class="s" /> } else { <i class="spin"></i> }
                        <span>{ step.label.clone() }</span><span class="dim num">{ step.detail.clone() }</span>
                    </li>
                }) }
            </ol>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct FailureProps {
    store: Store,
    opener: OpenerHandle,
    problem: Rc<Problem>,
}

#[component]
fn Failure(props: &FailureProps) -> Html {
    let FailureProps { store, opener, problem } = props;
    let picking = use_state(|| false);
    let tables = opener.choice();
    let choose = {
        let opener = opener.clone();
        Callback::from(move |_: MouseEvent| choose_file(&opener))
    };
    let dismiss = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.dispatch(Action::DismissProblem))
    };
    let restart = {
        let opener = opener.clone();
        Callback::from(move |_: MouseEvent| opener.reopen())
    };
    let show_picker = {
        let picking = picking.clone();
        Callback::from(move |_: MouseEvent| picking.set(!*picking))
    };
    let onpick = {
        let opener = opener.clone();
        Callback::from(move |chosen: Chosen| opener.choose(chosen))
    };
    // Other columns of the open file could not be read.
    let change = store.session.is_some() && opener.tried().is_some();
    let change_columns = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| {
            store.dispatch(Action::DismissProblem);
            store.dispatch(Action::ShowMapping(true));
        })
    };
    let pickable = tables.as_ref().is_some_and(|tables| !tables.is_empty());
    let stopped = store.session.is_some() && problem.code == "E-ENGINE-STOPPED";
    html! {
        <section class="dz ld failed" role="alert" data-testid="error" data-code={problem.code}>
            <div class="ld-h"><Icon name="err" class="err" /><b>{ problem.title.clone() }</b></div>
            <p class="sub">{ problem.message.clone() }</p>
            if problem.steps.len() == problem.commands.len() {
                // A step each has its own command.
                { for problem.steps.iter().zip(problem.commands.iter()).map(|(step, command)| html! { <><ul class="fixes"><li>{ step.clone() }</li></ul>{ snippet(command) }</> }) }
            } else {
                <ul class="fixes">{ for problem.steps.iter().map(|step| html! { <li>{ step.clone() }</li> }) }</ul>
                { for problem.commands.iter().map(|command| snippet(command)) }
            }
            <div class="dz-b l">
                if change {
                    <button type="button" class="btn primary" onclick={change_columns}><Icon name="table" />{ "Change columns" }</button>
                }
                if stopped {
                    <button type="button" class="btn primary" onclick={restart}>{ "Restart" }</button>
                }
                <button type="button" class={classes!("btn", (!stopped && !pickable && !change).then_some("primary"))} onclick={choose}>{ "Choose another file" }</button>
                if pickable {
                    <button type="button" class="btn primary" aria-expanded={picking.to_string()} onclick={show_picker}><Icon name="table" />{ "Map columns" }</button>
                }
                <CopyButton text={problem.details()} label="Copy details" words="Copy details" />
                <button type="button" class="btn ghost" onclick={dismiss}>{ if store.session.is_some() { "Back to the open file" } else { "Close" } }</button>
                <span class="grow"></span><code class="dim">{ problem.code }</code>
            </div>
            if let Some(tables) = tables.filter(|_| *picking) {
                <Picker file={opener.choice_name()} tables={Rc::new(tables)} action="Open with these columns" {onpick} />
            }
        </section>
    }
}

fn snippet(command: &str) -> Html {
    html! { <div class="snip"><pre>{ command.to_owned() }</pre><CopyButton text={command.to_owned()} label="Copy" /></div> }
}
