//! What the browser keeps of this page, in words. Pure: what is there is handed in.

use crate::{core::units, state::presets};

/// The texts that the page keeps, by their keys, and what they are to the reader.
const TEXTS: [(&str, &str); 11] = [
    ("theme", "Theme"),
    ("preferences", "Display preferences"),
    ("panes", "Sizes of panes"),
    ("noise-rules", "Rules for framework hooks"),
    ("presets", "Presets of the filter"),
    ("sql-tabs", "Tabs of SQL"),
    ("sql-history", "History of SQL that was run"),
    ("sql-saved", "Saved queries"),
    ("sql-panes", "Sizes of panes of SQL"),
    ("offline", "No copy for times without network"),
    ("embedders", "Sites that may open files in an embedded view"),
];

/// All that may be kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocalData {
    /// Files opened before, by handles on them.
    pub recents: u64,
    /// Keys of the texts that are there.
    pub texts: Vec<String>,
    /// The text that holds the presets.
    pub presets: Option<String>,
    /// The compiled database program, in the memory of this tab.
    pub engine: bool,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLine {
    /// A stable name.
    pub what: String,
    pub label: String,
    /// `None`: nothing is kept.
    pub amount: Option<String>,
}

impl LocalData {
    pub fn lines(&self) -> Vec<KeptLine> {
        let kept = |key: &str| self.texts.iter().any(|text| text == key);
        let recents = (self.recents > 0).then(|| units::counted(self.recents, "file"));
        let mut lines = vec![KeptLine { what: "recents".to_owned(), label: "Recent files".to_owned(), amount: recents }];
        lines.extend(TEXTS.iter().map(|(key, label)| KeptLine {
            what: (*key).to_owned(),
            label: (*label).to_owned(),
            amount: match *key {
                "presets" => self.presets().filter(|presets| *presets > 0).map(|presets| units::counted(presets, "preset")),
                key => kept(key).then(|| "kept".to_owned()),
            },
        }));
        let others = self.texts.iter().filter(|text| TEXTS.iter().all(|(key, _)| key != text)).count() as u64;
        if others > 0 {
            let amount = Some(units::counted(others, "entry").replace("entrys", "entries"));
            lines.push(KeptLine { what: "others".to_owned(), label: "Of other versions of this page".to_owned(), amount });
        }
        let engine = self.engine.then(|| "until this tab is closed".to_owned());
        lines.push(KeptLine { what: "engine".to_owned(), label: "Compiled database engine".to_owned(), amount: engine });
        lines
    }

    /// The reader's own; those that come with the page are not kept.
    fn presets(&self) -> Option<u64> {
        Some(presets::parse(self.presets.as_deref()?).0.len() as u64)
    }

    pub fn is_empty(&self) -> bool {
        self.recents == 0 && self.texts.is_empty() && !self.engine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(data: &LocalData) -> Vec<(String, String)> {
        data.lines().into_iter().filter_map(|line| Some((line.what, line.amount?))).collect()
    }

    #[test]
    fn nothing_is_kept_of_a_first_visit() {
        let data = LocalData::default();
        assert!(data.is_empty() && amounts(&data).is_empty());
        assert_eq!(data.lines().len(), 13, "what could be kept is named all the same");
    }

    #[test]
    fn everything_that_is_kept_is_named() {
        let texts = ["panes", "presets", "theme", "queries", "layout"].map(str::to_owned).to_vec();
        let data = LocalData {
            recents: 2,
            texts,
            presets: Some(r#"{"presets": [{"name": "a", "q": ""}, {"name": "b", "q": "x"}]}"#.to_owned()),
            engine: true,
        };
        let expected = [
            ("recents", "2 files"),
            ("theme", "kept"),
            ("panes", "kept"),
            ("presets", "2 presets"),
            ("others", "2 entries"),
            ("engine", "until this tab is closed"),
        ];
        assert_eq!(amounts(&data), expected.map(|(what, amount)| (what.to_owned(), amount.to_owned())));
    }
}
