//! Which address is handed on, what is said of it, and that embedding code holds no markup of others.

use std::collections::BTreeMap;

use super::*;
use crate::state::url::{self, Theme};

fn url() -> UrlState {
    UrlState {
        mode: "statistics".into(),
        source: Some(SourceRef::Url("traces/x.parquet".into())),
        trace: Some("0af7".into()),
        span: Some("b7ad6b7169203331".into()),
        filter: Some("service:Agent".into()),
        from_ns: Some(0),
        to_ns: Some(60_000_000_000),
        theme: Some(Theme::Dark),
        embed: true,
        params: BTreeMap::from([("sort".into(), "spans".into()), ("cmp".into(), "ffff".into())]),
        ..UrlState::default()
    }
}

#[test]
fn the_view_goes_whole_or_as_its_trace_alone() {
    let whole = shared(&url(), Carried::View, Some("0af7651916cd43dd"), "timeline");
    assert_eq!(whole, UrlState { trace: Some("0af7651916cd43dd".into()), embed: false, ..url() });
    let alone = shared(&url(), Carried::TraceOnly, Some("0af7651916cd43dd"), "timeline");
    let printed = "#/timeline?v=1&src=traces/x.parquet&trace=0af7651916cd43dd&span=b7ad6b7169203331&theme=dark";
    assert_eq!(alone.print(), printed);
    for carried in Carried::ALL {
        assert_eq!(Carried::from_slug(carried.slug()), Some(carried));
    }
}

#[test]
fn a_trace_in_the_link_takes_the_place_of_the_file() {
    let with = with_data(url(), "AQMA");
    assert_eq!(with.source, Some(SourceRef::Data("AQMA".into())));
    assert!(!with.params.contains_key("cmp") && with.params.contains_key("sort"));
    assert_eq!(url::parse(&with.print()).0, with);
}

#[test]
fn every_part_is_said() {
    let lines = |url: &UrlState, host| words(url, "Statistics", Some("content_review"), host).join("\n");
    let all = lines(&url(), Some("files.example.org:8443"));
    for part in
        ["opens Statistics", "files.example.org:8443", "content_review, 0af7", "span b7ad6b71 ", "service:Agent", "time range", "cmp, sort"]
    {
        assert!(all.contains(part), "{part} in {all}");
    }
    assert!(lines(&url(), None).contains("where this page lies: traces/x.parquet"));
    let with = |source| lines(&UrlState { source: Some(source), ..UrlState::default() }, None);
    assert!(with(SourceRef::File { name: "a.duckdb".into(), fingerprint: None }).contains("asked for a.duckdb"));
    assert!(with(SourceRef::Data("x".into())).contains("no file is needed"));
    assert!(with(SourceRef::Sample("showcase".into())).contains("sample"));
    assert_eq!(words(&UrlState::default(), "Timeline", None, None), ["It opens Timeline.", "It names no file."]);
}

#[test]
fn hosts_are_told_from_what_stands_before_them() {
    for (address, host) in [
        ("https://a.org/x", Some("a.org")),
        ("http://127.0.0.1:8080/x?y#z", Some("127.0.0.1:8080")),
        ("https://trusted.org:pw@evil.org/x", Some("evil.org")),
        ("https://a.org?x@b.org", Some("a.org")),
        ("x.parquet", None),
        ("https://", None),
    ] {
        assert_eq!(host_of(address), host, "{address}");
    }
}

#[test]
fn codes_for_other_pages_hold_no_markup_of_others() {
    let hostile = UrlState { mode: "x\"><script>".into(), trace: Some("\"><script>alert(1)</script>&".into()), ..url() };
    let page = "https://a.org/viewer/?a=1&b=\"";
    for code in [iframe_code(page, &hostile, 480), element_code(page, &hostile, Some("https://b.org/\"><img>"), 480).unwrap()] {
        assert_eq!(code.matches("<script").count(), usize::from(code.contains("embed.js")), "{code}");
        assert!(!code.contains("<img") && !code.contains("alert(1)</script>&\""), "{code}");
    }
    let code = iframe_code("https://a.org/", &url(), 480);
    assert!(code.contains("embed=1") && code.contains("&amp;embed=1") && code.contains("height=\"480\""), "{code}");
    let element = element_code("https://a.org/", &url(), Some("https://a.org/traces/x.parquet"), 480).unwrap();
    let expected = "<spandeck-viewer src=\"https://a.org/traces/x.parquet\" trace=\"0af7\" span=\"b7ad6b7169203331\" mode=\"statistics\" theme=\"auto\" height=\"480\">";
    assert!(element.contains(expected), "{element}");
    assert_eq!(element_code("https://a.org/", &url(), None, 480), None, "a file without an address");
    let sample = UrlState { source: Some(SourceRef::Sample("showcase".into())), ..url() };
    assert!(element_code("https://a.org/", &sample, None, 480).unwrap().contains("<spandeck-viewer sample=\"showcase\""));
}
