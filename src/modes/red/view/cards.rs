//! A card for all spans and one for each group, what is worst first: rate, errors, p95, spans over time, and how it stands to the limits.

use yew::prelude::*;

use super::{
    super::{
        columns::Column,
        figures::{Figures, Groups, Measure},
        params::Which,
        sparks::{Spark, Sparks},
    },
    data::{Cards, Read, Same},
    names::{Colours, named},
    spark, tools,
};
use crate::{
    browser::document,
    core::{
        red::thresholds::{Health, Thresholds},
        units,
    },
    state::dimension::{Dimension, GroupValue},
    ui::icon::Icon,
};

/// The element of the chosen card.
const CHOSEN: &str = "red-chosen-card";

#[derive(Properties, PartialEq)]
pub struct CardStripProps {
    pub by: Dimension,
    pub cards: Cards,
    /// Figures of all spans.
    pub total: Read<Groups>,
    pub sparks: Same<Sparks>,
    /// Of all spans.
    pub all: Same<Sparks>,
    pub subject: Option<GroupValue>,
    pub which: Which,
    pub colours: Colours,
    pub is_stale: bool,
    pub onsubject: Callback<Option<GroupValue>>,
}

/// The mark of how a group stands to its limits: shape, word and colour.
pub fn health_badge(health: Health) -> Html {
    let (class, icon) = match health {
        Health::Unknown => (None, "info"),
        Health::Within => (Some("k"), "ok"),
        Health::Near => (Some("w"), "warn"),
        Health::Over => (Some("e"), "err"),
    };
    html! { <span class={classes!("badge", class)}><Icon name={icon} />{ health.word() }</span> }
}

#[component]
pub fn CardStrip(props: &CardStripProps) -> Html {
    let CardStripProps { by, cards, subject, colours, onsubject, .. } = props;
    let measure = cards.measure;
    let total: Option<Figures> = props.total.value.as_ref().and_then(|total| total.get(0)).map(|group| group.figures.clone());
    // The chosen card comes into view, where a link or a table has chosen it.
    use_effect_with((subject.clone(), by.clone(), cards.groups.groups.is_empty()), |_| document::reveal(CHOSEN));
    let onkeydown = Callback::from(|event: KeyboardEvent| {
        let next = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => ".cards > button:focus + button",
            "ArrowLeft" | "ArrowUp" => ".cards > button:has(+ button:focus)",
            "Home" => ".cards > button:first-child",
            "End" => ".cards > button:nth-last-child(1 of button)",
            _ => return,
        };
        document::focus(next);
        event.prevent_default();
        event.stop_propagation();
    });
    // A chosen group that has no card of its own has one all the same.
    let chosen = subject.as_ref().and_then(|value| cards.groups.find(value));
    let shown: Vec<_> = cards.shown().collect();
    let extra = chosen.filter(|chosen| !shown.iter().any(|group| std::ptr::eq(*group, *chosen)));
    let count = cards.groups.groups.len() as u64;
    let hidden = count.saturating_sub(shown.len() as u64 + u64::from(extra.is_some()));
    let card = |value: Option<GroupValue>, name: Html, label: &str, colour: Classes, figures: &Figures, spark: Option<&Spark>| {
        let is_chosen = *subject == value;
        let health = figures.health(measure.limits);
        let onclick = {
            let value = value.clone();
            onsubject.reform(move |_: MouseEvent| value.clone())
        };
        // Only the figure that is over its limit is marked.
        let over = |limits: Thresholds| (figures.health(limits) == Health::Over).then_some("err");
        let errors_over = over(Thresholds { p95_ms: None, ..measure.limits });
        let p95_over = over(Thresholds { error_pct: None, ..measure.limits });
        let words = label_of(label, figures, &measure, health);
        html! {
            <button type="button" role="radio" id={is_chosen.then_some(CHOSEN)} aria-checked={is_chosen.to_string()} tabindex={if is_chosen { "0" } else { "-1" }} class={classes!("rc", colour)} aria-label={words} data-value={label.to_owned()} data-health={health.slug()} {onclick}>
                <span class="rc-h">{ name }{ health_badge(health) }</span>
                <span class="rc-v">
                    <span title={figures.about(Column::Rate, &measure)}><small>{ "Rate" }</small>{ figures.show(Column::Rate, &measure) }</span>
                    <span class={errors_over} title={units::counted(figures.errors, "failed span")}><small>{ "Errors" }</small>{ figures.show(Column::ErrorPct, &measure) }</span>
                    <span class={p95_over} title={figures.about(Column::P95, &measure)}><small>{ "p95" }</small>{ figures.show(Column::P95, &measure) }</span>
                </span>
                if let Some(spark) = spark { { spark::bars(spark) } }
            </button>
        }
    };
    let groups = shown.into_iter().chain(extra).map(|group| {
        let mark = colours.class(by, group.value.as_deref(), group.service.as_deref());
        let name = named(by, group.value.as_deref(), group.service.as_deref(), mark.as_ref());
        let colour = mark.map_or_else(|| classes!("c0"), |(colour, _)| colour);
        card(Some(group.owned_value()), name, &group.label(), colour, &group.figures, props.sparks.get(&group.value).map(|spark| &**spark))
    });
    html! {
        <div class={classes!("cards", props.is_stale.then_some("busy-old"))} role="radiogroup" aria-label={tools::cards_label(by)} data-testid="red-cards" data-count={count.to_string()} {onkeydown}>
            { card(None, html! { <b>{ props.which.all() }</b> }, props.which.all(), classes!("call", (props.total.is_stale && !props.is_stale).then_some("busy-old")), &total.unwrap_or_default(), props.all.get(&None).map(|spark| &**spark)) }
            { for groups }
            if hidden > 0 { <span class="rc-more">{ format!("{} more in the table", units::count(hidden)) }</span> }
        </div>
    }
}

fn label_of(name: &str, figures: &Figures, measure: &Measure, health: Health) -> String {
    format!(
        "{name}: {}, rate {}, errors {}, p95 {}, {}",
        units::counted(figures.count, "span"),
        figures.show(Column::Rate, measure),
        figures.show(Column::ErrorPct, measure),
        figures.show(Column::P95, measure),
        health.word()
    )
}
