//! Search in the Guide: which places hold all the words, the best first. Pure.

use super::{
    block::{Block, Section, plain},
    content::{SECTIONS, example},
};
use crate::{
    core::{filter::KEYS, templates},
    modes::{EVERYWHERE, MODES},
};

/// So many are listed.
const MOST: usize = 40;
/// Characters of a snippet.
const SNIPPET: usize = 110;

/// A place to jump to, with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What the address says.
    pub id: &'static str,
    pub title: String,
    /// The section that it stands in, where it is not one itself.
    pub section: &'static str,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub id: &'static str,
    pub title: String,
    pub section: &'static str,
    /// Where the first word stands.
    pub snippet: String,
}

/// All places of the Guide, in the order of its text.
pub fn places() -> Vec<Place> {
    SECTIONS.iter().flat_map(|section| of_section(section)).collect()
}

fn of_section(section: &'static Section) -> Vec<Place> {
    let place = |id, title: &str, section| Place { id, title: title.to_owned(), section, text: String::new() };
    let mut places = vec![place(section.id, section.title, "")];
    let add = |places: &mut Vec<Place>, text: &str| {
        if let Some(last) = places.last_mut() {
            last.text.push_str(&plain(text));
            last.text.push(' ');
        }
    };
    for block in section.blocks {
        match block {
            Block::Head(id, title) => places.push(place(id, title, section.title)),
            Block::Text(text) => add(&mut places, text),
            Block::Code(code) => add(&mut places, &code.replace(['`', '[', '{', '*'], " ")),
            Block::List(items) | Block::Steps(items) => items.iter().for_each(|item| add(&mut places, item)),
            Block::Table(head, rows) => head.iter().chain(rows.iter().copied().flatten()).for_each(|cell| add(&mut places, cell)),
            Block::Term(term) => {
                places.push(place(term.id, term.title, section.title));
                add(&mut places, term.text);
                term.picture.iter().for_each(|picture| add(&mut places, picture.alt));
            }
            Block::Symptom(symptom) => {
                places.push(place(symptom.id, symptom.title, section.title));
                add(&mut places, symptom.text);
                symptom.codes.iter().for_each(|code| add(&mut places, code));
            }
            Block::Run(ids) if section.id != "examples" => ids.iter().filter_map(|id| example(id)).for_each(|example| {
                add(&mut places, example.title);
            }),
            Block::Run(_) => {}
            Block::Examples => places.extend(super::content::EXAMPLES.iter().map(|example| Place {
                text: format!("{} {}", example.about, example.line()),
                ..place(example.id, example.title, section.title)
            })),
            Block::Filters(rows) => {
                for (filter, meaning) in *rows {
                    add(&mut places, &format!("{} {meaning}.", filter.replace('*', "∗")));
                }
                KEYS.iter().flat_map(|key| key.also).for_each(|also| add(&mut places, also));
            }
            Block::Templates => templates::all().for_each(|template| add(&mut places, &format!("{}: {}", template.title, template.about))),
            Block::Keys => {
                let of_modes = MODES.iter().flat_map(|mode| mode.keys);
                EVERYWHERE.iter().chain(of_modes).for_each(|(keys, what)| {
                    if let Some(last) = places.last_mut() {
                        last.text.push_str(&format!("{keys} {what}. "));
                    }
                });
            }
        }
    }
    places
}

/// The words of a query, each for itself.
pub fn words(query: &str) -> Vec<String> {
    query.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

/// Places with every word, capitals or not: those whose title holds them first, then in the order of the text.
pub fn search(places: &[Place], query: &str) -> Vec<Hit> {
    let words = words(query);
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(usize, &Place)> = places
        .iter()
        .filter_map(|place| {
            let (title, text) = (place.title.to_lowercase(), place.text.to_lowercase());
            let in_title = words.iter().filter(|word| title.contains(word.as_str())).count();
            words
                .iter()
                .all(|word| title.contains(word.as_str()) || text.contains(word.as_str()))
                .then_some((words.len() - in_title, place))
        })
        .collect();
    found.sort_by_key(|(missing, _)| *missing);
    let hit = |(_, place): (usize, &Place)| Hit {
        id: place.id,
        title: place.title.clone(),
        section: place.section,
        snippet: snippet(&place.text, &words),
    };
    found.into_iter().take(MOST).map(hit).collect()
}

/// The text around the first word that it holds, whole words only.
fn snippet(text: &str, words: &[String]) -> String {
    let lower = text.to_lowercase();
    // Lower case may be longer than the text in bytes; counted in characters the two go together closely enough for a snippet.
    let at = words.iter().filter_map(|word| lower.find(word.as_str())).min().map_or(0, |byte| lower[..byte].chars().count());
    let chars: Vec<char> = text.chars().collect();
    let from = at.saturating_sub(SNIPPET / 3);
    let from = if from == 0 { 0 } else { (from..at).find(|place| chars.get(*place) == Some(&' ')).map_or(from, |place| place + 1) };
    let to = (from + SNIPPET).min(chars.len());
    let to = if to == chars.len() { to } else { (from..to).rev().find(|place| chars.get(*place) == Some(&' ')).unwrap_or(to) };
    let part: String = chars.get(from..to).unwrap_or_default().iter().collect();
    let (before, after) = (if from > 0 { "… " } else { "" }, if to < chars.len() { " …" } else { "" });
    format!("{before}{}{after}", part.trim())
}

/// A text cut where words stand, each part with whether it is one: for marks.
pub fn marks<'a>(text: &'a str, words: &[String]) -> Vec<(&'a str, bool)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let next = words
            .iter()
            .filter(|word| !word.is_empty())
            .filter_map(|word| find_ignoring_case(rest, word))
            .min_by_key(|(start, end)| (*start, usize::MAX - *end));
        let Some((start, end)) = next else { break };
        let (before, tail) = rest.split_at(start);
        let (word, after) = tail.split_at(end - start);
        if !before.is_empty() {
            parts.push((before, false));
        }
        parts.push((word, true));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push((rest, false));
    }
    parts
}

/// Where `word` (in lower case) stands in `text`, in bytes of `text`.
fn find_ignoring_case(text: &str, word: &str) -> Option<(usize, usize)> {
    text.char_indices().map(|(at, _)| at).find_map(|at| {
        let mut wanted = word.chars();
        let mut next = wanted.next();
        for (offset, character) in text.get(at..)?.char_indices() {
            for lower in character.to_lowercase() {
                if Some(lower) != next {
                    return None;
                }
                next = wanted.next();
            }
            if next.is_none() {
                return Some((at, at + offset + character.len_utf8()));
            }
        }
        None
    })
}
