//! What the page is, how a file gets in, and what the page makes of it.

use crate::modes::guide::block::{Block, Part, Section};

pub const OPEN: Section = Section {
    id: "open-a-file",
    part: Part::Start,
    title: "Open a file",
    blocks: &[
        Block::Text(
            "Spandeck shows what ran, when, for how long and what failed. It opens a trace file in this tab: nothing is uploaded, nothing is installed.",
        ),
        Block::List(&[
            "**Drop** a `.duckdb` or `.parquet` file anywhere on the page, with the `.wal` of the database if there is one, or press {O}.",
            "**Traces of other tools** open as well: OTLP as JSON, JSON lines or protobuf, Jaeger JSON, Zipkin JSON, also inside gzip, zstd, zip or tar. See [file formats](file-formats).",
            "**Several files** dropped together are read as one, Parquet files or traces of other tools.",
            "**An address** of a file on a server: paste it on the start page. The server must let other sites read it.",
            "**The sample** on the start page is a real run of Flock: seven agents, a feedback loop, failed runs. Every example here runs on it.",
        ]),
        Block::Text(
            "A file of your own comes [out of Flock](from-flock) or [from an OpenTelemetry collector](from-opentelemetry). Where its table or columns have unusual names, you choose them by hand: see [Configuration](configuration).",
        ),
        Block::Text(
            "Then go from coarse to fine: [Dependencies](dependencies) shows who talks to whom, [RED Metrics](red) what is unhealthy, [Statistics](statistics) what takes the time, [Timeline](timeline) why one run went as it did.",
        ),
    ],
};

pub const MODEL: Section = Section {
    id: "what-a-trace-is",
    part: Part::Start,
    title: "What the page adds to a trace",
    blocks: &[
        Block::Text(
            "A trace is a tree of **spans**: each has a name, a start, an end, a status and a parent. That tree says who called whom. It does not say why an agent ran, because on a blackboard nobody calls anybody: an agent runs when an artifact appears that it waits for.",
        ),
        Block::List(&[
            "**Lineage** comes from the artifacts. Flock writes into each agent run which artifacts it took, who made them, and which ones it published. The page joins them, across traces too.",
            "**Own time** is what a span did itself, without its children. See [own time](own-time).",
            "**Hooks**: three of four spans of Flock are framework hooks of less than a millisecond. They are folded into one counted row until you ask for them with {H}. See [noise](noise).",
            "**Agents** are told by `agent.name` of `Agent.execute`. In Flock the service of every agent is `Agent`, so group by agent, not by service.",
            "**An error is shown once**, although Flock records each exception twice.",
        ]),
    ],
};
