//! The part of the dialog about a trace that goes into the link: how much of it, what is left out, how long that gets, and the file for what
//! is too long.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use crate::{
    browser::save,
    core::{
        export::{ExportFormat, ExportProgress},
        shared_trace::{
            MOST_CHARS,
            redact::{Payload, Redaction},
        },
        units,
    },
    engine::Table,
    state::{
        busy::Busy,
        exports::{Source, use_export},
        queries::use_query,
        session::Session,
        sharing::trace::{self, Packed, Weight},
        traces::TraceRow,
    },
    ui::icon::Icon,
};

/// Keys that are offered to be left out; the others weigh little.
const KEYS_OFFERED: usize = 40;

/// How far the trace for the link is.
#[derive(Clone, PartialEq)]
pub enum Packing {
    /// No link with a trace is wanted.
    Idle,
    Reading,
    Failed(String),
    /// There is no hope for a link, so it was not tried.
    TooMuch(Weight),
    Done {
        packed: Rc<Packed>,
        keys: Rc<Vec<(String, u64)>>,
    },
}

impl Packing {
    /// What stands behind `data=`, where a link may hold it.
    pub fn as_fitting(&self) -> Option<&str> {
        match self {
            Self::Done { packed, .. } if packed.fits() => Some(&packed.text),
            _ => None,
        }
    }
}

/// Packs a trace whenever it or what is left out of it changes.
#[hook]
pub fn use_packed(session: &Rc<Session>, row: Option<TraceRow<'_>>, redaction: &Redaction) -> Packing {
    let trace_id = row.map(|row| row.trace_id);
    let weight_answer = use_query(session, trace_id.map(|id| trace::weight_sql(id).into()));
    let weight = weight_answer.table.as_deref().filter(|_| !weight_answer.pending).and_then(|table| Weight::read(table).ok());
    let hopeful = weight.filter(|weight| weight.may_fit(redaction.payload));
    let rows = use_query(session, trace_id.filter(|_| hopeful.is_some()).map(|id| trace::rows_sql(id, redaction.payload).into()));
    let table = rows.table.clone().filter(|_| !rows.pending);
    let title = row.map(|row| row.name.to_owned()).unwrap_or_default();
    let done = use_memo((table.as_ref().map(|table| Rc::as_ptr(table) as usize), title, redaction.clone()), |(_, title, redaction)| {
        table.as_deref().map(|table| pack(table, title, redaction))
    });
    match (trace_id, weight, &*done) {
        (None, ..) => Packing::Idle,
        _ if weight_answer.error.is_some() || rows.error.is_some() => {
            Packing::Failed(weight_answer.error.or(rows.error).map(|error| error.to_string()).unwrap_or_default())
        }
        (_, Some(weight), _) if !weight.may_fit(redaction.payload) => Packing::TooMuch(weight),
        (_, _, Some(packing)) => packing.clone(),
        _ => Packing::Reading,
    }
}

fn pack(table: &Table, title: &str, redaction: &Redaction) -> Packing {
    let made = trace::read_spans(table, redaction).and_then(|spans| Ok((Packed::make(title, spans, redaction), trace::keys(table)?)));
    match made {
        Ok((packed, keys)) => Packing::Done { packed: Rc::new(packed), keys: Rc::new(keys) },
        Err(error) => Packing::Failed(error.to_string()),
    }
}

#[derive(Properties, PartialEq)]
pub struct PayloadChoiceProps {
    pub session: Rc<Session>,
    pub trace_id: String,
    pub title: String,
    pub packed: Packing,
    pub redaction: Redaction,
    pub onchange: Callback<Redaction>,
}

