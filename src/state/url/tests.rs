//! Reading and printing addresses: every key, hostile ones, versions, and the round trip.

use super::*;
use proptest::prelude::*;

fn read(fragment: &str) -> UrlState {
    let (state, warnings) = parse(fragment);
    assert_eq!(warnings, [], "{fragment}");
    state
}

fn texts(fragment: &str) -> Vec<String> {
    parse(fragment).1.iter().map(ToString::to_string).collect()
}

#[test]
fn reads_every_key_of_the_grammar() {
    let fragment = "#/statistics?v=1&src=https%3A%2F%2Fa.org%2Ft.parquet&trace=0af7&span=b7ad&q=service%20%3D%20%22Agent%22&from=-5&to=9\
                    &embed=1&theme=dark&group=operation&x=";
    let state = read(fragment);
    let expected = UrlState {
        mode: "statistics".into(),
        source: Some(SourceRef::Url("https://a.org/t.parquet".into())),
        trace: Some("0af7".into()),
        span: Some("b7ad".into()),
        filter: Some("service = \"Agent\"".into()),
        from_ns: Some(-5),
        to_ns: Some(9),
        embed: true,
        frame: Frame::default(),
        theme: Some(Theme::Dark),
        params: BTreeMap::from([("group".into(), "operation".into()), ("x".into(), String::new())]),
    };
    assert_eq!(state, expected);
    let printed = state.print();
    assert_eq!(printed, fragment.replace("%3A%2F%2F", "://").replace("org%2F", "org/"), "stable order, readable addresses");
}

#[test]
fn reads_files_and_samples() {
    let file = |fingerprint: Option<&str>| SourceRef::File { name: "a b.duckdb".into(), fingerprint: fingerprint.map(Into::into) };
    assert_eq!(read("#/?file=a%20b.duckdb&fp=12ab").source, Some(file(Some("12ab"))));
    assert_eq!(read("#/?file=a%20b.duckdb").source, Some(file(None)));
    assert_eq!(read("#/?sample=showcase").source, Some(SourceRef::Sample("showcase".into())));
    let (state, warnings) = parse("#/?sample=showcase&file=x&fp=1");
    assert_eq!(state.source, Some(SourceRef::File { name: "x".into(), fingerprint: Some("1".into()) }));
    assert_eq!(warnings, [UrlWarning::SeveralSources { kept: "file" }]);
    let (state, _) = parse("#/?src=javascript:1&sample=showcase");
    assert_eq!(state.source, Some(SourceRef::Sample("showcase".into())), "a refused address does not hide the sample");
}

#[test]
fn the_keys_of_a_frame_are_the_grammars_only_in_a_frame() {
    let fragment = "#/red?v=1&sample=showcase&embed=1&modes=red,timeline&tabs=0&title=Nightly%20run&start=click&group=agent";
    let state = read(fragment);
    assert_eq!(state.frame.modes, ["red", "timeline"]);
    assert_eq!((state.frame.tabs, state.frame.title.as_deref()), (Some(false), Some("Nightly run")));
    assert_eq!(state.print(), fragment);
    let full = UrlState { theme: Some(Theme::Dark), ..state }.in_full();
    assert_eq!(full.print(), "#/red?v=1&sample=showcase&group=agent");
    let own = read("#/red?v=1&title=x");
    assert_eq!((own.frame, own.params.get("title").map(String::as_str)), (Frame::default(), Some("x")));
    assert_eq!(parse("#/?embed=1&start=soon").1, [UrlWarning::BadChoice { key: "start", value: "soon".into() }]);
}

#[test]
fn leaves_defaults_out() {
    assert_eq!(UrlState::default().print(), "");
    assert_eq!(UrlState { mode: "red".into(), ..UrlState::default() }.print(), "#/red");
    assert_eq!(UrlState { embed: true, ..UrlState::default() }.print(), "#/?v=1&embed=1");
    assert_eq!(UrlState { trace: Some(String::new()), ..UrlState::default() }.print(), "");
    for nothing in ["", "#", "#/", "/", "#/?", "#/?v=1", "#/?&&", "#/?trace=&embed=0&theme=auto"] {
        assert_eq!(read(nothing), UrlState::default(), "{nothing}");
    }
}

