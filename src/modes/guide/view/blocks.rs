//! The text: every section with its blocks. Drawn anew only when what is marked or asked for changes.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        SECTION,
        block::{Block, Example, Piece, Section, Symptom, Term, pieces},
        content::{EXAMPLES, SECTIONS, example},
        search::marks,
    },
    contents::to,
    dom_id,
    example::card,
    keyboard,
    picture::picture,
};
use crate::{
    core::templates::GROUPS,
    modes::MODES,
    state::url::UrlState,
    ui::{copy::CopyButton, icon::Icon},
};

#[derive(Properties, PartialEq)]
pub struct TextProps {
    /// Words to mark.
    pub marked: Rc<Vec<String>>,
    /// The place that the address asks for: it is open.
    pub open: Option<&'static str>,
    /// The example that the open file has nothing for.
    pub missing: Option<&'static str>,
    pub on_sample: bool,
    pub jump: Callback<&'static str>,
    pub run: Callback<&'static str>,
    pub try_filter: Callback<&'static str>,
}

/// The address of a place, on no file.
pub fn address(id: &str) -> String {
    let params = [(SECTION.to_owned(), id.to_owned())].into();
    UrlState { mode: super::super::MODE.slug.to_owned(), params, ..UrlState::default() }.print()
}

#[component]
pub fn Text(props: &TextProps) -> Html {
    html! { { for SECTIONS.iter().map(|section| props.section(section)) } }
}

impl TextProps {
    fn section(&self, section: &'static Section) -> Html {
        let icon = MODES.iter().find(|mode| mode.slug == section.id).map(|mode| mode.icon);
        html! {
            <section class="gds" key={section.id} aria-labelledby={dom_id(section.id)}>
                <h2 id={dom_id(section.id)} tabindex="-1" data-place="">
                    if let Some(icon) = icon {
                        <Icon name={icon} />
                    }
                    { self.marked(section.title) }{ self.anchor(section.id) }
                </h2>
                { for section.blocks.iter().map(|block| self.block(block)) }
            </section>
        }
    }

    /// A link to a heading, shown when it is pointed at.
    fn anchor(&self, id: &'static str) -> Html {
        html! { <a class="gda" href={address(id)} aria-label="Link to this place" title="Link to this place" onclick={to(id, &self.jump)}><Icon name="link" class="s" /></a> }
    }

    fn marked(&self, text: &str) -> Html {
        let part = |(part, is_word): (&str, bool)| {
            if is_word {
                html! { <mark>{ part.to_owned() }</mark> }
            } else {
                html! { { part.to_owned() } }
            }
        };
        html! { { for marks(text, &self.marked).into_iter().map(part) } }
    }

