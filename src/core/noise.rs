//! Framework noise: short lifecycle hooks that fold into one counted row per parent until they are asked for.
//!
//! A span is noise when a rule names it, it is shorter than the rule's bound (1 ms unless it says otherwise), has not failed, runs no agent
//! and has nothing but noise below it. A root is never noise: a trace of hooks alone would show nothing. Must not leave anything out of a
//! figure: folding is a matter of rows.

use std::fmt;

use super::{
    span_set::SpanSet,
    trace_tree::{TraceTree, at},
    units,
};

/// Hooks shorter than this fold unless their rule says otherwise.
pub const DEFAULT_BELOW_NS: i64 = 1_000_000;

/// The lifecycle hooks of Flock's components.
const DEFAULT_RULES: [&str; 3] = ["on_*", "should_activate", "Flock.register_agent"];

/// One rule: a pattern with `*` for anything, of the operation or, where it has a dot, of the whole name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub pattern: String,
    /// Spans that take this long or longer are not folded.
    pub below_ns: i64,
    /// `!pattern`: what it names stays, whatever other rules say.
    pub exempt: bool,
}

/// The rules in force. Text form: one a line, `pattern`, `pattern <5ms` or `!pattern`; lines that begin with `#` are remarks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoiseRules {
    rules: Vec<Rule>,
}

impl Default for NoiseRules {
    fn default() -> Self {
        let rule = |pattern: &&str| Rule { pattern: (*pattern).to_owned(), below_ns: DEFAULT_BELOW_NS, exempt: false };
        Self { rules: DEFAULT_RULES.iter().map(rule).collect() }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.exempt { "!" } else { "" };
        write!(out, "{mark}{}", self.pattern)?;
        if !self.exempt && self.below_ns != DEFAULT_BELOW_NS {
            let (number, unit) = UNITS
                .iter()
                .find(|(_, ns)| self.below_ns % ns == 0)
                .map_or((self.below_ns, "ns"), |(unit, ns)| (self.below_ns / ns, *unit));
            write!(out, " <{number}{unit}")?;
        }
        Ok(())
    }
}

/// Largest first, so that a bound is printed with the shortest number.
const UNITS: [(&str, i64); 4] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

impl NoiseRules {
    /// Reads the text form. What cannot be read is left out and named.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<String>) {
        let mut warnings = Vec::new();
        let mut rules: Vec<Rule> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match parse_rule(line) {
                Ok(rule) if !rules.contains(&rule) => rules.push(rule),
                Ok(_) => {}
                Err(warning) => warnings.push(warning),
            }
        }
        (Self { rules }, warnings)
    }

    /// The text form, one rule a line.
    #[must_use]
    pub fn print(&self) -> String {
        self.rules.iter().map(|rule| format!("{rule}\n")).collect()
    }

    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The first rule that names a span, by its number; `None` where none does or an exempting one does.
    #[must_use]
    pub fn matches(&self, operation: Option<&str>, name: &str) -> Option<usize> {
        first_match(&self.patterns(), operation, name)
    }

    /// The patterns taken apart once, for the many names of a trace.
    fn patterns(&self) -> Vec<Pattern<'_>> {
        self.rules.iter().map(Pattern::of).collect()
    }
}

fn first_match(patterns: &[Pattern<'_>], operation: Option<&str>, name: &str) -> Option<usize> {
    let mut found = None;
    for (number, pattern) in patterns.iter().enumerate() {
        let text = if pattern.of_name { name } else { operation.unwrap_or(name) };
        if (pattern.exempt || found.is_none()) && pattern.fits(text) {
            if pattern.exempt {
                return None;
            }
            found = Some(number);
        }
    }
    found
}

/// A rule's pattern, ready to be asked of many names. `*` stands for anything, nothing included.
struct Pattern<'a> {
    exempt: bool,
    /// Of the whole name, else of the operation.
    of_name: bool,
    first: &'a str,
    /// What follows the first star; `None` without stars.
    rest: Option<Vec<&'a str>>,
}

