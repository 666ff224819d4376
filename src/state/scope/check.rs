//! What a link's filter and time range ask for that the open file cannot give. Pure; the caller tells the reader.

use super::{Scope, parts_of};
use crate::{
    core::{
        filter::{Condition, Filter, How, Node, Pattern, TextField},
        units,
    },
    state::{traces::Totals, url::UrlState},
};

/// A line for each thing that is not as the link expects it and yet leaves something to see; [`why_nothing`] has the others. `services` are
/// those of the file.
#[must_use]
pub fn scope_check(url: &UrlState, services: &[(String, u64)]) -> Vec<String> {
    let filter = Filter::parse(url.filter.as_deref().unwrap_or_default()).unwrap_or_default();
    let (words, hides_all) = missing_services(&filter, services);
    let mut notices: Vec<String> = words.into_iter().filter(|_| !hides_all).collect();
    if url.from_ns.zip(url.to_ns).is_some_and(|(from, to)| to <= from) {
        notices.push("The time range of the link ends before it begins: all times are shown.".to_owned());
    }
    notices
}

/// Why a scope must be empty, where it can be told without asking: a range outside of the file, a service that it does not have.
#[must_use]
pub fn why_nothing(scope: &Scope, services: &[(String, u64)], totals: &Totals) -> Option<String> {
    let (first, last) = totals.start_ns.zip(totals.end_ns)?;
    let behind = scope.from_ns.is_some_and(|from| from > last);
    let before = scope.to_ns.is_some_and(|to| to <= first);
    if behind || before {
        let side = if behind { "after" } else { "before" };
        return Some(format!("The time range lies {side} this file, which is of {}.", units::time_range(first, last)));
    }
    let (words, hides_all) = missing_services(&scope.filter, services);
    words.filter(|_| hides_all)
}

/// Services that must be there, by the filter, and are not; and whether nothing is left because of that.
fn missing_services(filter: &Filter, services: &[(String, u64)]) -> (Option<String>, bool) {
    let parts = parts_of(filter);
    let mut missing: Vec<&str> = Vec::new();
    let mut hides_all = false;
    for part in &parts {
        let Node::Is(Condition::Text { field: TextField::Service, how, values }) = part else { continue };
        let is_there = |name: &str| {
            services.iter().any(|(known, _)| match how {
                How::Is => known.to_lowercase() == name.to_lowercase(),
                How::Exactly => known == name,
                How::Contains => known.to_lowercase().contains(&name.to_lowercase()),
            })
        };
        let gone: Vec<&str> = values.iter().filter_map(Pattern::as_literal).filter(|name| !name.is_empty() && !is_there(name)).collect();
        hides_all |= gone.len() == values.len();
        missing.extend(gone);
    }
    let words = match missing.as_slice() {
        [] => None,
        [only] => Some(format!("The filter names the service {only}, which this file does not have.")),
        several => Some(format!("The filter names services that this file does not have: {}.", several.join(", "))),
    };
    (words, hides_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOTALS: Totals =
        Totals { spans: 3, errors: 0, start_ns: Some(1_795_334_531_000_000_000), end_ns: Some(1_795_334_631_000_000_000), slowest_ns: 5 };

    fn services() -> [(String, u64); 2] {
        [("Agent".to_owned(), 2), ("Flock".to_owned(), 1)]
    }

    fn notices(hash: &str) -> Vec<String> {
        scope_check(&crate::state::url::parse(hash).0, &services())
    }

    fn why(filter: &str, from_ns: Option<i64>, to_ns: Option<i64>) -> String {
        let scope = Scope { filter: Filter::parse(filter).unwrap(), from_ns, to_ns };
        why_nothing(&scope, &services(), &TOTALS).unwrap_or_default()
    }

    #[test]
    fn a_service_that_the_file_does_not_have_is_named_once() {
        assert!(notices("#/x?q=service:agent,Flo*").is_empty());
        assert!(notices("#/x?q=-service:Gone").is_empty(), "hiding what is not there asks for nothing");
        assert!(notices("#/x?q=service:Gone%20dur>1s").is_empty(), "told by what says that nothing is left");
        assert_eq!(why("service:Gone dur>1s", None, None), "The filter names the service Gone, which this file does not have.");
        assert!(why("service:Gone,Away", None, None).ends_with("does not have: Gone, Away."));
        assert!(notices("#/x?q=service:Gone,Away,Agent")[0].ends_with("does not have: Gone, Away."));
        assert_eq!(why("service:Gone,Away,Agent", None, None), "", "the spans of Agent are left");
        assert!(notices("#/x?q=service~gen").is_empty());
        assert!(notices("#/x?q=service:%22%22").is_empty(), "spans without one");
        assert!(notices("#/x?q=(").is_empty(), "a filter that cannot be read is told elsewhere");
    }

    #[test]
    fn a_range_outside_of_the_file_or_upside_down_is_told() {
        assert_eq!(why("", Some(1_795_334_541_000_000_000), None), "");
        assert!(notices("#/x?from=5&to=5")[0].contains("ends before it begins"));
        assert!(notices("#/x?from=1&to=2").is_empty(), "told by what says that nothing is left");
        assert!(why("", Some(1), Some(2)).contains("lies before this file, which is of 22 Nov 08:02"));
        assert!(why("", Some(1_795_334_631_000_000_001), None).contains("lies after this file"));
        let empty = Totals { start_ns: None, end_ns: None, ..TOTALS };
        assert_eq!(why_nothing(&Scope { from_ns: Some(5), ..Scope::default() }, &[], &empty), None);
    }
}
