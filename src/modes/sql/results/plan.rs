//! DuckDB's plan of a statement as a tree, from what `EXPLAIN (FORMAT JSON)` and `EXPLAIN (ANALYZE, FORMAT JSON)` give.
//!
//! Must not know how it is drawn; what cannot be read as JSON is left to be shown as the text that it is.

use serde_json::Value as Json;

use super::result_set::{ResultSet, Value};

/// A step of the plan. Its rows come from its children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// How far below the first it stands.
    pub depth: usize,
    /// DuckDB's name of it: `HASH_GROUP_BY`.
    pub name: String,
    /// What it works on: "Groups: #0".
    pub details: Vec<(String, String)>,
    /// Rows that came out of it, where it ran.
    pub rows: Option<u64>,
    /// Rows that DuckDB expected.
    pub estimate: Option<u64>,
    /// Its own time, where it ran.
    pub time_ms: Option<f64>,
    /// Of the time of all steps, 0 to 1.
    pub share: f64,
    pub children: usize,
}

/// The steps, each before its children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// Of all steps together, where it ran.
    pub time_ms: Option<f64>,
}

/// What the plan of a result is: a tree, or DuckDB's own picture of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Explained {
    Tree(Plan),
    Text(String),
}

/// `None` where the result is no plan.
pub fn of_result(set: &ResultSet) -> Option<Explained> {
    let names: Vec<&str> = set.columns.iter().map(|column| column.name.as_str()).collect();
    if names != ["explain_key", "explain_value"] {
        return None;
    }
    // The last one is the plan that runs; others are stages before it.
    let text = match set.value(1, set.rows().checked_sub(1)?)? {
        Value::Text(text) => text,
        _ => return None,
    };
    Some(parse(text).map_or_else(|| Explained::Text(text.to_owned()), Explained::Tree))
}

/// A statement as it is sent so that its plan comes as JSON: `EXPLAIN` and `EXPLAIN ANALYZE` without options of their own.
pub fn as_json(sql: &str) -> Option<String> {
    let rest = after_word(sql, "EXPLAIN")?;
    let (options, rest) = match after_word(rest, "ANALYZE") {
        Some(rest) => ("(ANALYZE, FORMAT JSON)", rest),
        None => ("(FORMAT JSON)", rest),
    };
    (!rest.trim_start().starts_with('(')).then(|| format!("EXPLAIN {options}{rest}"))
}

/// What comes behind a word that a text begins with.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    let ends = !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    (head.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// The tree of a JSON text; `None` where it is none.
pub fn parse(text: &str) -> Option<Plan> {
    let json: Json = serde_json::from_str(text).ok()?;
    let roots: Vec<&Json> = match &json {
        Json::Array(roots) => roots.iter().collect(),
        // The outermost of a plan that ran is the statement itself.
        Json::Object(query) if !query.contains_key("operator_name") && !query.contains_key("name") => children(&json).collect(),
        root => vec![root],
    };
    let mut steps = Vec::new();
    let mut open: Vec<(&Json, usize)> = roots.into_iter().rev().map(|root| (root, 0)).collect();
    while let Some((node, depth)) = open.pop() {
        let Some(step) = step(node, depth) else { continue };
        // It stands for having asked, not for work.
        let is_asking = step.name == "EXPLAIN_ANALYZE";
        let below = if is_asking { depth } else { depth + 1 };
        if !is_asking {
            steps.push(step);
        }
        let inner: Vec<&Json> = children(node).collect();
        open.extend(inner.into_iter().rev().map(|child| (child, below)));
    }
    let time_ms: Option<f64> = steps.iter().filter_map(|step| step.time_ms).fold(None, |sum, time| Some(sum.unwrap_or(0.0) + time));
    if let Some(whole) = time_ms.filter(|whole| *whole > 0.0) {
        for step in &mut steps {
            step.share = step.time_ms.unwrap_or(0.0) / whole;
        }
    }
    (!steps.is_empty()).then_some(Plan { steps, time_ms })
}

