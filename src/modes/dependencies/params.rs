//! The keys of the Dependencies in the address: which graph, how its edges look, what is focused, hidden, opened and chosen, what it is
//! compared with. Pure.

mod ignored;

use std::collections::BTreeMap;

const GRAPH: &str = "graph";
const WIDTH: &str = "thick";
const TINT: &str = "tint";
const FOCUS: &str = "focus";
const HOPS: &str = "hops";
const WAY: &str = "way";
const HIDDEN: &str = "without";
const OPENED: &str = "expand";
const PICKED: &str = "pick";
const TAB: &str = "panel";
const TABLE: &str = "table";
const ORDERS: [&str; 3] = ["eorder", "norder", "corder"];
const TOP: &str = "top";
const BUNDLE: &str = "bundle";
const LOOPS: &str = "loops";
const RUNAWAY: &str = "runs";
const SLOWER: &str = "slower";
const EXPECTED: &str = "expected";
const COMPARE: &str = "since";

/// More names than this do not fit into a link.
const LIST_LIMIT: usize = 60;
pub const DEFAULT_TOP: u32 = 120;
/// Characters that end the common part of names.
pub const BUNDLES: [char; 4] = ['.', '-', '/', '_'];
pub const TOPS: [u32; 5] = [20, 40, 80, 120, 200];
pub const DEFAULT_RUNAWAY: u32 = 20;
pub const DEFAULT_SLOWER_PCT: u32 = 20;
/// What a distance of hops is at most; beyond it everything that can be reached is meant.
pub const MOST_HOPS: u32 = 9;
/// So many nodes may be asked for.
const MOST_TOP: u32 = 1000;
/// Thresholds of runs and of per cent.
pub const MOST_NUMBER: u32 = 1_000_000;

/// Words of the address for the values of a choice.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $slug:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)+ }
            }
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.slug() == slug)
            }
        }
    };
}

choice! {
    /// What the nodes are.
    GraphKind {
        Agents = "agents", "Agents";
        /// Agents, and the types of artifacts between them as nodes of their own.
        Artifacts = "artifacts", "Artifacts";
        Services = "services", "Services";
        Operations = "operations", "Operations";
    }
}

choice! {
    /// What makes an edge thick.
    Thickness {
        Calls = "calls", "calls";
        Errors = "errors", "errors";
        Traces = "traces", "traces";
        Even = "even", "nothing";
    }
}

choice! {
    /// What gives an edge its colour.
    Tint {
        ErrorRate = "errors", "error rate";
        P95 = "p95", "p95";
        Plain = "none", "nothing";
    }
}

choice! {
    /// Which way the hops from the focused node go.
    Way {
        Both = "both", "Up and down";
        Up = "up", "Up";
        Down = "down", "Down";
    }
}

choice! {
    /// What the side panel shows.
    Tab {
        Cycles = "cycles", "Cycles";
        Chosen = "chosen", "Selection";
        Bottlenecks = "bottlenecks", "Bottlenecks";
        Changes = "changes", "Changes";
    }
}

choice! {
    /// The table below the graph.
    TableKind {
        Edges = "edges", "Edges";
        Nodes = "nodes", "Nodes";
        Cycles = "cycles", "Cycles";
    }
}

/// A column by its `data-col`, and which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub column: String,
    pub is_descending: bool,
}

/// What is chosen. Nodes by their keys, see `names`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    Node(String),
    Edge {
        source: String,
        target: String,
        label: Option<String>,
    },
    /// The members, in the order of the list.
    Cycle(Vec<String>),
}

/// What the time in view is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// As long a time just before the range; without a range the second half with the first.
    Before,
    /// `[from, to)` in ns since 1970.
    Range { from_ns: i64, to_ns: i64 },
}

/// Read tolerantly: what is not known gives the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyParams {
    /// `None`: agents, or services where no span names an agent.
    pub graph: Option<GraphKind>,
    pub thickness: Thickness,
    pub tint: Tint,
    /// Key of a node.
    pub focus: Option<String>,
    /// `None`: as far as edges lead.
    pub hops: Option<u32>,
    pub way: Way,
    /// Keys of nodes.
    pub hidden: Vec<String>,
    /// Services shown as their operations.
    pub opened: Vec<String>,
    pub picked: Option<Picked>,
    /// `None`: what is chosen, or the cycles.
    pub tab: Option<Tab>,
    pub table: TableKind,
    /// Of the tables in the order of [`TableKind::ALL`].
    pub orders: [Option<Order>; 3],
    /// So many nodes are drawn.
    pub top: u32,
    /// Names that are the same up to this character are one node.
    pub bundle: Option<char>,
    /// Calls of services and operations to themselves are drawn too; those of agents always are.
    pub with_loops: bool,
    /// An agent that runs more often than this in one trace runs away.
    pub runaway: u32,
    /// An edge whose p95 grew by more than this is slower.
    pub slower_pct: u32,
    /// Members of cycles that are meant to be, each sorted.
    pub expected: Vec<Vec<String>>,
    pub compare: Option<Compare>,
}

