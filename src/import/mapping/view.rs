//! The statement that makes the canonical view.

use super::{ColumnMapping, DuckType, Field, Rule, Source, TableInfo, nested, read};

/// `CREATE OR REPLACE VIEW main.spans AS SELECT … FROM <table>`, with every canonical column in its order and type.
///
/// Columns whose type fits are passed through untouched, so that filters on them reach the table. Fields that are neither
/// mapped nor derived are NULL.
pub fn view_sql(table: &TableInfo, mapping: &ColumnMapping) -> String {
    let columns: Vec<String> = Field::ALL.iter().map(|field| format!("{} AS {}", expression(mapping, *field), field.column())).collect();
    format!("CREATE OR REPLACE VIEW main.spans AS SELECT {} FROM {} AS t", columns.join(", "), table.sql_name())
}

/// The same columns with `row_no` before them, which names a row for as long as the file is open and grows in the order in which
/// `main.spans` is read. Rows of a table are found by it without reading the others; those of a view are counted through.
pub fn rows_view_sql(table: &TableInfo, mapping: &ColumnMapping) -> String {
    let row_no = if table.is_view { "(row_number() OVER () - 1)" } else { "t.rowid" };
    let columns: Vec<String> = Field::ALL.iter().map(|field| format!("{} AS {}", expression(mapping, *field), field.column())).collect();
    format!(
        "CREATE SCHEMA IF NOT EXISTS spandeck; CREATE OR REPLACE VIEW spandeck.span_rows AS SELECT {row_no} AS row_no, {} FROM {} AS t",
        columns.join(", "),
        table.sql_name()
    )
}

/// Reads every field of a few spans. A view over columns that cannot be read as their fields is made without complaint; this complains.
pub fn check_sql() -> &'static str {
    "SELECT * FROM main.spans LIMIT 100"
}

/// The SQL of one field, of the type that [`Field::view_type`] says.
pub(super) fn expression(mapping: &ColumnMapping, field: Field) -> String {
    match mapping.fields.get(&field) {
        Some(source) => from_source(mapping, field, source),
        None => mapping.rule(field).and_then(|rule| derived(mapping, rule)).unwrap_or_else(|| format!("NULL::{}", field.view_type())),
    }
}

fn from_source(mapping: &ColumnMapping, field: Field, source: &Source) -> String {
    let column = match (field, source) {
        (Field::Events, _) => return nested::events(source),
        (Field::Links, _) => return nested::links(source),
        (_, Source::Column(column)) => column,
        (_, Source::Lists(_)) => return format!("NULL::{}", field.view_type()),
    };
    let (x, kind) = (read::value_of(column), column.kind());
    let seen = mapping.observed;
    match field {
        Field::TraceId | Field::SpanId => read::id(&x, &kind, field, seen.ids_are_lower),
        Field::ParentId if kind == DuckType::Text && seen.no_parent_is_null => read::id(&x, &kind, field, seen.ids_are_lower),
        Field::ParentId => read::parent_id(&read::id(&x, &kind, field, seen.ids_are_lower)),
        Field::Name | Field::Operation | Field::Agent => read::text(&x, &kind),
        // Writers with fixed columns leave text empty where there is none; Flock's own columns hold NULL and stay untouched.
        Field::Service | Field::StatusDescription if column.column != field.column() => format!("NULLIF({}, '')", read::text(&x, &kind)),
        Field::Service | Field::StatusDescription => read::text(&x, &kind),
        Field::Kind => read::kind(&x, &kind, seen.kind_is_canonical),
        Field::Start | Field::End => read::time_ns(&x, &kind, column.unit),
        Field::Duration => read::duration_ms(&x, &kind, column.unit),
        Field::StatusCode => read::status(&x, &kind, seen.status_is_canonical),
        Field::Attributes | Field::Resource | Field::Events | Field::Links => nested::json_column(&x, &kind),
    }
}

fn derived(mapping: &ColumnMapping, rule: Rule) -> Option<String> {
    let of = |field| expression(mapping, field);
    Some(match rule {
        Rule::ServiceOfResource => {
            let resource = mapping.column(Field::Resource)?;
            format!("NULLIF({}, '')", nested::lookup(&read::value_of(resource), &resource.kind(), "service.name"))
        }
        Rule::ServiceOfName => format!("split_part({}, '.', 1)", of(Field::Name)),
        Rule::OperationOfName => {
            let name = of(Field::Name);
            format!("CASE WHEN contains({name}, '.') THEN substr({name}, instr({name}, '.') + 1) ELSE {name} END")
        }
        Rule::OperationIsName => of(Field::Name),
        Rule::NameIsOperation => of(Field::Operation),
        Rule::StartOfEnd => format!("TRY({} - COALESCE({}, 0))", of(Field::End), duration_ns(mapping)?),
        Rule::EndOfStart => format!("TRY({} + COALESCE({}, 0))", of(Field::Start), duration_ns(mapping)?),
        Rule::DurationOfTimes => format!("TRY({} - {}) / 1e6", of(Field::End), of(Field::Start)),
        Rule::StatusUnset => "'UNSET'".to_owned(),
        Rule::AgentOfExecution => agent_of_execution(mapping)?,
        Rule::AgentOfAttributes => {
            let (x, kind) = attributes(mapping)?;
            let any = format!("NULLIF({}, '')", nested::lookup(&x, &kind, "gen_ai.agent.name"));
            match agent_of_execution(mapping) {
                Some(execution) => format!("COALESCE({execution}, {any})"),
                None => any,
            }
        }
    })
}

fn attributes(mapping: &ColumnMapping) -> Option<(String, DuckType)> {
    mapping.column(Field::Attributes).map(|source| (read::value_of(source), source.kind()))
}

/// Flock calls an agent's execution `Agent.execute`. The test on the name comes first: where it fails, the attributes are not
/// looked into.
fn agent_of_execution(mapping: &ColumnMapping) -> Option<String> {
    mapping.fields.get(&Field::Name)?;
    let (x, kind) = attributes(mapping)?;
    let name = expression(mapping, Field::Name);
    let agent = nested::lookup(&x, &kind, "agent.name");
    Some(format!("CASE WHEN {name} = 'Agent.execute' THEN NULLIF(NULLIF({agent}, 'None'), '') END"))
}

fn duration_ns(mapping: &ColumnMapping) -> Option<String> {
    let source = mapping.column(Field::Duration)?;
    Some(read::duration_ns(&read::value_of(source), &source.kind(), source.unit))
}