#[test]
fn a_bad_argument_spoils_none_of_the_others() {
    let (state, warnings) = parse("#/red?from=soon&to=7&embed=maybe&theme=pink&trace=a&trace=b&=x&q=%zz&=");
    let expected =
        UrlState { mode: "red".into(), trace: Some("a".into()), filter: Some("%zz".into()), to_ns: Some(7), ..UrlState::default() };
    assert_eq!(state, expected);
    let of = |value: &str| value.to_owned();
    assert!(warnings.contains(&UrlWarning::BadTime { key: "from", value: of("soon") }));
    assert!(warnings.contains(&UrlWarning::BadChoice { key: "embed", value: of("maybe") }));
    assert!(warnings.contains(&UrlWarning::BadChoice { key: "theme", value: of("pink") }));
    assert!(warnings.contains(&UrlWarning::RepeatedKey(of("trace"))));
    assert!(warnings.contains(&UrlWarning::Damaged(of("=x"))));
    assert!(warnings.contains(&UrlWarning::Damaged(of("%zz"))));
    assert_eq!(warnings.len(), 7, "{warnings:?}");
    assert_eq!(parse("#/?to=9223372036854775808").0.to_ns, None, "one beyond the range");
}

#[test]
fn refuses_addresses_that_could_run_or_read_something() {
    let refused = [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "\n\u{1f} \tjava\tscript\r:alert(1)",
        "data:text/plain,x",
        "blob:https://a.org/1",
        "file:///etc/passwd",
        "ftp://a.org/x",
        "view-source:https://a.org",
        "C:\\traces.duckdb",
        " ",
    ];
    for url in refused {
        let (state, warnings) = parse(&format!("#/?src={}&trace=t", percent::encode(url)));
        assert_eq!(state.source, None, "{url:?}");
        assert_eq!(state.trace.as_deref(), Some("t"));
        assert_eq!(warnings, [UrlWarning::BadSource(url.into())]);
    }
    let allowed =
        ["https://a.org/x.duckdb?a=1&b=2#c", "HTTP://a.org", "traces/x.parquet", "/x", "../x", "//a.org/x", "./a:b", "?x=a:b", "1:2"];
    for url in allowed {
        assert_eq!(check_source_url(url).as_deref(), Ok(url));
    }
    assert_eq!(check_source_url(" ht\ntps://a.org ").as_deref(), Ok("https://a.org"));
}

#[test]
fn keeps_reading_a_link_of_a_newer_version() {
    let (state, warnings) = parse("#/red?v=3&trace=a&new=thing");
    assert_eq!(warnings, [UrlWarning::NewerVersion(3)]);
    assert_eq!(state.trace.as_deref(), Some("a"));
    assert_eq!(state.params.get("new").map(String::as_str), Some("thing"));
    for (written, count) in [("v=1", 0), ("x=1", 0), ("v=0", 1), ("v=one", 1), ("v=-1", 1), ("v=99999999999", 1), ("v=", 1)] {
        assert_eq!(texts(&format!("#/?{written}")).len(), count, "{written}");
    }
}

#[test]
fn upgraders_run_from_the_links_version_on_and_in_order() {
    let rename: Upgrader = |raw| {
        if let Some(value) = raw.params.remove("t") {
            raw.params.insert("trace".into(), value);
        }
    };
    let tag: Upgrader = |raw| raw.mode = format!("{}-{}", raw.mode, raw.params.len());
    let upgraded = |fragment: &str| {
        let mut warnings = Vec::new();
        let mut raw = take_apart(fragment, &mut warnings);
        upgrade(&mut raw, &[rename, tag], &mut warnings);
        (raw.mode, raw.params.into_keys().collect::<Vec<_>>(), warnings.len())
    };
    assert_eq!(upgraded("#/m?v=1&t=a"), ("m-1".into(), vec!["trace".into()], 0));
    assert_eq!(upgraded("#/m?v=2&t=a"), ("m-1".into(), vec!["t".into()], 0));
    assert_eq!(upgraded("#/m?v=3&t=a"), ("m".into(), vec!["t".into()], 0));
    assert_eq!(upgraded("#/m?t=a"), ("m".into(), vec!["t".into()], 0), "no version is the current one");
    assert_eq!(upgraded("#/m?v=4&t=a"), ("m".into(), vec!["t".into()], 1));
}

