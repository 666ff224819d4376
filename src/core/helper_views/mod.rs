//! The views that lie over `main.spans` in every open file, for a reader's own statements: what each holds, column by column, and its SQL. Lazy:
//! nothing is read before a statement reads them, and only the columns that it names.
//!
//! `sql` holds the text of each. Definitions are those of the modes. Must not know a file: where columns are missing, views have NULL or no rows.

mod sql;

/// A column of a view: its name, DuckDB's name of its type, and a sentence.
pub type ColumnAbout = (&'static str, &'static str, &'static str);

/// A view that a statement can name.
#[derive(Clone, Copy, Debug)]
pub struct HelperView {
    pub name: &'static str,
    /// What it holds, in a sentence.
    pub about: &'static str,
    pub columns: &'static [ColumnAbout],
    /// Its SELECT; empty for `spans`, which the opening of a file makes.
    pub sql: &'static str,
}

/// In `main`, besides the views: what the page makes for itself.
const OWN_TABLES: &[&str] = &["trace_index", "agent_runs", "agent_lineage", "imported_rows", "shown_spans"];

/// All names in `main` that are the page's: no statement of a reader makes, changes or drops them.
pub fn own_names() -> impl Iterator<Item = &'static str> {
    HELPER_VIEWS.iter().map(|view| view.name).chain(OWN_TABLES.iter().copied())
}

/// Makes all views but `spans`. They are temporary to nobody: every connection has them.
#[must_use]
pub fn create_sql() -> String {
    let made = HELPER_VIEWS.iter().filter(|view| !view.sql.is_empty());
    made.map(|view| format!("CREATE OR REPLACE VIEW main.{} AS {};\n", view.name, view.sql)).collect()
}

const TRACE_ID: ColumnAbout = ("trace_id", "VARCHAR", "The trace that the span belongs to. In a result it opens the Timeline.");
const SPAN_ID: ColumnAbout = ("span_id", "VARCHAR", "The span, unique within the trace. In a result it opens the span.");
const START: ColumnAbout = ("start_time", "BIGINT", "Nanoseconds since 1970. make_timestamp_ns(start_time) makes a time of it.");
const END: ColumnAbout = ("end_time", "BIGINT", "Nanoseconds since 1970.");
const DURATION: ColumnAbout = ("duration_ms", "DOUBLE", "From start to end, in milliseconds.");
const STATUS: ColumnAbout = ("status_code", "VARCHAR", "OK, ERROR or UNSET.");
const AGENT: ColumnAbout = ("agent", "VARCHAR", "The agent that ran; NULL where it has no name.");
const SPAN_NAME: ColumnAbout = ("span_name", "VARCHAR", "The full name of the span.");
const SERVICE: ColumnAbout = ("service", "VARCHAR", "The service of the span.");
const CORRELATION: ColumnAbout = ("correlation_id", "VARCHAR", "What ties the runs of one journey together, across traces.");
const CALLS: ColumnAbout = ("calls", "BIGINT", "How often.");
const CALL_ERRORS: ColumnAbout = ("errors", "BIGINT", "Calls that failed.");
const MEAN: ColumnAbout = ("mean_ms", "DOUBLE", "Mean duration of the calls, in milliseconds.");
const P50: ColumnAbout = ("p50_ms", "DOUBLE", "Half of the calls took at most so long.");
const P95: ColumnAbout = ("p95_ms", "DOUBLE", "95 of 100 calls took at most so long.");
const P99: ColumnAbout = ("p99_ms", "DOUBLE", "99 of 100 calls took at most so long.");
const EDGE_TRACES: ColumnAbout = ("traces", "BIGINT", "In how many traces.");