#[component]
pub fn PayloadChoice(props: &PayloadChoiceProps) -> Html {
    let PayloadChoiceProps { packed, redaction, onchange, .. } = props;
    let level = |payload: Payload, label: &'static str, about: &'static str| {
        let next = Redaction { payload, ..redaction.clone() };
        let onchange = onchange.reform(move |_: Event| next.clone());
        html! {
            <label><input type="radio" name="share-payload" id={format!("share-{}", payload.slug())} checked={redaction.payload == payload} {onchange} />
                <span><b>{ label }</b><small>{ about }</small></span></label>
        }
    };
    let levels = [
        level(Payload::NamesAndTimes, "Names and times", "No attributes, events, links, status texts"),
        level(
            Payload::WithoutInputsAndOutputs,
            "Without inputs and outputs",
            "Left out is what went into calls and came out of them, and with it the arrows of artifacts. Messages of exceptions stay",
        ),
        level(Payload::Everything, "Everything", "All that the file says of these spans"),
    ];
    let keys = match packed {
        Packing::Done { keys, .. } if redaction.payload != Payload::NamesAndTimes => keys.clone(),
        _ => Rc::default(),
    };
    html! {
        <>
            <fieldset class="sh-p"><legend>{ "How much of each span goes along" }</legend>{ for levels }</fieldset>
            if !keys.is_empty() {
                <Keys keys={keys} redaction={redaction.clone()} onchange={onchange.clone()} />
            }
            { state_of(packed) }
            <AsFile session={props.session.clone()} trace_id={props.trace_id.clone()} title={props.title.clone()} redaction={redaction.clone()} wanted={matches!(packed, Packing::TooMuch(_)) || matches!(packed, Packing::Done { packed, .. } if !packed.fits())} />
        </>
    }
}

/// How long it got, or what keeps it from being a link.
fn state_of(packed: &Packing) -> Html {
    let most = units::count(MOST_CHARS as u64);
    match packed {
        Packing::Idle => Html::default(),
        Packing::Reading => html! { <p class="busy" role="status"><i class="spin"></i>{ "Packing the trace" }</p> },
        Packing::Failed(why) => {
            html! { <div class="note e" role="alert"><Icon name="err" /><span>{ format!("The trace could not be read. {why}") }</span></div> }
        }
        Packing::TooMuch(weight) => html! {
            <div class="note w" role="status" data-testid="share-too-long"><Icon name="warn" /><span>{ format!(
                "{} with {} of payload do not fit into a link: it may hold {most} characters. Leave more out, or save the trace as a file to attach.",
                units::counted(weight.spans, "span"), units::bytes(weight.bytes)) }</span></div>
        },
        Packing::Done { packed, .. } if !packed.fits() => html! {
            <div class="note w" role="status" data-testid="share-too-long" data-value={packed.text.len().to_string()}><Icon name="warn" /><span>{ format!(
                "Packed, it has {} characters; a link may hold {most}. Leave more out, or save the trace as a file to attach.",
                units::count(packed.text.len() as u64)) }</span></div>
        },
        Packing::Done { packed, .. } => html! {
            <p class="cap" role="status" data-testid="share-packed" data-value={packed.text.len().to_string()}>{ format!(
                "{} in {} characters of the {most} that a link may hold", units::counted(packed.spans as u64, "span"), units::count(packed.text.len() as u64)) }</p>
        },
    }
}

#[derive(Properties, PartialEq)]
struct KeysProps {
    /// With the bytes of their values, the heaviest first.
    keys: Rc<Vec<(String, u64)>>,
    redaction: Redaction,
    onchange: Callback<Redaction>,
}

