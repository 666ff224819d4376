//! Hidden spans: what the filter leaves out by name, ready-made patterns, hidden traces, and the rules for framework hooks.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Card, Column, Section,
    condition::MatchBar,
    counting::{present_parts, use_counts},
};
use crate::{
    browser::{document, storage},
    core::{filter::Node, noise::NoiseRules, units},
    modes::{
        ModeProps,
        configuration::patterns::{self, Hidden, What},
    },
    state::{
        scope::{edit, of_parts},
        store::Nav,
    },
    ui::icon::Icon,
};

pub const SECTION: Section = Section {
    slug: "hidden",
    title: "Hidden spans",
    icon: "eyeoff",
    column: Column::Main,
    count: |props| {
        let hidden = props.scope.scope.parts().iter().filter(|part| matches!(part, Node::Not(_))).count();
        Some((hidden as u64, "Patterns in force")).filter(|(count, _)| *count > 0)
    },
    reset: |_| (),
    view: |props| html! { <HiddenSpans ..props.clone() /> },
};

/// Where the rules for hooks are kept in the browser; the Timeline folds by them.
const NOISE_KEY: &str = "noise-rules";

fn rules_of(text: &str) -> NoiseRules {
    if text.is_empty() { NoiseRules::default() } else { NoiseRules::parse(text).0 }
}

#[component]
fn HiddenSpans(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let rules_text = use_state(|| storage::read(NOISE_KEY).unwrap_or_default());
    let rules = use_memo((*rules_text).clone(), |text| rules_of(text));
    let parts = present_parts(props);
    let ready = patterns::ready_made(&rules);
    let lines = patterns::hidden(&parts, &ready);
    // What each hides is what its opposite matches.
    let inner: Vec<Node> = lines.iter().map(|line| line.node.clone().negate()).collect();
    let counts = use_counts(session, &scope.scope, inner);
    let adding = use_state(|| None::<String>);
    let editing_rules = use_state(|| false);
    let total = session.totals.spans;

    let put = {
        let store = store.clone();
        Callback::from(move |parts: Vec<Node>| edit::set_filter(&store, Nav::Push, &of_parts(parts)))
    };
    let row = |(line, count): (&Hidden, Option<u64>)| {
        let next: Vec<Node> = match line.is_on {
            true => parts.iter().filter(|part| **part != line.node).cloned().collect(),
            false => parts.iter().cloned().chain([line.node.clone()]).collect(),
        };
        let onclick = put.reform(move |_: MouseEvent| next.clone());
        let name = match &line.what {
            What::Ready(_, name) => (*name).to_owned(),
            What::Trace(id) => {
                let name = session.traces.find(id).and_then(|number| session.traces.get(number)).map(|trace| trace.name.to_owned());
                format!("Trace {}", name.unwrap_or_else(|| id.chars().take(8).collect()))
            }
            What::Pattern => "Pattern".to_owned(),
        };
        let is_hooks = matches!(line.what, What::Ready("hooks", _));
        let toggle_rules = {
            let editing = editing_rules.clone();
            Callback::from(move |_: MouseEvent| editing.set(!*editing))
        };
        html! {
            <tr key={line.text.clone()} class={classes!((!line.is_on).then_some("off"))} data-testid="hidden" data-on={line.is_on.to_string()}>
                <td><button type="button" class="sw-toggle" role="switch" aria-checked={line.is_on.to_string()} aria-label={format!("Hide {name}")} {onclick}><i></i></button></td>
                <td class="cf-hn"><b class="cut" title={name.clone()}>{ name }</b></td>
                <td class="sub"><code class="cut" data-col="pattern" data-value={line.text.clone()} title={line.text.clone()}>{ line.text.clone() }</code></td>
                <td class="num" data-col="spans" data-value={count.map(|count| count.to_string())}>{ count.map_or_else(|| units::MISSING.to_owned(), units::count) }</td>
                <td class="cf-hb"><MatchBar part={count.unwrap_or(0)} {total} /></td>
                <td class="num">if is_hooks {
                    <button type="button" class="icon-btn sm" aria-label="Edit the rules for framework hooks" title="Edit the rules" aria-expanded={editing_rules.to_string()} onclick={toggle_rules}><Icon name="edit" class="s" /></button>
                }</td>
            </tr>
        }
    };
    let start = {
        let adding = adding.clone();
        Callback::from(move |_: MouseEvent| adding.set(Some(String::new())))
    };
    let is_adding = adding.is_some();
    use_effect_with(is_adding, |is_adding| {
        if *is_adding {
            document::focus("#hide-pattern");
        }
    });
    let oninput = {
        let adding = adding.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                adding.set(Some(input.value()));
            }
        })
    };
    let add = {
        let (adding, put, parts) = (adding.clone(), put.clone(), parts.clone());
        Callback::from(move |()| {
            if let Some(Ok(node)) = adding.as_ref().map(|text| patterns::typed(text)) {
                adding.set(None);
                let mut next = parts.clone();
                if !next.contains(&node) {
                    next.push(node);
                }
                put.emit(next);
            }
        })
    };
    let onkeydown = {
        let (add, adding) = (add.clone(), adding.setter());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                add.emit(());
            }
            "Escape" => {
                event.stop_propagation();
                adding.set(None);
                document::focus("#add-pattern");
            }
            _ => {}
        })
    };
    let error = adding.as_ref().filter(|text| !text.trim().is_empty()).and_then(|text| patterns::typed(text).err());
    let onrules = {
        let (rules_text, rules, put, parts, editing) =
            (rules_text.clone(), rules.clone(), put.clone(), parts.clone(), editing_rules.setter());
        Callback::from(move |text: Option<String>| {
            let text = text.unwrap_or_default();
            storage::write(NOISE_KEY, &text);
            put.emit(patterns::with_rules(&parts, &rules, &rules_of(&text)));
            rules_text.set(text);
            editing.set(false);
        })
    };
    let text = if rules_text.is_empty() { NoiseRules::default().print() } else { (*rules_text).clone() };
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} about="left out by the filter, in every mode" head={html! {
            <button type="button" class="btn sm" id="add-pattern" onclick={start}><Icon name="plus" class="s" />{ "Pattern" }</button>
        }}>
            <table class="tbl hidt" data-testid="hidden-list"><colgroup><col style="width:50px" /><col style="width:160px" /><col /><col style="width:72px" /><col style="width:96px" /><col style="width:44px" /></colgroup>
                <tbody>{ for lines.iter().zip(counts).map(row) }</tbody></table>
            if let Some(text) = (*adding).clone() {
                <div class="cf-f"><input class="in mono cf-text" id="hide-pattern" aria-label="What to hide" placeholder="op:on_* dur<1ms" spellcheck="false" autocomplete="off" value={text} aria-invalid={error.is_some().to_string()} {oninput} {onkeydown} />
                    <button type="button" class="btn sm primary" disabled={error.is_some()} onclick={add.reform(|_: MouseEvent| ())}>{ "Hide" }</button>
                    if let Some(error) = error {
                        <span class="field-e" role="alert">{ error }</span>
                    }
                </div>
            }
            if *editing_rules {
                <RulesEditor {text} {onrules} />
            }
        </Card>
    }
}