/// Links as earlier versions of the page wrote them, each with what it must always mean. None is ever removed.
#[test]
fn old_links_keep_their_meaning() {
    let url = |trace: &str, filter: &str, params: &[(&str, &str)]| UrlState {
        mode: "timeline".into(),
        source: Some(SourceRef::Sample("showcase".into())),
        trace: Some(trace.into()).filter(|trace: &String| !trace.is_empty()),
        filter: Some(filter.into()).filter(|filter: &String| !filter.is_empty()),
        params: params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        ..UrlState::default()
    };
    let kept = [
        ("#/timeline?v=1&sample=showcase&trace=0af7651916cd43dd", url("0af7651916cd43dd", "", &[])),
        ("#/timeline?v=1&sample=showcase&q=status:error%20dur%3E100ms&view=flame", url("", "status:error dur>100ms", &[("view", "flame")])),
        // Version 2 gave a meaning to the first character of these.
        ("#/timeline?v=1&sample=showcase&q=~writer", url("", "~writer", &[])),
        ("#/timeline?v=1&sample=showcase&match=~~x&find=~zAA", url("", "", &[("match", "~~x"), ("find", "~zAA")])),
        ("#/timeline?v=2&sample=showcase&match=~~~x&q=~~writer", url("", "~writer", &[("match", "~~x")])),
        ("#/timeline?v=2&sample=showcase&q=~zK04tKstMTrVyTE_NK1HIL1JIrUhOLSjJzM8rBgA", url("", "service:Agent or exceptions", &[])),
    ];
    for (link, expected) in &kept {
        assert_eq!(&read(link), expected, "{link}");
        assert_eq!(&read(&expected.print()), expected, "{link}");
    }
}

#[test]
fn long_values_are_compressed_and_say_the_version_that_reads_them() {
    let sql = "SELECT service, count(*) AS spans, sum(duration_ms) AS total_ms FROM shown_spans WHERE status_code = 'ERROR' GROUP BY service ORDER BY spans DESC;\n".repeat(12);
    let state = UrlState { params: BTreeMap::from([("sql".to_owned(), sql.clone())]), ..UrlState::default() };
    let printed = state.print();
    assert!(printed.starts_with("#/?v=2&sql=~z") && printed.len() < sql.len() / 4, "{} of {}: {printed}", printed.len(), sql.len());
    assert_eq!(read(&printed), state);
    let short = UrlState { params: BTreeMap::from([("sql".to_owned(), "SELECT 1".to_owned())]), ..UrlState::default() };
    assert_eq!(short.print(), "#/?v=1&sql=SELECT%201", "short ones stay readable");
}

#[test]
fn compressed_values_that_are_damaged_or_too_large_are_said_and_left_out() {
    let (state, warnings) = parse("#/red?v=2&q=~zAAAA&sql=~q&trace=a&x=~");
    assert_eq!((state.filter, state.trace.as_deref(), state.params.len()), (None, Some("a"), 0));
    let damaged = |key: &str| UrlWarning::DamagedValue(key.to_owned());
    assert_eq!(warnings, [damaged("q"), damaged("sql"), damaged("x")]);
    let bomb = crate::core::base64url::encode(&crate::core::deflated::deflate(&vec![b' '; 40_000_000]));
    let (state, warnings) = parse(&format!("#/red?v=2&q=~z{bomb}&trace=a"));
    assert_eq!((state.filter, state.trace.as_deref()), (None, Some("a")));
    assert!(warnings[0].to_string().contains("250000 bytes"), "{warnings:?}");
}

