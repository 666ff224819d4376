//! The reader's rules for framework hooks: what folds, written down and counted. Keeps nothing itself: the text comes in and leaves as a callback.

use yew::prelude::*;

use crate::{
    browser::document,
    core::{noise, units},
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct NoiseRulesProps {
    /// The rules in force, one a line.
    pub text: AttrValue,
    /// Each rule in force, and how many spans of this trace it folds.
    pub folded: Vec<(String, usize)>,
    /// `None` for the defaults.
    pub onchange: Callback<Option<String>>,
    pub onclose: Callback<()>,
}

#[component]
pub fn NoiseRules(props: &NoiseRulesProps) -> Html {
    let NoiseRulesProps { text, folded, onchange, onclose } = props;
    let draft = use_state(|| None::<String>);
    use_effect_with((), |()| document::focus("#noise-text"));
    let value = (*draft).clone().unwrap_or_else(|| text.to_string());
    let warnings = use_memo(value.clone(), |value| noise::NoiseRules::parse(value).1);
    let oninput = {
        let draft = draft.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<web_sys::HtmlTextAreaElement>() {
                draft.set(Some(area.value()));
            }
        })
    };
    let change = |next: Option<String>| {
        let (draft, onchange) = (draft.setter(), onchange.clone());
        Callback::from(move |_: MouseEvent| {
            onchange.emit(next.clone());
            draft.set(None);
        })
    };
    let onkeydown = {
        let onclose = onclose.clone();
        Callback::from(move |event: KeyboardEvent| {
            // The rows and the mode have keys of the same names.
            event.stop_propagation();
            if event.key() == "Escape" {
                event.prevent_default();
                onclose.emit(());
            }
        })
    };
    let is_new = draft.as_deref().is_some_and(|draft| draft != text.as_str());
    html! {
        <section class="pop noise" role="dialog" aria-label="Rules for framework hooks" data-testid="noise-rules" {onkeydown}>
            <header><h3>{ "Rules for framework hooks" }</h3><span class="grow"></span>
                <button type="button" class="icon-btn sm" aria-label="Close" title="Close (Esc)" onclick={onclose.reform(|_: MouseEvent| ())}><Icon name="x" class="s" /></button>
            </header>
            <label for="noise-text">{ "One rule a line: on_*, Class.method, on_* <5ms, or !name for what always stays. Spans of 1 ms and longer stay unless the rule says otherwise." }</label>
            <textarea class="in" id="noise-text" rows="5" spellcheck="false" autocapitalize="off" aria-describedby="noise-warnings" {value} {oninput} />
            <div id="noise-warnings" role="status" data-testid="noise-warnings">
                { for warnings.iter().map(|warning| html! { <p class="field-e"><Icon name="warn" class="s" /><span>{ warning.clone() }</span></p> }) }
            </div>
            <div class="noise-t"><table class="tbl" data-testid="noise-table">
                <thead><tr><th scope="col">{ "Rule in use" }</th><th scope="col" class="num">{ "Folds" }</th></tr></thead>
                <tbody>
                    { for folded.iter().map(|(rule, spans)| html! {
                        <tr key={rule.clone()}><td data-col="rule" data-value={rule.clone()}><code>{ rule.clone() }</code></td>
                            <td class="num" data-col="spans" data-value={spans.to_string()}>{ if rule.starts_with('!') { "stays".to_owned() } else { units::counted(*spans as u64, "span") } }</td></tr>
                    }) }
                    if folded.is_empty() {
                        <tr><td colspan="2">{ "No rules: nothing folds." }</td></tr>
                    }
                </tbody>
            </table></div>
            <footer>
                <button type="button" class="btn sm primary" disabled={!is_new} onclick={change(Some(value_of(&draft, text)))}>{ "Use these rules" }</button>
                <button type="button" class="btn sm" onclick={change(None)}>{ "Back to the defaults" }</button>
                <span class="grow"></span>
                <button type="button" class="btn sm ghost" onclick={onclose.reform(|_: MouseEvent| ())}>{ "Close" }</button>
            </footer>
        </section>
    }
}

fn value_of(draft: &Option<String>, text: &AttrValue) -> String {
    draft.clone().unwrap_or_else(|| text.to_string())
}
