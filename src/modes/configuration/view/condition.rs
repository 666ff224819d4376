//! One row of the filter: switch, field, operator, value, how much it matches, remove. A group and whatever else a row cannot show is text.

use std::rc::Rc;

use yew::prelude::*;

use super::suggest::Suggest;
use crate::{
    core::{
        filter::{Node, Part, Pattern, Status, TextField},
        units,
    },
    modes::configuration::{
        builder::{
            FIELDS, Field, Item, Operator, Row, Simple, Value, parse_node, parse_number, parse_time, pattern_text, print_node, time_text,
        },
        query,
    },
    state::{
        extras::{Extra, store::use_extras},
        queries::use_later_query,
        session::Session,
    },
    ui::icon::Icon,
};

#[derive(Properties, PartialEq)]
pub struct ConditionProps {
    pub place: usize,
    pub row: Row,
    pub session: Rc<Session>,
    /// Spans of the file that it matches by itself.
    pub matches: Option<u64>,
    pub onitem: Callback<Item>,
    pub onremove: Callback<()>,
    pub onswitch: Callback<()>,
}

#[component]
pub fn Condition(props: &ConditionProps) -> Html {
    let ConditionProps { place, row, session, matches, onitem, onremove, onswitch } = props;
    let simple = row.item.simple();
    let onsimple = onitem.reform(Item::of);
    let is_draft = row.item.node().is_none();
    let total = session.totals.spans;
    let label = row.item.text();
    html! {
        <li class={classes!("cond", (!row.is_on).then_some("off"), is_draft.then_some("draft"))} id={format!("cond-{place}")} data-testid="condition" data-condition={label.clone()} data-on={row.is_on.to_string()}>
            <button type="button" class="sw-toggle" role="switch" aria-checked={(row.is_on && !is_draft).to_string()} disabled={is_draft} aria-label={format!("Condition {} on", place + 1)} onclick={onswitch.reform(|_: MouseEvent| ())}><i></i></button>
            if let Some(simple) = simple {
                <Parts place={*place} {simple} session={session.clone()} {onsimple} />
            } else {
                <Group place={*place} item={row.item.clone()} {onitem} />
            }
            <span class="cm">
                if is_draft {
                    <span class="cap">{ "not yet" }</span>
                } else {
                    <b data-col="matches" data-value={matches.map(|count| count.to_string())} title={if matches.is_some() { "Spans of the file that this condition matches by itself" } else { "Counted once every span has been read for it" }}>{ matches.map_or_else(|| units::MISSING.to_owned(), units::count_short) }</b>
                    <MatchBar part={matches.unwrap_or(0)} {total} />
                }
            </span>
            <button type="button" class="icon-btn sm" aria-label={format!("Remove condition {}", place + 1)} title="Remove" onclick={onremove.reform(|_: MouseEvent| ())}><Icon name="x" class="s" /></button>
        </li>
    }
}

#[derive(Properties, PartialEq)]
pub struct MatchBarProps {
    pub part: u64,
    pub total: u64,
}

/// A share as a bar.
#[component]
pub fn MatchBar(props: &MatchBarProps) -> Html {
    html! { <span class="mbar" aria-hidden="true"><i style={format!("width:{:.2}%", crate::modes::configuration::figures::share_percent(props.part, props.total))}></i></span> }
}

#[derive(Properties, PartialEq)]
struct PartsProps {
    place: usize,
    simple: Simple,
    session: Rc<Session>,
    onsimple: Callback<Simple>,
}

