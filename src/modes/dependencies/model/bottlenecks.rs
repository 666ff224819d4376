//! Nodes by their share of the time on critical paths, over the traces in view.

use crate::{
    core::{
        critical_path::{CallKind, CriticalPath},
        fast_map::FastMap,
        order::sort_by_key,
        trace_tree::{SpanInput, TraceTree},
    },
    engine::{Table, TableError},
};

/// A node's part of all paths. Nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bottleneck {
    /// As the graph names it; `None` for spans outside of all executions where nodes are agents.
    pub node: Option<String>,
    pub self_ns: i64,
    /// Nothing ran, and the path went on with this node.
    pub wait_ns: i64,
    /// Traces on whose path it is.
    pub traces: u64,
    /// The trace on whose path it has the most time.
    pub longest_trace_no: u32,
    pub longest_ns: i64,
}

impl Bottleneck {
    pub fn whole_ns(&self) -> i64 {
        self.self_ns.saturating_add(self.wait_ns)
    }

    /// Of all paths, from 0 to 1.
    #[allow(clippy::cast_precision_loss)]
    pub fn share(&self, all_ns: i64) -> f64 {
        if all_ns > 0 { self.whole_ns() as f64 / all_ns as f64 } else { 0.0 }
    }
}

/// The paths of the slices so far. Each slice's answer is added as it comes, so that the reader sees the list grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    by_node: FastMap<Option<String>, Bottleneck>,
    /// Length of all paths together.
    pub all_ns: i64,
    pub traces: u64,
}

impl Paths {
    /// An answer to `query::path::spans_sql`. A span whose `node` is NULL belongs to the node of its parent.
    ///
    /// # Errors
    /// When the answer is not to this question.
    pub fn add(&mut self, table: &Table) -> Result<(), TableError> {
        let (spans, parents, nodes, kinds) =
            (table.texts("span_id")?, table.texts("parent_id")?, table.texts("node")?, table.texts("kind")?);
        let (numbers, starts, ends) = (table.ints("trace_no")?, table.ints("start_time")?, table.ints("end_time")?);
        let mut by_trace: FastMap<u32, Vec<usize>> = FastMap::default();
        for row in 0..table.rows() {
            if let Some(number) = numbers.get(row).and_then(|number| u32::try_from(number).ok()) {
                by_trace.entry(number).or_default().push(row);
            }
        }
        for (trace_no, rows) in by_trace {
            let inputs: Vec<SpanInput<'_>> = rows
                .iter()
                .map(|&row| {
                    let start_ns = starts.get(row).unwrap_or(0);
                    SpanInput {
                        span_id: spans.text(row),
                        parent_id: parents.get(row),
                        start_ns,
                        end_ns: ends.get(row).unwrap_or(start_ns),
                        is_error: false,
                    }
                })
                .collect();
            let (tree, _) = TraceTree::build(&inputs);
            let call_kinds: Vec<CallKind> = rows.iter().map(|&row| CallKind::of_name(kinds.get(row))).collect();
            let path = CriticalPath::of_trace(&tree, &call_kinds);
            // The row that names each span's node.
            let mut named: Vec<Option<usize>> = rows.iter().map(|&row| nodes.get(row).is_some().then_some(row)).collect();
            for &span in &tree.preorder {
                let above =
                    tree.parent.get(span as usize).copied().flatten().and_then(|parent| named.get(parent as usize).copied().flatten());
                if let Some(slot) = named.get_mut(span as usize).filter(|slot| slot.is_none()) {
                    *slot = above;
                }
            }
            let shares = path.shares(|span| named.get(span as usize).copied().flatten().map(|row| nodes.text(row)));
            for share in &shares {
                let node = share.key.map(str::to_owned);
                let sum = self.by_node.entry(node.clone()).or_insert_with(|| Bottleneck { node, ..Bottleneck::default() });
                sum.self_ns = sum.self_ns.saturating_add(share.self_ns);
                sum.wait_ns = sum.wait_ns.saturating_add(share.wait_ns);
                sum.traces += 1;
                // Of equals the trace with the smaller number, whatever the order of the slices.
                if (share.whole_ns(), std::cmp::Reverse(trace_no)) > (sum.longest_ns, std::cmp::Reverse(sum.longest_trace_no))
                    || sum.traces == 1
                {
                    (sum.longest_ns, sum.longest_trace_no) = (share.whole_ns(), trace_no);
                }
            }
            self.all_ns = self.all_ns.saturating_add(path.length_ns());
            self.traces += 1;
        }
        Ok(())
    }

    /// The most time first.
    #[must_use]
    pub fn ranked(&self) -> Vec<Bottleneck> {
        let mut all: Vec<Bottleneck> = self.by_node.values().cloned().collect();
        sort_by_key(&mut all, |one| (std::cmp::Reverse(one.whole_ns()), one.node.clone()));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn time_on_the_path_goes_to_the_node_of_the_span_or_of_what_it_lies_in() {
        let texts = |name: &str, values: &[Option<&str>]| (name.to_owned(), Column::texts(values.iter().copied()));
        let ints = |name: &str, values: &[i64]| (name.to_owned(), Column::ints(values.iter().copied().map(Some)));
        // Trace 1: root 0–100 outside, an execution 10–90 of "a", in it a span 20–80. Trace 2: an execution 0–10.
        let table = Table::new(vec![
            ints("trace_no", &[1, 1, 1, 2]),
            texts("span_id", &[Some("r"), Some("x"), Some("y"), Some("z")]),
            texts("parent_id", &[None, Some("r"), Some("x"), None]),
            texts("node", &[None, Some("a"), None, Some("b")]),
            texts("kind", &[None; 4]),
            ints("start_time", &[0, 10, 20, 0]),
            ints("end_time", &[100, 90, 80, 10]),
        ]);
        let mut paths = Paths::default();
        paths.add(&table).unwrap();
        assert_eq!((paths.all_ns, paths.traces), (110, 2));
        let ranked: Vec<_> = paths.ranked().into_iter().map(|one| (one.node, one.self_ns, one.longest_trace_no)).collect();
        assert_eq!(ranked, [(Some("a".to_owned()), 80, 1), (None, 20, 1), (Some("b".to_owned()), 10, 2)]);
        assert!((paths.ranked()[0].share(paths.all_ns) - 80.0 / 110.0).abs() < 1e-12);
        assert!(Paths::default().add(&Table::default()).is_err());
    }
}
