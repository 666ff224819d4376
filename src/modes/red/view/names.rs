//! A group's value as a name with the colour of what it names.

use std::rc::Rc;

use yew::prelude::*;

use super::super::figures::{self, stand_in};
use crate::{
    core::{
        colour::{Kind, Slots},
        span_name,
    },
    state::{agent_slots::use_agent_slots, dimension::Dimension, session::Session},
    ui::span_name::{marked_name, slot_class},
};

/// What names are coloured by.
#[derive(Clone, PartialEq)]
pub struct Colours {
    session: Rc<Session>,
    agents: Rc<Slots>,
}

#[hook]
pub fn use_colours(session: &Rc<Session>, with_agents: bool) -> Colours {
    Colours { session: session.clone(), agents: use_agent_slots(session, with_agents) }
}

impl Colours {
    /// The class that carries the colour, and whether the mark is an agent's circle. `None`: without a mark.
    pub fn class(&self, dimension: &Dimension, value: Option<&str>, service: Option<&str>) -> Option<(Classes, bool)> {
        let value = value?;
        match dimension {
            Dimension::Agent => Some((slot_class(&self.agents, Kind::Agent, value), true)),
            Dimension::Service => Some((self.of_service(Some(value)), false)),
            Dimension::Operation => Some((self.of_service(service), false)),
            Dimension::Workflow => Some((classes!("cr"), false)),
            Dimension::Status | Dimension::Kind | Dimension::Attribute(_) => None,
        }
    }

    pub fn of_service(&self, service: Option<&str>) -> Classes {
        service.map_or_else(|| classes!("c0"), |service| slot_class(&self.session.service_slots, Kind::Service, service))
    }

    pub fn of_agent(&self, agent: &str) -> Classes {
        slot_class(&self.agents, Kind::Agent, agent)
    }
}

/// The mark and the name; the class of an operation gives way first.
pub fn named(dimension: &Dimension, value: Option<&str>, service: Option<&str>, mark: Option<&(Classes, bool)>) -> Html {
    let shown = figures::label(value);
    if stand_in(value).is_some() {
        let about = if value.is_none() { "Spans without a value" } else { "Spans whose value has no letters" };
        return html! {
            <>
                if let Some((colour, is_agent)) = mark { <i class={classes!(if *is_agent { "agdot" } else { "sw" }, colour.clone())}></i> }
                <span class="nm no-name" title={about}>{ shown.into_owned() }</span>
            </>
        };
    }
    let parts = match dimension {
        Dimension::Operation => span_name::split_name(&shown, service, None),
        _ => span_name::SpanName { class: None, method: &shown },
    };
    marked_name(parts, value, mark)
}
