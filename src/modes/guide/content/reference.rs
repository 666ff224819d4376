//! To look things up: examples, the filter language, keys, links, hosting, privacy, limits.

use crate::modes::guide::block::{Block, Part, Section};

pub const EXAMPLES: Section = Section {
    id: "examples",
    part: Part::Reference,
    title: "Examples to run",
    blocks: &[
        Block::Text("Each one opens on the file that is open, or on the sample when none is. The browser’s Back brings you here again."),
        Block::Examples,
    ],
};

pub const FILTER: Section = Section {
    id: "filter-language",
    part: Part::Reference,
    title: "Filter language",
    blocks: &[
        Block::Text(
            "One filter for every mode stands in the bar below the tabs, and in the address. {/} goes there; it completes keys and values from the file. {Ctrl Z} takes the last change back. The same language searches within a trace ({M}) and compares two sides in Statistics.",
        ),
        Block::Filters(&[
            ("agent:critic", "spans of the agent critic"),
            ("status:error", "spans that failed; also `ok` and `unset`"),
            ("dur>1s", "longer than a second; `us`, `ms`, `s`, `min`"),
            ("self>500ms", "own time of more than half a second"),
            ("service:Agent", "equal, capitals or not"),
            ("service=Agent", "equal to the letter"),
            ("op:execute", "the operation: the name after its first dot"),
            ("-op:on_*", "not the hooks; `*` stands for any text"),
            ("name:*.evaluate", "the whole name"),
            ("kind:internal", "the kind of the span"),
            ("agent:critic,writer", "any of several"),
            ("agent:\"\"", "spans without an agent"),
            ("attr.correlation_id~3ceaaf30", "the attribute contains this"),
            ("attr.pipeline.version:exists", "the attribute is there"),
            ("attr.output.length>100", "the attribute as a number"),
            ("has:exception", "an exception, `events`, `links` or an `agent`"),
            ("root:true", "spans without a parent"),
            ("desc~unreachable", "the status description contains this"),
            ("workflow:content_review", "all spans of traces with this root"),
            ("trace:39fd9305", "the trace whose id begins so"),
            ("span:d584ea26", "the span whose id begins so"),
            ("\"perpetual motion\"", "free text, in name, service, operation, agent or status description"),
            ("service:Agent dur>1s", "both: a space is AND"),
            ("status:error OR dur>2s", "one of them; AND binds closer"),
            ("NOT (service:Agent OR service:Flock)", "the opposite; brackets group"),
        ]),
        Block::Text(
            "A text that is no filter stays in the field and shows where it broke, while the last good one stays in force. A filter that hides everything says which part to remove. Own time, agents and attributes are worked out once a file, when a filter first asks for them; on large files that takes some seconds.",
        ),
    ],
};

pub const TEMPLATES: Section = Section {
    id: "templates",
    part: Part::Reference,
    title: "Query templates",
    blocks: &[
        Block::Text(
            "Statements of the SQL mode that answer a question of their own. They ask for their values by name, and offer those of the file.",
        ),
        Block::Templates,
    ],
};

pub const KEYS: Section = Section {
    id: "keyboard",
    part: Part::Reference,
    title: "Keyboard",
    blocks: &[Block::Text("Keys work while the focus is not in a text field. {?} lists them anywhere."), Block::Keys],
};

pub const LINKS: Section = Section {
    id: "links",
    part: Part::Reference,
    title: "Sharing a view",
    blocks: &[
        Block::Text(
            "The address holds what is open and how you look at it: mode, trace, span, filter, time range, sorting, zoom, what is compared. Copy it from the browser; {Y} does in the Timeline. A reload, Back and Forward bring the same view. **Share** in the top bar, or {Ctrl Shift L}, makes a link of it, says in words what the link contains, and has it as a QR code and as code for another page.",
        ),
        Block::List(&[
            "**A file at an address** travels with the link: whoever has the link sees the view.",
            "**A file on your disk** does not. The link names it and knows its fingerprint: who opens it is asked for that file, and then goes where the link leads.",
            "**A trace itself** fits into a link of up to 60,000 characters, which opens without any file. You choose what goes along: names and times, attributes without inputs and outputs, or everything; and keys whose values are left out, however deep they stand in JSON. What is left out is nowhere in the link. A trace that is too long is saved as a Parquet file to attach, with the same left out.",
            "**A short id** is enough: `trace=04a3a5cf` finds the only trace that begins so, and lists them where there are several. The same in the search of the Timeline, and in the filter of every mode with {Enter}.",
            "**Spans** are named by their ids, so that a link holds when the file is written anew.",
            "**SQL in a link** fills the editor and never runs by itself.",
            "Everything stands behind the `#`: browsers do not send that part to the server.",
            "Long texts are compressed in the link. Links of earlier versions of this page are read for ever.",
            "Theme, density, time zone and widths of panes are yours: they are in no link.",
        ]),
    ],
};

