//! The seven modes as they are: what each shows and when to use it.

use crate::modes::guide::block::{Block, Part, Section};

pub const TIMELINE: Section = Section {
    id: "timeline",
    part: Part::Modes,
    title: "Timeline",
    blocks: &[
        Block::Text(
            "One trace at a time: what ran, when, for how long, under which parent, and what caused it. Use it when you know which run you want to understand.",
        ),
        Block::List(&[
            "**The list** on the left has all traces. Search it with {Q}, sort it, show only those with errors. {J} and {K} go through it.",
            "**The waterfall**: own time strong, time in children weak. Failed spans end in red, events are diamonds, the [critical path](critical-path) is the line under the bars, dashed arrows are artifacts from the run that published them to the run they woke.",
            "**Above it** the minimap, and how many agents ran at once. Zoom with {W} and {S} or with the wheel and Ctrl, pan with {A} and {D}, fold idle gaps with {X}.",
            "**The same trace** is there as a flame graph ({G}), as a table of spans, and as its critical path section by section. {C} puts another trace beside it.",
            "**The details** of a span: overview with the split of its time, input and output decoded, attributes, events, links, raw. Those of an agent run say why it ran, back to the origin, and what it caused.",
            "**Find** in the trace with {M}, in the language of [the filter](filter-language); {N} goes from match to match, {E} from error to error.",
            "**A journey** is one correlation id with all its traces in one waterfall.",
        ]),
        Block::Text(
            "Right is right even where it looks odd: children often start after their parent has ended, because publish returns and the agent runs later. See [late children](late-children).",
        ),
        Block::Run(&["why-this-run", "critical-path-of-a-trace", "errors-of-a-trace", "flame-graph"]),
    ],
};

pub const STATISTICS: Section = Section {
    id: "statistics",
    part: Part::Modes,
    title: "Statistics",
    blocks: &[
        Block::Text(
            "Groups of spans with their figures: how often, how long, how reliable. Use it to find what takes the time or fails most, before you open a single trace.",
        ),
        Block::List(&[
            "**Group** by operation, service, agent, status, kind, workflow or any attribute, and by a second of them ({G}).",
            "**Percentiles are exact**, of the spans themselves. Total adds up durations, so that parents and children both count; own time does not overlap.",
            "**Sort** by several columns with Shift, filter each column, choose their order, colour one of them as heat.",
            "**A group** opens a panel with its spread, its slowest and its failing spans, each a link into the Timeline.",
            "**Raw spans** is the table of every span, however many there are.",
            "**Compare** puts two sides next to each other: before and after a moment, two filters, or another file.",
            "What is shown leaves as CSV, JSON or Parquet, all rows of it.",
        ]),
        Block::Run(&["costs-most", "by-attribute", "long-raw-spans", "before-and-after"]),
    ],
};

pub const RED: Section = Section {
    id: "red",
    part: Part::Modes,
    title: "RED Metrics",
    blocks: &[
        Block::Text(
            "Rate, errors and duration of services, agents, operations, workflows or the values of an attribute. Use it to see whether something is healthy, and since when it is not.",
        ),
        Block::List(&[
            "**Cards** and their table, the worst first by limits of error rate and p95 that you set and the link keeps.",
            "**Over time** for all spans or the chosen card, and as a heat map of durations. Mark a range in a chart: the spans in it are listed, each a link into the Timeline.",
            "**Which spans**: all, those that enter a service, or roots only.",
            "**Below**: operations with their impact, exceptions by type and message with first and last seen, and an objective such as “99 % under 2 s, at most 1 % fail” with the budget that is burnt.",
        ]),
        Block::Text(
            "A rate is a count divided by the length of the time range in view. In a file of one short run the rates are those of that run, not of a service around the clock.",
        ),
        Block::Run(&["agents-health", "exceptions", "objective"]),
    ],
};