    fn inline(&self, text: &'static str) -> Html {
        let piece = |piece: Piece<'static>| match piece {
            Piece::Plain(text) => self.marked(text),
            Piece::Code(code) => html! { <code>{ self.marked(code) }</code> },
            Piece::Key(key) => html! { { for key.split(' ').map(|key| html! { <kbd>{ key }</kbd> }) } },
            Piece::Strong(text) => html! { <b>{ self.marked(text) }</b> },
            Piece::Link { words, to: id } => html! { <a href={address(id)} onclick={to(id, &self.jump)}>{ self.marked(words) }</a> },
        };
        html! { { for pieces(text).into_iter().map(piece) } }
    }

    fn block(&self, block: &'static Block) -> Html {
        let items = |items: &'static [&'static str]| html! { { for items.iter().map(|item| html! { <li>{ self.inline(item) }</li> }) } };
        match block {
            Block::Text(text) => html! { <p>{ self.inline(text) }</p> },
            Block::Head(id, title) => {
                html! { <h3 id={dom_id(id)} tabindex="-1" data-place="">{ self.marked(title) }{ self.anchor(id) }</h3> }
            }
            Block::List(list) => html! { <ul class="gdl">{ items(list) }</ul> },
            Block::Steps(list) => html! { <ol class="gdl">{ items(list) }</ol> },
            Block::Code(code) => self.code(code),
            Block::Table(head, rows) => html! {
                <div class="gdtb" tabindex="0"><table class="tbl"><thead><tr>{ for head.iter().map(|cell| html! { <th scope="col">{ *cell }</th> }) }</tr></thead><tbody>
                    { for rows.iter().map(|row| html! { <tr>{ for row.iter().map(|cell| html! { <td>{ self.inline(cell) }</td> }) }</tr> }) }
                </tbody></table></div>
            },
            Block::Term(term) => self.term(term),
            Block::Run(ids) => self.cards(ids.iter().filter_map(|id| example(id)), false),
            Block::Examples => self.cards(EXAMPLES.iter(), true),
            Block::Filters(rows) => self.filters(rows),
            Block::Symptom(symptom) => self.symptom(symptom),
            Block::Templates => html! {
                <dl class="gtp">{ for GROUPS.iter().map(|group| html! {
                    <><dt>{ self.marked(group.title) }</dt><dd><ul>{ for group.templates.iter().map(|template| html! {
                        <li><b>{ self.marked(template.title) }</b>{ ". " }{ self.marked(template.about) }</li>
                    }) }</ul></dd></>
                }) }</dl>
            },
            Block::Keys => html! { <div class="gkl">{ keyboard::lists() }</div> },
        }
    }

    fn code(&self, code: &'static str) -> Html {
        html! { <div class="gcode"><pre tabindex="0">{ self.marked(code) }</pre><CopyButton text={code} label="Copy" /></div> }
    }

    fn cards(&self, examples: impl Iterator<Item = &'static Example>, are_places: bool) -> Html {
        html! { <div class="exs">{ for examples.map(|example| card(example, are_places, self.missing, self.on_sample, &self.run)) }</div> }
    }

    fn term(&self, term: &'static Term) -> Html {
        html! {
            <div class="gterm">
                <div><h3 id={dom_id(term.id)} tabindex="-1" data-place="">{ self.marked(term.title) }{ self.anchor(term.id) }</h3><p>{ self.inline(term.text) }</p></div>
                if let Some(drawn) = term.picture {
                    { picture(drawn) }
                }
            </div>
        }
    }

    fn filters(&self, rows: &'static [(&'static str, &'static str)]) -> Html {
        let row = |(filter, meaning): &'static (&'static str, &'static str)| {
            let (try_filter, filter) = (self.try_filter.clone(), *filter);
            let onclick = Callback::from(move |_: MouseEvent| try_filter.emit(filter));
            html! {
                <tr><td><code>{ self.marked(filter) }</code></td><td>{ self.inline(meaning) }</td>
                    <td><button type="button" class="icon-btn sm" data-filter={filter} aria-label={format!("Run {filter}")} title="Filter the spans so" {onclick}><Icon name="play" class="s" /></button></td></tr>
            }
        };
        html! {
            <div class="gdtb"><table class="tbl gfl" data-testid="guide-filters"><thead><tr><th scope="col">{ "Filter" }</th><th scope="col">{ "Lets through" }</th><th scope="col"><span class="vh">{ "Run" }</span></th></tr></thead>
                <tbody>{ for rows.iter().map(row) }</tbody></table></div>
        }
    }

    fn symptom(&self, symptom: &'static Symptom) -> Html {
        let holds = |text: &str| self.marked.iter().any(|word| marks(text, std::slice::from_ref(word)).iter().any(|(_, is_word)| *is_word));
        let is_open = self.open == Some(symptom.id)
            || (!self.marked.is_empty() && (holds(symptom.text) || symptom.codes.iter().any(|code| holds(code))));
        html! {
            <details class="gsy" key={symptom.id} id={dom_id(symptom.id)} tabindex="-1" data-place="" open={is_open}>
                <summary><Icon name="right" class="xs" /><span>{ self.marked(symptom.title) }</span></summary>
                <p>{ self.inline(symptom.text) }</p>
                if let Some(code) = symptom.code {
                    { self.code(code) }
                }
                if !symptom.codes.is_empty() {
                    <p class="dim"><small>{ self.marked(&symptom.codes.join(" · ")) }</small></p>
                }
            </details>
        }
    }
}
