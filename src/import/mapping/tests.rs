//! Mapping as a whole: which table and columns are chosen, what the SQL says, and that no name ever leaves its quotes.

use super::*;
use proptest::prelude::*;

fn table(name: &str, columns: &[(&str, &str)]) -> TableInfo {
    let columns = columns.iter().map(|(n, t)| ColumnInfo { name: (*n).to_owned(), duckdb_type: (*t).to_owned() }).collect();
    TableInfo {
        database: "file".to_owned(),
        schema: "main".to_owned(),
        name: name.to_owned(),
        is_view: false,
        columns,
        row_estimate: Some(9),
    }
}

fn flock(name: &str) -> TableInfo {
    table(
        name,
        &[
            ("trace_id", "VARCHAR"),
            ("span_id", "VARCHAR"),
            ("parent_id", "VARCHAR"),
            ("name", "VARCHAR"),
            ("service", "VARCHAR"),
            ("operation", "VARCHAR"),
            ("kind", "VARCHAR"),
            ("start_time", "BIGINT"),
            ("end_time", "BIGINT"),
            ("duration_ms", "DOUBLE"),
            ("status_code", "VARCHAR"),
            ("status_description", "VARCHAR"),
            ("attributes", "JSON"),
            ("events", "JSON"),
            ("links", "JSON"),
            ("resource", "JSON"),
            ("created_at", "TIMESTAMP"),
        ],
    )
}

fn clickhouse() -> TableInfo {
    table(
        "otel_traces",
        &[
            ("Timestamp", "TIMESTAMP WITH TIME ZONE"),
            ("TraceId", "VARCHAR"),
            ("SpanId", "VARCHAR"),
            ("ParentSpanId", "VARCHAR"),
            ("TraceState", "VARCHAR"),
            ("SpanName", "VARCHAR"),
            ("SpanKind", "VARCHAR"),
            ("ServiceName", "VARCHAR"),
            ("ResourceAttributes", "MAP(VARCHAR, VARCHAR)"),
            ("SpanAttributes", "MAP(VARCHAR, VARCHAR)"),
            ("Duration", "UBIGINT"),
            ("StatusCode", "VARCHAR"),
            ("StatusMessage", "VARCHAR"),
            ("Events.Timestamp", "TIMESTAMP WITH TIME ZONE[]"),
            ("Events.Name", "VARCHAR[]"),
            ("Events.Attributes", "MAP(VARCHAR, VARCHAR)[]"),
            ("Links.TraceId", "VARCHAR[]"),
            ("Links.SpanId", "VARCHAR[]"),
            ("Links.TraceState", "VARCHAR[]"),
            ("Links.Attributes", "MAP(VARCHAR, VARCHAR)[]"),
        ],
    )
}

/// What the probe says of a file as Flock writes it.
const CLEAN: Probe = Probe {
    start_max: Some(1.77e18),
    end_max: Some(1.77e18),
    duration_max: Some(5_000.0),
    duration_sum: Some(1_000.0),
    extent_sum: Some(1e9),
    ids_odd: Some(0.0),
    parents_blank: Some(0.0),
    status_odd: Some(0.0),
    kind_odd: Some(0.0),
    rows: Some(200.0),
};

fn column_of(mapping: &ColumnMapping, field: Field) -> &str {
    mapping.column(field).map_or("-", |c| c.column.as_str())
}

#[test]
fn a_flock_table_passes_through_untouched() {
    let table = flock("spans");
    let mapping = ColumnMapping::of_table(&table).with_probe(&CLEAN);
    assert_eq!(
        view_sql(&table, &mapping),
        "CREATE OR REPLACE VIEW main.spans AS SELECT t.\"trace_id\" AS trace_id, t.\"span_id\" AS span_id, t.\"parent_id\" AS parent_id, \
         t.\"name\" AS name, t.\"service\" AS service, t.\"operation\" AS operation, t.\"kind\" AS kind, t.\"start_time\" AS start_time, \
         t.\"end_time\" AS end_time, t.\"duration_ms\" AS duration_ms, t.\"status_code\" AS status_code, \
         t.\"status_description\" AS status_description, t.\"attributes\"::VARCHAR AS attributes, t.\"events\"::VARCHAR AS events, \
         t.\"links\"::VARCHAR AS links, t.\"resource\"::VARCHAR AS resource, CASE WHEN t.\"name\" = 'Agent.execute' THEN \
         NULLIF(NULLIF(((t.\"attributes\"::VARCHAR) ->> 'agent.name'), 'None'), '') END AS agent FROM \"file\".\"main\".\"spans\" AS t"
    );
    assert_eq!(mapping.report(&table).notice(), None);
    assert_eq!(mapping.report(&table).unused, ["created_at"]);
}

