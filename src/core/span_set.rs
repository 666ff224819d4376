//! A set of spans of one trace: which are collapsed, folded, matched. One bit a span, so that a copy for the next state costs nothing worth
//! counting. Must not know what its members mean.

/// Spans by their index in the trace. An index beyond the greatest member is simply not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanSet {
    /// No trailing zeros, so that equal sets are equal.
    words: Vec<u64>,
    len: usize,
}

impl SpanSet {
    /// Returns whether it was not in the set before.
    pub fn insert(&mut self, span: u32) -> bool {
        let (word, bit) = place(span);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let Some(bits) = self.words.get_mut(word) else { return false };
        let new = *bits & bit == 0;
        *bits |= bit;
        self.len += usize::from(new);
        new
    }

    /// Returns whether it was in the set before.
    pub fn remove(&mut self, span: u32) -> bool {
        let (word, bit) = place(span);
        let Some(bits) = self.words.get_mut(word) else { return false };
        let was = *bits & bit != 0;
        *bits &= !bit;
        self.len -= usize::from(was);
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
        was
    }

    #[must_use]
    pub fn contains(&self, span: u32) -> bool {
        let (word, bit) = place(span);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Members in rising order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..)
            .step_by(64)
            .zip(&self.words)
            .flat_map(|(base, bits)| (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| base + bit))
    }
}

impl FromIterator<u32> for SpanSet {
    fn from_iter<I: IntoIterator<Item = u32>>(spans: I) -> Self {
        let mut set = Self::default();
        for span in spans {
            set.insert(span);
        }
        set
    }
}

fn place(span: u32) -> (usize, u64) {
    ((span / 64) as usize, 1 << (span % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_set(steps in prop::collection::vec((0_u32..300, any::<bool>()), 0..200)) {
            let (mut set, mut model) = (SpanSet::default(), BTreeSet::new());
            for (span, add) in steps {
                if add {
                    prop_assert_eq!(set.insert(span), model.insert(span));
                } else {
                    prop_assert_eq!(set.remove(span), model.remove(&span));
                }
                prop_assert_eq!((set.len(), set.is_empty(), set.contains(span)), (model.len(), model.is_empty(), model.contains(&span)));
            }
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), model.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(model.into_iter().collect::<SpanSet>(), set);
        }
    }
}
