//! Messages as the page around the frame may send them: right ones, wrong ones, hostile ones.

use super::*;
use proptest::prelude::*;

pub(crate) fn map(entries: &[(&str, Raw)]) -> Raw {
    Raw::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn text(text: &str) -> Raw {
    Raw::Text(text.to_owned())
}

/// A message of this version.
pub(crate) fn message(kind: &str, arguments: &[(&str, Raw)]) -> Raw {
    let head = [("spandeck", Raw::Number(1.0)), ("type", text(kind)), ("id", Raw::Number(7.0))];
    map(&head.into_iter().chain(arguments.iter().cloned()).collect::<Vec<_>>())
}

fn command(kind: &str, arguments: &[(&str, Raw)]) -> Result<Command, Refusal> {
    parse(&message(kind, arguments)).map(|message| {
        assert_eq!(message.id, Some(7));
        message.command
    })
}

#[test]
fn every_kind_is_read() {
    assert_eq!(command("ping", &[]), Ok(Command::Ping));
    assert_eq!(command("start", &[]), Ok(Command::Start));
    assert_eq!(command("theme", &[("theme", text("dark"))]), Ok(Command::Theme(Some(Theme::Dark))));
    assert_eq!(command("theme", &[("theme", text("auto"))]), Ok(Command::Theme(None)));
    let state = map(&[
        ("mode", text("red")),
        ("trace", text("0af7")),
        ("span", Raw::Nothing),
        ("filter", text("status:error")),
        ("from", text("1700000000000000001")),
        ("params", map(&[("view", text("flame")), ("zoom", Raw::Nothing)])),
    ]);
    let change = Change {
        mode: Some("red".into()),
        trace: Some(Some("0af7".into())),
        span: Some(None),
        filter: Some(Some("status:error".into())),
        from_ns: Some(Some(1_700_000_000_000_000_001)),
        to_ns: None,
        params: BTreeMap::from([("view".into(), Some("flame".into())), ("zoom".into(), None)]),
    };
    assert_eq!(command("navigate", &[("state", state.clone())]), Ok(Command::Navigate(change.clone())));
    assert_eq!(
        command("open", &[("url", text("runs/a.parquet")), ("state", state)]),
        Ok(Command::OpenUrl("runs/a.parquet".into(), change))
    );
    let bytes = command("open", &[("bytes", Raw::Bytes(9)), ("name", text("../x/run.parquet"))]);
    assert_eq!(bytes, Ok(Command::OpenBytes { name: "run.parquet".into(), bytes: 9, change: Change::default() }));
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_done() {
    let long = "x".repeat(TEXT_CHARS + 1);
    let state = |key: &'static str, value: Raw| ("navigate", vec![("state", map(&[(key, value)]))], Refusal::Argument(key));
    let cases = [
        ("close", vec![], Refusal::Kind),
        ("navigate", vec![], Refusal::Argument("state")),
        ("navigate", vec![("state", text("#/red"))], Refusal::Argument("state")),
        ("theme", vec![("theme", text("pink"))], Refusal::Argument("theme")),
        ("open", vec![], Refusal::Argument("bytes")),
        ("open", vec![("bytes", text("PAR1"))], Refusal::Argument("bytes")),
        ("open", vec![("url", text("javascript:alert(1)"))], Refusal::Argument("url")),
        ("open", vec![("url", text("file:///etc/passwd"))], Refusal::Argument("url")),
        ("open", vec![("url", Raw::Number(1.0))], Refusal::Argument("url")),
        ("open", vec![("url", text("a")), ("bytes", Raw::Bytes(1))], Refusal::Argument("url")),
        ("open", vec![("bytes", Raw::Bytes(1)), ("name", text("a\u{202e}tekrap"))], Refusal::Argument("name")),
        ("open", vec![("bytes", Raw::Bytes(1)), ("name", text("folder/"))], Refusal::Argument("name")),
        state("mode", text("../x")),
        state("mode", Raw::Nothing),
        state("trace", map(&[])),
        state("filter", text(&long)),
        state("from", Raw::Number(5.0)),
        state("to", text("soon")),
        state("params", text("view=flame")),
        state("params", map(&[("src", text("https://a.org"))])),
        state("params", map(&[("embed", text("0"))])),
        state("params", map(&[("title", text("x"))])),
        state("params", map(&[("view", Raw::Number(1.0))])),
    ];
    for (kind, arguments, refusal) in cases {
        assert_eq!(command(kind, &arguments), Err(refusal), "{kind} {arguments:?}");
    }
    assert_eq!(parse(&map(&[("spandeck", Raw::Number(2.0)), ("type", text("ping"))])), Err(Refusal::Version));
    assert_eq!(parse(&map(&[("spandeck", Raw::Number(1.0)), ("type", text("ping")), ("id", text("7"))])), Err(Refusal::Argument("id")));
}

#[test]
fn messages_of_other_programs_are_not_ours() {
    for raw in [Raw::Nothing, text("spandeck"), Raw::Number(1.0), map(&[]), map(&[("type", text("ping"))]), map(&[("spandeck", text("1"))])]
    {
        assert!(!is_ours(&raw), "{raw:?}");
    }
    assert!(is_ours(&message("ping", &[])));
}

#[test]
fn another_trace_takes_its_span_and_zoom_along() {
    let (mut url, _) = url::parse("#/timeline?sample=showcase&trace=a&span=b&q=x&embed=1&title=T&zoom=1-2&view=flame");
    let change = Change { trace: Some(Some("c".into())), ..Change::default() };
    change.apply(&mut url);
    assert_eq!(url.print(), "#/timeline?v=1&sample=showcase&trace=c&q=x&embed=1&title=T&view=flame");
    Change { trace: Some(Some("c".into())), span: Some(Some("d".into())), filter: Some(None), ..Change::default() }.apply(&mut url);
    assert_eq!((url.span.as_deref(), url.filter), (Some("d"), None));
}

pub(crate) fn raws() -> impl Strategy<Value = Raw> {
    let key = prop_oneof![
        ".{0,6}",
        Just("state".to_owned()),
        Just("params".to_owned()),
        Just("__proto__".to_owned()),
        Just("constructor".to_owned()),
        Just("trace".to_owned()),
        Just("url".to_owned()),
        Just("bytes".to_owned()),
        Just("name".to_owned()),
        Just("from".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Raw::Nothing),
        any::<bool>().prop_map(Raw::Flag),
        any::<f64>().prop_map(Raw::Number),
        prop_oneof![".{0,20}", "#/[a-z]{0,5}\\?src=.{0,9}", "(javascript|data|https):.{0,9}"].prop_map(Raw::Text),
        any::<u64>().prop_map(Raw::Bytes),
        Just(Raw::Other),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| prop::collection::btree_map(key.clone(), inner, 0..6).prop_map(Raw::Map))
}

proptest! {
    #[test]
    fn reading_never_fails_and_what_it_gives_keeps_the_frame(raw in raws(), kind in "(ping|open|navigate|theme|start)") {
        let _ = parse(&raw);
        let Raw::Map(mut entries) = raw else { return Ok(()) };
        entries.insert("spandeck".into(), Raw::Number(1.0));
        entries.insert("type".into(), Raw::Text(kind));
        entries.remove("id");
        let (before, _) = url::parse("#/timeline?sample=showcase&embed=1&modes=red&theme=dark&trace=a");
        let mut after = before.clone();
        match parse(&Raw::Map(entries)).map(|message| message.command) {
            Ok(Command::Navigate(change) | Command::OpenBytes { change, .. }) => change.apply(&mut after),
            Ok(Command::OpenUrl(address, change)) => {
                prop_assert_eq!(check_source_url(&address), Ok(address));
                change.apply(&mut after);
            }
            _ => {}
        }
        prop_assert_eq!((&after.source, after.embed, &after.frame, after.theme), (&before.source, true, &before.frame, before.theme));
        // What was let in can be written into the address and read again.
        let (read, warnings) = url::parse(&after.print());
        prop_assert_eq!((read, warnings), (after, vec![]));
    }
}