impl<'a> Pattern<'a> {
    fn of(rule: &'a Rule) -> Self {
        let mut parts = rule.pattern.split('*');
        let first = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        Self { exempt: rule.exempt, of_name: rule.pattern.contains('.'), first, rest: (!rest.is_empty()).then_some(rest) }
    }

    /// Linear but for the stars.
    fn fits(&self, text: &str) -> bool {
        let Some(mut left) = text.strip_prefix(self.first) else { return false };
        let Some((last, middle)) = self.rest.as_ref().and_then(|rest| rest.split_last()) else { return left.is_empty() };
        for part in middle {
            match left.find(part) {
                Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        left.ends_with(last)
    }
}

fn parse_rule(line: &str) -> Result<Rule, String> {
    let (exempt, rest) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest.trim_start()));
    let (pattern, bound) = match rest.split_once('<') {
        Some((pattern, bound)) => (pattern.trim_end(), Some(bound.trim())),
        None => (rest, None),
    };
    if pattern.is_empty() || pattern.contains(char::is_whitespace) {
        return Err(format!("“{line}” is not a rule: write one pattern a line, such as on_* or Class.method."));
    }
    let below_ns = match bound {
        None => DEFAULT_BELOW_NS,
        Some(bound) => parse_bound(bound).ok_or_else(|| format!("“{line}”: the time after < needs a number and a unit, such as 5ms."))?,
    };
    Ok(Rule { pattern: pattern.to_owned(), below_ns, exempt })
}

fn parse_bound(text: &str) -> Option<i64> {
    // "s" ends every unit's name, so the longer ones come first.
    let (number, ns) = ["ms", "us", "µs", "ns", "s"].iter().find_map(|unit| {
        let name = if *unit == "µs" { "us" } else { unit };
        let ns = UNITS.iter().find(|(known, _)| *known == name)?.1;
        Some((text.strip_suffix(unit)?.trim_end(), ns))
    })?;
    number.parse::<i64>().ok().filter(|number| *number > 0)?.checked_mul(ns)
}

/// What the rules look at in a span.
#[derive(Clone, Copy, Debug)]
pub struct NoiseFacts<'a> {
    pub name: &'a str,
    pub operation: Option<&'a str>,
    pub is_error: bool,
    /// It runs an agent, is a workflow's root, or carries something else that must stay in view.
    pub stays: bool,
}

/// What a span hangs on: its parent or, for a root, the number after the last span's.
#[must_use]
pub fn holder(tree: &TraceTree, span: u32) -> u32 {
    tree.parent_of(span).unwrap_or_else(|| no_parent(tree))
}

/// What hangs on a [`holder`].
#[must_use]
pub fn held(tree: &TraceTree, holder: u32) -> &[u32] {
    if holder == no_parent(tree) { &tree.roots } else { tree.children(holder) }
}

fn no_parent(tree: &TraceTree) -> u32 {
    u32::try_from(tree.len()).unwrap_or(u32::MAX)
}

/// The noise below one parent, or among the roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoiseGroup {
    /// See [`holder`].
    pub parent: u32,
    /// Children of the parent that are noise, in reading order; at least one.
    pub tops: Vec<u32>,
    /// Spans in all, those below the tops included.
    pub spans: u32,
    /// Sum of the tops' durations.
    pub total_ns: i64,
}

/// Which spans of a trace are noise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noise {
    pub spans: SpanSet,
    /// In the order of their parents' indices.
    groups: Vec<NoiseGroup>,
    /// Per rule: how many spans it folds.
    pub by_rule: Vec<usize>,
}