#[derive(Properties, PartialEq)]
struct RulesEditorProps {
    text: String,
    /// `None` for the defaults.
    onrules: Callback<Option<String>>,
}

#[component]
fn RulesEditor(props: &RulesEditorProps) -> Html {
    let RulesEditorProps { text, onrules } = props;
    let draft = use_state(|| text.clone());
    use_effect_with((), |()| document::focus("#hook-rules"));
    let warnings = NoiseRules::parse(&draft).1;
    let oninput = {
        let draft = draft.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<web_sys::HtmlTextAreaElement>() {
                draft.set(area.value());
            }
        })
    };
    let save = {
        let (draft, onrules) = (Rc::new((*draft).clone()), onrules.clone());
        Callback::from(move |_: MouseEvent| onrules.emit(Some((*draft).clone())))
    };
    html! {
        <div class="cf-rules">
            <label for="hook-rules">{ "One rule a line: on_*, Class.method, on_* <5ms, or !name for what always stays. Spans of 1 ms and longer stay unless the rule says otherwise. The Timeline folds by the same rules." }</label>
            <textarea class="in mono" id="hook-rules" rows="5" spellcheck="false" autocapitalize="off" value={(*draft).clone()} {oninput} />
            { for warnings.iter().map(|warning| html! { <p class="field-e" key={warning.clone()}>{ warning.clone() }</p> }) }
            <div class="cf-fr"><button type="button" class="btn sm primary" disabled={*draft == *text} onclick={save}>{ "Use these rules" }</button>
                <button type="button" class="btn sm" onclick={onrules.reform(|_: MouseEvent| None)}>{ "Back to the defaults" }</button></div>
        </div>
    }
}
