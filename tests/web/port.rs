//! The port to a worker, with workers written for the purpose.

use std::{cell::RefCell, rc::Rc};

use js_sys::Array;
use spandeck::engine::port::Port;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// The address of a worker with this program.
fn worker(program: &str) -> String {
    let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&program.into())).unwrap();
    web_sys::Url::create_object_url_with_blob(&blob).unwrap()
}

#[wasm_bindgen_test]
async fn replies_find_their_request_and_come_in_order() {
    let port = Port::start(
        &worker("onmessage = ({ data }) => { for (let part = 0; part < data.parts; part += 1) postMessage({ id: data.id, kind: 'part', part }); postMessage({ id: data.id, kind: 'done' }); }"),
        |_| (),
    )
    .unwrap();
    let mut first = port.ask("x", &[("parts", JsValue::from_f64(3.0))], &[]);
    let mut second = port.ask("x", &[("parts", JsValue::from_f64(1.0))], &[]);
    assert_eq!(second.next().await.unwrap().number("part"), 0.0);
    assert_eq!(second.next().await.unwrap().text("kind"), "done");
    for part in 0..3 {
        assert_eq!(first.next().await.unwrap().number("part"), f64::from(part));
    }
    assert_eq!(first.next().await.unwrap().text("kind"), "done");
}

#[wasm_bindgen_test]
async fn dropping_unread_replies_cancels_the_request_and_finishing_does_not() {
    // Answers "seen" with the targets of all cancels so far.
    let program = "const targets = []; onmessage = ({ data }) => { if (data.op === 'cancel') targets.push(data.target); else if (data.op === 'seen') postMessage({ id: data.id, kind: 'done', targets: targets.join() }); else postMessage({ id: data.id, kind: 'part' }); }";
    let port = Port::start(&worker(program), |_| ()).unwrap();
    let mut dropped = port.ask("long", &[], &[]);
    dropped.next().await.unwrap();
    drop(dropped);
    let mut finished = port.ask("long", &[], &[]);
    finished.next().await.unwrap();
    finished.finish();
    let seen = port.ask("seen", &[], &[]).next().await.unwrap();
    assert_eq!(seen.text("targets"), "1");
}

#[wasm_bindgen_test]
async fn a_worker_that_throws_is_dead_for_everyone_who_waits_and_later() {
    let told = Rc::new(RefCell::new(Vec::new()));
    let log = told.clone();
    let port =
        Port::start(&worker("onmessage = () => { throw new Error('broken'); }"), move |reason| log.borrow_mut().push(reason)).unwrap();
    let mut waiting = port.ask("x", &[], &[]);
    let reason = waiting.next().await.err().unwrap();
    assert!(reason.contains("broken"), "{reason}");
    assert_eq!(told.borrow().len(), 1);
    assert!(port.ask("x", &[], &[]).next().await.is_err());
    assert_eq!(told.borrow().len(), 1, "told once");
}

#[wasm_bindgen_test]
async fn a_closed_worker_tells_nobody() {
    let told = Rc::new(RefCell::new(0));
    let log = told.clone();
    let port = Port::start(&worker("onmessage = () => {}"), move |_| *log.borrow_mut() += 1).unwrap();
    let mut waiting = port.ask("x", &[], &[]);
    port.terminate();
    assert!(waiting.next().await.is_err());
    assert_eq!(*told.borrow(), 0);
}

#[wasm_bindgen_test]
async fn a_worker_that_is_not_there_dies_at_once() {
    let port = Port::start("no-such-worker.js", |_| ()).unwrap();
    assert!(port.ask("x", &[], &[]).next().await.is_err());
}
