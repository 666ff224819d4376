//! What a link asks of the Dependencies that cannot be. Names of nodes cannot be wrong here: whether they are there, the graph says.

use std::collections::BTreeMap;

use super::{
    super::rows::Column, BUNDLE, BUNDLES, COMPARE, DependencyParams, GRAPH, GraphKind, HOPS, LOOPS, MOST_HOPS, MOST_NUMBER, MOST_TOP,
    ORDERS, PICKED, RUNAWAY, SLOWER, TAB, TABLE, TINT, TOP, Tab, TableKind, Thickness, Tint, WAY, WIDTH, Way, read_compare, read_order,
    read_picked, within,
};
use crate::core::ignored::ignored;

const CHECKED: [&str; 17] =
    [GRAPH, WIDTH, TINT, HOPS, WAY, PICKED, TAB, TABLE, ORDERS[0], ORDERS[1], ORDERS[2], TOP, BUNDLE, LOOPS, RUNAWAY, SLOWER, COMPARE];

impl DependencyParams {
    /// Keys whose value is not understood or out of its bounds, with the value.
    pub fn ignored(params: &BTreeMap<String, String>) -> Vec<(&'static str, String)> {
        ignored(params, &CHECKED, |key, text| match key {
            GRAPH => GraphKind::from_slug(text).is_some(),
            WIDTH => Thickness::from_slug(text).is_some(),
            TINT => Tint::from_slug(text).is_some(),
            HOPS => within(text, MOST_HOPS).is_some(),
            WAY => Way::from_slug(text).is_some(),
            PICKED => read_picked(text).is_some(),
            TAB => Tab::from_slug(text).is_some(),
            TABLE => TableKind::from_slug(text).is_some(),
            TOP => within(text, MOST_TOP).is_some(),
            BUNDLE => text.chars().next().is_some_and(|end| BUNDLES.contains(&end)),
            LOOPS => matches!(text, "0" | "1"),
            RUNAWAY | SLOWER => within(text, MOST_NUMBER).is_some(),
            COMPARE => read_compare(text).is_some(),
            _ => read_order(text).is_some_and(|order| Column::from_slug(&order.column).is_some_and(Column::is_sortable)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_value_that_cannot_be_is_told_and_gives_the_default() {
        let bad: Vec<(&str, &str)> = CHECKED.into_iter().map(|key| (key, "moon")).collect();
        let params = DependencyParams::read(&map(&bad));
        assert_eq!(DependencyParams { orders: [None, None, None], ..params }, DependencyParams::default());
        assert_eq!(DependencyParams::ignored(&map(&bad)).len(), CHECKED.len());
        for (key, value) in
            [("hops", "0"), ("hops", "99"), ("top", "-3"), ("top", "99999"), ("runs", "0"), ("runs", "1e3"), ("since", "9..2")]
        {
            assert_eq!(DependencyParams::ignored(&map(&[(key, value)])), [(key, value.to_owned())]);
            assert_eq!(DependencyParams::read(&map(&[(key, value)])), DependencyParams::default(), "{key}={value}");
        }
    }

    #[test]
    fn what_the_page_itself_writes_is_understood() {
        let mut params = DependencyParams { hops: Some(2), runaway: 7, with_loops: true, bundle: Some('-'), ..DependencyParams::default() };
        params.press_head(TableKind::Edges, "p95_ms", true, None);
        let mut written = BTreeMap::new();
        params.write(&mut written);
        assert!(DependencyParams::ignored(&written).is_empty(), "{written:?}");
    }
}
