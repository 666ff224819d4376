//! Words and what they mean here, each with a picture.

use super::pictures;
use crate::modes::guide::block::{Block, Part, Section, Term};

pub const TERMS: Section = Section {
    id: "definitions",
    part: Part::Reference,
    title: "Definitions",
    blocks: &[
        Block::Term(&Term {
            id: "own-time",
            title: "Own time",
            text: "The length of a span without the time that its children cover. Children that overlap are counted once; what a child does after its parent’s end takes nothing away. Also called self time; `self>10ms` filters by it. Own times do not overlap within one thread of work, so their sum says where time was really spent.",
            picture: Some(&pictures::OWN_TIME),
        }),
        Block::Term(&Term {
            id: "critical-path",
            title: "Critical path",
            text: "The chain of own work and of waiting that decided when the trace ended. Its sections follow each other without a gap and cover the trace from start to end. Going back from the end, it follows the child that ended last, then whatever held that one up.",
            picture: Some(&pictures::CRITICAL_PATH),
        }),
        Block::Term(&Term {
            id: "concurrency",
            title: "Concurrency",
            text: "How much ran at one moment, over time. A span counts from its start up to, not including, its end. Above the waterfall it is the number of agent runs.",
            picture: Some(&pictures::CONCURRENCY),
        }),
        Block::Term(&Term {
            id: "late-children",
            title: "Late children",
            text: "On a blackboard `publish` returns at once and the agent runs later, so that a child starts after its parent has ended. The parent’s bar is not stretched: a dotted tail leads to the last child.",
            picture: Some(&pictures::LATE_CHILD),
        }),
        Block::Term(&Term {
            id: "red-figures",
            title: "Rate, errors, duration",
            text: "Rate: spans that started, divided by the length of the time range in view. Errors: those whose status is ERROR, as a share. Duration: exact percentiles; p95 is the length that 95 of 100 spans did not exceed.",
            picture: Some(&pictures::RED),
        }),
        Block::Term(&Term {
            id: "edges",
            title: "Edges",
            text: "Between services and operations: a call, which is a child whose parent belongs to another one. Between agents: an artifact that one published and the other took. What no agent made comes from `external`. An error artifact comes from the agent that failed.",
            picture: Some(&pictures::EDGES),
        }),
        Block::Term(&Term {
            id: "cycles",
            title: "Cycles and rounds",
            text: "Nodes that reach each other along edges, and a node that feeds itself. That the graph has a cycle does not mean that a trace went round it: the rounds count how often one really did.",
            picture: Some(&pictures::CYCLE),
        }),
        Block::Term(&Term {
            id: "noise",
            title: "Noise",
            text: "Hooks of the framework, such as `on_*`, that are shorter than a millisecond, have not failed and have nothing else below them. In the waterfall they fold into one row a parent with their number. Folding changes no figure. {H} shows them; the rules are in Configuration.",
            picture: Some(&pictures::NOISE),
        }),
        Block::Term(&Term {
            id: "journey",
            title: "Journey",
            text: "All spans of one correlation id, in whatever traces they are.",
            picture: None,
        }),
        Block::Term(&Term {
            id: "objective-budget",
            title: "Objective and budget",
            text: "An objective says how many spans must be fast and how many may fail. What it allows to go wrong is the budget; burnt is what has gone wrong of it.",
            picture: None,
        }),
    ],
};