fn children(node: &Json) -> impl Iterator<Item = &Json> {
    node.get("children").and_then(Json::as_array).into_iter().flatten()
}

fn step(node: &Json, depth: usize) -> Option<Step> {
    let name = node.get("operator_name").or_else(|| node.get("name"))?.as_str()?.trim().to_owned();
    let mut details = Vec::new();
    let mut estimate = None;
    for (key, value) in node.get("extra_info").and_then(Json::as_object).into_iter().flatten() {
        let words = match value {
            Json::String(text) => text.clone(),
            Json::Array(items) => {
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        if key == "Estimated Cardinality" {
            estimate = words.parse().ok();
        } else if !words.is_empty() {
            details.push((key.trim_matches('_').to_owned(), words));
        }
    }
    Some(Step {
        depth,
        name,
        details,
        rows: node.get("operator_cardinality").and_then(Json::as_u64),
        estimate,
        time_ms: node.get("operator_timing").and_then(Json::as_f64).map(|seconds| seconds * 1000.0),
        share: 0.0,
        children: children(node).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANNED: &str = r##"[{"name": "ORDER_BY", "extra_info": {"Order By": "count_star() DESC"}, "children": [{"name": "HASH_GROUP_BY",
        "extra_info": {"Groups": "#0", "Aggregates": ["count_star()", "sum(#1)"], "Estimated Cardinality": "10000"},
        "children": [{"name": "RANGE ", "children": [], "extra_info": {"Function": "RANGE"}}]}]}]"##;
    const RAN: &str = r##"{"query_name": "", "latency": 0.0, "extra_info": {}, "children": [{"operator_name": "EXPLAIN_ANALYZE", "operator_timing": 2e-7,
        "operator_cardinality": 0, "extra_info": {}, "children": [{"operator_name": "HASH_JOIN", "operator_timing": 0.003, "operator_cardinality": 7,
        "extra_info": {"Join Type": "INNER"}, "children": [{"operator_name": "SEQ_SCAN", "operator_timing": 0.001, "operator_cardinality": 10, "extra_info": {}, "children": []},
        {"operator_name": "FILTER", "operator_timing": 0, "operator_cardinality": 3, "extra_info": {}, "children": []}]}]}]}"##;

    fn drawn(plan: &Plan) -> Vec<String> {
        plan.steps.iter().map(|step| format!("{}{} {:?} {:.2}", "  ".repeat(step.depth), step.name, step.rows, step.share)).collect()
    }

    #[test]
    fn a_plan_is_a_tree() {
        let plan = parse(PLANNED).unwrap();
        assert_eq!(drawn(&plan), ["ORDER_BY None 0.00", "  HASH_GROUP_BY None 0.00", "    RANGE None 0.00"]);
        assert_eq!(plan.steps[1].estimate, Some(10_000));
        assert_eq!(plan.steps[1].details[1], ("Aggregates".to_owned(), "count_star(), sum(#1)".to_owned()));
        assert_eq!(plan.time_ms, None);
    }

    #[test]
    fn a_plan_that_ran_has_times_and_rows() {
        let plan = parse(RAN).unwrap();
        assert_eq!(drawn(&plan), ["HASH_JOIN Some(7) 0.75", "  SEQ_SCAN Some(10) 0.25", "  FILTER Some(3) 0.00"]);
        assert_eq!(plan.time_ms, Some(4.0));
    }

    #[test]
    fn what_is_no_json_stays_text() {
        for text in ["", "┌──┐", "{}", "[]", "{\"children\": 5}", "[[1]]"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn plans_are_asked_for_as_json() {
        assert_eq!(as_json("  explain select 1").as_deref(), Some("EXPLAIN (FORMAT JSON) select 1"));
        assert_eq!(as_json("EXPLAIN ANALYZE\nSELECT 1").as_deref(), Some("EXPLAIN (ANALYZE, FORMAT JSON)\nSELECT 1"));
        for sql in ["SELECT 1", "EXPLAIN (FORMAT HTML) SELECT 1", "explained", "", "é"] {
            assert_eq!(as_json(sql), None, "{sql}");
        }
    }
}
