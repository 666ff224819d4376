//! The small pictures of the definitions, on a grid of 300 units in width.

use crate::modes::guide::block::{
    Picture,
    Stroke::{Bar, Dot, Path, Words},
};

pub const OWN_TIME: Picture = Picture {
    alt: "A span with two children that overlap. Strong are the parts of the span before, between and after them: its own time.",
    height: 76,
    strokes: &[
        Bar(10, 8, 280, 12, "c7 f pale"),
        Bar(10, 8, 50, 12, "c7 f"),
        Bar(160, 8, 40, 12, "c7 f"),
        Bar(260, 8, 30, 12, "c7 f"),
        Bar(60, 28, 70, 12, "c2 f"),
        Bar(100, 44, 60, 12, "c4 f"),
        Bar(200, 28, 60, 12, "c2 f"),
        Words(10, 70, "strong: own time"),
    ],
};

pub const CRITICAL_PATH: Picture = Picture {
    alt: "A root with three children. The line under the bars follows the root, then the child that ended last, and leaves out a short child beside it.",
    height: 80,
    strokes: &[
        Bar(10, 6, 280, 12, "c9 f pale"),
        Bar(40, 26, 100, 12, "c7 f"),
        Bar(50, 46, 50, 12, "c4 f"),
        Bar(150, 62, 120, 12, "c2 f"),
        Path("M10 21H40M140 21H150M270 21H290M40 41H140M150 77H270", "crit"),
        Path("M40 21V41M140 41V21M150 21V77M270 77V21", "thin"),
    ],
};

pub const CONCURRENCY: Picture = Picture {
    alt: "Three bars that overlap, and below them steps: one, two, three, two, one at a time.",
    height: 86,
    strokes: &[
        Bar(10, 6, 180, 10, "c7 f"),
        Bar(60, 20, 170, 10, "c2 f"),
        Bar(110, 34, 60, 10, "c4 f"),
        Path("M10 80V70H60V62H110V54H170V62H190V70H230V80Z", "area"),
        Words(236, 78, "1"),
        Words(134, 51, "3"),
    ],
};

pub const LATE_CHILD: Picture = Picture {
    alt: "A short parent. Its child starts after the parent has ended; a dotted line leads from the parent to the end of the child.",
    height: 44,
    strokes: &[Bar(10, 6, 60, 12, "c9 f"), Path("M70 12H270", "dotted"), Bar(130, 26, 140, 12, "c7 f"), Path("M70 18V32H126", "flow")],
};

pub const RED: Picture = Picture {
    alt: "Columns for the spans of each minute with their failed part at the foot, and a line for p95 above them.",
    height: 72,
    strokes: &[
        Bar(20, 34, 24, 30, "bar"),
        Bar(60, 26, 24, 38, "bar"),
        Bar(100, 30, 24, 34, "bar"),
        Bar(140, 16, 24, 48, "bar"),
        Bar(180, 24, 24, 40, "bar"),
        Bar(140, 50, 24, 14, "bad"),
        Bar(180, 58, 24, 6, "bad"),
        Path("M32 26L72 22L112 24L152 6L192 12", "line"),
        Words(214, 16, "p95"),
        Words(214, 46, "spans"),
        Words(214, 64, "failed"),
    ],
};

pub const EDGES: Picture = Picture {
    alt: "Two agents. A thick arrow leads from the writer to the critic, labelled Draft; it is as thick as the calls are many.",
    height: 50,
    strokes: &[
        Dot(40, 22, 9, "c7 f"),
        Dot(230, 22, 9, "c2 f"),
        Path("M52 22H212", "edge"),
        Path("M210 14L221 22L210 30Z", "head"),
        Words(18, 46, "writer"),
        Words(212, 46, "critic"),
        Words(114, 15, "Draft"),
    ],
};

pub const CYCLE: Picture = Picture {
    alt: "The writer feeds the critic and the critic feeds the writer: two arrows that make a circle.",
    height: 64,
    strokes: &[
        Dot(60, 28, 9, "c7 f"),
        Dot(220, 28, 9, "c2 f"),
        Path("M70 20Q140 -6 206 18", "edge"),
        Path("M203 11L214 21L200 23Z", "head"),
        Path("M210 37Q140 62 76 40", "edge"),
        Path("M78 47L67 36L81 34Z", "head"),
        Words(36, 58, "writer"),
        Words(204, 58, "critic"),
    ],
};

pub const NOISE: Picture = Picture {
    alt: "A run with its two real children as bars, and below it one row with many small ticks: the hooks, folded.",
    height: 60,
    strokes: &[
        Bar(10, 4, 250, 12, "c7 f pale"),
        Bar(40, 22, 90, 12, "c4 f"),
        Bar(140, 22, 100, 12, "c2 f"),
        Path("M14 42v8M20 42v8M24 42v8M33 42v8M134 42v8M138 42v8M244 42v8M249 42v8M256 42v8", "ticks"),
        Words(60, 50, "9 hooks hidden"),
    ],
};
