//! What the filter hides: its negated parts as a list, ready-made patterns for it, and the Timeline's rules for framework hooks as a filter.

use super::builder::print_node;
use crate::core::{
    filter::{Compare, Condition, Filter, How, Node, Pattern, Status, TextField, TimeField},
    noise::{NoiseRules, Rule},
};

/// A pattern that is offered by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Ready {
    pub slug: &'static str,
    pub name: &'static str,
    /// The part of the filter that hides it.
    pub node: Node,
}

/// What a line of the list is about.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Ready(&'static str, &'static str),
    /// The beginning of an id.
    Trace(String),
    Pattern,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    pub what: What,
    /// The part of the filter, with its NOT.
    pub node: Node,
    /// What is hidden, as text.
    pub text: String,
    /// Whether the filter hides it at present; offers are listed too.
    pub is_on: bool,
}

fn is(field: TextField, values: Vec<Pattern>) -> Node {
    Node::Is(Condition::Text { field, how: How::Is, values })
}

fn pattern(text: &str) -> Pattern {
    Pattern::of_parts(text.split('*').map(str::to_owned).collect())
}

/// The spans that some rules name: by their operation, or by their name where the pattern has a dot.
fn named_by(rules: &[&Rule]) -> Option<Node> {
    let of = |with_dot: bool| rules.iter().filter(move |rule| rule.pattern.contains('.') == with_dot).map(|rule| pattern(&rule.pattern));
    let (operations, names): (Vec<Pattern>, Vec<Pattern>) = (of(false).collect(), of(true).collect());
    let operations = (!operations.is_empty()).then(|| is(TextField::Operation, operations));
    let names = (!names.is_empty()).then(|| is(TextField::Name, names));
    Node::any(operations.into_iter().chain(names).collect())
}

/// What hides framework hooks: those that the rules name, shorter than the rules' bounds, and not failed. `None` without rules. (What the
/// Timeline's folding also looks at, whether something else is below a hook, no filter can say.)
pub fn hooks(rules: &NoiseRules) -> Option<Node> {
    let mut bounds: Vec<i64> = rules.rules().iter().filter(|rule| !rule.exempt).map(|rule| rule.below_ns).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let of_bound = |below_ns: i64| {
        let rules: Vec<&Rule> = rules.rules().iter().filter(|rule| !rule.exempt && rule.below_ns == below_ns).collect();
        let short = Node::Is(Condition::Time { of: TimeField::Duration, compare: Compare::Less, ns: below_ns });
        Node::all(named_by(&rules).into_iter().chain([short]).collect())
    };
    let named = Node::any(bounds.into_iter().filter_map(of_bound).collect())?;
    let exempt: Vec<&Rule> = rules.rules().iter().filter(|rule| rule.exempt).collect();
    let failed = Node::Is(Condition::Status(vec![Status::Error]));
    let parts = [Some(named), Some(failed.negate()), named_by(&exempt).map(Node::negate)];
    Node::all(parts.into_iter().flatten().collect()).map(Node::negate)
}

/// All that is offered by name.
pub fn ready_made(rules: &NoiseRules) -> Vec<Ready> {
    let names = |names: &[&str]| is(TextField::Name, names.iter().map(|name| Pattern::literal(name)).collect()).negate();
    let service = |service: &str| is(TextField::Service, vec![Pattern::literal(service)]).negate();
    let hooks = hooks(rules).map(|node| Ready { slug: "hooks", name: "Framework hooks", node });
    let others = [
        Ready { slug: "waiting", name: "Waiting spans", node: names(&["Flock.run_until_idle", "Flock.serve"]) },
        Ready { slug: "collector", name: "Dashboard collector", node: service("DashboardEventCollector") },
        Ready { slug: "output", name: "Component output", node: service("OutputUtilityComponent") },
    ];
    hooks.into_iter().chain(others).collect()
}

/// The list: what is offered, and every other negated part of the filter.
pub fn hidden(parts: &[Node], ready: &[Ready]) -> Vec<Hidden> {
    let text_of = |node: &Node| print_node(&node.clone().negate());
    let offered = ready.iter().map(|ready| Hidden {
        what: What::Ready(ready.slug, ready.name),
        text: text_of(&ready.node),
        is_on: parts.contains(&ready.node),
        node: ready.node.clone(),
    });
    let others = parts.iter().filter(|part| matches!(part, Node::Not(_)) && !ready.iter().any(|ready| ready.node == **part));
    let others = others.map(|part| Hidden {
        what: trace_of(part).map_or(What::Pattern, What::Trace),
        text: text_of(part),
        is_on: true,
        node: part.clone(),
    });
    offered.chain(others).collect()
}