impl Default for DependencyParams {
    fn default() -> Self {
        Self {
            graph: None,
            thickness: Thickness::Calls,
            tint: Tint::ErrorRate,
            focus: None,
            hops: None,
            way: Way::Both,
            hidden: Vec::new(),
            opened: Vec::new(),
            picked: None,
            tab: None,
            table: TableKind::Edges,
            orders: [None, None, None],
            top: DEFAULT_TOP,
            bundle: None,
            with_loops: false,
            runaway: DEFAULT_RUNAWAY,
            slower_pct: DEFAULT_SLOWER_PCT,
            expected: Vec::new(),
            compare: None,
        }
    }
}

impl DependencyParams {
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let word = |key: &str| params.get(key).map(String::as_str).unwrap_or_default();
        let number = |key: &str, most: u32, or: u32| within(word(key), most).unwrap_or(or);
        let list = |key: &str| params.get(key).map(|text| read_list(text)).unwrap_or_default();
        let default = Self::default();
        Self {
            graph: GraphKind::from_slug(word(GRAPH)),
            thickness: Thickness::from_slug(word(WIDTH)).unwrap_or(default.thickness),
            tint: Tint::from_slug(word(TINT)).unwrap_or(default.tint),
            focus: params.get(FOCUS).filter(|key| !key.is_empty()).cloned(),
            hops: within(word(HOPS), MOST_HOPS),
            way: Way::from_slug(word(WAY)).unwrap_or(default.way),
            hidden: list(HIDDEN),
            opened: list(OPENED),
            picked: params.get(PICKED).and_then(|text| read_picked(text)),
            tab: Tab::from_slug(word(TAB)),
            table: TableKind::from_slug(word(TABLE)).unwrap_or(default.table),
            orders: ORDERS.map(|key| read_order(word(key))),
            top: number(TOP, MOST_TOP, DEFAULT_TOP),
            bundle: word(BUNDLE).chars().next().filter(|end| BUNDLES.contains(end)),
            with_loops: word(LOOPS) == "1",
            runaway: number(RUNAWAY, MOST_NUMBER, DEFAULT_RUNAWAY),
            slower_pct: number(SLOWER, MOST_NUMBER, DEFAULT_SLOWER_PCT),
            expected: list(EXPECTED).iter().map(|members| members.split('\t').map(str::to_owned).collect()).collect(),
            compare: read_compare(word(COMPARE)),
        }
    }

    /// Writes what differs from the default; other keys stay.
    pub fn write(&self, params: &mut BTreeMap<String, String>) {
        let default = Self::default();
        let mut set = |key: &str, value: Option<String>| match value {
            Some(value) => drop(params.insert(key.to_owned(), value)),
            None => drop(params.remove(key)),
        };
        set(GRAPH, self.graph.map(|graph| graph.slug().to_owned()));
        set(WIDTH, (self.thickness != default.thickness).then(|| self.thickness.slug().to_owned()));
        set(TINT, (self.tint != default.tint).then(|| self.tint.slug().to_owned()));
        set(FOCUS, self.focus.clone());
        set(HOPS, self.hops.map(|hops| hops.to_string()));
        set(WAY, (self.way != default.way).then(|| self.way.slug().to_owned()));
        set(HIDDEN, print_list(&self.hidden));
        set(OPENED, print_list(&self.opened));
        set(PICKED, self.picked.as_ref().map(print_picked));
        set(TAB, self.tab.map(|tab| tab.slug().to_owned()));
        set(TABLE, (self.table != default.table).then(|| self.table.slug().to_owned()));
        for (key, order) in ORDERS.into_iter().zip(&self.orders) {
            set(key, order.as_ref().map(|order| format!("{}{}", if order.is_descending { "-" } else { "" }, order.column)));
        }
        set(TOP, (self.top != default.top).then(|| self.top.to_string()));
        set(BUNDLE, self.bundle.map(String::from));
        set(LOOPS, self.with_loops.then(|| "1".to_owned()));
        set(RUNAWAY, (self.runaway != default.runaway).then(|| self.runaway.to_string()));
        set(SLOWER, (self.slower_pct != default.slower_pct).then(|| self.slower_pct.to_string()));
        let expected: Vec<String> = self.expected.iter().map(|members| members.join("\t")).collect();
        set(EXPECTED, print_list(&expected));
        set(COMPARE, self.compare.map(print_compare));
    }

    /// Another graph: focus, choice and what was hidden were nodes of the one before.
    pub fn show(&mut self, graph: GraphKind) {
        if self.graph != Some(graph) {
            self.graph = Some(graph);
            self.focus = None;
            self.picked = None;
            self.hidden.clear();
            self.opened.clear();
        }
    }

    /// Leaves a node out.
    pub fn hide(&mut self, key: String) {
        self.picked = None;
        if !self.hidden.contains(&key) {
            self.hidden.push(key);
        }
    }

    /// Shows a service as its operations.
    pub fn open(&mut self, key: String) {
        self.picked = None;
        if !self.opened.contains(&key) {
            self.opened.push(key);
        }
    }

    pub fn is_expected(&self, members: &[String]) -> bool {
        self.expected.iter().any(|expected| expected.as_slice() == sorted(members).as_slice())
    }

    pub fn toggle_expected(&mut self, members: &[String]) {
        let members = sorted(members);
        match self.expected.iter().position(|expected| *expected == members) {
            Some(at) => drop(self.expected.remove(at)),
            None => self.expected.push(members),
        }
    }

    /// One hop more or fewer; beyond the most it is all of them.
    pub fn step_hops(&mut self, is_more: bool) {
        self.hops = match (self.hops, is_more) {
            (None, true) => None,
            (None, false) => Some(3),
            (Some(hops), true) => Some(hops.saturating_add(1)).filter(|hops| *hops <= MOST_HOPS),
            (Some(hops), false) => Some(hops.saturating_sub(1).max(1)),
        };
    }

    pub fn order_of(&self, table: TableKind) -> Option<&Order> {
        let at = TableKind::ALL.iter().position(|each| *each == table)?;
        self.orders.get(at)?.as_ref()
    }

    /// A press on a head: the other way round when it was sorted by already.
    pub fn press_head(&mut self, table: TableKind, column: &str, is_descending_first: bool, present: Option<&Order>) {
        let next = match present.filter(|present| present.column == column) {
            Some(present) => Order { column: column.to_owned(), is_descending: !present.is_descending },
            None => Order { column: column.to_owned(), is_descending: is_descending_first },
        };
        if let Some(order) = TableKind::ALL.iter().position(|each| *each == table).and_then(|at| self.orders.get_mut(at)) {
            *order = Some(next);
        }
    }
}

