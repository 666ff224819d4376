//! Examples to run. Each is an address; a journey opens every one of them on the sample.

use crate::modes::guide::block::{Aim, Example};

const DEFAULT: Example = Example { id: "", title: "", about: "", mode: "", filter: "", params: &[], aim: None, template: None };

pub const EXAMPLES: &[Example] = &[
    Example {
        id: "why-this-run",
        title: "Why did this agent run?",
        about: "The last failed agent run, or the last one: its details say which artifact woke it.",
        mode: "timeline",
        aim: Some(&Aim {
            sql: "SELECT trace_id, span_id FROM spans WHERE name = 'Agent.execute' ORDER BY status_code = 'ERROR' DESC, start_time DESC LIMIT 1",
            sample: &[("trace_id", "04a3a5cffea85472e783d59a0975134c"), ("span_id", "d584ea2601a3e790")],
        }),
        ..DEFAULT
    },
    Example {
        id: "critical-path-of-a-trace",
        title: "What decided when it ended?",
        about: "The critical path of the trace with the most agent runs, section by section.",
        mode: "timeline",
        params: &[("view", "path")],
        aim: Some(&BUSIEST),
        ..DEFAULT
    },
    Example {
        id: "errors-of-a-trace",
        title: "The errors of a trace",
        about: "The trace with the most failed spans, nothing but them and their parents.",
        mode: "timeline",
        params: &[("match", "status:error"), ("only", "1")],
        aim: Some(&Aim {
            sql: "SELECT trace_id FROM spans WHERE status_code = 'ERROR' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
            sample: &[("trace_id", "04a3a5cffea85472e783d59a0975134c")],
        }),
        ..DEFAULT
    },
    Example {
        id: "flame-graph",
        title: "A trace as a flame graph",
        about: "The trace with the most agent runs, with equal calls in one place.",
        mode: "timeline",
        params: &[("view", "flame")],
        aim: Some(&BUSIEST),
        ..DEFAULT
    },
    Example {
        id: "slowest-traces",
        title: "The slowest traces",
        about: "The list of traces, the longest first.",
        mode: "timeline",
        params: &[("sort", "slowest")],
        ..DEFAULT
    },
    Example {
        id: "most-rounds",
        title: "The trace with the most rounds",
        about: "Where one agent ran most often, with the artifacts between the runs.",
        mode: "timeline",
        aim: Some(&Aim {
            sql: "SELECT trace_id FROM spans WHERE name = 'Agent.execute' AND agent IS NOT NULL GROUP BY trace_id, agent ORDER BY count(*) DESC, 1 LIMIT 1",
            sample: &[("trace_id", "39fd9305201189e36a5659cffeee91e6")],
        }),
        ..DEFAULT
    },
    Example {
        id: "one-journey",
        title: "Follow one correlation id",
        about: "The journey that goes through the most traces, in one waterfall.",
        mode: "timeline",
        aim: Some(&Aim {
            sql: "SELECT attributes->>'correlation_id' AS journey FROM spans WHERE name = 'Agent.execute' AND (attributes->>'correlation_id') IS NOT NULL \
                  GROUP BY 1 ORDER BY count(DISTINCT trace_id) DESC, count(*) DESC, 1 LIMIT 1",
            sample: &[("journey", "3ceaaf30-8142-48ea-91d9-3080f9b439fc")],
        }),
        ..DEFAULT
    },
    Example {
        id: "costs-most",
        title: "Which operation costs most?",
        about: "Groups by operation, then agent, by own time.",
        mode: "statistics",
        params: &[("then", "agent"), ("order", "-self_ms")],
        ..DEFAULT
    },
    Example {
        id: "by-attribute",
        title: "Percentiles by an attribute",
        about: "Groups by the class that wrote the span, the slowest first.",
        mode: "statistics",
        params: &[("by", "attr.class"), ("order", "-p95_ms")],
        ..DEFAULT
    },
    Example {
        id: "long-raw-spans",
        title: "Every span of more than a second",
        about: "The spans themselves, as a table.",
        mode: "statistics",
        filter: "dur>1s",
        params: &[("raw", "1")],
        ..DEFAULT
    },
    Example {
        id: "before-and-after",
        title: "Before and after",
        about: "The first half of the time against the second; the moment can be moved.",
        mode: "statistics",
        params: &[("vs", "time")],
        ..DEFAULT
    },
    Example {
        id: "agents-health",
        title: "Which agents are unhealthy?",
        about: "A card an agent, the worst first, with limits that the link keeps.",
        mode: "red",
        filter: "has:agent",
        params: &[("cards", "agent"), ("maxerr", "5"), ("maxp95", "3000")],
        ..DEFAULT
    },
    Example {
        id: "exceptions",
        title: "Exceptions by type and message",
        about: "What was raised where, first and last seen.",
        mode: "red",
        params: &[("below", "exceptions")],
        ..DEFAULT
    },
    Example {
        id: "objective",
        title: "Is the objective kept?",
        about: "99 % of agent runs within 2 s, at most 1 % failed.",
        mode: "red",
        filter: "name:Agent.execute",
        params: &[("below", "objective"), ("slo", "99,2000,1")],
        ..DEFAULT
    },
    Example {
        id: "feedback-loop",
        title: "Is there a feedback loop?",
        about: "The graph of agents with its cycles and their rounds.",
        mode: "dependencies",
        params: &[("graph", "agents"), ("panel", "cycles"), ("table", "cycles")],
        ..DEFAULT
    },
    Example {
        id: "artifact-graph",
        title: "What goes from agent to agent?",
        about: "Agents and the types of artifacts between them.",
        mode: "dependencies",
        params: &[("graph", "artifacts")],
        ..DEFAULT
    },
    Example {
        id: "bottlenecks",
        title: "Where does it queue?",
        about: "Nodes by their share of the critical paths.",
        mode: "dependencies",
        params: &[("panel", "bottlenecks")],
        ..DEFAULT
    },
    Example {
        id: "changed-edges",
        title: "What has changed between the services?",
        about: "The first half of the time against the second: new, vanished, slower edges.",
        mode: "dependencies",
        params: &[("graph", "services"), ("panel", "changes"), ("since", "before")],
        ..DEFAULT
    },
    Example {
        id: "hide-hooks",
        title: "A filter without hooks",
        about: "The filter as conditions, each with what it lets through.",
        mode: "configuration",
        filter: "-op:on_*",
        params: &[("section", "filters")],
        ..DEFAULT
    },
    sql("sql-agents", "Runs of every agent", "How often each ran, failed and how long it took.", "agent-runs"),
    sql("sql-error-origins", "Where errors begin", "Failed spans with no failed span below them.", "error-origins"),
    sql("sql-hours", "Spans per hour", "Calls, errors and p95, hour by hour.", "hourly-rates"),
    sql("sql-quality", "What is odd in this file?", "Orphans, doubled ids, impossible times.", "quality"),
    sql("sql-hooks", "What do framework hooks cost?", "Spans and time of each hook of the framework.", "framework-hooks"),
    sql("sql-runaways", "Agents that run too often", "Runs of one agent in one trace.", "runaway-agents"),
    sql("sql-edges", "Which agent feeds which?", "Artifacts by type, maker and taker.", "artifact-edges"),
    sql("sql-journeys", "All journeys", "Every correlation id with its traces, agents and failures.", "journeys"),
];

const BUSIEST: Aim = Aim {
    sql: "SELECT trace_id FROM spans GROUP BY 1 ORDER BY count(*) FILTER (WHERE name = 'Agent.execute') DESC, count(*) DESC, 1 LIMIT 1",
    sample: &[("trace_id", "87503292dea8be9dcaf17690a53ccd18")],
};

const fn sql(id: &'static str, title: &'static str, about: &'static str, template: &'static str) -> Example {
    Example { id, title, about, mode: "sql", template: Some(template), ..DEFAULT }
}
