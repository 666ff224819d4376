//! The Timeline over the fake engine: what it asks, and what it shows when an answer is an error.

use std::rc::Rc;

use gloo::utils::document;
use spandeck::{
    engine::{Column, EngineError, Table, fake::FakeEngine},
    modes::{MODES, ModeProps},
    state::{
        reading::Reading,
        scope::use_scope,
        session::{Opened, Session},
        store::{Panes, State},
        traces::TraceIndex,
        url::{SourceRef, UrlState},
    },
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::components::{place, until};

fn table(texts: &[(&str, &[Option<&str>])], ints: &[(&str, &[i64])]) -> Table {
    let texts = texts.iter().map(|(name, values)| ((*name).to_owned(), Column::texts(values.iter().copied())));
    let ints = ints.iter().map(|(name, values)| ((*name).to_owned(), Column::ints(values.iter().copied().map(Some))));
    Table::new(texts.chain(ints).collect())
}

fn spans() -> Table {
    let none: &[Option<&str>] = &[None, None];
    table(
        &[
            ("span_id", &[Some("root"), Some("child")]),
            ("parent_id", &[None, Some("root")]),
            ("name", &[Some("Flock.run"), Some("<b>Agent</b>.execute")]),
            ("service", none),
            ("operation", none),
            ("status_code", &[Some("OK"), Some("ERROR")]),
            ("kind", none),
        ],
        &[
            ("start_time", &[1_772_438_400_000_000_791, 1_772_438_400_000_000_792]),
            ("end_time", &[1_772_438_400_000_000_799, 1_772_438_400_000_000_795]),
        ],
    )
}

#[derive(Clone, Properties)]
struct PageProps {
    engine: FakeEngine,
}

impl PartialEq for PageProps {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[component]
fn Page(props: &PageProps) -> Html {
    let store = use_reducer(|| State::new(UrlState::default(), None, Panes::default()));
    let session = use_memo((), |()| {
        let index = table(
            &[("trace_id", &[Some("t1")]), ("name", &[Some("Flock.run")])],
            &[("start_time", &[0]), ("end_time", &[8]), ("spans", &[2]), ("errors", &[1])],
        );
        Session::new(Opened {
            id: 1,
            name: "fake".to_owned(),
            size: None,
            source: SourceRef::Sample("fake".to_owned()),
            engine: Rc::new(props.engine.clone()),
            engine_version: String::new(),
            opened_in_ms: 0.0,
            reading: Reading::default(),
            traces: TraceIndex::new(index).unwrap(),
            services: Vec::new(),
            mapping_notes: Vec::new(),
            agents_anywhere: false,
            rows: 0,
        })
    });
    let scope = use_scope(&session, &store);
    (MODES[0].view)(&ModeProps { session, store, scope })
}

fn find(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).unwrap().map(|element| element.dyn_into().unwrap())
}

fn show(engine: FakeEngine) -> Element {
    let root = place();
    yew::Renderer::<Page>::with_root_and_props(root.clone(), PageProps { engine }).render();
    root
}

#[wasm_bindgen_test]
async fn the_first_trace_is_drawn_with_exact_times_and_names_as_text() {
    let engine = FakeEngine::default().answer("AS name, service, operation, kind, start_time", Ok(spans()));
    let root = show(engine.clone());
    until(|| find(&root, "[data-span-id=child]").is_some()).await;
    let row = find(&root, "[data-span-id=child]").unwrap();
    let value = |name: &str| row.get_attribute(name).unwrap_or_default();
    assert_eq!(
        (value("data-start-ns"), value("data-duration-ns"), value("data-self-ns")),
        ("1772438400000000792".into(), "3".into(), "3".into())
    );
    assert_eq!(value("aria-level"), "2");
    assert!(row.text_content().unwrap().contains("<b>Agent</b>.execute"));
    assert_eq!(find(&root, "[data-span-id=root]").unwrap().get_attribute("data-self-ns").as_deref(), Some("5"));
    assert!(engine.asked().iter().any(|sql| sql.contains("trace_id = 't1'") && !sql.contains("attributes, events")), "light columns only");
    document().body().unwrap().remove_child(&root.parent_element().unwrap()).unwrap();
}

#[wasm_bindgen_test]
async fn an_error_stays_in_the_pane_that_asked() {
    let engine = FakeEngine::default()
        .answer("attributes, events", Err(EngineError::Sql("Out of memory".into())))
        .answer("AS name, service, operation, kind, start_time", Ok(spans()));
    let root = show(engine);
    until(|| find(&root, "[data-testid=span-details] [role=alert]").is_some()).await;
    assert!(find(&root, "[data-testid=span-details]").unwrap().text_content().unwrap().contains("Out of memory"));
    assert_eq!(find(&root, "[data-testid=waterfall]").unwrap().get_attribute("data-count").as_deref(), Some("2"));
    let alerts = root.query_selector_all("[role=alert]").unwrap().length();
    assert_eq!(alerts, 1);
    document().body().unwrap().remove_child(&root.parent_element().unwrap()).unwrap();
}
