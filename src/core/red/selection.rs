//! What the reader marked in a chart: a stretch of time, or a box of time and duration in the heat map.

/// Spans that start in `[from_ns, to_ns)` and, for a box, last `[low_ns, high_ns)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    pub from_ns: i64,
    pub to_ns: i64,
    pub durations_ns: Option<(i64, i64)>,
}

impl Selection {
    /// In an address: `from_to` or `from_to_low_high`, nanoseconds.
    #[must_use]
    pub fn print(&self) -> String {
        let time = format!("{}_{}", self.from_ns, self.to_ns);
        match self.durations_ns {
            None => time,
            Some((low, high)) => format!("{time}_{low}_{high}"),
        }
    }

    /// The inverse of [`Selection::print`]; `None` for anything else, and for what is empty.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let numbers: Vec<i64> = text.split('_').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let selection = match numbers.as_slice() {
            [from_ns, to_ns] => Self { from_ns: *from_ns, to_ns: *to_ns, durations_ns: None },
            [from_ns, to_ns, low, high] => Self { from_ns: *from_ns, to_ns: *to_ns, durations_ns: Some((*low, *high)) },
            _ => return None,
        };
        let is_full = selection.from_ns < selection.to_ns && selection.durations_ns.is_none_or(|(low, high)| low < high);
        is_full.then_some(selection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_goes_through_an_address() {
        for durations_ns in [None, Some((0, 1_779))] {
            let selection = Selection { from_ns: -5, to_ns: 1_795_339_872_206_481_923, durations_ns };
            assert_eq!(Selection::read(&selection.print()), Some(selection));
        }
        for text in ["", "1", "2_1", "1_2_3", "1_2_4_3", "1_2_x_y"] {
            assert_eq!(Selection::read(text), None, "{text}");
        }
    }
}