fn sorted(members: &[String]) -> Vec<String> {
    let mut members = members.to_vec();
    members.sort();
    members
}

/// A whole number from 1 on.
fn within(text: &str, most: u32) -> Option<u32> {
    text.parse().ok().filter(|number| (1..=most).contains(number))
}

fn read_order(text: &str) -> Option<Order> {
    let (column, is_descending) = text.strip_prefix('-').map_or((text, false), |column| (column, true));
    (!column.is_empty()).then(|| Order { column: column.to_owned(), is_descending })
}

/// Texts on lines of their own; a line's own breaks are written `\n`.
fn read_list(text: &str) -> Vec<String> {
    text.split('\n').filter(|line| !line.is_empty()).take(LIST_LIMIT).map(unescaped).collect()
}

fn print_list(texts: &[String]) -> Option<String> {
    let lines: Vec<String> = texts.iter().take(LIST_LIMIT).map(|text| escaped(text)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

fn unescaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n') => value.push('\n'),
                Some(other) => value.push(other),
                None => value.push('\\'),
            },
            (other, false) => value.push(other),
        }
    }
    value
}

fn read_picked(text: &str) -> Option<Picked> {
    let mut lines = text.split('\n');
    let kind = lines.next()?;
    let rest: Vec<String> = lines.map(unescaped).collect();
    match (kind, rest.as_slice()) {
        ("node", [key]) => Some(Picked::Node(key.clone())),
        ("edge", [source, target]) => Some(Picked::Edge { source: source.clone(), target: target.clone(), label: None }),
        ("edge", [source, target, label]) => {
            Some(Picked::Edge { source: source.clone(), target: target.clone(), label: Some(label.clone()) })
        }
        ("cycle", [_, ..]) => Some(Picked::Cycle(rest)),
        _ => None,
    }
}

