//! How to find out why: six questions and the way to their answers.

use crate::modes::guide::block::{Block, Part, Section};

pub const SLOW: Section = Section {
    id: "story-slow",
    part: Part::Stories,
    title: "A workflow is slow",
    blocks: &[
        Block::Steps(&[
            "In [Statistics](statistics) group by operation, then agent, and sort by **own time**. Total time would only name the outermost spans.",
            "Choose the group at the top. Its panel lists the slowest spans; open one in the Timeline.",
            "Follow the [critical path](critical-path) with {.} and {,}. Time that is not on it does not matter: making it shorter would not end the trace earlier.",
            "Is the path waiting rather than working? Then look at the runs at once above the waterfall, and at “Bottlenecks” in [Dependencies](dependencies): an agent that runs one at a time makes the others queue.",
            "Compare with a fast run of the same workflow: {C}.",
        ]),
        Block::Run(&["slowest-traces", "costs-most", "critical-path-of-a-trace", "bottlenecks"]),
    ],
};

pub const LOOP: Section = Section {
    id: "story-loop",
    part: Part::Stories,
    title: "Agents wake each other for ever",
    blocks: &[
        Block::Steps(&[
            "In [Dependencies](dependencies) show agents, and look at “Cycles”. A cycle is no mistake by itself: a critic sends a draft back to its writer.",
            "Look at how often a trace went round, and at the warning about runaway loops: an agent that runs more often than the limit in one trace.",
            "Choose a trace of the cycle. In its waterfall the artifact arrows show every round, and the details of a run say which artifact woke it.",
            "The cause is most often a condition that never becomes true: look at the payload that decides, under I/O, in the first and in the last round.",
        ]),
        Block::Run(&["feedback-loop", "most-rounds", "sql-runaways"]),
    ],
};

pub const CASCADE: Section = Section {
    id: "story-cascade",
    part: Part::Stories,
    title: "One failure takes others along",
    blocks: &[
        Block::Steps(&[
            "In [RED Metrics](red) look at “Exceptions”: the same type and message under many operations is one failure that went up.",
            "Open a failing trace. {E} goes from error to error; the overview of a failed span leads to the **root cause**, the deepest one that failed.",
            "Which failures were handled? A failed span whose parent did not fail ends there.",
            "What ran because of it? Flock publishes an error artifact for a failed agent. In the graph of agents its takers are drawn as fed by the agent that failed.",
        ]),
        Block::Run(&["exceptions", "errors-of-a-trace", "sql-error-origins"]),
    ],
};

pub const WHY: Section = Section {
    id: "story-why",
    part: Part::Stories,
    title: "Why did this agent run?",
    blocks: &[
        Block::Steps(&[
            "Choose its `Agent.execute` in the [Timeline](timeline). The overview says which artifact it took and who made it, back to where it came from outside, and which runs it caused in turn.",
            "Each name there leads to that run, in another trace too.",
            "Under I/O stands what it was given and what it published. JSON within JSON is unfolded.",
            "The path between the two agents for all traces at once: [Dependencies](dependencies), choose the edge.",
        ]),
        Block::Run(&["why-this-run", "artifact-graph", "sql-edges"]),
    ],
};

pub const CHANGE: Section = Section {
    id: "story-change",
    part: Part::Stories,
    title: "Before and after a change",
    blocks: &[
        Block::Steps(&[
            "If both runs are in one file: [Statistics](statistics), “Compare”, and set the moment of the change. Each group has both figures and their difference.",
            "If a new version left an attribute, compare two filters, for example `attr.pipeline.version:2.4` and `attr.pipeline.version:2.5`.",
            "If they are two files: open one, and in “Compare” choose the other one as the second side.",
            "For the shape: [Dependencies](dependencies), “Changes”: new, vanished and slower edges.",
            "For two single runs: {C} in the Timeline.",
        ]),
        Block::Run(&["before-and-after", "changed-edges"]),
    ],
};

pub const JOURNEY: Section = Section {
    id: "story-journey",
    part: Part::Stories,
    title: "Follow one correlation id",
    blocks: &[
        Block::Text(
            "A correlation id goes with an artifact from agent to agent. Where workflows are not wrapped in [traced_run](traced-run), it is all that ties their traces together.",
        ),
        Block::Steps(&[
            "In the overview of any agent run follow its correlation id: the [Timeline](timeline) shows the journey, all traces in one waterfall.",
            "To narrow every mode to it, filter for `attr.correlation_id:` and the id; it may be cut with `*` at its end.",
            "All journeys with their traces, agents and failures: a template of the SQL mode.",
        ]),
        Block::Run(&["one-journey", "sql-journeys"]),
    ],
};
