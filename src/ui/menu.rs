//! A button that opens a short menu: arrow keys within, Escape back to the button, gone when the focus leaves it.

use yew::prelude::*;

use super::icon::Icon;
use crate::browser::document;

/// One line of a menu.
#[derive(Clone, Default, PartialEq)]
pub struct MenuItem {
    pub label: AttrValue,
    /// The key that does the same, shown beside it.
    pub key: Option<&'static str>,
    /// `None` where there is nothing to do at present.
    pub onpick: Option<Callback<()>>,
    /// Of a line that is on or off; the menu stays open when it is changed.
    pub checked: Option<bool>,
    /// Of such a line that shows something else in the menu's place: the menu goes all the same.
    pub closes: bool,
}

#[derive(Properties, PartialEq)]
pub struct MenuButtonProps {
    /// Of the button; the menu's is `{id}-menu`.
    pub id: AttrValue,
    pub icon: &'static str,
    pub label: AttrValue,
    pub title: AttrValue,
    /// Beside the icon; without them the button is the icon alone.
    #[prop_or_default]
    pub words: Option<AttrValue>,
    /// Asked when the menu opens.
    pub items: Callback<(), Vec<MenuItem>>,
    /// Where the focus goes after a choice; to the button without it.
    #[prop_or_default]
    pub focus_after: Option<AttrValue>,
}

#[component]
pub fn MenuButton(props: &MenuButtonProps) -> Html {
    let MenuButtonProps { id, icon, label, title, words, items, focus_after } = props;
    let open = use_state(|| false);
    use_effect_with((*open, id.clone()), |(open, id)| {
        if *open {
            document::focus(&format!("#{id}-menu > button:not(:disabled)"));
        }
    });
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let (open, id) = (open.clone(), id.clone());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                _ if !*open => return,
                "ArrowDown" => document::focus(&format!("#{id}-menu > button:focus ~ button:not(:disabled)")),
                "ArrowUp" => document::focus(&format!("#{id}-menu > button:not(:disabled):has(~ button:focus)")),
                "Escape" => {
                    open.set(false);
                    document::focus(&format!("#{id}"));
                }
                "Tab" => return open.set(false),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let onfocusout = {
        let (open, id) = (open.clone(), id.clone());
        Callback::from(move |event: FocusEvent| {
            if document::focus_leaves(&event, &format!(".menu-of:has(#{id})")) {
                open.set(false);
            }
        })
    };
    let line = |item: &MenuItem| {
        let (open, onpick) = (open.clone(), item.onpick.clone());
        let after = focus_after.clone().unwrap_or_else(|| format!("#{id}").into());
        let stays = item.checked.is_some();
        let goes = !stays || item.closes;
        let onclick = Callback::from(move |_: MouseEvent| {
            if goes {
                open.set(false);
                document::focus(&after);
            }
            if let Some(onpick) = &onpick {
                onpick.emit(());
            }
        });
        html! {
            <button type="button" role={if stays { "menuitemcheckbox" } else { "menuitem" }} aria-checked={item.checked.map(|checked| checked.to_string())} tabindex="-1" disabled={item.onpick.is_none()} {onclick}>if stays { <Icon name="check" class="s" /> }{ item.label.clone() }if let Some(key) = item.key { <kbd>{ key }</kbd> }</button>
        }
    };
    html! {
        <div class="menu-of" {onkeydown} {onfocusout}>
            <button type="button" {id} class={if words.is_some() { "btn sm" } else { "icon-btn sm" }} aria-label={label.clone()} {title} aria-haspopup="menu" aria-expanded={open.to_string()} onclick={toggle}><Icon name={*icon} class="s" />if let Some(words) = words { { words }<Icon name="down" class="xs" /> }</button>
            if *open {
                <div class="menu pop" id={format!("{id}-menu")} role="menu" aria-label={label.clone()}>{ for items.emit(()).iter().map(line) }</div>
            }
        </div>
    }
}