/// The one trace that a part hides.
fn trace_of(part: &Node) -> Option<String> {
    let Node::Not(inner) = part else { return None };
    match inner.as_ref() {
        Node::Is(Condition::Text { field: TextField::Trace, values, .. }) => match values.as_slice() {
            [only] => only.as_literal().map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

/// The part of the filter that hides what a typed text matches.
///
/// # Errors
/// The parser's words, or that there is nothing to hide.
pub fn typed(text: &str) -> Result<Node, String> {
    match Filter::parse(text) {
        Ok(Filter { root: Some(node) }) => Ok(node.negate()),
        Ok(_) => Err("Write what to hide, such as op:on_* or service:Dashboard*.".to_owned()),
        Err(error) => Err(error.message),
    }
}

/// The parts after the rules for hooks have changed: hooks that were hidden stay hidden, by the new rules.
pub fn with_rules(parts: &[Node], before: &NoiseRules, after: &NoiseRules) -> Vec<Node> {
    let (old, new) = (hooks(before), hooks(after));
    let changed = parts.iter().filter_map(|part| if Some(part) == old.as_ref() { new.clone() } else { Some(part.clone()) });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::scope::parts_of;

    fn parts(text: &str) -> Vec<Node> {
        parts_of(&Filter::parse(text).unwrap())
    }

    fn hooks_text(rules: &str) -> String {
        hooks(&NoiseRules::parse(rules).0).map(|node| print_node(&node)).unwrap_or_default()
    }

    #[test]
    fn the_rules_for_hooks_are_a_filter() {
        assert_eq!(
            print_node(&hooks(&NoiseRules::default()).unwrap()),
            "-((op:on_*,should_activate OR name:Flock.register_agent) dur<1ms -status:error)"
        );
        assert_eq!(hooks_text("a <5ms\nb\nC.* <5ms"), "-((op:b dur<1ms OR (op:a OR name:C.*) dur<5ms) -status:error)");
        assert_eq!(hooks_text("on_*\n!on_error"), "-(op:on_* dur<1ms -status:error -op:on_error)");
        assert_eq!((hooks_text(""), hooks_text("!a")), (String::new(), String::new()));
    }

    #[test]
    fn the_list_holds_offers_and_every_negated_part() {
        let ready = ready_made(&NoiseRules::default());
        let filter = format!("service:A {} -trace:7c41e09b -op:poll*", print_node(&ready[0].node));
        let list = hidden(&parts(&filter), &ready);
        let on: Vec<(&What, &str)> = list.iter().filter(|line| line.is_on).map(|line| (&line.what, line.text.as_str())).collect();
        assert_eq!(on.len(), 3);
        assert_eq!(on[0].0, &What::Ready("hooks", "Framework hooks"));
        assert_eq!(on[1], (&What::Trace("7c41e09b".to_owned()), "trace:7c41e09b"));
        assert_eq!(on[2], (&What::Pattern, "op:poll*"));
        assert_eq!(list.len(), ready.len() + 2);
    }

    #[test]
    fn typed_patterns_become_their_opposite() {
        assert_eq!(print_node(&typed("op:on_* dur<1ms").unwrap()), "-(op:on_* dur<1ms)");
        assert_eq!(print_node(&typed("-op:x").unwrap()), "op:x");
        assert!(typed(" ").unwrap_err().starts_with("Write what"));
        assert!(typed("op:").is_err());
    }

    #[test]
    fn hooks_stay_hidden_when_their_rules_change() {
        let (before, after) = (NoiseRules::default(), NoiseRules::parse("tick").0);
        let filter = vec![hooks(&before).unwrap(), parts("service:A")[0].clone()];
        let next = with_rules(&filter, &before, &after);
        assert_eq!(next[0], hooks(&after).unwrap());
        assert_eq!(next[1], filter[1]);
        assert_eq!(with_rules(&filter, &before, &NoiseRules::parse("").0).len(), 1);
    }
}