pub const HOSTING: Section = Section {
    id: "hosting",
    part: Part::Reference,
    title: "Hosting it yourself",
    blocks: &[
        Block::Text(
            "Spandeck is a folder of static files. Copy it to any static host, into any folder: no special headers, no database, no file over 25 MiB.",
        ),
        Block::List(&[
            "`make build` leaves that folder: `dist/`.",
            "The engine, 6 MB, is loaded once, when a file is opened or while the page is idle.",
            "Names with a hash may be cached for ever, `index.html` and `offline.js` not at all. `hosting/` has ready settings for common hosts.",
            "Once idle, the page keeps itself in the browser: it and the sample then open without network. That needs https, or `localhost`.",
            "A newer version is announced and shown after a reload, which waits for you. **Configuration**, Local data, switches all of this off.",
        ]),
        Block::Text("For trace files on another server, that server must send these headers:"),
        Block::Code(
            "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: Range\nAccess-Control-Expose-Headers: Content-Length, Content-Range, Accept-Ranges",
        ),
    ],
};

pub const EMBEDDING: Section = Section {
    id: "embedding",
    part: Part::Reference,
    title: "A view in another page",
    blocks: &[
        Block::Text(
            "A page of your own can hold a view: a trace in the docs, last night’s runs on a dashboard. Load `embed.js`, which lies beside the page, and write the element where the view is to be:",
        ),
        Block::Code(
            "<script type=\"module\" src=\"https://traces.example/viewer/embed.js\"></script>\n<spandeck-viewer src=\"runs/42.parquet\" trace=\"7c41e09b…\" mode=\"timeline\"></spandeck-viewer>",
        ),
        Block::Text("Without a script: put the address of any view into a frame, with `&embed=1` at its end. These keys go with it:"),
        Block::Table(
            &["Key", "What it says"],
            &[
                &["`modes`", "The modes that are offered: `timeline,red`. Without it only the one of the address."],
                &["`tabs`", "`0` or `1`. Without it there are tabs when there is more than one mode."],
                &["`title`", "One line in the head of the frame."],
                &["`start`", "`visible`: loads when it is scrolled into view; `click`: when its poster is pressed; `now`."],
                &["`theme`", "`light` or `dark`; without it the reader’s system decides."],
            ],
        ),
        Block::List(&[
            "Nothing but a poster is loaded before the view starts.",
            "Keys and wheel work once you are in the frame. Before that they are the page’s around it.",
            "**Open** leads to the same view in full, in a tab of its own.",
            "A frame takes no file from your disk.",
        ]),
        Block::Head("embedding-files", "“Open a file here?”"),
        Block::Text(
            "The page around the frame wants to hand it a file. **Always** holds for that site in this browser until you clear it in Configuration. Files of sites that the host of the viewer lists are opened without a question. What you have open from elsewhere is told to no page.",
        ),
    ],
};

pub const PRIVACY: Section = Section {
    id: "privacy",
    part: Part::Reference,
    title: "Privacy",
    blocks: &[Block::List(&[
        "The file never leaves the browser. There is no server behind this page, no account, no counting of visits.",
        "The page asks only its own site for its own parts, and no other one unless you paste the address of a file there.",
        "Kept in this browser: settings, presets, what you wrote in SQL, and handles of recent files where the browser allows it. Configuration shows it and clears it.",
        "A link carries names and values that you filtered for, and the trace itself only where you chose so. [Share](links) says what is in it.",
        "Text of the file is never run and never read as markup.",
    ])],
};

pub const LIMITS: Section = Section {
    id: "limits",
    part: Part::Reference,
    title: "Limits, measured",
    blocks: &[
        Block::Text("In Chromium on two cores, with the page as it is built. Your machine is likely to be faster."),
        Block::Table(
            &["What", "Measured"],
            &[
                &["First paint of the page", "0.3 s"],
                &["Database engine ready, from opening a file", "0.9 s"],
                &["1,000,000 spans in a `.duckdb` of 326 MB, until the list of traces", "1.0 s"],
                &["The same from a Parquet file of 98 MB", "3.9 s"],
                &["1,000,000 spans: another filter, until the counts", "0.24 s"],
                &["1,000,000 spans: the slowest of six groupings", "0.19 s"],
                &["1,000,000 raw spans in another order", "0.5 s"],
                &["A trace of 10,000 spans, from the click to its picture", "0.23 s"],
                &["A trace of 200,000 spans, from the click to its picture", "0.66 s"],
                &["Memory of the page for 80,000 spans of one trace", "61 MB"],
            ],
        ),
        Block::Text(
            "DuckDB may use up to 2 GB here; a query that wants more ends with a message and the page goes on. Dragging the scroll bar through a million raw spans from end to end shows empty rows for some seconds.",
        ),
    ],
};