pub const DEPENDENCIES: Section = Section {
    id: "dependencies",
    part: Part::Modes,
    title: "Dependencies",
    blocks: &[
        Block::Text(
            "Who talks to whom, as a graph. Use it to see the shape of a system, where it goes round in circles, and which edge fails or is slow.",
        ),
        Block::List(&[
            "**Agents** are joined by the artifacts that they take and publish, **services** and **operations** by parent and child. Artifacts can be labels or nodes of their own.",
            "**Edges** are as thick as their calls and coloured and dotted by their error rate. **Nodes** say calls, errors, p95 and their share of own time.",
            "**Cycles** have their members, a way round, and the traces that really went round. An agent that runs too often in one trace is named as a runaway loop. A cycle that is meant to be can be marked as expected.",
            "**Focus** ({F}) keeps what is so many hops up or down from a node. {E} opens a service into its operations.",
            "**Bottlenecks** rank nodes by their share of the critical paths. **Changes** compares two times: new, vanished and slower edges.",
            "Tables and graph leave as CSV, JSON, DOT, Mermaid, SVG and PNG.",
        ]),
        Block::Run(&["feedback-loop", "artifact-graph", "bottlenecks", "changed-edges"]),
    ],
};

pub const SQL: Section = Section {
    id: "sql",
    part: Part::Modes,
    title: "DuckDB SQL",
    blocks: &[
        Block::Text(
            "The whole of the file to hand, for the question that no other mode answers. Statements run in DuckDB in this tab, on the file as it is.",
        ),
        Block::List(&[
            "**Run** the statement at the caret, or what is selected, with {Ctrl Enter}; all of them with {Ctrl Shift Enter}. Each has a result of its own. {Ctrl .} cancels. A link brings its statement into the editor but never runs it: that is your press.",
            "**Limits**: 10,000 rows and 30 seconds a statement, unless you choose others. They stand in the link. A statement that does not let go when it is ended takes the database with it: it is started again with the file, your views and functions are made again, and your tables are named as gone.",
            "**`spans`** has the same columns whatever was opened; `shown_spans` holds what the filter and the time range let through. Helper views lie over them, such as `traces` with one row a trace, `span_attributes` with one row a key, `artifacts` and `agent_edges`. Your own tables are under `file.`. The tree beside the editor lists them all.",
            "**JSON**: `attributes->>'agent.name'` takes the key with its dots. In a comparison put brackets around it: `(attributes->>'class') = 'Agent'`. A path with wildcards (`'$.a[*]'`, `'$.*'`, `'$..b'`) and a list of paths give a list.",
            "**Times** are whole nanoseconds since 1970. `make_timestamp_ns(start_time)` makes a time of one, in UTC.",
            "**Results** are sorted, searched and drawn in place; ids lead into the Timeline; “Show these spans” makes the result the filter of every mode. “Explain” draws how DuckDB does it.",
            "**Out**: CSV, JSON, NDJSON, Parquet, Arrow or Markdown, all rows of the statement.",
            "**Kept here**: tabs, history and saved queries stay in this browser. [Templates](templates) ask for their values by name.",
            "**Safe**: the opened file is read only; other files, the network and settings are refused. Tables and views in memory are allowed, and “Reset” brings a clean database.",
        ]),
        Block::Run(&["sql-agents", "sql-error-origins", "sql-hours", "sql-quality"]),
    ],
};

pub const CONFIGURATION: Section = Section {
    id: "configuration",
    part: Part::Modes,
    title: "Configuration",
    blocks: &[
        Block::Text("The filter by hand, how the page looks and writes, what is open, and what this browser keeps."),
        Block::List(&[
            "**The filter** as conditions, each with what it lets through; lists of services, operations and agents with “only” and “hide”; duration and time as histograms to drag over; attributes. It is the same filter as in the bar, and every mode obeys it.",
            "**Hidden spans**: the rules by which hooks fold, and how to bring them back.",
            "**Presets** keep a filter under a name: in this browser, as a file, or in a link.",
            "**Display**: theme, density, times in UTC or in your zone, from the trace’s start or by the clock, durations in one unit. It takes effect at once and is in no link.",
            "**Data**: which column of the file is read as what, and another choice of table and columns.",
            "**Local data**: what this browser keeps and how to clear it, and whether the page keeps itself for times without network.",
        ]),
        Block::Run(&["hide-hooks"]),
    ],
};

pub const GUIDE: Section = Section {
    id: "guide",
    part: Part::Modes,
    title: "Guide",
    blocks: &[Block::Text(
        "This text. It is part of the page and needs no network. Search it with {Q}. Every heading has an address of its own, and every example has **Run**: it opens the mode on the open file, or on the sample when none is open. The browser’s Back brings you here again. The question mark in the app bar opens the section of the mode you are in.",
    )],
};