fn print_picked(picked: &Picked) -> String {
    let (kind, texts): (&str, Vec<&String>) = match picked {
        Picked::Node(key) => ("node", vec![key]),
        Picked::Edge { source, target, label } => ("edge", [source, target].into_iter().chain(label).collect()),
        Picked::Cycle(members) => ("cycle", members.iter().collect()),
    };
    let lines: Vec<String> = std::iter::once(kind.to_owned()).chain(texts.into_iter().map(|text| escaped(text))).collect();
    lines.join("\n")
}

fn read_compare(text: &str) -> Option<Compare> {
    if text == "before" {
        return Some(Compare::Before);
    }
    let (from, to) = text.split_once("..")?;
    let (from_ns, to_ns) = (from.parse().ok()?, to.parse().ok()?);
    (from_ns < to_ns).then_some(Compare::Range { from_ns, to_ns })
}

fn print_compare(compare: Compare) -> String {
    match compare {
        Compare::Before => "before".to_owned(),
        Compare::Range { from_ns, to_ns } => format!("{from_ns}..{to_ns}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn parameters_round_trip_and_leave_other_keys_alone() {
        let params = DependencyParams {
            graph: Some(GraphKind::Operations),
            thickness: Thickness::Errors,
            tint: Tint::Plain,
            focus: Some("agent:a\nb".into()),
            hops: Some(2),
            way: Way::Up,
            hidden: texts(&["service:x\\ny", "service:z\nz"]),
            opened: texts(&["service:q"]),
            picked: Some(Picked::Edge { source: "a\nb".into(), target: "c\\".into(), label: Some("Draft".into()) }),
            tab: Some(Tab::Changes),
            table: TableKind::Cycles,
            orders: [
                Some(Order { column: "p95_ms".into(), is_descending: true }),
                None,
                Some(Order { column: "calls".into(), is_descending: false }),
            ],
            top: 40,
            bundle: Some('-'),
            with_loops: true,
            runaway: 3,
            slower_pct: 50,
            expected: vec![texts(&["a", "b"]), texts(&["c"])],
            compare: Some(Compare::Range { from_ns: -5, to_ns: 7 }),
        };
        let mut map = BTreeMap::from([("other".to_owned(), "kept".to_owned())]);
        params.write(&mut map);
        assert_eq!(DependencyParams::read(&map), params);
        DependencyParams::default().write(&mut map);
        assert_eq!(map, BTreeMap::from([("other".to_owned(), "kept".to_owned())]));
    }

    #[test]
    fn what_is_chosen_round_trips() {
        let cycle = Picked::Cycle(texts(&["a", "b\nc", "d\\n"]));
        let edge = Picked::Edge { source: "a".into(), target: "b".into(), label: None };
        for picked in [Picked::Node("agent:critic".into()), edge, cycle] {
            assert_eq!(read_picked(&print_picked(&picked)), Some(picked));
        }
    }

    #[test]
    fn what_is_not_known_gives_the_default() {
        let words = [
            ("graph", "x"),
            ("thick", ""),
            ("hops", "0"),
            ("hops", "99"),
            ("pick", "node"),
            ("pick", "moon\na"),
            ("since", "9..2"),
            ("top", "-3"),
        ];
        for (key, value) in words {
            let map = BTreeMap::from([(key.to_owned(), value.to_owned())]);
            assert_eq!(DependencyParams::read(&map), DependencyParams::default(), "{key}={value}");
        }
    }

    #[test]
    fn another_graph_forgets_the_nodes_of_the_one_before() {
        let mut params =
            DependencyParams { focus: Some("agent:a".into()), hidden: texts(&["agent:b"]), hops: Some(2), ..DependencyParams::default() };
        params.show(GraphKind::Services);
        assert_eq!((params.focus.clone(), params.hidden.len(), params.hops), (None, 0, Some(2)));
    }

    #[test]
    fn hops_step_from_one_to_all() {
        let mut params = DependencyParams { hops: Some(1), ..DependencyParams::default() };
        params.step_hops(false);
        assert_eq!(params.hops, Some(1));
        (0..MOST_HOPS).for_each(|_| params.step_hops(true));
        assert_eq!(params.hops, None);
        params.step_hops(false);
        assert_eq!(params.hops, Some(3));
    }

    #[test]
    fn an_expected_cycle_does_not_depend_on_where_it_begins() {
        let mut params = DependencyParams::default();
        params.toggle_expected(&texts(&["b", "a"]));
        assert!(params.is_expected(&texts(&["a", "b"])));
        params.toggle_expected(&texts(&["a", "b"]));
        assert!(params.expected.is_empty());
    }
}
