//! How the page looks and behaves as a part of another page: the keys that go with `embed=1`.
//!
//! `modes=timeline,red&tabs=0&title=…&start=click`. Must not know which modes exist, nor what the other page may do.

use std::collections::BTreeMap;

/// The keys' names, in the order in which they are printed.
pub const KEYS: [&str; 4] = ["modes", "tabs", "title", "start"];
/// A longer title is cut: it has one line.
pub const TITLE_CHARS: usize = 200;
/// More modes than a page will ever have.
const MOST_MODES: usize = 16;

/// When the frame begins to load what it shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// As soon as a part of it is in view.
    #[default]
    Visible,
    /// When the reader presses its poster.
    Click,
    Now,
}

/// What an address says of the frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Slugs of the modes that are offered, each once; none is the mode of the address alone. Some may not exist.
    pub modes: Vec<String>,
    /// Whether the modes have tabs; `None` where there is more than one.
    pub tabs: Option<bool>,
    /// One line of text; never empty or only spaces.
    pub title: Option<String>,
    pub start: Start,
}

/// A key and the value that it cannot have.
pub type Refused = (&'static str, String);

impl Frame {
    /// Takes its keys out of the keys of an address. Reading never fails: what cannot be used is left at its default and told.
    pub fn take(params: &mut BTreeMap<String, String>) -> (Self, Vec<Refused>) {
        let mut refused = Vec::new();
        let mut take = |key: &str| params.remove(key).filter(|value| !value.is_empty());
        let mut modes: Vec<String> = Vec::new();
        for slug in take("modes").unwrap_or_default().split(',').filter(|slug| !slug.is_empty()) {
            let is_slug = slug.chars().all(|character| character.is_ascii_lowercase() || character == '-');
            if !is_slug || modes.len() == MOST_MODES {
                refused.push(("modes", slug.to_owned()));
            } else if modes.iter().all(|known| known != slug) {
                modes.push(slug.to_owned());
            }
        }
        let tabs = match take("tabs").as_deref() {
            None => None,
            Some("0" | "false") => Some(false),
            Some("1" | "true") => Some(true),
            Some(other) => {
                refused.push(("tabs", other.to_owned()));
                None
            }
        };
        let title = take("title").and_then(|title| one_line(&title));
        let start = match take("start").as_deref() {
            None | Some("visible") => Start::Visible,
            Some("click") => Start::Click,
            Some("now") => Start::Now,
            Some(other) => {
                refused.push(("start", other.to_owned()));
                Start::Visible
            }
        };
        (Self { modes, tabs, title, start }, refused)
    }

    /// Its keys with their values, without what is at its default.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let modes = (!self.modes.is_empty()).then(|| self.modes.join(","));
        let tabs = self.tabs.map(|tabs| if tabs { "1" } else { "0" }.to_owned());
        let start = match self.start {
            Start::Visible => None,
            Start::Click => Some("click".to_owned()),
            Start::Now => Some("now".to_owned()),
        };
        let values = [modes, tabs, self.title.clone(), start];
        KEYS.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

/// A text as one line of at most so many characters; `None` where nothing is left.
fn one_line(text: &str) -> Option<String> {
    let line = text.split(|character: char| character.is_whitespace() || character.is_control()).filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(TITLE_CHARS).collect();
    Some(cut.trim_end().to_owned()).filter(|line| !line.is_empty())
}

#[cfg(test)]
pub(crate) use tests::frames;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pairs: &[(&str, &str)]) -> (Frame, Vec<Refused>) {
        Frame::take(&mut pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn every_key_is_read_and_taken() {
        let mut params: BTreeMap<String, String> =
            [("modes", "timeline,red,timeline"), ("tabs", "0"), ("title", " Run\n of  Monday "), ("start", "click"), ("view", "flame")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into();
        let (frame, refused) = Frame::take(&mut params);
        let expected = Frame {
            modes: vec!["timeline".into(), "red".into()],
            tabs: Some(false),
            title: Some("Run of Monday".into()),
            start: Start::Click,
        };
        assert_eq!((frame, refused), (expected, vec![]));
        assert_eq!(params.into_keys().collect::<Vec<_>>(), ["view"]);
    }

    #[test]
    fn what_cannot_be_used_is_told_and_spoils_nothing() {
        let (frame, refused) = read(&[("modes", "red,<b>,,SQL"), ("tabs", "maybe"), ("start", "later"), ("title", " \n ")]);
        assert_eq!(frame, Frame { modes: vec!["red".into()], ..Frame::default() });
        assert_eq!(
            refused.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(),
            ["modes=<b>", "modes=SQL", "tabs=maybe", "start=later"]
        );
        assert_eq!(read(&[("title", &"x".repeat(10_000))]).0.title.map(|title| title.len()), Some(TITLE_CHARS));
    }

    prop_compose! {
        pub(crate) fn frames()(
            modes in prop::collection::btree_set("[a-z-]{1,8}", 0..5),
            tabs in any::<Option<bool>>(),
            title in prop::option::of(".{0,20}"),
            start in prop_oneof![Just(Start::Visible), Just(Start::Click), Just(Start::Now)],
        ) -> Frame {
            Frame { modes: modes.into_iter().collect(), tabs, title: title.and_then(|title| one_line(&title)), start }
        }
    }

    proptest! {
        #[test]
        fn what_was_printed_is_read_again(frame in frames()) {
            let mut params = frame.pairs().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            prop_assert_eq!(Frame::take(&mut params), (frame, vec![]));
        }

        #[test]
        fn reading_never_fails_and_settles_after_one_round(values in prop::array::uniform4(".{0,30}")) {
            let mut params = KEYS.iter().map(|key| (*key).to_owned()).zip(values).collect();
            let (frame, _) = Frame::take(&mut params);
            let mut params = frame.pairs().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            prop_assert_eq!(Frame::take(&mut params), (frame, vec![]));
        }
    }
}