/// The selects and the value of a row.
#[component]
fn Parts(props: &PartsProps) -> Html {
    let PartsProps { place, simple, session, onsimple } = props;
    let fields: Vec<(&'static str, &'static str)> = FIELDS.iter().map(|(_, slug, label)| (*slug, *label)).collect();
    let operators: Vec<(&'static str, &'static str)> =
        simple.field.operators().iter().map(|operator| (operator.slug(), operator.label(simple.field))).collect();
    let onfield = {
        let (simple, onsimple) = (simple.clone(), onsimple.clone());
        Callback::from(move |slug: String| {
            if let Some(field) = Field::of_slug(&slug) {
                onsimple.emit(simple.with_field(field));
            }
        })
    };
    let onoperator = {
        let (simple, onsimple) = (simple.clone(), onsimple.clone());
        Callback::from(move |slug: String| {
            if let Some(operator) = Operator::of_slug(&slug) {
                onsimple.emit(simple.with_operator(operator));
            }
        })
    };
    let onvalue = {
        let (simple, onsimple) = (simple.clone(), onsimple.clone());
        Callback::from(move |value: Value| onsimple.emit(Simple { value, ..simple.clone() }))
    };
    html! {
        <>
            { select("Field", "cf-fs", &fields, simple.field.slug(), onfield) }
            if simple.field == Field::Attribute {
                <AttributeKey place={*place} simple={simple.clone()} session={session.clone()} {onsimple} />
            }
            { select("Comparison", "cf-os", &operators, simple.operator.slug(), onoperator) }
            <div class="cv">{ match &simple.value {
                Value::Texts(texts) => html! { <Texts place={*place} simple={simple.clone()} texts={texts.clone()} session={session.clone()} {onvalue} /> },
                Value::Statuses(chosen) => toggles(&Status::ALL, chosen, Status::word, &onvalue.reform(Value::Statuses)),
                Value::Parts(chosen) => toggles(&Part::ALL, chosen, Part::word, &onvalue.reform(Value::Parts)),
                Value::Flag(flag) => select("Value", "cf-os", &[("true", "yes"), ("false", "no")], if *flag { "true" } else { "false" }, onvalue.reform(|word: String| Value::Flag(word == "true"))),
                Value::Time(time) => html! { <Entry place={*place} value={time.map(time_text).unwrap_or_default()} placeholder="100ms" label="Duration" read={Reader::Time} onread={onvalue} /> },
                Value::Number(number) => html! { <Entry place={*place} value={number.map(|number| number.to_string()).unwrap_or_default()} placeholder="5" label="Number" read={Reader::Number} onread={onvalue} /> },
                Value::Nothing => html! {},
            } }</div>
        </>
    }
}

/// A native list of choices.
pub fn select(
    label: &'static str,
    class: &'static str,
    choices: &[(&'static str, &'static str)],
    chosen: &str,
    onchoose: Callback<String>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
            onchoose.emit(select.value());
        }
    });
    html! {
        <span class={classes!("selwrap", class)}><select class="sel" aria-label={label} {onchange}>
            { for choices.iter().map(|(slug, label)| html! { <option key={*slug} value={*slug} selected={*slug == chosen}>{ *label }</option> }) }
        </select><Icon name="down" /></span>
    }
}

/// Words that are on or off.
fn toggles<T: Copy + PartialEq + 'static>(all: &[T], chosen: &[T], word: fn(T) -> &'static str, onchange: &Callback<Vec<T>>) -> Html {
    html! {
        <span class="cf-tg">{ for all.iter().map(|one| {
            let (one, chosen, onchange) = (*one, chosen.to_vec(), onchange.clone());
            let is_on = chosen.contains(&one);
            let onclick = Callback::from(move |_: MouseEvent| {
                let mut next: Vec<T> = chosen.iter().copied().filter(|other| *other != one).collect();
                if !is_on {
                    next.push(one);
                }
                onchange.emit(next);
            });
            html! { <button type="button" class="btn sm" key={word(one)} aria-pressed={is_on.to_string()} {onclick}>{ word(one) }</button> }
        }) }</span>
    }
}

/// How an entry is read.
#[derive(Clone, Copy, PartialEq)]
enum Reader {
    Time,
    Number,
}

impl Reader {
    fn read(self, text: &str) -> Result<Value, String> {
        match self {
            Self::Time => parse_time(text).map(|ns| Value::Time(Some(ns))),
            Self::Number => {
                parse_number(text).map(|number| Value::Number(Some(number))).ok_or_else(|| "Write a number, such as 5 or 0.25.".to_owned())
            }
        }
    }
}

#[derive(Properties, PartialEq)]
struct EntryProps {
    place: usize,
    value: String,
    placeholder: &'static str,
    label: &'static str,
    read: Reader,
    onread: Callback<Value>,
}