impl Noise {
    /// Applies the rules to a trace. O(spans × rules).
    #[must_use]
    pub fn find<'a>(tree: &TraceTree, rules: &NoiseRules, facts: impl Fn(u32) -> Option<NoiseFacts<'a>>) -> Self {
        let mut noise = Self { by_rule: vec![0; rules.rules.len()], ..Self::default() };
        // Children come after their parents in the preorder, so backwards everything below a span has been judged before it.
        let mut has_other_below = SpanSet::default();
        let patterns = rules.patterns();
        let mut root_hooks: Vec<(u32, usize)> = Vec::new();
        let fold = |noise: &mut Self, span: u32, number: usize| {
            noise.spans.insert(span);
            if let Some(count) = noise.by_rule.get_mut(number) {
                *count += 1;
            }
        };
        for &span in tree.preorder.iter().rev() {
            let rule = facts(span).filter(|facts| !facts.is_error && !facts.stays && !has_other_below.contains(span)).and_then(|facts| {
                let number = first_match(&patterns, facts.operation, facts.name)?;
                let below_ns = rules.rules.get(number)?.below_ns;
                (at(&tree.interval, span).length_ns() < below_ns).then_some(number)
            });
            match (rule, tree.parent_of(span)) {
                (Some(number), Some(_)) => fold(&mut noise, span, number),
                (Some(number), None) => root_hooks.push((span, number)),
                (None, Some(parent)) => {
                    has_other_below.insert(parent);
                }
                (None, None) => {}
            }
        }
        // A trace of nothing but hooks would be empty.
        if root_hooks.len() < tree.roots.len() {
            for (span, number) in root_hooks {
                fold(&mut noise, span, number);
            }
        }
        let mut parents: Vec<u32> =
            noise.spans.iter().map(|span| holder(tree, span)).filter(|parent| !noise.spans.contains(*parent)).collect();
        parents.sort_unstable();
        parents.dedup();
        for parent in parents {
            let tops: Vec<u32> = held(tree, parent).iter().copied().filter(|child| noise.spans.contains(*child)).collect();
            let spans = tops.iter().map(|top| at(&tree.subtree_size, *top)).sum();
            let total_ns = tops.iter().fold(0_i64, |sum, top| sum.saturating_add(at(&tree.interval, *top).length_ns()));
            noise.groups.push(NoiseGroup { parent, tops, spans, total_ns });
        }
        noise
    }

    /// The group below a parent that is not noise itself, or among the roots; see [`holder`].
    #[must_use]
    pub fn group(&self, parent: u32) -> Option<&NoiseGroup> {
        let found = self.groups.binary_search_by_key(&parent, |group| group.parent).ok()?;
        self.groups.get(found)
    }

    /// The holder whose group a span is in, however deep; `None` for a span that is not noise.
    #[must_use]
    pub fn group_of(&self, tree: &TraceTree, span: u32) -> Option<u32> {
        if !self.spans.contains(span) {
            return None;
        }
        Some(tree.ancestors(span).find(|above| !self.spans.contains(*above)).unwrap_or_else(|| no_parent(tree)))
    }

    #[must_use]
    pub fn groups(&self) -> &[NoiseGroup] {
        &self.groups
    }
}

