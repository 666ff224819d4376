//! Names of nodes with the mark and the colour of what they are.

use std::rc::Rc;

use yew::prelude::*;

use super::super::drawn::{Colours, mark_of, shown_name};
use crate::{
    core::{
        colour::{Kind, Slots},
        graph::{Graph, Node},
        graph_view::scene::Mark,
    },
    state::{queries::use_later_query, session::Session, traces},
};

/// What names are coloured by.
#[derive(Clone, PartialEq)]
pub struct Palette {
    pub session: Rc<Session>,
    pub agents: Rc<Slots>,
    /// `None` until it is known.
    pub has_agents: Option<bool>,
}

impl Palette {
    pub fn colours(&self) -> Colours<'_> {
        Colours { services: &self.session.service_slots, agents: &self.agents }
    }

    pub fn named(&self, node: &Node) -> Html {
        let (slot, is_striped) = self.colours().slot(node);
        let colour = classes!(format!("c{slot}"), is_striped.then_some("stripe"));
        let name = shown_name(node);
        let mark = match mark_of(node.kind) {
            Mark::Circle => classes!("agdot", colour),
            Mark::Square => classes!("sw", colour),
            Mark::Diamond => classes!("sw", "dia", colour),
        };
        html! { <span class="dn" title={name.clone()}><i class={mark}></i><span>{ name.clone() }</span></span> }
    }

    pub fn named_at(&self, graph: &Graph, at: usize) -> Html {
        graph.nodes.get(at).map(|node| self.named(node)).unwrap_or_default()
    }
}

/// The colours of agents, the same as in every mode.
#[hook]
pub fn use_palette(session: &Rc<Session>) -> Palette {
    let agents = use_later_query(session, Some(traces::AGENTS_SQL.into()));
    let (table, has_failed) = (agents.table.clone(), agents.error.is_some());
    let agents_known = table.clone();
    let agents = use_memo((session.id, table.clone().map(|table| Rc::as_ptr(&table) as usize)), move |_| {
        let names = table.as_ref().and_then(|table| table.texts("name").ok().map(|names| (table.rows(), names)));
        Slots::assign(Kind::Agent, names.into_iter().flat_map(|(rows, names)| (0..rows).filter_map(move |row| names.get(row))))
    });
    let is_known = agents_known.is_some() || has_failed;
    let has_agents = is_known.then_some(!agents.is_empty());
    Palette { session: session.clone(), agents, has_agents }
}
