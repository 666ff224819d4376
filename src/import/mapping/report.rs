//! What the mapping found, derived and misses, in words.

use super::{ColumnMapping, Field, Rule, Source, TableInfo, Unit, UnitFrom};

/// What became of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldReport {
    /// The field.
    pub field: Field,
    /// Where it comes from: "SpanName", "Duration, in nanoseconds", "the name up to its first dot". `None`: it stays NULL.
    pub from: Option<String>,
    /// Read from columns of its own, not derived.
    pub from_column: bool,
    /// A number whose unit neither its name nor the usual one for its field tells: worth a word to the reader.
    pub unit_is_a_guess: bool,
}

/// What became of every field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingReport {
    /// The table's name as a person reads it.
    pub table: String,
    /// One entry a field, in the view's order.
    pub fields: Vec<FieldReport>,
    /// Columns of the table that no field uses. They stay visible to SQL.
    pub unused: Vec<String>,
}

impl MappingReport {
    /// The fields that stay NULL.
    pub fn missing(&self) -> Vec<Field> {
        self.fields.iter().filter(|f| f.from.is_none()).map(|f| f.field).collect()
    }

    /// What the reader should know before trusting the figures; `None` when every column was there under its own name.
    pub fn notice(&self) -> Option<String> {
        let mut sentences = Vec::new();
        let named: Vec<&str> = self.missing().into_iter().filter(|f| *f != Field::Agent).map(Field::column).collect();
        if !named.is_empty() {
            sentences.push(format!(
                "The table {} has no column for {}: {} empty.",
                self.table,
                listed(&named),
                if named.len() == 1 { "it stays" } else { "they stay" }
            ));
        }
        for report in self.fields.iter().filter(|f| !f.from_column && f.field != Field::Agent) {
            if let Some(from) = &report.from {
                sentences.push(format!("{} is {from}.", report.field.column()));
            }
        }
        sentences.extend(
            self.fields
                .iter()
                .filter(|f| f.unit_is_a_guess)
                .filter_map(|f| Some(format!("{} is {}.", f.field.column(), f.from.as_deref()?))),
        );
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

impl ColumnMapping {
    /// What was found where, what is derived, and what is missing.
    pub fn report(&self, table: &TableInfo) -> MappingReport {
        let fields = Field::ALL
            .into_iter()
            .map(|field| FieldReport {
                field,
                from: self.words(field),
                from_column: self.fields.contains_key(&field),
                unit_is_a_guess: self.column(field).is_some_and(|c| {
                    let usual =
                        field != Field::Duration && (c.unit == Some(Unit::Nanoseconds) || (c.unit.is_none() && c.column == field.column()));
                    c.kind().is_number() && matches!(c.unit_from, UnitFrom::Assumed | UnitFrom::Values) && !usual
                }),
            })
            .collect();
        let used: Vec<&str> = self
            .fields
            .values()
            .flat_map(|source| match source {
                Source::Column(column) => vec![column.column.as_str()],
                Source::Lists(lists) => lists.values().map(|c| c.column.as_str()).collect(),
            })
            .collect();
        let unused = table.columns.iter().filter(|c| !used.contains(&c.name.as_str())).map(|c| c.name.clone()).collect();
        MappingReport { table: table.label(), fields, unused }
    }

    fn words(&self, field: Field) -> Option<String> {
        match self.fields.get(&field) {
            Some(Source::Column(source)) => {
                let mut words = source.column.clone();
                for step in &source.path {
                    words.push('.');
                    words.push_str(step);
                }
                if field.is_timed() && (source.kind().is_number() || source.unit.is_some()) {
                    let unit = source.unit.map_or("nanoseconds", Unit::words);
                    let how = match source.unit_from {
                        UnitFrom::Assumed => " (assumed)",
                        UnitFrom::Values => " (by the size of its values)",
                        UnitFrom::Name | UnitFrom::Person => "",
                    };
                    words.push_str(&format!(", in {unit}{how}"));
                }
                Some(words)
            }
            Some(Source::Lists(lists)) => Some(lists.values().map(|c| c.column.as_str()).collect::<Vec<_>>().join(", ")),
            None => self.rule(field).map(|rule| rule.words().to_owned()),
        }
    }
}

impl Rule {
    /// Completes "… is".
    pub fn words(self) -> &'static str {
        match self {
            Self::ServiceOfResource => "service.name of the resource",
            Self::ServiceOfName => "the name up to its first dot",
            Self::OperationOfName => "the name after its first dot",
            Self::OperationIsName => "the whole name",
            Self::NameIsOperation => "the operation",
            Self::StartOfEnd => "the end less the duration",
            Self::EndOfStart => "the start plus the duration",
            Self::DurationOfTimes => "the end less the start",
            Self::StatusUnset => "UNSET for every span, because no column tells it",
            Self::AgentOfExecution => "agent.name of the spans called Agent.execute",
            Self::AgentOfAttributes => "gen_ai.agent.name, or agent.name of the spans called Agent.execute",
        }
    }
}

/// "a", "a and b", "a, b and c".
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
