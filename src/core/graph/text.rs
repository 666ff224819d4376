//! A graph as text: DOT, Mermaid, and its edges as CSV. Names of the data never end a quoted text, and never become markup.

use std::fmt::Write as _;

use super::{Edge, Graph, NodeKind};
use crate::csv;

/// What a nameless node is called.
const NAMELESS: &str = "(no service)";

fn shown_name(name: &str) -> &str {
    if name.is_empty() { NAMELESS } else { name }
}

/// "Draft, 52 calls, 7 errors".
fn words(edge: &Edge) -> String {
    let mut words = String::new();
    if let Some(label) = edge.label.as_deref().filter(|label| !label.is_empty()) {
        words.push_str(label);
        words.push_str(", ");
    }
    let _ = write!(words, "{} {}", edge.calls, if edge.calls == 1 { "call" } else { "calls" });
    if edge.errors > 0 {
        let _ = write!(words, ", {} {}", edge.errors, if edge.errors == 1 { "error" } else { "errors" });
    }
    words
}

/// Edges both ends of which exist.
fn edges(graph: &Graph) -> impl Iterator<Item = (usize, &Edge)> {
    let count = graph.nodes.len();
    graph.edges.iter().enumerate().filter(move |(_, edge)| edge.source < count && edge.target < count)
}

/// For Graphviz. `is_back` as the layout has it; those edges do not shape the picture there either.
#[must_use]
pub fn dot(graph: &Graph, is_back: &[bool]) -> String {
    let mut out = String::from("digraph dependencies {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let style = match node.kind {
            NodeKind::External => ", style=\"rounded,dashed\"",
            NodeKind::ArtifactType => ", shape=note, style=\"\"",
            _ => "",
        };
        let _ = writeln!(out, "  n{index} [label={}{style}];", dot_text(shown_name(&node.name)));
    }
    for (index, edge) in edges(graph) {
        let back = if is_back.get(index) == Some(&true) { ", style=dashed, constraint=false" } else { "" };
        let _ = writeln!(out, "  n{} -> n{} [label={}{back}];", edge.source, edge.target, dot_text(&words(edge)));
    }
    out.push_str("}\n");
    out
}

/// In DOT a backslash begins an escape, such as `\N` for a name.
fn dot_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' | '\r' => quoted.push_str("\\n"),
            '\0' => quoted.push('\u{fffd}'),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// For Mermaid.
#[must_use]
pub fn mermaid(graph: &Graph, is_back: &[bool]) -> String {
    let mut out = String::from("flowchart LR\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let (open, close) = match node.kind {
            NodeKind::External => ("([", "])"),
            NodeKind::ArtifactType => ("[/", "/]"),
            _ => ("[", "]"),
        };
        let _ = writeln!(out, "  n{index}{open}\"{}\"{close}", mermaid_text(shown_name(&node.name)));
    }
    for (index, edge) in edges(graph) {
        let arrow = if is_back.get(index) == Some(&true) { "-.->" } else { "-->" };
        let _ = writeln!(out, "  n{} {arrow}|\"{}\"| n{}", edge.source, mermaid_text(&words(edge)), edge.target);
    }
    out
}

/// Mermaid reads entities by number, and HTML and markdown where it can: only letters, digits and harmless signs stay as they are.
fn mermaid_text(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() || " .,:-_()/+".contains(character) {
            safe.push(character);
        } else {
            let _ = write!(safe, "#{};", u32::from(character));
        }
    }
    safe
}

/// The edges as CSV, in the order of the graph.
#[must_use]
pub fn edges_csv(graph: &Graph) -> String {
    const HEAD: [&str; 14] = [
        "source",
        "target",
        "label",
        "calls",
        "errors",
        "error_pct",
        "mean_ms",
        "p50_ms",
        "p95_ms",
        "p99_ms",
        "traces",
        "handover_p50_ms",
        "handover_p95_ms",
        "back_to_itself",
    ];
    let mut out = String::new();
    out.push(csv::BYTE_ORDER_MARK);
    row(&mut out, &HEAD.map(Cell::Text));
    for (_, edge) in edges(graph) {
        let name = |node: usize| graph.nodes.get(node).map_or("", |node| &*node.name);
        let handover = edge.handover.unwrap_or_default();
        row(
            &mut out,
            &[
                Cell::Text(name(edge.source)),
                Cell::Text(name(edge.target)),
                edge.label.as_deref().map_or(Cell::Nothing, Cell::Text),
                Cell::Count(edge.calls),
                Cell::Count(edge.errors),
                error_percent(edge.calls, edge.errors).map_or(Cell::Nothing, Cell::Number),
                figure(edge.mean_ms),
                figure(edge.p50_ms),
                figure(edge.p95_ms),
                figure(edge.p99_ms),
                Cell::Count(edge.traces),
                figure(handover.p50_ms),
                figure(handover.p95_ms),
                Cell::Count(u64::from(edge.is_self())),
            ],
        );
    }
    out
}

