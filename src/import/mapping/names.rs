//! How writers spell the columns of a span table.
//!
//! Names are compared as words: `startTimeUnixNano`, `start_time_unix_nano` and `Start.Time.Unix.Nano` are the same. A unit at
//! the end is taken off and kept.

use super::{Field, ListPart, Unit};

/// A column's name in words, lower case, with the unit at its end taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// The words run together: `starttime`.
    pub joined: String,
    /// The unit that stood at the end.
    pub unit: Option<Unit>,
    /// All words run together, the unit's too: `durationms`.
    pub whole: String,
}

/// Splits at anything that is no letter or digit, and where a small letter is followed by a capital.
pub(super) fn words_of(name: &str) -> Words {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            before_small = false;
            continue;
        }
        if c.is_uppercase() && before_small {
            words.push(std::mem::take(&mut word));
        }
        before_small = c.is_lowercase() || c.is_numeric();
        word.extend(c.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    let whole = words.concat();
    let mut unit = None;
    if words.len() > 1
        && let Some(found) = words.last().and_then(|w| unit_of(w))
    {
        unit = Some(found);
        words.pop();
        // "…_unix_nano", "…_epoch_ms", "…_in_ms", "…_since_epoch_ms"
        while words.len() > 1 && words.last().is_some_and(|w| matches!(w.as_str(), "unix" | "epoch" | "in" | "since" | "total")) {
            words.pop();
        }
    }
    Words { joined: words.concat(), unit, whole }
}

fn unit_of(word: &str) -> Option<Unit> {
    Some(match word {
        "ns" | "nano" | "nanos" | "nanosecond" | "nanoseconds" | "nsec" => Unit::Nanoseconds,
        "us" | "µs" | "micro" | "micros" | "microsecond" | "microseconds" | "usec" => Unit::Microseconds,
        "ms" | "milli" | "millis" | "millisecond" | "milliseconds" | "msec" => Unit::Milliseconds,
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Seconds,
        _ => return None,
    })
}

/// The spellings of each field, the best first. Compared with [`Words::joined`] or [`Words::whole`].
pub(super) fn spellings(field: Field) -> &'static [&'static str] {
    match field {
        Field::TraceId => &["traceid", "trace", "tracehex", "traceidhex", "oteltraceid"],
        Field::SpanId => &["spanid", "span", "spanidhex", "otelspanid", "id"],
        Field::ParentId => &["parentid", "parentspanid", "parentspan", "parent", "parentspanidhex"],
        Field::Name => &["name", "spanname", "operationname", "spanoperation", "title", "displayname"],
        Field::Service => &[
            "service",
            "servicename",
            "resourceservicename",
            "processservicename",
            "localendpointservicename",
            "localservicename",
            "svc",
            "app",
            "application",
        ],
        Field::Operation => &["operation"],
        Field::Kind => &["kind", "spankind", "kindstring", "spankindstring", "kindtext"],
        Field::Start => &[
            "starttime",
            "start",
            "timestamp",
            "spanstart",
            "startedat",
            "starttimestamp",
            "spanstarttime",
            "startat",
            "begin",
            "begintime",
            "ts",
            "time",
            "starttimeunix",
            "startunix",
        ],
        Field::End => &[
            "endtime",
            "end",
            "spanend",
            "endedat",
            "endtimestamp",
            "spanendtime",
            "endat",
            "finishtime",
            "finishedat",
            "finish",
            "endtimeunix",
            "endunix",
        ],
        Field::Duration => &["duration", "spanduration", "elapsed", "elapsedtime", "latency", "dur", "durationtime", "took"],
        Field::StatusCode => {
            &["statuscode", "status", "spanstatus", "spanstatuscode", "statuscodestring", "otelstatuscode", "iserror", "haserror", "error"]
        }
        Field::StatusDescription => &[
            "statusdescription",
            "statusmessage",
            "statustext",
            "spanstatusmessage",
            "spanstatusdescription",
            "otelstatusdescription",
            "errormessage",
        ],
        Field::Attributes => &[
            "attributes",
            "spanattributes",
            "attrs",
            "spanattrs",
            "attributesstring",
            "tags",
            "spantags",
            "attribute",
            "attributesjson",
            "attr",
        ],
        Field::Events => &["events", "spanevents", "logs", "spanlogs", "eventsjson", "annotations"],
        Field::Links => &["links", "spanlinks", "references", "refs", "linksjson"],
        Field::Resource => &[
            "resource",
            "resourceattributes",
            "resourceattrs",
            "resourcesstring",
            "resources",
            "resourcetags",
            "processtags",
            "resourcejson",
            "process",
        ],
        Field::Agent => &["agent", "agentname", "genaiagentname"],
    }
}

