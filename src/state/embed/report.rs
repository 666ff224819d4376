//! What the page around the frame is told, as JSON. Of the open file and of what is chosen in it only what the caller says may be known.

use super::message::{Refusal, VERSION};
use crate::{core::json_write::push_text, state::url::UrlState};

/// Said once by the frame itself, to whoever is around it: that it listens, and nothing else.
pub const HELLO: &str = r#"{"spandeck":1,"type":"hello"}"#;

/// What the frame shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// `waiting` (the poster), `empty`, `loading`, `ready` or `error`.
    pub phase: &'static str,
    pub mode: &'static str,
    pub url: UrlState,
    /// Of the open file.
    pub counts: Option<Counts>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub spans: u64,
    pub traces: u64,
    pub errors: u64,
}

/// The answer to a ping: who is there, and which modes it offers.
pub fn ready(id: Option<u64>, phase: &str, modes: &[&str]) -> String {
    let mut out = head("ready", id);
    out.push_str(",\"version\":1,\"phase\":");
    push_text(&mut out, phase);
    out.push_str(",\"modes\":[");
    for (at, mode) in modes.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        push_text(&mut out, mode);
    }
    out.push_str("]}");
    out
}

/// A command was carried out.
pub fn done(id: u64) -> String {
    close(head("done", Some(id)))
}

pub fn refused(id: Option<u64>, refusal: Refusal) -> String {
    failed(id, refusal.code(), Some(&refusal.words()))
}

/// Something could not be opened. `words` may name the file and what is in it.
pub fn failed(id: Option<u64>, code: &str, words: Option<&str>) -> String {
    let mut out = head("error", id);
    push_pair(&mut out, "code", code);
    if let Some(words) = words {
        push_pair(&mut out, "message", words);
    }
    close(out)
}

/// The height at which everything would be in view, in CSS px.
pub fn resize(height_px: u32) -> String {
    let mut out = head("resize", None);
    out.push_str(&format!(",\"height\":{height_px}"));
    close(out)
}

/// `knows`: what is open and chosen may be told. Without it only the phase and the mode are.
pub fn state(seen: &Seen, knows: bool) -> String {
    let mut out = head("state", None);
    push_pair(&mut out, "phase", seen.phase);
    push_pair(&mut out, "mode", seen.mode);
    out.push_str(if knows { ",\"full\":true" } else { ",\"full\":false" });
    if knows {
        let url = &seen.url;
        push_pair(&mut out, "address", &url.in_full().print());
        let texts = [("trace", &url.trace), ("span", &url.span), ("filter", &url.filter)];
        texts.into_iter().for_each(|(key, text)| push_pair(&mut out, key, text.as_deref().unwrap_or_default()));
        let times = [("from", url.from_ns), ("to", url.to_ns)];
        for (key, time) in times {
            push_pair(&mut out, key, &time.map(|time| time.to_string()).unwrap_or_default());
        }
        out.push_str(",\"params\":{");
        for (at, (key, value)) in url.params.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { "," });
            push_text(&mut out, key);
            out.push(':');
            push_text(&mut out, value);
        }
        out.push('}');
        if let Some(Counts { spans, traces, errors }) = seen.counts {
            out.push_str(&format!(",\"spans\":{spans},\"traces\":{traces},\"errors\":{errors}"));
        }
    }
    close(out)
}

fn head(kind: &str, id: Option<u64>) -> String {
    let mut out = format!("{{\"spandeck\":{VERSION},\"type\":\"{kind}\"");
    if let Some(id) = id {
        out.push_str(&format!(",\"id\":{id}"));
    }
    out
}

fn push_pair(out: &mut String, key: &str, value: &str) {
    out.push_str(&format!(",\"{key}\":"));
    push_text(out, value);
}

fn close(mut out: String) -> String {
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::url;
    use serde_json::{Value, json};

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn seen() -> Seen {
        let (url, _) =
            url::parse("#/red?src=https://a.org/secret.parquet&trace=t1&q=agent:\"x\\y\"&from=-5&embed=1&title=T&theme=dark&group=agent");
        Seen { phase: "ready", mode: "red", url, counts: Some(Counts { spans: 3, traces: 2, errors: 1 }) }
    }

    #[test]
    fn who_may_not_know_hears_of_phase_and_mode_alone() {
        let told = state(&seen(), false);
        assert_eq!(read(&told), json!({"spandeck": 1, "type": "state", "phase": "ready", "mode": "red", "full": false}));
    }

    #[test]
    fn who_may_know_hears_what_a_link_would_say() {
        let told = read(&state(&seen(), true));
        let expected = json!({
            "spandeck": 1, "type": "state", "phase": "ready", "mode": "red", "full": true,
            "address": "#/red?v=1&src=https://a.org/secret.parquet&trace=t1&q=agent:%22x%5Cy%22&from=-5&group=agent",
            "trace": "t1", "span": "", "filter": "agent:\"x\\y\"", "from": "-5", "to": "", "params": {"group": "agent"},
            "spans": 3, "traces": 2, "errors": 1,
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn every_other_message_is_json_of_this_version() {
        assert_eq!(read(HELLO), json!({"spandeck": 1, "type": "hello"}));
        assert_eq!(
            read(&ready(Some(4), "waiting", &["timeline", "red"])),
            json!({"spandeck": 1, "type": "ready", "id": 4, "version": 1, "phase": "waiting", "modes": ["timeline", "red"]})
        );
        assert_eq!(read(&done(9)), json!({"spandeck": 1, "type": "done", "id": 9}));
        assert_eq!(read(&resize(420)), json!({"spandeck": 1, "type": "resize", "height": 420}));
        assert_eq!(read(&failed(None, "E-FILE-EMPTY", None)), json!({"spandeck": 1, "type": "error", "code": "E-FILE-EMPTY"}));
        let told = read(&refused(Some(1), Refusal::Argument("url")));
        assert_eq!((told["code"].as_str(), told["id"].as_u64()), (Some("argument"), Some(1)));
        assert!(told["message"].as_str().unwrap().contains("url"));
    }
}