/// The nodes as CSV, in the order of the graph.
#[must_use]
pub fn nodes_csv(graph: &Graph) -> String {
    let mut out = String::new();
    out.push(csv::BYTE_ORDER_MARK);
    row(&mut out, &["name", "kind", "calls", "errors", "error_pct", "p95_ms", "self_share"].map(Cell::Text));
    for node in &graph.nodes {
        row(
            &mut out,
            &[
                Cell::Text(&node.name),
                Cell::Text(node.kind.word()),
                Cell::Count(node.calls),
                Cell::Count(node.errors),
                error_percent(node.calls, node.errors).map_or(Cell::Nothing, Cell::Number),
                figure(node.p95_ms),
                figure(node.self_share),
            ],
        );
    }
    out
}

/// Of 100; `None` without calls.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn error_percent(calls: u64, errors: u64) -> Option<f64> {
    (calls > 0).then(|| errors as f64 * 100.0 / calls as f64)
}

enum Cell<'a> {
    Text(&'a str),
    Count(u64),
    Number(f64),
    Nothing,
}

fn figure(value: Option<f64>) -> Cell<'static> {
    value.filter(|value| value.is_finite()).map_or(Cell::Nothing, Cell::Number)
}

fn row(out: &mut String, cells: &[Cell<'_>]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push(csv::SEPARATOR);
        }
        match cell {
            Cell::Text(text) => csv::push_text(out, text),
            Cell::Count(count) => csv::push_value(out, &count.to_string()),
            Cell::Number(number) => csv::push_float(out, *number),
            Cell::Nothing => csv::push_null(out, cells.len()),
        }
    }
    out.push_str(csv::ROW_END);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Node;

    fn graph() -> Graph {
        let node = |name: &str, kind| Node { name: name.into(), kind, calls: 4, errors: 1, ..Node::default() };
        let edge = Edge { source: 0, target: 1, label: Some("a\\\"b\n".into()), calls: 8, errors: 1, p95_ms: Some(1.5), ..Edge::default() };
        let odd = Edge { source: 0, target: 9, ..Edge::default() };
        let back = Edge { source: 1, target: 1, calls: 1, ..Edge::default() };
        Graph { nodes: vec![node("", NodeKind::External), node("<b>\"x\"];", NodeKind::Agent)], edges: vec![edge, odd, back] }
    }

    #[test]
    fn dot_quotes_what_the_file_says() {
        let text = dot(&graph(), &[false, false, true]);
        assert!(text.contains(r#"n0 [label="(no service)", style="rounded,dashed"];"#), "{text}");
        assert!(text.contains(r#"n1 [label="<b>\"x\"];"];"#), "{text}");
        assert!(text.contains(r#"n0 -> n1 [label="a\\\"b\n, 8 calls, 1 error"];"#), "{text}");
        assert!(
            text.contains(r#"n1 -> n1 [label="1 call", style=dashed, constraint=false];"#) && text.matches("->").count() == 2,
            "{text}"
        );
    }

    #[test]
    fn mermaid_gets_numbers_for_signs() {
        let text = mermaid(&graph(), &[false, false, true]);
        assert!(text.contains("  n1[\"#60;b#62;#34;x#34;#93;#59;\"]\n"), "{text}");
        assert!(text.contains("  n0 -->|\"a#92;#34;b#10;, 8 calls, 1 error\"| n1\n") && text.contains("n1 -.->|\"1 call\"| n1"), "{text}");
    }

    #[test]
    fn tables_have_every_digit() {
        let text = edges_csv(&graph());
        assert!(text.contains("\"\",\"<b>\"\"x\"\"];\","), "{text}");
        assert!(text.contains(",8,1,12.5,,,1.5,,0,,,0\r\n"), "{text}");
        assert_eq!(text.matches("\r\n").count(), 3);
        assert!(nodes_csv(&graph()).contains(",agent,4,1,25.0,,\r\n"));
        assert_eq!(error_percent(0, 0), None);
    }
}
