//! Search, and the contents or what was found.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{
    block::Part,
    content::SECTIONS,
    search::{Hit, Place, marks, search, words},
};
use crate::{browser::document, modes::MODES, ui::icon::Icon};

#[derive(Properties, PartialEq)]
pub struct ContentsProps {
    pub places: Rc<Vec<Place>>,
    pub query: String,
    /// The section in view.
    pub current: &'static str,
    pub search: Callback<String>,
    pub jump: Callback<&'static str>,
}

#[component]
pub fn Contents(props: &ContentsProps) -> Html {
    let ContentsProps { places, query, current, jump, .. } = props;
    let chosen = use_state(|| 0_usize);
    // On narrow pages the contents are a drawer.
    let is_open = use_state(|| false);
    let hits = use_memo((query.clone(), Rc::as_ptr(places)), |_| search(places, query));
    let at = (*chosen).min(hits.len().saturating_sub(1));
    let oninput = {
        let (search, chosen) = (props.search.clone(), chosen.setter());
        Callback::from(move |event: InputEvent| {
            let typed = event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            chosen.set(0);
            search.emit(typed);
        })
    };
    let jump = {
        let (jump, is_open) = (jump.clone(), is_open.setter());
        Callback::from(move |id: &'static str| {
            is_open.set(false);
            jump.emit(id);
        })
    };
    let onkeydown = {
        let (search, jump, chosen, hits, is_open) = (props.search.clone(), jump.clone(), chosen.setter(), hits.clone(), is_open.setter());
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => chosen.set((at + 1).min(hits.len().saturating_sub(1))),
                "ArrowUp" => chosen.set(at.saturating_sub(1)),
                "Enter" => hits.get(at).into_iter().for_each(|hit| jump.emit(hit.id)),
                "Escape" => {
                    is_open.set(false);
                    search.emit(String::new());
                }
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    use_effect_with(*current, |current| document::reveal(&format!("g-to-{current}")));
    let is_searching = !words(query).is_empty();
    html! {
        <nav class={classes!("pane", "gdn", (*is_open || is_searching).then_some("open"))} aria-label="Contents of the guide">
            <div class="gdq">
                <div class="inwrap"><Icon name="search" class="s" />
                    <input class="in" type="search" role="combobox" aria-label="Search the guide" aria-controls="g-hits" aria-expanded={is_searching.to_string()}
                        aria-activedescendant={(is_searching && !hits.is_empty()).then(|| format!("g-hit-{at}"))} aria-autocomplete="list" data-testid="search" placeholder="Search the guide"
                        autocomplete="off" spellcheck="false" value={query.clone()} {oninput} {onkeydown} /><kbd>{ "Q" }</kbd></div>
                <button type="button" class="btn gdt" aria-expanded={is_open.to_string()} onclick={toggle}><Icon name="guide" />{ "Contents" }</button>
            </div>
            if is_searching {
                <p class="vh" role="status">{ format!("{} found", hits.len()) }</p>
                <ul class="hits" id="g-hits" role="listbox" aria-label="Places found" data-testid="guide-hits">
                    { for hits.iter().enumerate().map(|(place, hit)| found(hit, place, place == at, &words(query), &jump)) }
                </ul>
                if hits.is_empty() {
                    <p class="sub gdx">{ "Nothing found. Fewer words find more." }</p>
                }
            } else {
                <div class="toc">{ for Part::ALL.into_iter().map(|part| html! {
                    <><h2 class="tg">{ part.title() }</h2><ul>{ for SECTIONS.iter().filter(|section| section.part == part).map(|section| {
                        let (id, onclick) = (section.id, to(section.id, &jump));
                        let number = MODES.iter().position(|mode| mode.slug == id).map(|at| format!("{} ", at + 1)).unwrap_or_default();
                        html! { <li key={id}><a id={format!("g-to-{id}")} href={super::blocks::address(id)} aria-current={(id == *current).then_some("true")} {onclick}>{ number }{ section.title }</a></li> }
                    }) }</ul></>
                }) }</div>
            }
        </nav>
    }
}

/// A press that leads there; with a key held the browser opens the address as it likes.
pub fn to(id: &'static str, jump: &Callback<&'static str>) -> Callback<MouseEvent> {
    let jump = jump.clone();
    Callback::from(move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            jump.emit(id);
        }
    })
}

fn found(hit: &Hit, place: usize, is_chosen: bool, words: &[String], jump: &Callback<&'static str>) -> Html {
    let marked = |text: &str| html! { { for marks(text, words).into_iter().map(|(part, is_word)| if is_word { html! { <mark>{ part.to_owned() }</mark> } } else { html! { { part.to_owned() } } }) } };
    let (jump, id) = (jump.clone(), hit.id);
    // The field keeps the focus until the place is shown.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    let onclick = Callback::from(move |_: MouseEvent| jump.emit(id));
    html! {
        <li key={hit.id} id={format!("g-hit-{place}")} role="option" aria-selected={is_chosen.to_string()} data-to={hit.id} {onmousedown} {onclick}>
            <b>{ marked(&hit.title) }</b>
            if !hit.section.is_empty() {
                <small class="dim">{ hit.section }</small>
            }
            if !hit.snippet.is_empty() {
                <span>{ marked(&hit.snippet) }</span>
            }
        </li>
    }
}
