//! A group's value as a name with the colour of what it names.

use std::rc::Rc;

use yew::prelude::*;

use super::super::{grouping::Dimension, groups::model::NO_VALUE};
pub use crate::ui::span_name::slot_class;
use crate::{
    core::{
        colour::{Kind, Slots},
        span_name,
    },
    state::session::Session,
    ui::span_name::marked_name,
};

/// What names are coloured by.
#[derive(Clone, PartialEq)]
pub struct Colours {
    pub session: Rc<Session>,
    pub agents: Rc<Slots>,
    /// Names of traces: the operations that begin one.
    pub roots: Rc<std::collections::BTreeSet<String>>,
}

impl Colours {
    /// The class that carries the colour, and whether the mark is an agent's circle. `None`: without a mark.
    pub fn class(&self, dimension: &Dimension, value: Option<&str>, service: Option<&str>) -> Option<(Classes, bool)> {
        let value = value?;
        match dimension {
            Dimension::Agent => Some((slot_class(&self.agents, Kind::Agent, value), true)),
            Dimension::Service => Some((self.of_service(Some(value)), false)),
            Dimension::Workflow => Some((classes!("cr"), false)),
            Dimension::Operation if self.roots.contains(value) && span_name::split_name(value, service, None).class.is_none() => {
                Some((classes!("cr"), false))
            }
            Dimension::Operation => Some((self.of_service(service), false)),
            Dimension::Status | Dimension::Kind | Dimension::Attribute(_) => None,
        }
    }

    fn of_service(&self, service: Option<&str>) -> Classes {
        service.map_or_else(|| classes!("c0"), |service| slot_class(&self.session.service_slots, Kind::Service, service))
    }
}

/// The mark and the name; the class of an operation gives way first.
pub fn named(dimension: &Dimension, value: Option<&str>, service: Option<&str>, mark: Option<&(Classes, bool)>) -> Html {
    let shown = value.unwrap_or(NO_VALUE);
    let parts = match dimension {
        Dimension::Operation => span_name::split_name(shown, service, None),
        _ => span_name::SpanName { class: None, method: shown },
    };
    marked_name(parts, value, mark)
}