#[test]
fn odd_values_in_the_sample_bring_the_careful_reading_back() {
    let table = flock("spans");
    let read = |probe: Probe, field| view::expression(&ColumnMapping::of_table(&table).with_probe(&probe), field);
    assert_eq!(read(Probe { ids_odd: Some(1.0), ..CLEAN }, Field::SpanId), "lower(t.\"span_id\")");
    assert!(read(Probe { parents_blank: Some(1.0), ..CLEAN }, Field::ParentId).starts_with("NULLIF(NULLIF("));
    assert!(read(Probe { status_odd: Some(1.0), ..CLEAN }, Field::StatusCode).contains("STATUS_CODE_"));
    assert!(read(Probe { kind_odd: Some(1.0), ..CLEAN }, Field::Kind).contains("SPAN_KIND_"));
    // An empty table tells nothing, and without a probe nothing is taken for granted.
    assert!(read(Probe { rows: Some(0.0), ..CLEAN }, Field::Kind).contains("SPAN_KIND_"));
    assert!(view::expression(&ColumnMapping::of_table(&table), Field::ParentId).starts_with("NULLIF("));
}

#[test]
fn the_clickhouse_columns_are_known() {
    let table = clickhouse();
    let mapping = ColumnMapping::of_table(&table);
    assert!(mapping.lacks().is_empty());
    let expected = [
        (Field::Start, "Timestamp"),
        (Field::Duration, "Duration"),
        (Field::ParentId, "ParentSpanId"),
        (Field::Name, "SpanName"),
        (Field::Service, "ServiceName"),
        (Field::StatusDescription, "StatusMessage"),
        (Field::Attributes, "SpanAttributes"),
        (Field::Resource, "ResourceAttributes"),
    ];
    for (field, column) in expected {
        assert_eq!(column_of(&mapping, field), column);
    }
    assert!(matches!(&mapping.fields[&Field::Events], Source::Lists(lists) if lists.len() == 3));
    assert!(matches!(&mapping.fields[&Field::Links], Source::Lists(lists) if lists.len() == 3));
    assert_eq!(mapping.rule(Field::End), Some(Rule::EndOfStart));
    assert_eq!(mapping.rule(Field::Operation), Some(Rule::OperationIsName));
    assert_eq!(mapping.rule(Field::Agent), Some(Rule::AgentOfAttributes));
    let report = mapping.report(&table);
    assert_eq!(report.missing(), []);
    assert_eq!(report.unused, ["TraceState", "Links.TraceState"]);
}

#[test]
fn fewest_columns_are_enough_and_the_rest_is_told() {
    let table = table(
        "spans",
        &[
            ("trace_id", "VARCHAR"),
            ("span_id", "VARCHAR"),
            ("parent_id", "VARCHAR"),
            ("name", "VARCHAR"),
            ("start_time", "BIGINT"),
            ("end_time", "BIGINT"),
            ("status_code", "VARCHAR"),
        ],
    );
    let mapping = ColumnMapping::of_table(&table).with_probe(&CLEAN);
    assert_eq!(view::expression(&mapping, Field::Service), "split_part(t.\"name\", '.', 1)");
    assert_eq!(view::expression(&mapping, Field::Duration), "TRY(t.\"end_time\" - t.\"start_time\") / 1e6");
    assert_eq!(view::expression(&mapping, Field::Events), "NULL::VARCHAR");
    assert_eq!(
        mapping.report(&table).notice().as_deref(),
        Some(
            "The table spans has no column for kind, status_description, attributes, events, links and resource: they stay empty. service is the name \
             up to its first dot. operation is the name after its first dot. duration_ms is the end less the start."
        )
    );
}

#[test]
fn a_table_without_ids_or_times_is_no_candidate() {
    let logs = table("logs", &[("trace_id", "VARCHAR"), ("span_id", "VARCHAR"), ("timestamp", "TIMESTAMP"), ("body", "VARCHAR")]);
    assert_eq!(ColumnMapping::of_table(&logs).lacks(), [Field::End]);
    let users = table("users", &[("id", "INTEGER"), ("name", "VARCHAR")]);
    assert_eq!(ColumnMapping::of_table(&users).lacks(), [Field::TraceId, Field::Start, Field::End]);
    assert_eq!(candidates(&[logs, users]), []);
}