/// Attribute keys whose values can be left out, and a field for others that stand deeper.
#[component]
fn Keys(props: &KeysProps) -> Html {
    let KeysProps { keys, redaction, onchange } = props;
    let toggle = |key: &str| {
        let mut next = redaction.clone();
        if !next.keys.remove(key) {
            next.keys.insert(key.to_owned());
        }
        onchange.reform(move |_: Event| next.clone())
    };
    let offered: Vec<&(String, u64)> = keys.iter().filter(|(key, _)| !redaction.payload_leaves_out(key)).take(KEYS_OFFERED).collect();
    let deeper: Vec<&String> = redaction.keys.iter().filter(|key| offered.iter().all(|(known, _)| known != *key)).collect();
    let onadd = {
        let (redaction, onchange) = (redaction.clone(), onchange.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            let mut next = redaction.clone();
            next.keys.extend(input.value().split([',', ' ']).filter(|key| !key.is_empty()).map(str::to_owned));
            input.set_value("");
            onchange.emit(next);
        })
    };
    html! {
        <details class="sh-d" open={!redaction.keys.is_empty()}>
            <summary>{ "Leave out the values of chosen keys" }if !redaction.keys.is_empty() { <span class="badge">{ redaction.keys.len() }</span> }</summary>
            <div class="sh-keys" data-testid="share-keys">
                { for offered.into_iter().map(|(key, bytes)| html! {
                    <label key={key.clone()}><input type="checkbox" data-key={key.clone()} checked={redaction.keys.contains(key)} onchange={toggle(key)} /><code class="cut" title={key.clone()}>{ key.clone() }</code><span class="dim num">{ units::bytes(*bytes) }</span></label>
                }) }
                { for deeper.into_iter().map(|key| html! {
                    <label key={key.clone()}><input type="checkbox" data-key={key.clone()} checked=true onchange={toggle(key)} /><code class="cut">{ key.clone() }</code></label>
                }) }
            </div>
            <input class="in" type="text" data-testid="share-key" aria-label="Another key, at any depth" placeholder="Another key, at any depth: email" onchange={onadd} autocomplete="off" spellcheck="false" />
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct AsFileProps {
    session: Rc<Session>,
    trace_id: String,
    title: String,
    redaction: Redaction,
    /// The link is too long, so that this is the way.
    wanted: bool,
}

/// The trace as a Parquet file, less what is left out.
#[component]
fn AsFile(props: &AsFileProps) -> Html {
    let export = use_export(&props.session, "share-parquet", save::file);
    let refused = use_state(|| None::<String>);
    let onclick = {
        let (session, trace_id, redaction, export, refused) =
            (props.session.clone(), props.trace_id.clone(), props.redaction.clone(), export.clone(), refused.setter());
        let stem = trace::file_stem(&props.title, &props.trace_id);
        Callback::from(move |_: MouseEvent| {
            refused.set(None);
            // Nothing is taken out of the values: the rows need not come through the page.
            if redaction.payload == Payload::NamesAndTimes
                || redaction == (Redaction { payload: Payload::Everything, ..Redaction::default() })
            {
                export.start(ExportFormat::Parquet, &stem, Source::Sql(trace::rows_sql(&trace_id, redaction.payload)));
                return;
            }
            let (session, trace_id, redaction, export, refused, stem) =
                (session.clone(), trace_id.clone(), redaction.clone(), export.clone(), refused.clone(), stem.clone());
            let busy = Busy::start();
            spawn_local(async move {
                match redacted_sheet(&session, &trace_id, &redaction).await {
                    Ok(sheet) => export.start(ExportFormat::Parquet, &stem, Source::Sheet(sheet)),
                    Err(why) => refused.set(Some(why)),
                }
                drop(busy);
            });
        })
    };
    let why = match (&*refused, &export.progress) {
        (Some(why), _) => Some(why.clone()),
        (None, ExportProgress::Failed(why)) => Some(why.clone()),
        _ => None,
    };
    html! {
        <div class="sh-f">
            <button type="button" id="share-parquet" class={classes!("btn", props.wanted.then_some("primary"))} data-testid="share-parquet" {onclick}><Icon name="download" />{ "Save as Parquet file" }</button>
            <span class="cap" role="status">{ match &export.progress {
                ExportProgress::Running { .. } => "Writing the file",
                ExportProgress::Saved => "Saved. It opens here, with the same left out.",
                _ => "to attach; it opens here",
            } }</span>
            if let Some(why) = why {
                <div class="note e" role="alert"><Icon name="err" /><span>{ format!("Nothing was saved. {why}") }</span></div>
            }
        </div>
    }
}

/// The rows of a file, less what is left out; else why not.
async fn redacted_sheet(session: &Session, trace_id: &str, redaction: &Redaction) -> Result<crate::core::export::Sheet, String> {
    let words = |error: crate::engine::EngineError| error.to_string();
    let weight = session.engine.query(&trace::weight_sql(trace_id)).await.map_err(words)?;
    let weight = Weight::read(&weight).map_err(|error| error.to_string())?;
    if !weight.may_be_read(redaction.payload) {
        return Err(format!(
            "{} of payload are more than the page looks through to leave values out ({}). Choose “Names and times”, or “Everything”.",
            units::bytes(weight.bytes),
            units::bytes(trace::MOST_READ_BYTES)
        ));
    }
    let table = session.engine.query(&trace::rows_sql(trace_id, redaction.payload)).await.map_err(words)?;
    trace::read_spans(&table, redaction).map(trace::sheet).map_err(|error| error.to_string())
}