/// In the order in which they are listed.
pub const HELPER_VIEWS: &[HelperView] = &[
    HelperView {
        name: "spans",
        about: "Every span of the file, with the same columns whatever was opened. The filter of the page does not touch it.",
        columns: &[
            TRACE_ID,
            SPAN_ID,
            ("parent_id", "VARCHAR", "The span that began this one; NULL for roots."),
            ("name", "VARCHAR", "The full name, such as Agent.execute."),
            ("service", "VARCHAR", "What the span is part of; in Flock the class, such as Agent."),
            ("operation", "VARCHAR", "What was done; in Flock the method, such as execute."),
            ("kind", "VARCHAR", "INTERNAL, SERVER, CLIENT, PRODUCER or CONSUMER."),
            START,
            END,
            DURATION,
            STATUS,
            ("status_description", "VARCHAR", "The words of a failure."),
            ("attributes", "VARCHAR", "JSON text. attributes->>'key' reads one as text."),
            ("events", "VARCHAR", "JSON text: a list of events, exceptions among them. See span_events and exceptions."),
            ("links", "VARCHAR", "JSON text: a list of links to other spans."),
            ("resource", "VARCHAR", "JSON text: what ran, such as service.name and host.name."),
            ("agent", "VARCHAR", "The agent whose execution the span is, where it can be told."),
        ],
        sql: "",
    },
    HelperView {
        name: "traces",
        about: "One row a trace: its name, times, spans and errors.",
        columns: &[
            ("trace_id", "VARCHAR", "The trace. In a result it opens the Timeline."),
            ("name", "VARCHAR", "The name of its earliest root, or of its earliest span where the root is not in the file."),
            ("start_time", "BIGINT", "Start of the earliest span, nanoseconds since 1970."),
            ("end_time", "BIGINT", "End of the last span, nanoseconds since 1970."),
            ("duration_ms", "DOUBLE", "From the first start to the last end, in milliseconds."),
            ("spans", "BIGINT", "Number of spans."),
            ("errors", "BIGINT", "Spans that failed."),
            ("services", "BIGINT", "Number of different services."),
            ("agent_runs", "BIGINT", "Executions of agents (Agent.execute)."),
        ],
        sql: sql::TRACES,
    },
    HelperView {
        name: "span_attributes",
        about: "One row for each attribute of each span.",
        columns: &[
            TRACE_ID,
            SPAN_ID,
            SPAN_NAME,
            ("key", "VARCHAR", "The attribute's key, dots and all."),
            ("value", "VARCHAR", "Its value: text as it is, all else as JSON; NULL where it is null."),
            ("type", "VARCHAR", "What it is in JSON: VARCHAR, BIGINT, UBIGINT, DOUBLE, BOOLEAN, ARRAY, OBJECT or NULL."),
        ],
        sql: sql::SPAN_ATTRIBUTES,
    },
    HelperView {
        name: "span_events",
        about: "One row for each event of each span, as it was recorded.",
        columns: &[
            TRACE_ID,
            SPAN_ID,
            SPAN_NAME,
            SERVICE,
            ("place", "INTEGER", "Its place in the span's list, from 0."),
            ("name", "VARCHAR", "The event's name, such as exception."),
            ("event_time", "BIGINT", "When it happened, nanoseconds since 1970."),
            ("attributes", "VARCHAR", "JSON text: the event's own attributes."),
        ],
        sql: sql::SPAN_EVENTS,
    },
    HelperView {
        name: "exceptions",
        about: "One row for each exception of a span. Flock records every one twice; here it is once.",
        columns: &[
            TRACE_ID,
            SPAN_ID,
            SPAN_NAME,
            SERVICE,
            ("type", "VARCHAR", "The class of the exception."),
            ("message", "VARCHAR", "Its message."),
            ("stacktrace", "VARCHAR", "Of several records the shortest, which has the fewest frames of the tracing library."),
            ("event_time", "BIGINT", "When it was first recorded, nanoseconds since 1970."),
            ("times_recorded", "BIGINT", "How many records say the same."),
        ],
        sql: sql::EXCEPTIONS,
    },
    HelperView {
        name: "agent_executions",
        about: "One row for each execution of an agent (Agent.execute).",
        columns: &[
            TRACE_ID,
            SPAN_ID,
            AGENT,
            START,
            END,
            DURATION,
            STATUS,
            CORRELATION,
            ("task_id", "VARCHAR", "The task of the orchestrator."),
            ("artifacts_in", "BIGINT", "Artifacts that it took."),
            ("artifacts_out", "BIGINT", "Artifacts that it published."),
        ],
        sql: sql::AGENT_EXECUTIONS,
    },
    HelperView {
        name: "artifacts",
        about: "One row each time an execution of an agent takes or publishes an artifact.",
        columns: &[
            TRACE_ID,
            SPAN_ID,
            AGENT,
            ("side", "VARCHAR", "in where it was taken, out where it was published."),
            ("place", "INTEGER", "Its place in the execution's list, from 0."),
            ("artifact_id", "VARCHAR", "The artifact: the same id where it is published and where it is taken."),
            ("type", "VARCHAR", "Its type without the module."),
            ("produced_by", "VARCHAR", "Who made it: an agent, external, __direct__ or orchestrator#agent."),
            CORRELATION,
            ("created_time", "BIGINT", "When it was made, nanoseconds since 1970."),
            ("payload", "VARCHAR", "JSON text: its content."),
        ],
        sql: sql::ARTIFACTS,
    },
    HelperView {
        name: "service_edges",
        about: "Which service calls which: a span whose parent belongs to another service is a call.",
        columns: &[
            ("source", "VARCHAR", "The service that calls."),
            ("target", "VARCHAR", "The service that is called."),
            CALLS,
            CALL_ERRORS,
            MEAN,
            P50,
            P95,
            P99,
            ("total_ms", "DOUBLE", "All calls together, in milliseconds."),
            EDGE_TRACES,
        ],
        sql: sql::SERVICE_EDGES,
    },
    HelperView {
        name: "agent_edges",
        about: "Who feeds which agent: an artifact that an execution takes is a call from who made it.",
        columns: &[
            ("source", "VARCHAR", "The agent that made the artifact, or external."),
            ("target", "VARCHAR", "The agent that took it."),
            ("type", "VARCHAR", "The artifact's type without the module."),
            CALLS,
            ("errors", "BIGINT", "Executions among them that failed."),
            MEAN,
            P50,
            P95,
            ("wait_mean_ms", "DOUBLE", "Mean time from the making of the artifact to the start of the execution."),
            EDGE_TRACES,
        ],
        sql: sql::AGENT_EDGES,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_told_apart_and_every_thing_has_a_sentence() {
        let names: Vec<&str> = own_names().collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for view in HELPER_VIEWS {
            assert_eq!(view.sql.is_empty(), view.name == "spans");
            assert!(view.about.ends_with('.') && view.columns.iter().all(|(_, _, about)| about.ends_with('.')), "{}", view.name);
            let columns: BTreeSet<&str> = view.columns.iter().map(|(name, _, _)| *name).collect();
            assert_eq!(columns.len(), view.columns.len());
        }
    }

    /// `SPANDECK_WRITE=1 cargo test` writes it anew; tests/data/helper_views.py then asks native DuckDB, and the engine's test runs it.
    #[test]
    fn the_views_are_those_that_the_engine_tests_run() {
        let view = |view: &HelperView| serde_json::json!({"name": view.name, "columns": view.columns, "sql": view.sql});
        let written = serde_json::json!({"create": create_sql(), "own": own_names().collect::<Vec<_>>(), "views": HELPER_VIEWS.iter().map(view).collect::<Vec<_>>()});
        let written = format!("{written:#}\n");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/helper_views.json");
        if std::env::var_os("SPANDECK_WRITE").is_some() {
            std::fs::write(path, &written).unwrap();
        }
        assert!(std::fs::read_to_string(path).unwrap() == written, "tests/fixtures/helper_views.json is old");
    }
}
