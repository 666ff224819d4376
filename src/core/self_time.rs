//! Self time: the part of a span's own interval in which none of its children ran.
//!
//! Definition: duration − |union of the children's intervals ∩ the span's own interval|. Must not know about trees or ids; callers hand
//! in the children in order of start.

/// A stretch of time, `start_ns ≤ end_ns`, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    pub start_ns: i64,
    pub end_ns: i64,
}

impl Interval {
    /// The interval of a recorded span; one that ends before it starts has no length.
    #[must_use]
    pub fn of_span(start_ns: i64, end_ns: i64) -> Self {
        Self { start_ns, end_ns: end_ns.max(start_ns) }
    }

    /// Length in nanoseconds, `i64::MAX` where it is longer than that.
    #[must_use]
    pub fn length_ns(self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }

    fn exact_length(self) -> i128 {
        i128::from(self.end_ns) - i128::from(self.start_ns)
    }
}

/// Own time of a span in nanoseconds, between 0 and the span's length. `children` in order of start; they may overlap each other and
/// lie outside the span.
#[must_use]
pub fn self_time_ns(span: Interval, children: impl IntoIterator<Item = Interval>) -> i64 {
    let mut own = 0_i128;
    each_own_section(span, children, |section| own += section.exact_length());
    i64::try_from(own).unwrap_or(i64::MAX)
}

/// The stretches of a span in which none of its children ran, in order of time, none of them empty; their lengths sum to
/// [`self_time_ns`]. `children` in order of start.
#[must_use]
pub fn self_sections(span: Interval, children: impl IntoIterator<Item = Interval>) -> Vec<Interval> {
    let mut sections = Vec::new();
    each_own_section(span, children, |section| sections.push(section));
    sections
}

/// Hands on the stretches of [`self_sections`] one by one.
pub fn each_own_section(span: Interval, children: impl IntoIterator<Item = Interval>, mut found: impl FnMut(Interval)) {
    let mut reached_ns = span.start_ns;
    for child in children {
        if reached_ns >= span.end_ns {
            return;
        }
        let until_ns = child.start_ns.min(span.end_ns);
        // A child without length covers nothing and must not split its parent's own time in two.
        if child.end_ns <= child.start_ns {
            continue;
        }
        if until_ns > reached_ns {
            found(Interval { start_ns: reached_ns, end_ns: until_ns });
        }
        reached_ns = reached_ns.max(child.end_ns);
    }
    if reached_ns < span.end_ns {
        found(Interval { start_ns: reached_ns, end_ns: span.end_ns });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(start: i64, length: i64) -> Interval {
        Interval { start_ns: start, end_ns: start + length }
    }

    #[test]
    fn follows_the_cases_of_the_definition() {
        let cases: [(Interval, &[Interval], i64); 8] = [
            (at(0, 100), &[], 100),
            (at(0, 100), &[at(10, 40)], 60),
            (at(0, 100), &[at(10, 20), at(50, 20)], 60),
            (at(0, 100), &[at(10, 50), at(30, 50)], 30),
            (at(0, 100), &[at(50, 100)], 50),
            (at(0, 100), &[at(120, 30)], 100),
            (at(0, 100), &[at(10, 60), at(20, 30)], 40),
            (at(10, 40), &[at(0, 100)], 0),
        ];
        for (span, children, expected) in cases {
            assert_eq!(self_time_ns(span, children.iter().copied()), expected, "{span:?} {children:?}");
        }
    }

    #[test]
    fn a_child_without_length_leaves_the_section_whole() {
        assert_eq!(self_sections(at(0, 10), [at(4, 0)]), [at(0, 10)]);
        assert_eq!(self_sections(at(5, 0), [at(5, 0)]), []);
    }

    #[test]
    fn stands_the_whole_range_of_time() {
        let all = Interval { start_ns: i64::MIN, end_ns: i64::MAX };
        assert_eq!(all.length_ns(), i64::MAX);
        assert_eq!(self_time_ns(all, []), i64::MAX);
        assert_eq!(self_time_ns(all, [all]), 0);
        assert_eq!(self_time_ns(all, [Interval { start_ns: i64::MIN, end_ns: 0 }]), i64::MAX);
        assert_eq!(self_time_ns(all, [Interval { start_ns: i64::MIN, end_ns: 1 }]), i64::MAX - 1);
    }

    prop_compose! {
        fn interval()(start in -20_i64..120, length in 0_i64..60) -> Interval { at(start, length) }
    }

    proptest! {
        #[test]
        fn equals_counting_the_free_nanoseconds(
            span in interval(), mut children in prop::collection::vec(interval(), 0..12)
        ) {
            children.sort_by_key(|child| child.start_ns);
            let free = |ns: i64| !children.iter().any(|child| child.start_ns <= ns && ns < child.end_ns);
            let counted: Vec<i64> = (span.start_ns..span.end_ns).filter(|&ns| free(ns)).collect();
            prop_assert_eq!(self_time_ns(span, children.iter().copied()), counted.len() as i64);
            let sections = self_sections(span, children.iter().copied());
            let listed: Vec<i64> = sections.iter().flat_map(|s| s.start_ns..s.end_ns).collect();
            prop_assert_eq!(listed, counted);
            prop_assert!(sections.windows(2).all(|pair| pair[0].end_ns < pair[1].start_ns), "neighbours are one section");
        }
    }
}
