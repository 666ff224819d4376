//! How a file comes to be: from Flock, from elsewhere, and what opens.

use crate::modes::guide::block::{Block, Part, Section};

pub const FLOCK: Section = Section {
    id: "from-flock",
    part: Part::Start,
    title: "Get a file out of Flock",
    blocks: &[
        Block::Text("Switch the trace file on before Flock is imported, and run:"),
        Block::Code("export FLOCK_AUTO_TRACE=true FLOCK_TRACE_FILE=true\npython pipeline.py"),
        Block::Text("The spans go to `.flock/traces.duckdb` below the folder that the program ran in."),
        Block::Table(
            &["Variable", "What it does"],
            &[
                &["`FLOCK_AUTO_TRACE`", "Records a span for every public method of the traced classes. On unless it is `false`."],
                &["`FLOCK_TRACE_FILE`", "Writes the spans into `.flock/traces.duckdb`. Off unless it is `true`."],
                &[
                    "`FLOCK_TRACE_SERVICES`",
                    "Only these classes, as a JSON list: `[\"flock\", \"agent\", \"dspyengine\"]`. Capitals do not matter.",
                ],
                &[
                    "`FLOCK_TRACE_IGNORE`",
                    "Never these operations, as a JSON list of whole names: `[\"Agent.get_identity\"]`. It wins over the list above.",
                ],
                &["`FLOCK_TRACE_TTL_DAYS`", "Deletes traces older than so many days when the program starts."],
                &["`OTEL_EXPORTER_OTLP_ENDPOINT`", "Sends the spans to an OpenTelemetry collector as well."],
            ],
        ),
        Block::Head("traced-run", "One workflow, one trace"),
        Block::Text(
            "Without more, every `publish()` and `run_until_idle()` is a trace of its own. Put them into `traced_run`, and they are one, with your own attributes on its root:",
        ),
        Block::Code(
            "async with flock.traced_run(\"content_review\") as span:\n    span.set_attribute(\"pipeline.version\", \"2.4.1\")\n    await flock.publish(brief)\n    await flock.run_until_idle()",
        ),
        Block::Text("What stays apart is tied together by its correlation id: see [follow one correlation id](story-journey)."),
        Block::Head("live-file", "While the program runs"),
        Block::Text(
            "A running program keeps its latest rows in `traces.duckdb.wal` beside the database. Copy both, and drop both together. The program need not stop, but a copy that was taken in the middle of a write may be damaged: take another one then.",
        ),
        Block::Code("cp .flock/traces.duckdb .flock/traces.duckdb.wal /tmp/"),
        Block::Head("to-parquet", "As Parquet, and from DuckDB 2.0"),
        Block::Text(
            "A file straight from Flock can take hundreds of kilobytes a span. Parquet holds the same rows in a small part of that, and opens here as well:",
        ),
        Block::Code("duckdb .flock/traces.duckdb \"COPY spans TO 'traces.parquet' (FORMAT parquet)\""),
        Block::Text(
            "DuckDB 2.0 writes a storage format that is newer than this page reads. Copy such a file to the older format with the DuckDB that wrote it, or save it as Parquet:",
        ),
        Block::Code(
            "ATTACH 'traces.duckdb' AS old;\nATTACH 'export.duckdb' (STORAGE_VERSION 'v1.0.0');\nCOPY FROM DATABASE old TO export;",
        ),
    ],
};

pub const OTHERS: Section = Section {
    id: "from-opentelemetry",
    part: Part::Start,
    title: "From an OpenTelemetry collector",
    blocks: &[
        Block::Text(
            "Any table of spans in DuckDB or Parquet opens. The columns of Flock, of the ClickHouse exporter and otlp2parquet, of Jaeger and of SigNoz are recognised; others you choose by hand.",
        ),
        Block::Text(
            "What a collector’s `file` exporter writes opens as it is: OTLP as JSON lines or protobuf, compressed or not. So do the documents of Jaeger’s and Zipkin’s pages and APIs.",
        ),
        Block::Code("exporters:\n  file:\n    path: /tmp/traces.jsonl"),
        Block::Text("If your collector writes to ClickHouse, take a part of its table as Parquet:"),
        Block::Code("SELECT * FROM otel_traces WHERE Timestamp > now() - INTERVAL 1 DAY\nINTO OUTFILE 'traces.parquet' FORMAT Parquet"),
        Block::Text(
            "Needed are a trace id, a span id, a start and an end or a duration. Times may be whole numbers of nanoseconds, microseconds or milliseconds, or timestamps; attributes may be JSON, text, a map or a struct. What was derived or is missing stands in a notice, and in Configuration under “Data”.",
        ),
        Block::Text(
            "Agents are then told by `gen_ai.agent.name`. Lineage needs the attributes that Flock writes; without them the graph of services stands in for that of agents.",
        ),
    ],
};

pub const FORMATS: Section = Section {
    id: "file-formats",
    part: Part::Reference,
    title: "File formats",
    blocks: &[
        Block::Table(
            &["File", "How it is read"],
            &[
                &[
                    "`.duckdb` of DuckDB 1.0 to 1.5",
                    "In place, through the browser’s handle of the file: never copied, so that opening does not grow with the file.",
                ],
                &["`.duckdb` with its `.wal`", "Both dropped together, so that the latest rows are there."],
                &["`.duckdb` of DuckDB 2.0", "Not with its default settings: [copy it](to-parquet) first."],
                &[
                    "`.parquet`, one or several",
                    "Decoded row group by row group, in all usual encodings and compressions. Encrypted ones are refused.",
                ],
                &[
                    "An address of any of them",
                    "A database by ranges where the server offers them, everything else whole. The server must allow other sites (CORS).",
                ],
                &[
                    "OTLP: JSON, JSON lines, protobuf",
                    "Span by span, of any size. Ids in hex or base64, names in either spelling; a scope’s name and version become `otel.scope.name` and `otel.scope.version`. A line that is no JSON is skipped and counted; of a file that is cut off the spans before the cut open.",
                ],
                &[
                    "Jaeger JSON, Zipkin JSON",
                    "The same. Kind and status come from tags; logs and annotations are events, references that are no parent are links. Where Zipkin’s client and server share an id, the client gets one of its own (its first is `zipkin.shared_id`) and the server stands below it.",
                ],
                &[
                    "gzip, zstd, zip, tar, tar.gz",
                    "Any of these but databases, unpacked on the way. Parquet is unpacked in memory, up to 512 MB. What grows to more than 1 GB and 300 times its own size is given up.",
                ],
            ],
        ),
        Block::Text(
            "A trace leaves as OTLP JSON, CSV, JSON or Parquet from the Timeline, and Parquet opens here again. Groups, spans and edges leave from the other modes: CSV, JSON and Parquet from Statistics, CSV and OpenMetrics from RED Metrics, CSV, JSON, DOT, Mermaid, SVG and PNG from Dependencies.",
        ),
        Block::Text(
            "A result of DuckDB SQL leaves as CSV, JSON, NDJSON, Markdown, Parquet or Arrow, all rows of it. Where a format has no type for a value, it is DuckDB's own text: UUID, UHUGEINT, BIGNUM, ENUM, BIT and times with a zone in both Parquet and Arrow, INTERVAL and UNION in Parquet. HUGEINT, which sums of whole numbers are, is DECIMAL(38,0): a value of 39 digits is kept, but is more than that type promises, so cast such a column to VARCHAR.",
        ),
    ],
};
