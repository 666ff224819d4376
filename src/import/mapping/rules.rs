//! Which types a field can be read from, and what is derived when a field has no column.

use super::names::Words;
use super::{ColumnMapping, DuckType, Field};

/// How a field without a column of its own gets its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The service is `service.name` of the resource.
    ServiceOfResource,
    /// The service is the name up to its first dot.
    ServiceOfName,
    /// The operation is the name after its first dot, or the whole name.
    OperationOfName,
    /// The operation is the whole name, because the service is known otherwise.
    OperationIsName,
    /// The name is made from the operation.
    NameIsOperation,
    /// The start is the end minus the duration.
    StartOfEnd,
    /// The end is the start plus the duration.
    EndOfStart,
    /// The duration is the end minus the start.
    DurationOfTimes,
    /// Nothing tells the status, so every span is UNSET.
    StatusUnset,
    /// The agent is `agent.name` of the spans that are agent executions.
    AgentOfExecution,
    /// As before, and `gen_ai.agent.name` of any span.
    AgentOfAttributes,
}

impl ColumnMapping {
    /// How `field` is derived; `None` where it has a column or stays NULL.
    pub fn rule(&self, field: Field) -> Option<Rule> {
        let has = |field| self.fields.contains_key(&field);
        if has(field) {
            return None;
        }
        match field {
            Field::Name => has(Field::Operation).then_some(Rule::NameIsOperation),
            Field::Service if has(Field::Resource) => Some(Rule::ServiceOfResource),
            Field::Service => has(Field::Name).then_some(Rule::ServiceOfName),
            Field::Operation if has(Field::Name) => {
                let of_name = self.rule(Field::Service) == Some(Rule::ServiceOfName);
                Some(if of_name { Rule::OperationOfName } else { Rule::OperationIsName })
            }
            Field::Start => (has(Field::End) && has(Field::Duration)).then_some(Rule::StartOfEnd),
            Field::End => (has(Field::Start) && has(Field::Duration)).then_some(Rule::EndOfStart),
            Field::Duration => (has(Field::Start) && has(Field::End)).then_some(Rule::DurationOfTimes),
            Field::StatusCode => Some(Rule::StatusUnset),
            Field::Agent if has(Field::Attributes) => {
                Some(if self.is_flock_like() { Rule::AgentOfExecution } else { Rule::AgentOfAttributes })
            }
            _ => None,
        }
    }

    /// The columns of a Flock file under their own names: then only `Agent.execute` spans are agent executions, and the
    /// attributes of all others need not be read to know it.
    pub(super) fn is_flock_like(&self) -> bool {
        [Field::Name, Field::Service, Field::Operation, Field::Attributes]
            .into_iter()
            .all(|field| self.column(field).is_some_and(|c| c.column == field.column()))
    }
}

/// Whether a column of this type, with these words for a name, can be read as `field`.
pub(super) fn accepts(field: Field, kind: &DuckType, words: &Words) -> bool {
    match field {
        Field::TraceId | Field::SpanId | Field::ParentId => {
            matches!(kind, DuckType::Text | DuckType::Enum | DuckType::Blob | DuckType::Uuid | DuckType::Integer { .. } | DuckType::Decimal)
        }
        Field::Name | Field::Service | Field::Operation | Field::StatusDescription | Field::Agent => {
            matches!(kind, DuckType::Text | DuckType::Enum | DuckType::Blob)
        }
        Field::Kind => matches!(kind, DuckType::Text | DuckType::Enum | DuckType::Integer { .. } | DuckType::Blob),
        // "error" may hold anything; only as a flag does it tell the status.
        Field::StatusCode if matches!(words.whole.as_str(), "error" | "iserror" | "haserror") => matches!(kind, DuckType::Bool),
        Field::StatusCode => matches!(kind, DuckType::Text | DuckType::Enum | DuckType::Integer { .. } | DuckType::Blob),
        Field::Start | Field::End => kind.is_number() || matches!(kind, DuckType::Timestamp | DuckType::Text),
        Field::Duration => kind.is_number() || matches!(kind, DuckType::Interval | DuckType::Text),
        Field::Attributes | Field::Events | Field::Links | Field::Resource => {
            kind.is_nested() || matches!(kind, DuckType::Text | DuckType::Json | DuckType::Blob)
        }
    }
}