/// A text that is read when it is finished; what is wrong stands below it.
#[component]
fn Entry(props: &EntryProps) -> Html {
    let EntryProps { place, value, placeholder, label, read, onread } = props;
    let draft = use_state(|| None::<String>);
    let text = (*draft).clone().unwrap_or_else(|| value.clone());
    let error = (*draft).as_ref().filter(|text| !text.trim().is_empty()).and_then(|text| read.read(text).err());
    let oninput = {
        let draft = draft.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                draft.set(Some(input.value()));
            }
        })
    };
    let commit = {
        let (draft, onread, read) = (draft.clone(), onread.clone(), *read);
        Callback::from(move |()| {
            if let Some(value) = draft.as_ref().and_then(|text| read.read(text).ok()) {
                draft.set(None);
                onread.emit(value);
            }
        })
    };
    let onkeydown = {
        let (commit, draft) = (commit.clone(), draft.setter());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                commit.emit(());
            }
            "Escape" => draft.set(None),
            _ => {}
        })
    };
    let error_id = format!("cond-{place}-error");
    html! {
        <>
            <input class="in cf-in" aria-label={*label} placeholder={*placeholder} autocomplete="off" spellcheck="false" value={text}
                aria-invalid={error.is_some().to_string()} aria-describedby={error.is_some().then(|| error_id.clone())} {oninput} {onkeydown} onblur={commit.reform(|_: FocusEvent| ())} />
            if let Some(error) = error {
                <span class="field-e" id={error_id} role="alert">{ error }</span>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct AttributeKeyProps {
    place: usize,
    simple: Simple,
    session: Rc<Session>,
    onsimple: Callback<Simple>,
}

#[component]
fn AttributeKey(props: &AttributeKeyProps) -> Html {
    let AttributeKeyProps { place, simple, session, onsimple } = props;
    let wanted = use_state(|| false);
    let answer = use_later_query(session, wanted.then(|| query::attribute_keys_sql(session.totals.spans).into()));
    let options = use_memo(answer.table.clone().map(|table| Rc::as_ptr(&table) as usize), |_| {
        answer.table.as_ref().map(|table| Rc::new(query::suggestions(table)))
    });
    let onpick = {
        let (simple, onsimple) = (simple.clone(), onsimple.clone());
        Callback::from(move |(key, _): (String, bool)| {
            let key = key.trim().to_owned();
            if key != simple.key {
                onsimple.emit(Simple { key, ..simple.clone() });
            }
        })
    };
    let onwant = Callback::from(move |()| wanted.set(true));
    html! { <Suggest id={format!("cond-{place}-key")} class="cf-key mono" label="Key of the attribute" placeholder="key" value={simple.key.clone()} options={(*options).clone()} {onwant} {onpick} /> }
}

#[derive(Properties, PartialEq)]
struct TextsProps {
    place: usize,
    simple: Simple,
    texts: Vec<Pattern>,
    session: Rc<Session>,
    onvalue: Callback<Value>,
}

/// Several texts: a chip each, and a field for the next one with suggestions from the file.
#[component]
fn Texts(props: &TextsProps) -> Html {
    let TextsProps { place, simple, texts, session, onvalue } = props;
    let wanted = use_state(|| false);
    let source = match simple.field {
        Field::Text(field) => query::value_column(field),
        Field::Attribute if !simple.key.is_empty() => {
            let extra = Extra::attribute(&simple.key);
            Some((extra.column(), Some(extra)))
        }
        _ => None,
    };
    // Attributes are read for suggestions only where the filter reads them anyway.
    let cheap = source.as_ref().is_some_and(|(_, extra)| {
        extra.as_ref().is_none_or(|extra| {
            !query::reads_payload(extra, session.agents_anywhere) || (simple.node().is_some() && simple.field == Field::Attribute)
        })
    });
    let extras = use_memo((source.clone(), *wanted && cheap), |(source, is_wanted)| {
        source.iter().filter(|_| *is_wanted).filter_map(|(_, extra)| extra.clone()).collect()
    });
    let progress = use_extras(session, &extras, false);
    let question = source
        .filter(|_| *wanted && cheap && progress.is_ready)
        .map(|(column, extra)| query::suggestions_sql(&column, extra.as_ref()).into());
    let has_source = question.is_some() || (cheap && !progress.is_ready);
    let answer = use_later_query(session, question);
    let options =
        use_memo((answer.table.clone().map(|table| Rc::as_ptr(&table) as usize), has_source), |(_, has_source)| match &answer.table {
            Some(table) => Some(Rc::new(query::suggestions(table))),
            None if *has_source => None,
            None => Some(Rc::default()),
        });
    let is_single = simple.field == Field::Words;
    let onpick = {
        let (simple, texts, onvalue) = (simple.clone(), texts.clone(), onvalue.clone());
        Callback::from(move |(text, is_known): (String, bool)| {
            let pattern = if is_known { Pattern::literal(&text) } else { simple.pattern(text.trim()) };
            let mut next = if is_single { Vec::new() } else { texts.clone() };
            if !next.contains(&pattern) {
                next.push(pattern);
            }
            onvalue.emit(Value::Texts(next));
        })
    };
    let without = {
        let (texts, onvalue) = (texts.clone(), onvalue.clone());
        Callback::from(move |at: usize| {
            onvalue.emit(Value::Texts(texts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, text)| text.clone()).collect()));
        })
    };
    let onback = {
        let (without, last) = (without.clone(), texts.len().checked_sub(1));
        Callback::from(move |()| {
            if let Some(last) = last {
                without.emit(last);
            }
        })
    };
    let is_service = simple.field == Field::Text(TextField::Service);
    let onwant = Callback::from(move |()| wanted.set(true));
    html! {
        <>
            { for texts.iter().enumerate().map(|(at, text)| {
                let shown = pattern_text(text);
                let slot = session.service_slots.get(&shown).filter(|_| is_service);
                html! {
                    <span class="chip" key={format!("{at}-{shown}")} data-value={shown.clone()}>
                        if let Some(slot) = slot { <i class={format!("sw c{}", slot.number)} aria-hidden="true"></i> }
                        <span class="chip-v cut" title={shown.clone()}>{ if shown.is_empty() { "(empty)".to_owned() } else { shown.clone() } }</span>
                        <button type="button" class="chip-x" aria-label={format!("Remove {shown}")} onclick={without.reform(move |_: MouseEvent| at)}><Icon name="x" /></button></span>
                }
            }) }
            if !is_single || texts.is_empty() {
                <Suggest id={format!("cond-{place}-value")} label="Value" placeholder={if texts.is_empty() { "value" } else { "" }} options={(*options).clone()} taken={texts.iter().map(pattern_text).collect::<Vec<_>>()} {onwant} {onpick} {onback} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct GroupProps {
    place: usize,
    item: Item,
    onitem: Callback<Item>,
}

/// Conditions in brackets: their parts are listed, the whole is edited as text.
#[component]
fn Group(props: &GroupProps) -> Html {
    let GroupProps { place, item, onitem } = props;
    let draft = use_state(|| match item {
        Item::DraftText(text) => Some(text.clone()),
        _ => None,
    });
    let is_open = draft.is_some();
    let (words, inner): (&str, Vec<String>) = match item.node() {
        Some(Node::And(nodes)) => ("all of", nodes.iter().map(print_node).collect()),
        Some(Node::Or(nodes)) => ("any of", nodes.iter().map(print_node).collect()),
        Some(Node::Not(inner)) => match inner.as_ref() {
            Node::And(nodes) => ("not all of", nodes.iter().map(print_node).collect()),
            Node::Or(nodes) => ("none of", nodes.iter().map(print_node).collect()),
            other => ("not", vec![print_node(other)]),
        },
        Some(other) => ("", vec![print_node(other)]),
        None => ("", Vec::new()),
    };
    let error = draft.as_ref().filter(|text| !text.trim().is_empty()).and_then(|text| parse_node(text).err());
    let oninput = {
        let draft = draft.setter();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                draft.set(Some(input.value()));
            }
        })
    };
    let commit = {
        let (draft, onitem) = (draft.clone(), onitem.clone());
        Callback::from(move |()| {
            if let Some(Ok(Some(node))) = draft.as_ref().map(|text| parse_node(text)) {
                draft.set(None);
                onitem.emit(Item::Known(node));
            }
        })
    };
    let onkeydown = {
        let (commit, draft, has_node) = (commit.clone(), draft.setter(), item.node().is_some());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                commit.emit(());
            }
            "Escape" if has_node => draft.set(None),
            _ => {}
        })
    };
    let start = {
        let (draft, text) = (draft.setter(), item.text());
        Callback::from(move |_: MouseEvent| draft.set(Some(text.clone())))
    };
    {
        let selector = format!("#cond-{place}-text");
        use_effect_with(is_open, move |is_open| {
            if *is_open {
                crate::browser::document::focus(&selector);
            }
        });
    }
    let error_id = format!("cond-{place}-error");
    html! {
        if let Some(text) = (*draft).clone() {
            <div class="cv"><input class="in mono cf-text" id={format!("cond-{place}-text")} aria-label="Conditions as text" placeholder="service:A OR dur>1s" spellcheck="false" autocomplete="off" value={text}
                aria-invalid={error.is_some().to_string()} aria-describedby={error.is_some().then(|| error_id.clone())} {oninput} {onkeydown} onblur={commit.reform(|_: FocusEvent| ())} />
                if let Some(error) = error {
                    <span class="field-e" id={error_id} role="alert">{ error.message }</span>
                }
            </div>
        } else {
            <div class="cv cf-group"><span class="cap">{ words }</span>
                { for inner.iter().enumerate().map(|(at, text)| html! { <code class="chip" key={at} title={text.clone()}><span class="cut">{ text.clone() }</span></code> }) }
                <button type="button" class="icon-btn sm" aria-label={format!("Edit condition {} as text", place + 1)} title="Edit as text" onclick={start}><Icon name="edit" class="s" /></button>
            </div>
        }
    }
}
