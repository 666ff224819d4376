//! Components in a real document: what is drawn, what is not, and what the keyboard does.

use std::{cell::RefCell, rc::Rc};

use gloo::{timers::future::TimeoutFuture, utils::document};
use spandeck::{
    core::json_tree::Node,
    ui::{
        json_view::{JsonView, JsonViewProps},
        virtual_list::{RowView, VirtualList},
    },
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};
use yew::prelude::*;

pub fn place() -> Element {
    // The page's stylesheet is not here: the list gets its box from this one, before it is first measured.
    let sheet = document().create_element("style").unwrap();
    sheet.set_text_content(Some(
        ".vlist { height: 200px; overflow-y: auto; position: relative } .vrows > * { position: absolute; height: 20px }",
    ));
    let element = document().create_element("div").unwrap();
    element.append_child(&sheet).unwrap();
    let root = document().create_element("div").unwrap();
    element.append_child(&root).unwrap();
    document().body().unwrap().append_child(&element).unwrap();
    root
}

/// Yew draws in its own turns of the event loop, and sizes are observed a frame later.
pub async fn until(holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("it never held");
}

#[derive(Properties, PartialEq)]
struct ListProps {
    moves: Rc<RefCell<Vec<usize>>>,
}

/// A million rows.
#[component]
fn List(props: &ListProps) -> Html {
    let active = use_state(|| Some(5_usize));
    let row = use_memo((), |()| {
        RowView::new(|index, style| html! { <div key={index} role="option" id={format!("row-{index}")} {style}>{ index }</div> })
    });
    let onmove = {
        let (moves, active) = (props.moves.clone(), active.clone());
        Callback::from(move |index: usize| {
            moves.borrow_mut().push(index);
            active.set(Some(index));
        })
    };
    html! {
        <VirtualList id="list" role="listbox" label="Rows" testid="list" count={1_000_000} row_px={20} active={*active} row={(*row).clone()} {onmove}
            row_id={Callback::from(|index: usize| format!("row-{index}"))} />
    }
}

#[wasm_bindgen_test]
async fn a_million_rows_are_a_handful_of_elements_and_the_last_can_be_reached() {
    let root = place();
    let moves = Rc::new(RefCell::new(Vec::new()));
    let handle = yew::Renderer::<List>::with_root_and_props(root.clone(), ListProps { moves: moves.clone() }).render();
    until(|| root.query_selector("#list").unwrap().is_some()).await;
    let list: HtmlElement = root.query_selector("#list").unwrap().unwrap().dyn_into().unwrap();
    until(|| root.query_selector("#row-5").unwrap().is_some()).await;
    assert!(root.query_selector_all("[role=option]").unwrap().length() < 80);
    assert_eq!(list.get_attribute("data-count").as_deref(), Some("1000000"));

    let press = |key: &str| {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_bubbles(true);
        list.dispatch_event(&KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap()).unwrap();
    };
    press("ArrowDown");
    until(|| list.get_attribute("aria-activedescendant").as_deref() == Some("row-6")).await;
    press("End");
    until(|| {
        root.query_selector("#row-999999")
            .unwrap()
            .is_some_and(|row| row.get_bounding_client_rect().bottom() <= list.get_bounding_client_rect().bottom() + 1.0)
    })
    .await;
    assert_eq!(*moves.borrow(), [6, 999_999]);
    // Scrolled away, the active row is still there for those who hear the page.
    list.set_scroll_top(0);
    until(|| root.query_selector("#row-0").unwrap().is_some()).await;
    assert!(root.query_selector("#row-999999").unwrap().is_some());
    handle.destroy();
    root.remove();
}

#[wasm_bindgen_test]
async fn json_from_a_file_is_text_and_folds() {
    let root = place();
    let value = Node::parse(r#"{"html":"<img src=x onerror=alert(1)>","deep":{"a":{"b":{"c":1}}},"big":12345678901234567890}"#);
    let props = JsonViewProps { label: "value".into(), value: Rc::new(value), open_depth: 2 };
    let handle = yew::Renderer::<JsonView>::with_root_and_props(root.clone(), props).render();
    until(|| root.query_selector("[role=treeitem]").unwrap().is_some()).await;
    assert!(root.query_selector("img").unwrap().is_none());
    let text = root.text_content().unwrap();
    assert!(text.contains("<img src=x onerror=alert(1)>") && text.contains("12345678901234567890"), "{text}");
    let rows = || root.query_selector_all("[role=treeitem]").unwrap().length();
    let open = rows();
    let button: HtmlElement = root.query_selector("button.jt").unwrap().unwrap().dyn_into().unwrap();
    button.click();
    until(|| rows() < open).await;
    handle.destroy();
    root.remove();
}
