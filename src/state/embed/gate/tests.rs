//! The gate against pages that mean no good.

use super::*;
use crate::state::embed::message::tests::{map, message, raws};
use proptest::prelude::*;

const OWN: &str = "https://viewer.example";
const DOCS: &str = "https://docs.example";

fn gate() -> Gate {
    Gate::new(OWN, " https://intra.example:8443\nnull * https://bad.example/ ", "")
}

fn bytes() -> Raw {
    message("open", &[("bytes", Raw::Bytes(4)), ("name", Raw::Text("a.parquet".into()))])
}

fn start() -> Raw {
    message("start", &[])
}

fn greeted(origin: &str) -> Gate {
    let mut gate = gate();
    assert_eq!(gate.receive(true, origin, &message("ping", &[])), Verdict::Ready(Some(7)));
    gate
}

#[test]
fn only_the_page_around_the_frame_is_heard_and_only_after_the_handshake() {
    let mut gate = gate();
    for raw in [bytes(), start(), message("close", &[]), message("theme", &[])] {
        assert_eq!(gate.receive(true, DOCS, &raw), Verdict::Ignore, "no handshake yet: {raw:?}");
    }
    assert_eq!(gate.receive(false, DOCS, &message("ping", &[])), Verdict::Ignore, "not from the window around it");
    assert_eq!(gate.peer(), None);
    assert_eq!(gate.receive(true, DOCS, &message("ping", &[])), Verdict::Ready(Some(7)));
    assert_eq!(gate.peer(), Some(DOCS));
    assert!(matches!(gate.receive(true, DOCS, &start()), Verdict::Run(_)));
    assert_eq!(gate.receive(false, DOCS, &start()), Verdict::Ignore);
    for other in ["https://evil.example", "http://docs.example", "https://docs.example:444", "null", ""] {
        for raw in [start(), message("ping", &[]), bytes(), message("close", &[])] {
            assert_eq!(gate.receive(true, other, &raw), Verdict::Ignore, "{other}");
        }
    }
    assert_eq!(gate.peer(), Some(DOCS));
}

#[test]
fn an_origin_that_is_none_cannot_shake_hands() {
    for origin in
        ["null", "", "*", "file://", "https://", "https://a.example/", "https://A.example", "data:", "javascript:1", "https://a b"]
    {
        let mut gate = gate();
        assert_eq!(gate.receive(true, origin, &message("ping", &[])), Verdict::Ignore, "{origin}");
        assert_eq!(gate.peer(), None);
    }
}

#[test]
fn another_version_is_told_which_one_is_spoken() {
    let later = map(&[("spandeck", Raw::Number(9.0)), ("type", Raw::Text("ping".into())), ("id", Raw::Number(3.0))]);
    assert_eq!(gate().receive(true, DOCS, &later), Verdict::Refuse(Some(3), Refusal::Version));
}

#[test]
fn bytes_need_the_deployers_or_the_readers_consent() {
    for trusted in [OWN, "https://intra.example:8443"] {
        assert!(matches!(greeted(trusted).receive(true, trusted, &bytes()), Verdict::Run(_)), "{trusted}");
    }
    let ask = |gate: &mut Gate| gate.receive(true, DOCS, &bytes());
    let mut gate = greeted(DOCS);
    assert!(matches!(ask(&mut gate), Verdict::Ask(_)));
    assert_eq!(ask(&mut gate), Verdict::Refuse(Some(7), Refusal::Busy), "one question at a time");
    assert!(gate.answer(Consent::Once));
    assert!(matches!(ask(&mut gate), Verdict::Ask(_)), "once is once");
    assert!(gate.answer(Consent::Always));
    assert!(matches!(ask(&mut gate), Verdict::Run(_)));
    assert_eq!(gate.allowed(), DOCS);
    let mut again = Gate::new(OWN, "", &gate.allowed());
    again.receive(true, DOCS, &message("ping", &[]));
    assert!(matches!(again.receive(true, DOCS, &bytes()), Verdict::Run(_)), "kept for the next visit");
    let mut gate = greeted(DOCS);
    ask(&mut gate);
    assert!(!gate.answer(Consent::Deny));
    assert_eq!(ask(&mut gate), Verdict::Refuse(Some(7), Refusal::NotAllowed), "not asked again");
    for not_listed in ["https://bad.example", "https://anyone.example"] {
        assert!(matches!(greeted(not_listed).receive(true, not_listed, &bytes()), Verdict::Ask(_)), "{not_listed}");
    }
}

#[test]
fn a_page_hears_of_what_is_its_own() {
    let url = |url: &str| Some(SourceRef::Url(url.to_owned()));
    let file = Some(SourceRef::File { name: "a.duckdb".into(), fingerprint: None });
    let knows = |origin: &str, source: &Option<SourceRef>, given| greeted(origin).may_know(source.as_ref(), given);
    for own in ["https://docs.example/a.parquet", "HTTPS://DOCS.example:443/a", "https://docs.example?x", "https://docs.example\\@x/"] {
        assert!(knows(DOCS, &url(own), false), "{own}");
    }
    for foreign in [
        "private.duckdb",
        "/private.duckdb",
        "//docs.example/a",
        "https://viewer.example/private.duckdb",
        "http://docs.example/a",
        "https://docs.example:444/a",
        "https://docs.example@viewer.example/a",
        "https://docs.example.evil/a",
        "https:docs.example/a",
        "https:///docs.example/a",
    ] {
        assert!(!knows(DOCS, &url(foreign), false), "{foreign}");
        assert!(knows(OWN, &url(foreign), false), "the page's own site knows: {foreign}");
    }
    assert!(!knows(DOCS, &file, false) && knows(DOCS, &file, true) && knows(OWN, &file, false));
    assert!(knows(DOCS, &Some(SourceRef::Sample("showcase".into())), false) && knows(DOCS, &None, false));
    assert!(!gate().may_know(None, true), "nobody is there");
    let mut consented = greeted(DOCS);
    consented.receive(true, DOCS, &bytes());
    consented.answer(Consent::Always);
    assert!(!consented.may_know(url("private.duckdb").as_ref(), false), "consent to show is not consent to tell");
}

proptest! {
    #[test]
    fn whatever_others_send_changes_nothing(raw in raws(), is_parent in any::<bool>(), origin in "(null|https://(evil|docs)\\.example(:1)?|.{0,9})") {
        prop_assume!(!(is_parent && origin == DOCS));
        let before = greeted(DOCS);
        let mut after = before.clone();
        prop_assert_eq!(after.receive(is_parent, &origin, &raw), Verdict::Ignore);
        prop_assert_eq!(after, before);
    }

    #[test]
    fn nothing_without_a_handshake(raw in raws(), origin in "(null|https://(evil|docs)\\.example|.{0,9})") {
        let mut gate = gate();
        let verdict = gate.receive(true, &origin, &raw);
        prop_assert!(matches!(verdict, Verdict::Ignore | Verdict::Ready(_) | Verdict::Refuse(_, Refusal::Version)), "{:?}", verdict);
    }
}
