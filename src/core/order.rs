//! Sorting with one compiled copy of the algorithm. Every `slice::sort_by` of another type or order adds some kilobytes to the program that
//! readers download; what is not sorted in the hundred thousands is sorted through here. All sorts are stable.

use std::{cmp::Ordering, mem};

/// Of a sorted column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    /// As `aria-sort` says it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
}

/// Sorts numbers by an order of what they stand for.
pub fn sort_numbers(numbers: &mut [u32], compare: &mut dyn FnMut(u32, u32) -> Ordering) {
    numbers.sort_by(|one, other| compare(*one, *other));
}

/// As `slice::sort_by_cached_key`: the key of each item is made once.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl FnMut(&T) -> K) {
    let keys: Vec<K> = items.iter().map(key).collect();
    let mut order: Vec<u32> = (0_u32..).zip(&keys).map(|(place, _)| place).collect();
    let key_at = |place: u32| keys.get(place as usize);
    sort_numbers(&mut order, &mut |one, other| key_at(one).cmp(&key_at(other)));
    let mut taken: Vec<Option<T>> = mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|place| taken.get_mut(place as usize).and_then(Option::take)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_standard_library_sorts(values in prop::collection::vec((0_u8..6, any::<String>()), 0..40)) {
            let (mut own, mut expected) = (values.clone(), values);
            sort_by_key(&mut own, |value| value.0);
            expected.sort_by_key(|value| value.0);
            prop_assert_eq!(own, expected);
        }
    }
}
