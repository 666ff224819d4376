//! Which of the twelve data colours a service or an agent has.
//!
//! A name keeps its colour from file to file as far as the other names allow: the slot comes from a hash of the name. Must not know the
//! colours themselves, they are tokens of the stylesheet; workflow roots and framework hooks use no slot.

use std::collections::BTreeSet;

use super::fast_map::FastMap;

/// Number of slots, `--s1` to `--s12`.
pub const SLOTS: u8 = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Service,
    Agent,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Service => "service/",
            Self::Agent => "agent/",
        }
    }

    /// Names that always have their colour, with its number.
    fn fixed(self) -> &'static [(&'static str, u8)] {
        match self {
            Self::Service => &[("Flock", 9), ("Agent", 7), ("DSPyEngine", 10), ("OutputUtilityComponent", 3)],
            Self::Agent => &[],
        }
    }
}

/// A colour: `--s<number>`, drawn with a diagonal stripe where the number had to be given a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// 1 to 12.
    pub number: u8,
    pub striped: bool,
}

impl Slot {
    /// The slot of a name by itself, before other names are looked at.
    #[must_use]
    pub fn of_name(kind: Kind, name: &str) -> Self {
        let number = kind.fixed().iter().find(|(fixed, _)| *fixed == name).map_or_else(|| hashed_number(kind, name), |(_, number)| *number);
        Self { number, striped: false }
    }
}

/// The slots of all names of one kind in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    by_name: FastMap<String, Slot>,
}

impl Slots {
    /// Gives every name a slot. The order and repetition of `names` do not matter; names that are hidden are left out by the caller.
    ///
    /// Fixed names come first, then the others in byte order. A name whose slot is taken goes five slots on until one is free. The 13th
    /// to 24th name have their hashed slot again, striped; from the 25th on plainly the hashed slot.
    #[must_use]
    pub fn assign<'a>(kind: Kind, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let fixed = kind.fixed().iter().map(|(name, _)| *name).filter(|name| names.contains(name));
        let others = names.iter().copied().filter(|name| !kind.fixed().iter().any(|(fixed, _)| fixed == name));
        let mut taken = 0_u16;
        let by_name = fixed
            .chain(others)
            .enumerate()
            .map(|(place, name)| {
                let mut slot = Slot::of_name(kind, name);
                if place < usize::from(SLOTS) {
                    // Five and twelve have no common divisor: the walk meets every slot, and one of the twelve is free.
                    while taken & (1 << slot.number) != 0 {
                        slot.number = (slot.number + 4) % SLOTS + 1;
                    }
                    taken |= 1 << slot.number;
                } else {
                    slot.striped = place < 2 * usize::from(SLOTS);
                }
                (name.to_owned(), slot)
            })
            .collect();
        Self { by_name }
    }

    /// The slot of a name; `None` for a name that was not assigned.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Slot> {
        self.by_name.get(name).copied()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

fn hashed_number(kind: Kind, name: &str) -> u8 {
    let hash = fnv1a32(kind.prefix().bytes().chain(name.bytes()));
    // Below 12, so it fits.
    (hash % u32::from(SLOTS)) as u8 + 1
}

/// FNV-1a, 32 bits: offset basis 2166136261, prime 16777619.
fn fnv1a32(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(kind: Kind, names: &[&str]) -> Vec<(u8, bool)> {
        let slots = Slots::assign(kind, names.iter().copied());
        names.iter().map(|name| slots.get(name).map(|slot| (slot.number, slot.striped)).unwrap()).collect()
    }

    fn plain(numbers: &[u8]) -> Vec<(u8, bool)> {
        numbers.iter().map(|&number| (number, false)).collect()
    }

    /// Expected values of these tests come from a separate program after the design guide.
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a32("".bytes()), 0x811c_9dc5);
        assert_eq!(fnv1a32("agent/critic".bytes()), 0x1e0a_99f7);
        assert_eq!(fnv1a32("service/søk-サーチ".bytes()), 0x1701_6b80);
    }

    #[test]
    fn names_alone_have_their_hashed_or_fixed_slot() {
        let number = |kind, name| Slot::of_name(kind, name).number;
        assert_eq!(number(Kind::Service, "søk-サーチ"), 5);
        assert_eq!(number(Kind::Service, "checkout"), 2);
        assert_eq!(number(Kind::Agent, "critic"), 12);
        assert_eq!(["Flock", "Agent", "DSPyEngine", "OutputUtilityComponent"].map(|name| number(Kind::Service, name)), [9, 7, 10, 3]);
        assert_ne!(number(Kind::Agent, "Flock"), 9, "fixed names are services");
    }

    #[test]
    fn a_taken_slot_moves_the_later_name_on() {
        let agents = ["researcher", "writer", "critic", "fact_checker", "security_auditor", "publisher", "incident_desk"];
        assert_eq!(numbers(Kind::Agent, &agents), plain(&[2, 9, 12, 6, 10, 11, 5]));
        let services =
            ["Flock", "Agent", "DSPyEngine", "OutputUtilityComponent", "CriticEngine", "WriterEngine", "ResearchEngine", "checkout"];
        assert_eq!(numbers(Kind::Service, &services), plain(&[9, 7, 10, 3, 8, 5, 1, 2]));
    }

    #[test]
    fn the_thirteenth_is_striped_and_the_twenty_fifth_plain() {
        let names: Vec<String> = (0..26).map(|index| format!("s{index:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let all = numbers(Kind::Service, &names);
        assert_eq!(all[..12], plain(&[11, 10, 1, 12, 7, 6, 9, 8, 3, 2, 4, 5]));
        assert_eq!(all[12..24], [2, 3, 8, 9, 6, 7, 8, 9, 1, 12, 11, 10].map(|number| (number, true)));
        assert_eq!(all[24..], plain(&[5, 4]));
    }

    proptest! {
        #[test]
        fn twelve_names_have_twelve_colours(names in prop::collection::hash_set(".{0,6}", 0..13)) {
            let slots = Slots::assign(Kind::Service, names.iter().map(String::as_str));
            prop_assert_eq!(slots.len(), names.len());
            prop_assert_eq!(slots.is_empty(), names.is_empty());
            let given: std::collections::HashSet<u8> = names.iter().filter_map(|name| slots.get(name)).map(|slot| slot.number).collect();
            prop_assert_eq!(given.len(), names.len());
            prop_assert!(given.iter().all(|number| (1..=SLOTS).contains(number)));
        }

        #[test]
        fn order_and_repetition_do_not_matter(names in prop::collection::vec("[a-e]{1,2}|Flock|Agent", 0..40)) {
            let twice = names.iter().rev().chain(&names).map(String::as_str);
            prop_assert_eq!(Slots::assign(Kind::Agent, twice), Slots::assign(Kind::Agent, names.iter().map(String::as_str)));
        }
    }
}