#[test]
fn a_trace_in_the_address_wins_over_every_file() {
    let (state, warnings) = parse("#/timeline?v=1&data=AQMA&src=https://a.org/x&sample=showcase&trace=t");
    assert_eq!(state.source, Some(SourceRef::Data("AQMA".into())));
    assert_eq!(warnings, [UrlWarning::SeveralSources { kept: "data" }]);
    assert_eq!(state.print(), "#/timeline?v=1&trace=t&data=AQMA", "it stands last");
}

#[test]
fn own_parameters_cannot_stand_in_for_keys_of_the_grammar() {
    let params = BTreeMap::from([("src".to_owned(), "javascript:1".to_owned()), (String::new(), "x".into()), ("a".into(), "b".into())]);
    let state = UrlState { params, ..UrlState::default() };
    assert_eq!(state.print(), "#/?v=1&a=b");
}

#[test]
fn every_warning_says_something_a_reader_understands() {
    let all = texts("#/?v=7&src=data:x&from=x&embed=x&a=1&a=2&b=%&sample=s&file=f");
    assert_eq!(all.len(), 7, "{all:?}");
    assert!(all.iter().all(|text| text.ends_with('.') || text.ends_with('”') || text.contains("; ")), "{all:?}");
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 1..12).prop_map(String::from_iter)
}

fn source() -> impl Strategy<Value = SourceRef> {
    let name = || prop_oneof![text(), "[&=?#%+/: ]{1,5}"];
    prop_oneof![
        text().prop_map(|path| SourceRef::Url(check_source_url(&format!("./{path}")).unwrap())),
        text().prop_map(|path| SourceRef::Url(check_source_url(&format!("https://{path}")).unwrap())),
        (name(), prop::option::of(text())).prop_map(|(name, fingerprint)| SourceRef::File { name, fingerprint }),
        name().prop_map(SourceRef::Sample),
        "[A-Za-z0-9_-]{1,20}".prop_map(|data| SourceRef::Data(data.into())),
    ]
}

prop_compose! {
    fn state()(
        mode in prop_oneof![Just(String::new()), "[a-z-]{1,8}", text()],
        source in prop::option::of(source()),
        (trace, span, filter) in (prop::option::of(text()), prop::option::of(text()), prop::option::of(text())),
        (from_ns, to_ns) in (any::<Option<i64>>(), any::<Option<i64>>()),
        embed in any::<bool>(),
        frame in frame::frames(),
        theme in prop_oneof![Just(None), Just(Some(Theme::Light)), Just(Some(Theme::Dark))],
        params in prop::collection::btree_map(text(), prop_oneof![".{0,6}", "~[~z]?.{0,4}", "(select [a-c] from spans ){9,30}"], 0..4),
    ) -> UrlState {
        let own = |key: &str| !(KEYS.contains(&key) || embed && frame::KEYS.contains(&key));
        let params = params.into_iter().filter(|(key, _)| own(key)).collect();
        let frame = if embed { frame } else { Frame::default() };
        UrlState { mode, source, trace, span, filter, from_ns, to_ns, embed, frame, theme, params }
    }
}

proptest! {
    #[test]
    fn reading_what_was_printed_gives_the_same_state(state in state()) {
        let printed = state.print();
        let (read, warnings) = parse(&printed);
        prop_assert_eq!(&read, &state, "{}", printed);
        prop_assert_eq!(warnings, vec![]);
        prop_assert_eq!(read.print(), printed);
    }

    #[test]
    fn reading_never_fails_and_settles_after_one_round(fragment in prop_oneof![".{0,60}", "#/[a-z]{0,3}\\?([a-z]{1,5}=[%a-f0-9:+]{0,6}&){0,6}"]) {
        let (state, _) = parse(&fragment);
        let (again, warnings) = parse(&state.print());
        prop_assert_eq!(again, state);
        prop_assert_eq!(warnings, vec![]);
    }
}
