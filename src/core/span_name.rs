//! A span's name taken apart: the class and the method, and whether a text names an agent.
//!
//! Must not look at anything but the names; which spans are agent executions is decided here once for the whole page.

/// A name in the two parts a reader sees. The class gives way first where there is no room, the method never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanName<'a> {
    /// "DSPyEngine" of "DSPyEngine.fetch"; `None` for a name without a class.
    pub class: Option<&'a str>,
    /// "fetch", or the whole name.
    pub method: &'a str,
}

/// Splits a name where the file says so: it is the service, a dot and the operation. A name that only happens to have a dot
/// ("GET /index.html") stays whole.
#[must_use]
pub fn split_name<'a>(name: &'a str, service: Option<&str>, operation: Option<&str>) -> SpanName<'a> {
    let whole = SpanName { class: None, method: name };
    let Some((class, method)) = service.and_then(|service| {
        let method = name.strip_prefix(service)?.strip_prefix('.')?;
        Some((name.get(..service.len())?, method))
    }) else {
        return whole;
    };
    let agrees = operation.is_none_or(|operation| operation == method);
    if class.is_empty() || method.is_empty() || !agrees {
        return whole;
    }
    SpanName { class: Some(class), method }
}

/// Whether a span only waits for agents to finish their work: its own time is nobody's work.
#[must_use]
pub fn is_waiting(name: &str) -> bool {
    matches!(name, "Flock.run_until_idle" | "Flock.serve")
}

/// Whether a text can be the name of an agent: exporters write "None" and the like where there is none.
#[must_use]
pub fn is_agent_name(name: &str) -> bool {
    const NOTHING: [&str; 5] = ["none", "null", "nil", "undefined", "nan"];
    let name = name.trim();
    !name.is_empty() && !NOTHING.iter().any(|nothing| name.eq_ignore_ascii_case(nothing))
}

/// The agent whose execution a span is. Only `Agent.execute` spans are executions: other spans have the name of a component or "None" in
/// `agent.name`.
#[must_use]
pub fn executing_agent<'a>(service: Option<&str>, operation: Option<&str>, agent_name: Option<&'a str>) -> Option<&'a str> {
    if service != Some("Agent") || operation != Some("execute") {
        return None;
    }
    agent_name.filter(|name| is_agent_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split<'a>(name: &'a str, service: &str, operation: &str) -> (Option<&'a str>, &'a str) {
        let parts = split_name(name, Some(service), Some(operation));
        (parts.class, parts.method)
    }

    #[test]
    fn splits_where_service_and_operation_say_so() {
        assert_eq!(split("DSPyEngine.fetch", "DSPyEngine", "fetch"), (Some("DSPyEngine"), "fetch"));
        assert_eq!(split("content_review.batch.two", "content_review", "batch.two"), (Some("content_review"), "batch.two"));
        assert_eq!(split("søk.サーチ", "søk", "サーチ"), (Some("søk"), "サーチ"));
    }

    #[test]
    fn other_names_stay_whole() {
        for (name, service, operation) in [
            ("UnhandledException", "UnhandledException", "UnhandledException"),
            ("GET /a.html", "shop", "GET /a.html"),
            ("shop.checkout", "shop", "shop.checkout"),
            ("shopper.x", "shop", "x"),
            (".x", "", "x"),
            ("shop.", "shop", ""),
            ("", "", ""),
        ] {
            assert_eq!(split(name, service, operation), (None, name));
        }
        assert_eq!(split_name("A.b", None, Some("b")).class, None);
        assert_eq!(split_name("A.b", Some("A"), None), SpanName { class: Some("A"), method: "b" });
    }

    #[test]
    fn none_and_the_like_are_no_agents() {
        for name in ["", " ", "None", "none", "null", "NULL", "undefined", "nan", " None "] {
            assert!(!is_agent_name(name), "{name:?}");
        }
        for name in ["critic", "Nonesuch", "0", "red <b>x</b>"] {
            assert!(is_agent_name(name), "{name:?}");
        }
    }

    #[test]
    fn only_executions_have_an_agent() {
        assert_eq!(executing_agent(Some("Agent"), Some("execute"), Some("critic")), Some("critic"));
        assert_eq!(executing_agent(Some("Agent"), Some("execute"), Some("None")), None);
        assert_eq!(executing_agent(Some("Agent"), Some("execute"), None), None);
        assert_eq!(executing_agent(Some("Agent"), Some("publish"), Some("critic")), None);
        assert_eq!(executing_agent(Some("CircuitBreakerComponent"), Some("on_pre_consume"), Some("circuit_breaker")), None);
    }
}
