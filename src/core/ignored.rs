//! What a link says that cannot be: the value is passed over, and the reader is told.

use std::collections::BTreeMap;

/// Characters of a value that are shown.
pub const SHOWN: usize = 40;

/// A word that was not understood, as the reader sees it: long ones cut.
#[must_use]
pub fn shown_word(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some(_) => text.chars().take(SHOWN - 1).chain(['…']).collect(),
    }
}

/// The keys whose value is not understood, with the value, long ones cut. An empty value is as none.
#[must_use]
pub fn ignored(
    params: &BTreeMap<String, String>,
    keys: &[&'static str],
    is_read: impl Fn(&str, &str) -> bool,
) -> Vec<(&'static str, String)> {
    keys.iter()
        .filter_map(|key| Some((*key, params.get(*key).filter(|text| !text.is_empty())?)))
        .filter(|(key, text)| !is_read(key, text))
        .map(|(key, text)| (key, shown_word(text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_understood_is_told_and_cut() {
        let params = [("a", "1".to_owned()), ("b", "x".repeat(300)), ("c", String::new()), ("other", "x".to_owned())];
        let params: BTreeMap<String, String> = params.into_iter().map(|(key, text)| (key.to_owned(), text)).collect();
        let told = ignored(&params, &["a", "b", "c", "d"], |_, text| text.parse::<u32>().is_ok());
        assert_eq!(told.iter().map(|(key, text)| (*key, text.chars().count())).collect::<Vec<_>>(), [("b", SHOWN)]);
    }
}
