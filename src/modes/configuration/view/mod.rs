//! The frame: the list of sections on the left, their cards in two columns. It knows no section but by the one list below.

mod attributes;
mod condition;
mod counting;
mod data;
mod display;
mod duration;
mod filters;
mod hidden;
mod link;
mod lists;
mod local_data;
mod presets;
mod preview;
mod suggest;
mod time_range;

use yew::prelude::*;

use crate::{
    browser::document,
    modes::ModeProps,
    state::store::{Nav, Store, go},
    ui::icon::Icon,
};

/// The mode's own key in the address.
const SECTION: &str = "section";

/// Where a card stands on wide pages; narrow ones show the main column above the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Main,
    Side,
}

/// A section, as the frame knows it. Its view is a [`Card`] of the same slug and title.
struct Section {
    /// The word in the address and in ids.
    slug: &'static str,
    title: &'static str,
    icon: &'static str,
    column: Column,
    /// A count beside the name in the list, and what it counts.
    count: fn(&ModeProps) -> Option<(u64, &'static str)>,
    /// What "Reset all" does here.
    reset: fn(&Store),
    view: fn(&ModeProps) -> Html,
}

/// In the order of the list, those of the main column first.
const SECTIONS: &[Section] = &[
    filters::SECTION,
    lists::SECTION,
    duration::SECTION,
    attributes::SECTION,
    hidden::SECTION,
    presets::SECTION,
    link::SECTION,
    preview::SECTION,
    time_range::SECTION,
    display::SECTION,
    data::SECTION,
    local_data::SECTION,
];

/// What is shown at first.
const FIRST: &str = SECTIONS[0].slug;

#[component]
pub fn ConfigurationView(props: &ModeProps) -> Html {
    let store = &props.store;
    let asked = store.url.params.get(SECTION).and_then(|slug| SECTIONS.iter().find(|section| section.slug == slug));
    let current = asked.map_or(FIRST, |section| section.slug);
    // A press on the section that is current already shows it again.
    let presses = use_state(|| 0_u32);
    use_effect_with((asked.map(|section| section.slug), *presses), |(asked, presses)| {
        if let Some(slug) = asked {
            document::reveal(&format!("section-{slug}"));
            // A link shows its section; only the reader moves their focus.
            if *presses > 0 {
                document::focus(&format!("#section-{slug} h2"));
            }
        }
    });
    let open = {
        let (store, presses) = (store.clone(), presses.clone());
        Callback::from(move |slug: &'static str| {
            go(&store, Nav::Replace, move |url| drop(url.params.insert(SECTION.to_owned(), slug.to_owned())));
            presses.set(presses.wrapping_add(1));
        })
    };
    let reset_all = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| SECTIONS.iter().for_each(|section| (section.reset)(&store)))
    };
    let cards = |column: Column| {
        html! { { for SECTIONS.iter().filter(|section| section.column == column).map(|section| (section.view)(props)) } }
    };
    html! {
        <div class="cfm" data-testid="configuration" data-section={current}>
            <h1 class="vh" tabindex="-1">{ "Configuration" }</h1>
            <nav class="pane cfn" aria-label="Sections of the configuration">
                <ul onkeydown={Callback::from(|event: KeyboardEvent| move_focus(&event))}>
                    { for SECTIONS.iter().map(|section| entry(section, props, section.slug == current, &open)) }
                </ul>
                <span class="grow"></span>
                <div class="cfn-f"><button type="button" class="btn ghost" title="Every setting of these sections as it was at first; files and what the browser keeps stay" onclick={reset_all}><Icon name="history" />{ "Reset all" }</button></div>
            </nav>
            <div class="cfs">
                <div class="cfc">{ cards(Column::Main) }</div>
                <div class="cfr">{ cards(Column::Side) }</div>
            </div>
        </div>
    }
}

fn entry(section: &'static Section, props: &ModeProps, is_current: bool, open: &Callback<&'static str>) -> Html {
    let slug = section.slug;
    let onclick = open.reform(move |_: MouseEvent| slug);
    html! {
        <li key={slug}><button type="button" id={format!("to-{slug}")} aria-current={is_current.then_some("true")} {onclick}>
            <Icon name={section.icon} /><span>{ section.title }</span>
            if let Some((count, what)) = (section.count)(props) {
                <span class="ct" title={what}>{ count }</span>
            }
        </button></li>
    }
}

/// Arrow keys go through the list, beside Tab.
fn move_focus(event: &KeyboardEvent) {
    match event.key().as_str() {
        "ArrowDown" | "ArrowRight" => document::focus(".cfn li:has(> :focus) + li > button"),
        "ArrowUp" | "ArrowLeft" => document::focus(".cfn li:has(+ li > :focus) > button"),
        "Home" => document::focus(".cfn li:first-child > button"),
        "End" => document::focus(".cfn li:last-child > button"),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

#[derive(Properties, PartialEq)]
struct CardProps {
    slug: &'static str,
    title: &'static str,
    /// A few words beside the title.
    #[prop_or_default]
    about: AttrValue,
    /// Controls beside the title.
    #[prop_or_default]
    beside: Html,
    /// Buttons at the right of the head.
    #[prop_or_default]
    head: Html,
    children: Html,
}

/// The frame of a section: a heading that the list leads to, and what belongs to it.
#[component]
fn Card(props: &CardProps) -> Html {
    let CardProps { slug, title, about, beside, head, children } = props;
    html! {
        <section class="card" id={format!("section-{slug}")} aria-labelledby={format!("section-{slug}-h")} data-testid={format!("section-{slug}")}>
            <div class="card-h"><h2 id={format!("section-{slug}-h")} tabindex="-1">{ *title }</h2>
                if !about.is_empty() {
                    <span class="cap cut">{ about.clone() }</span>
                }
                { beside.clone() }<span class="grow"></span>{ head.clone() }</div>
            { children.clone() }
        </section>
    }
}

/// A setting: its name, and at the right what sets it.
fn setting(label: &'static str, control: Html) -> Html {
    html! { <div class="pr"><span class="pl">{ label }</span>{ control }</div> }
}
