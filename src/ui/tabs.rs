//! A row of tabs: roving tabindex, arrow keys, counts beside the names.

use yew::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// The word in ids and addresses.
    pub slug: &'static str,
    pub label: &'static str,
    pub count: Option<usize>,
    /// The count is of errors.
    pub error: bool,
}

#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// Prefix of the ids: tab `{name}-tab-{slug}`, panel `{name}-panel`.
    pub name: &'static str,
    pub label: AttrValue,
    pub tabs: Vec<Tab>,
    pub selected: &'static str,
    pub onselect: Callback<&'static str>,
}

#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let slugs: Vec<&'static str> = props.tabs.iter().map(|tab| tab.slug).collect();
    let onkeydown = {
        let (name, selected, onselect) = (props.name, props.selected, props.onselect.clone());
        Callback::from(move |event: KeyboardEvent| {
            let at = slugs.iter().position(|slug| *slug == selected).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" => (at + 1) % slugs.len().max(1),
                "ArrowLeft" => (at + slugs.len().max(1) - 1) % slugs.len().max(1),
                "Home" => 0,
                "End" => slugs.len().saturating_sub(1),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(slug) = slugs.get(next) {
                onselect.emit(slug);
                crate::browser::document::focus(&format!("#{name}-tab-{slug}"));
            }
        })
    };
    let tabs = props.tabs.iter().map(|tab| {
        let selected = tab.slug == props.selected;
        let slug = tab.slug;
        let onclick = props.onselect.reform(move |_: MouseEvent| slug);
        html! {
            <button type="button" role="tab" key={tab.slug} id={format!("{}-tab-{}", props.name, tab.slug)} aria-selected={selected.to_string()}
                aria-controls={format!("{}-panel", props.name)} tabindex={if selected { "0" } else { "-1" }} {onclick}>
                { tab.label }
                if let Some(count) = tab.count {
                    <span class={classes!("ct", tab.error.then_some("e"))}>{ count }</span>
                }
            </button>
        }
    });
    html! { <div class="tabs" role="tablist" aria-label={props.label.clone()} {onkeydown}>{ for tabs }</div> }
}