/// Fields inside a struct: the column's [`Words::whole`], the field, and the names it has there.
pub(super) const PARTS: &[(&str, Field, &[&str])] = &[
    ("status", Field::StatusCode, &["code", "status_code"]),
    ("status", Field::StatusDescription, &["message", "description"]),
    ("process", Field::Service, &["service_name", "serviceName"]),
    ("localendpoint", Field::Service, &["service_name", "serviceName"]),
];

/// Parallel lists, as the ClickHouse exporter and otlp2parquet write events and links. Compared with [`Words::whole`].
pub(super) const LISTS: &[(Field, &[(ListPart, &str)])] = &[
    (
        Field::Events,
        &[(ListPart::Name, "eventsname"), (ListPart::Timestamp, "eventstimestamp"), (ListPart::Attributes, "eventsattributes")],
    ),
    (Field::Links, &[(ListPart::TraceId, "linkstraceid"), (ListPart::SpanId, "linksspanid"), (ListPart::Attributes, "linksattributes")]),
];

/// How well `words` fits a field: 0 is the best spelling, `None` is no fit.
pub(super) fn rank(field: Field, words: &Words) -> Option<usize> {
    let timed = matches!(field, Field::Start | Field::End | Field::Duration);
    let name = if timed && words.unit.is_some() { &words.joined } else { &words.whole };
    spellings(field).iter().position(|spelling| *spelling == name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, joined: &str, unit: Option<Unit>) {
        let words = words_of(name);
        assert_eq!((words.joined.as_str(), words.unit), (joined, unit), "{name}");
    }

    #[test]
    fn every_case_gives_the_same_words() {
        for name in ["trace_id", "traceId", "TraceId", "traceID", "TRACE_ID", "trace.id", "Trace-Id", "traceid"] {
            check(name, "traceid", None);
        }
        for name in ["start_time_unix_nano", "startTimeUnixNano", "StartTimeUnixNano", "start_time_ns", "StartTime.Nanos"] {
            check(name, "starttime", Some(Unit::Nanoseconds));
        }
        check("durationMs", "duration", Some(Unit::Milliseconds));
        check("duration_us", "duration", Some(Unit::Microseconds));
        check("Events.Timestamp", "eventstimestamp", None);
        check("ms", "ms", None);
        check("status", "status", None);
        check("", "", None);
        check("søk-Tjeneste", "søktjeneste", None);
    }

    #[test]
    fn ranks_prefer_the_canonical_spelling() {
        assert_eq!(rank(Field::ParentId, &words_of("parent_id")), Some(0));
        assert_eq!(rank(Field::ParentId, &words_of("ParentSpanId")), Some(1));
        assert_eq!(rank(Field::Start, &words_of("start_time_unix_nano")), Some(0));
        assert_eq!(rank(Field::Duration, &words_of("duration_nano")), Some(0));
        assert_eq!(rank(Field::Name, &words_of("trace_id")), None);
        assert_eq!(rank(Field::Operation, &words_of("operation_name")), None);
    }

    #[test]
    fn no_spelling_is_listed_for_two_fields() {
        let mut seen = std::collections::BTreeMap::new();
        for field in Field::ALL {
            for spelling in spellings(field) {
                assert_eq!(seen.insert(*spelling, field), None, "{spelling} of {field:?}");
            }
        }
    }
}