#[test]
fn the_likeliest_table_comes_first() {
    let names = |tables: &[TableInfo]| candidates(tables).iter().map(|c| tables[c.table].label()).collect::<Vec<_>>();
    let view = TableInfo { is_view: true, row_estimate: None, ..flock("broken") };
    let elsewhere = TableInfo { schema: "telemetry".to_owned(), ..flock("spans") };
    assert_eq!(names(&[view, clickhouse(), elsewhere, flock("spans_backup"), flock("spans")])[..2], ["spans", "telemetry.spans"]);
    let empty = TableInfo { row_estimate: Some(0), ..flock("spans") };
    assert_eq!(names(&[empty, flock("otel_traces")])[0], "otel_traces");
    let spans_view = TableInfo { is_view: true, row_estimate: None, ..flock("spans") };
    assert_eq!(names(&[flock("raw_spans"), spans_view])[0], "spans");
}

#[test]
fn the_size_of_times_tells_their_unit() {
    let table = table("spans", &[("traceId", "VARCHAR"), ("spanId", "VARCHAR"), ("start", "BIGINT"), ("end", "DOUBLE")]);
    let units = |start: f64, end: f64| {
        let mapping = ColumnMapping::of_table(&table).with_probe(&Probe { start_max: Some(start), end_max: Some(end), ..Probe::default() });
        [Field::Start, Field::End].map(|field| mapping.column(field).and_then(|c| c.unit))
    };
    assert_eq!(units(1.77e18, 1.77e9), [Some(Unit::Nanoseconds), Some(Unit::Seconds)]);
    assert_eq!(units(1.77e15, 1.77e12), [Some(Unit::Microseconds), Some(Unit::Milliseconds)]);
    // Times that count from zero tell nothing.
    assert_eq!(units(5.0, f64::NAN), [None, None]);
}

#[test]
fn the_unit_of_a_duration_follows_its_name_its_extent_or_its_size() {
    let unit = |columns: &[(&str, &str)], probe: Probe| {
        let mut all = vec![("trace_id", "VARCHAR"), ("span_id", "VARCHAR")];
        all.extend_from_slice(columns);
        ColumnMapping::of_table(&table("spans", &all)).with_probe(&probe).column(Field::Duration).and_then(|c| c.unit)
    };
    let bare = Probe { rows: Some(9.0), ..Probe::default() };
    let start = ("start", "TIMESTAMP");
    assert_eq!(unit(&[start, ("duration_us", "BIGINT")], bare), Some(Unit::Microseconds));
    assert_eq!(unit(&[start, ("durationNano", "UBIGINT")], bare), Some(Unit::Nanoseconds));
    // 2.5 s of extent in 2.5 units: seconds, whatever the name says.
    let extent = Probe { duration_sum: Some(2.5), extent_sum: Some(2.5e9), ..bare };
    assert_eq!(unit(&[start, ("end", "TIMESTAMP"), ("duration_ms", "DOUBLE")], extent), Some(Unit::Seconds));
    let largest = |max| Probe { duration_max: Some(max), ..bare };
    assert_eq!(unit(&[start, ("Duration", "UBIGINT")], largest(5e9)), Some(Unit::Nanoseconds));
    assert_eq!(unit(&[start, ("Duration", "BIGINT")], largest(5e5)), Some(Unit::Microseconds));
    assert_eq!(unit(&[start, ("Duration", "INTEGER")], largest(900.0)), Some(Unit::Milliseconds));
    assert_eq!(unit(&[("start_us", "BIGINT"), ("duration", "BIGINT")], largest(5e9)), Some(Unit::Microseconds));
}

#[test]
fn a_person_has_the_last_word() {
    let table = table("t", &[("a", "VARCHAR"), ("b", "VARCHAR"), ("begin_at", "BIGINT"), ("stop", "BIGINT"), ("trace_id", "VARCHAR")]);
    let mut mapping = ColumnMapping::of_table(&table);
    assert_eq!(mapping.lacks(), [Field::SpanId, Field::Start, Field::End]);
    mapping.assign(Field::SpanId, table.columns.get(1));
    mapping.assign(Field::Start, table.columns.get(2));
    mapping.assign(Field::End, table.columns.get(3));
    assert!(mapping.lacks().is_empty());
    mapping.set_unit(Field::Start, Unit::Seconds);
    let probed = mapping.with_probe(&CLEAN);
    assert_eq!(probed.column(Field::Start).map(|c| (c.unit, c.unit_from)), Some((Some(Unit::Seconds), UnitFrom::Person)));
    assert_eq!(view::expression(&probed, Field::Start), "TRY(t.\"begin_at\" * 1000000000)");
    mapping.assign(Field::End, None);
    assert_eq!(mapping.lacks(), [Field::End]);
}