impl NoiseGroup {
    /// "111 framework hooks hidden · 24.6 ms"
    #[must_use]
    pub fn words(&self, opened: bool) -> (String, String) {
        let count = units::counted(u64::from(self.spans), "framework hook");
        let state = if opened { "shown" } else { "hidden" };
        (count, format!("{state} · {}", units::duration(self.total_ns)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace_tree::SpanInput;
    use proptest::prelude::*;

    /// id, parent, start, length in µs; the id is the operation.
    fn noise_of(spans: &[(&'static str, &'static str, i64, i64)], rules: &str) -> (TraceTree, Noise) {
        let inputs: Vec<SpanInput<'_>> = spans
            .iter()
            .map(|(id, parent, start, length)| SpanInput {
                span_id: id,
                parent_id: Some(*parent).filter(|parent| !parent.is_empty()),
                start_ns: start * 1_000,
                end_ns: (start + length) * 1_000,
                is_error: false,
            })
            .collect();
        let (tree, _) = TraceTree::build(&inputs);
        let (rules, warnings) = NoiseRules::parse(rules);
        assert_eq!(warnings, Vec::<String>::new());
        let noise = Noise::find(&tree, &rules, |span| {
            spans.get(span as usize).map(|(id, ..)| NoiseFacts {
                name: id,
                operation: Some(id),
                is_error: id.ends_with('!'),
                stays: id.starts_with("agent"),
            })
        });
        (tree, noise)
    }

    fn matches_pattern(pattern: &str, text: &str) -> bool {
        Pattern::of(&Rule { pattern: pattern.to_owned(), below_ns: 1, exempt: false }).fits(text)
    }

    #[test]
    fn short_hooks_fold_per_parent_and_what_matters_stays() {
        let spans = [
            ("root", "", 0, 9_000),
            ("on_a", "root", 0, 100),
            ("on_long", "root", 200, 1_000),
            ("on_failed!", "root", 2_000, 100),
            ("work", "root", 3_000, 500),
            ("on_b", "work", 3_000, 100),
            ("on_with_work", "root", 4_000, 900),
            ("step", "on_with_work", 4_000, 10),
            ("on_outer", "root", 5_000, 900),
            ("on_inner", "on_outer", 5_000, 10),
        ];
        let (tree, noise) = noise_of(&spans, "on_*");
        let groups: Vec<(u32, Vec<u32>, u32, i64)> =
            noise.groups().iter().map(|g| (g.parent, g.tops.clone(), g.spans, g.total_ns)).collect();
        assert_eq!(groups, [(0, vec![1, 8], 3, 1_000_000), (4, vec![5], 1, 100_000)]);
        assert_eq!(noise.group_of(&tree, 9), Some(0));
        assert_eq!(noise.group_of(&tree, 4), None);
        assert_eq!(noise.by_rule, [4]);
    }

    #[test]
    fn the_only_root_never_folds_and_exempt_rules_win() {
        let spans = [("on_root", "", 0, 10), ("on_a", "on_root", 0, 10), ("on_b", "on_root", 0, 10)];
        let (_, noise) = noise_of(&spans, "on_*\n!on_b");
        assert_eq!(noise.spans.iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn hooks_among_the_roots_fold_beside_other_roots() {
        let spans = [("on_a", "", 0, 10), ("work", "", 0, 500), ("on_b", "", 20, 10), ("on_c", "on_b", 21, 1)];
        let (tree, noise) = noise_of(&spans, "on_*");
        let groups: Vec<(u32, Vec<u32>, u32)> = noise.groups().iter().map(|g| (g.parent, g.tops.clone(), g.spans)).collect();
        assert_eq!(groups, [(4, vec![0, 2], 3)]);
        assert_eq!((noise.group_of(&tree, 3), holder(&tree, 0), noise.by_rule), (Some(4), 4, vec![3]));
        let (_, noise) = noise_of(&spans[..1], "on_*");
        assert!(noise.spans.is_empty(), "nothing would be left");
    }

    #[test]
    fn a_rule_may_have_its_own_bound() {
        let spans = [("root", "", 0, 90_000), ("on_a", "root", 0, 4_000), ("on_b", "root", 5_000, 5_000)];
        let (_, noise) = noise_of(&spans, "on_* <5ms");
        assert_eq!(noise.spans.iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn rules_are_read_and_written() {
        let (rules, warnings) = NoiseRules::parse("# hooks\non_*\n on_* \nA.b_* < 20 us\n!keep\ntwo words\non_x <soon\n<5ms\n");
        assert_eq!(rules.print(), "on_*\nA.b_* <20us\n!keep\n");
        assert_eq!(warnings.len(), 3);
        assert_eq!(NoiseRules::parse(&NoiseRules::default().print()), (NoiseRules::default(), Vec::new()));
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, fits) in [
            ("on_*", "on_", true),
            ("on_*", "son_x", false),
            ("*_x", "on_x", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "ab", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("x", "x", true),
            ("x", "xy", false),
            ("**", "zz", true),
            ("a*bc*c", "abc", false),
            ("ü*", "über", true),
        ] {
            assert_eq!(matches_pattern(pattern, text), fits, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_comes_back(text in "[a-z_*.!<0-9 mus#\n]{0,60}") {
            let (rules, _) = NoiseRules::parse(&text);
            prop_assert_eq!(NoiseRules::parse(&rules.print()), (rules, Vec::new()));
        }

        #[test]
        fn a_star_pattern_fits_what_it_was_made_from(parts in prop::collection::vec("[ab]{0,3}", 1..4), fill in "[ab]{0,3}") {
            prop_assert!(matches_pattern(&parts.join("*"), &parts.join(&fill)));
        }
    }
}