#[test]
fn nested_and_binary_columns_become_text() {
    let mut all =
        vec![("trace_id", "BLOB"), ("span_id", "UBIGINT"), ("start_time_unix_nano", "UBIGINT"), ("end_time_unix_nano", "UBIGINT")];
    all.extend([
        ("status", "STRUCT(code INTEGER, message VARCHAR)"),
        ("process", "STRUCT(\"serviceName\" VARCHAR)"),
        ("attributes", "STRUCT(\"key\" VARCHAR, \"value\" VARCHAR)[]"),
    ]);
    let mapping = ColumnMapping::of_table(&table("otlp", &all));
    let sql = |field| view::expression(&mapping, field);
    assert_eq!(
        sql(Field::TraceId),
        "CASE WHEN octet_length(t.\"trace_id\") = 16 THEN lower(hex(t.\"trace_id\")) ELSE lower(t.\"trace_id\"::VARCHAR) END"
    );
    assert_eq!(sql(Field::SpanId), "lpad(lower(hex(t.\"span_id\")), 16, '0')");
    assert!(sql(Field::StatusCode).starts_with("CASE struct_extract(t.\"status\", 'code')::VARCHAR WHEN "));
    assert_eq!(sql(Field::StatusDescription), "NULLIF(struct_extract(t.\"status\", 'message'), '')");
    assert!(sql(Field::Service).contains("struct_extract(t.\"process\", 'serviceName')"));
    assert_eq!(
        sql(Field::Attributes),
        "CASE WHEN t.\"attributes\" IS NOT NULL THEN '{' || COALESCE(array_to_string(list_transform(t.\"attributes\", lambda e0: \
         json_quote(struct_extract(e0, 'key')) || ':' || COALESCE(json_quote(struct_extract(e0, 'value')), 'null')), ','), '') || '}' END"
    );
}

#[test]
fn rows_of_the_catalog_become_tables() {
    let row = |schema: &str, table: &str, column: &str| CatalogRow {
        database: "file".to_owned(),
        schema: schema.to_owned(),
        table: table.to_owned(),
        is_view: false,
        row_estimate: Some(3),
        column: column.to_owned(),
        duckdb_type: "VARCHAR".to_owned(),
    };
    let tables = tables_from_rows([row("main", "a", "x"), row("main", "a", "y"), row("other", "a", "x"), row("other", "b\"; DROP", "x")]);
    assert_eq!(tables.iter().map(|t| t.columns.len()).collect::<Vec<_>>(), [2, 1, 1]);
    assert_eq!(tables[2].sql_name(), r#""file"."other"."b""; DROP""#);
    assert_eq!(tables[1].label(), "other.a");
    assert_eq!(TableInfo { name: "imported_rows".to_owned(), ..TableInfo::default() }.sql_name(), r#""main"."imported_rows""#);
}

/// A piece of SQL: names and texts with their meaning, the rest as it stands.
#[derive(Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Other(char),
}

/// Splits as DuckDB does: `"…"` and `'…'` with doubled quotes inside. `None` when a quote is left open.
fn tokens(sql: &str) -> Option<Vec<Token>> {
    let mut chars = sql.chars().peekable();
    let mut out = Vec::new();
    while let Some(c) = chars.next() {
        if c != '"' && c != '\'' {
            out.push(Token::Other(c));
            continue;
        }
        let mut inside = String::new();
        loop {
            match chars.next()? {
                d if d != c => inside.push(d),
                _ if chars.next_if_eq(&c).is_some() => inside.push(c),
                _ => break,
            }
        }
        out.push(if c == '"' { Token::Name(inside) } else { Token::Text(inside) });
    }
    Some(out)
}

/// The statements for one table that has every kind of column, with the given names for all that comes from the file.
fn statements(names: &[String]) -> Vec<String> {
    let name = |index: usize| names[index % names.len()].clone();
    let quoted = |index: usize| format!("\"{}\"", name(index).replace('"', "\"\""));
    let kinds = [
        (Field::TraceId, "VARCHAR".to_owned()),
        (Field::SpanId, "BLOB".to_owned()),
        (Field::ParentId, "UBIGINT".to_owned()),
        (Field::Name, "VARCHAR".to_owned()),
        (Field::Kind, "ENUM('a')".to_owned()),
        (Field::Start, "TIMESTAMP".to_owned()),
        (Field::Duration, "DECIMAL(18,3)".to_owned()),
        (Field::StatusCode, "INTEGER".to_owned()),
        (Field::Attributes, format!("STRUCT({} VARCHAR, {} MAP(VARCHAR, DOUBLE), {} INTEGER[])", quoted(0), quoted(1), quoted(2))),
        (Field::Resource, "MAP(VARCHAR, VARCHAR)".to_owned()),
    ];
    let mut table = TableInfo { database: "file".to_owned(), schema: name(3), name: name(4), ..TableInfo::default() };
    let mut mapping = ColumnMapping::default();
    for (index, (field, duckdb_type)) in kinds.into_iter().enumerate() {
        let column = ColumnInfo { name: name(index), duckdb_type };
        mapping.assign(field, Some(&column));
        mapping.set_unit(field, Unit::Milliseconds);
        table.columns.push(column);
    }
    let part = |index: usize, kind: &str| ColumnSource::new(&ColumnInfo { name: name(index), duckdb_type: kind.to_owned() }, None);
    let events = [
        (ListPart::Name, part(5, "VARCHAR[]")),
        (ListPart::Timestamp, part(6, "VARCHAR")),
        (ListPart::Attributes, part(7, "MAP(VARCHAR, VARCHAR)[]")),
    ];
    mapping.fields.insert(Field::Events, Source::Lists(events.into()));
    mapping.fields.insert(Field::Links, Source::Lists([(ListPart::SpanId, part(8, "VARCHAR[]"))].into()));
    [view_sql(&table, &mapping)].into_iter().chain(probe_sql(&table, &mapping)).collect()
}

proptest! {
    /// Names from a file change nothing but the inside of quotes: the statement around them is the same as for harmless names.
    #[test]
    fn no_name_leaves_its_quotes(
        hostile in proptest::collection::vec(prop_oneof!["[\\PC&&[^\\x00]]{1,12}", "[\"';\\-/* \\\\(){}]{1,8}", Just("\"; DROP TABLE spans; --".to_owned()), Just("x' || (SELECT 1) || '".to_owned())], 10),
    ) {
        let plain: Vec<String> = (0..10).map(|i| format!("p{i}")).collect();
        for (sql, harmless) in statements(&hostile).iter().zip(statements(&plain)) {
            let (Some(found), Some(expected)) = (tokens(sql), tokens(&harmless)) else {
                return Err(TestCaseError::fail(format!("a quote is left open in {sql}")));
            };
            prop_assert_eq!(found.len(), expected.len(), "{}", sql);
            for (found, expected) in found.iter().zip(&expected) {
                match (found, expected) {
                    (Token::Name(name), Token::Name(plain)) => prop_assert!(hostile.contains(name) || name == plain, "{} in {}", name, sql),
                    (Token::Text(_), Token::Text(_)) => {}
                    _ => prop_assert_eq!(found, expected, "{}", sql),
                }
            }
        }
    }

    /// Any set of columns gives a mapping, a report and SQL whose quotes close.
    #[test]
    fn any_columns_can_be_mapped(columns in proptest::collection::vec(("[a-zA-Z_.]{1,20}|trace_?[iI]d|spanID|startTime(Ms)?|duration|Events.Name", prop_oneof![Just("VARCHAR"), Just("BIGINT"), Just("TIMESTAMP"), Just("VARCHAR[]"), Just("STRUCT(a INTEGER, b VARCHAR)"), Just("JSON"), Just("BLOB"), Just("DATE")]), 0..20)) {
        let columns: Vec<(&str, &str)> = columns.iter().map(|(n, t)| (n.as_str(), *t)).collect();
        let table = table("x", &columns);
        let mapping = ColumnMapping::of_table(&table);
        prop_assert!(tokens(&view_sql(&table, &mapping)).is_some());
        prop_assert_eq!(mapping.report(&table).fields.len(), Field::ALL.len());
        prop_assert_eq!(candidates(std::slice::from_ref(&table)).len(), usize::from(mapping.lacks().is_empty()));
    }
}
