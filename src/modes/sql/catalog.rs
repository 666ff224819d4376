//! What a statement can name: the views of every open file, the file's own tables, what the reader made, the functions. As a tree for the panel and as
//! names for the editor. Pure: statements for the engine in, rows of its answers out.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    core::{
        helper_views::{HELPER_VIEWS, own_names},
        sql_complete::{CatalogColumn, CatalogFunction, CatalogTable, Names},
        sql_script::written,
        units,
    },
    engine::{Table, TableError},
    state::scope::Scope,
};

/// The view of what the filter and the time range let through; made before a statement that names it.
pub const SHOWN: &str = "shown_spans";
const ABOUT_SHOWN: &str = "The spans that the filter and the time range let through.";

/// Columns of all that can be named, with what each table is.
pub fn tables_sql() -> String {
    "SELECT c.database_name AS db, c.schema_name AS schema, c.table_name AS name, c.column_name AS col, c.data_type AS type, \
     (v.view_name IS NOT NULL)::INTEGER::BIGINT AS is_view, t.estimated_size::BIGINT AS row_count \
     FROM duckdb_columns() c \
     LEFT JOIN duckdb_views() v ON v.database_name = c.database_name AND v.schema_name = c.schema_name AND v.view_name = c.table_name \
     LEFT JOIN duckdb_tables() t ON t.database_name = c.database_name AND t.schema_name = c.schema_name AND t.table_name = c.table_name \
     WHERE NOT c.internal AND c.schema_name <> 'spandeck' ORDER BY db, schema, name, c.column_index LIMIT 20000"
        .to_owned()
}

/// Functions that have names, once each.
pub fn functions_sql() -> &'static str {
    "SELECT function_name AS name, any_value(function_type) AS kind, coalesce(array_to_string(any_value(parameters), ', '), '') AS parameters, \
     coalesce(any_value(description), '') AS about FROM duckdb_functions() \
     WHERE regexp_full_match(function_name, '[a-z][a-z0-9_]*') AND NOT starts_with(function_name, '__') AND NOT starts_with(function_name, 'jsons') AND function_type <> 'pragma' \
     GROUP BY function_name ORDER BY function_name LIMIT 5000"
}

/// How many rows a table has.
pub fn count_sql(written: &str) -> String {
    format!("SELECT count(*)::BIGINT AS row_count FROM {written}")
}

/// The first rows of a table.
pub fn preview_sql(written: &str) -> String {
    format!("SELECT * FROM {written} LIMIT 100")
}

/// Makes the view of what the filter lets through. It has the columns of `spans` and nothing of what the filter is worked out with.
pub fn shown_sql(scope: &Scope) -> String {
    format!("CREATE OR REPLACE VIEW main.{SHOWN} AS SELECT spans.* {}", scope.from_where(&[]))
}

/// Under which heading a table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Spans,
    Views,
    Own,
    /// What the page has worked out of the file for itself.
    Page,
    File,
}

impl Place {
    const ALL: [Self; 5] = [Self::Spans, Self::Views, Self::Own, Self::File, Self::Page];

    fn heading(self) -> &'static str {
        match self {
            Self::Spans => "Spans",
            Self::Views => "Views",
            Self::Own => "Made here, in memory",
            Self::Page => "Kept by the page, read-only",
            Self::File => "In the file, read-only",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub place: Place,
    pub table: CatalogTable,
    /// Where it is known without counting.
    pub rows: Option<u64>,
}

/// Everything but the functions and the keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    pub entries: Vec<Entry>,
}

/// Reads the answer to [`tables_sql`]. `spans` and `traces` are how many the file has.
///
/// # Errors
/// When the answer is another one.
pub fn read(table: &Table, spans: u64, traces: u64) -> Result<Catalog, TableError> {
    let text = |name| table.texts(name);
    let (db, schema, name, col, kind) = (text("db")?, text("schema")?, text("name")?, text("col")?, text("type")?);
    let (is_view, sizes) = (table.ints("is_view")?, table.ints("row_count")?);
    let mut found: BTreeMap<(usize, String), Entry> = BTreeMap::new();
    for row in 0..table.rows() {
        let (db, schema, name) = (db.text(row), schema.text(row), name.text(row));
        let is_main = db != "file" && schema == "main";
        let known = HELPER_VIEWS.iter().position(|view| is_main && view.name == name);
        let is_pages = is_main && known.is_none() && name != SHOWN && own_names().any(|own| own == name);
        let view = known.and_then(|at| HELPER_VIEWS.get(at));
        let (place, order) = match (db, name) {
            ("file", _) => (Place::File, 200),
            (_, "spans") if is_main => (Place::Spans, 0),
            (_, SHOWN) if is_main => (Place::Spans, 1),
            _ if is_pages => (Place::Page, 300),
            _ => known.map_or((Place::Own, 100), |at| (Place::Views, 10 + at)),
        };
        let path = match (place, schema) {
            (Place::File, "main") => format!("file.{}", written(name)),
            (Place::File, schema) => format!("file.{}.{}", written(schema), written(name)),
            (_, "main") => written(name),
            (_, schema) => format!("{}.{}", written(schema), written(name)),
        };
        let about = match name {
            SHOWN if is_main => ABOUT_SHOWN,
            _ if is_pages => about_own(name),
            _ => view.map_or("", |view| view.about),
        };
        let entry = found.entry((order, path.clone())).or_insert_with(|| Entry {
            place,
            rows: match (place, name) {
                (Place::Spans, "spans") => Some(spans),
                (Place::Views, "traces") => Some(traces),
                _ => sizes.get(row).and_then(|size| u64::try_from(size).ok()),
            },
            table: CatalogTable {
                written: path,
                name: name.to_owned(),
                kind: if is_view.get(row) == Some(1) { "view" } else { "table" }.to_owned(),
                about: about.to_owned(),
                columns: Vec::new(),
            },
        });
        // The view of what is shown has the columns of `spans`.
        let described = view.or_else(|| HELPER_VIEWS.first().filter(|_| place == Place::Spans));
        let sentence =
            described.and_then(|view| view.columns.iter().find(|(column, ..)| *column == col.text(row))).map_or("", |(_, _, about)| *about);
        entry.table.columns.push(CatalogColumn {
            name: col.text(row).to_owned(),
            type_name: kind.text(row).to_owned(),
            about: sentence.to_owned(),
        });
    }
    let mut entries: Vec<Entry> = found.into_values().collect();
    // Made before a statement that names it, and there for the reader at any time.
    if let (false, Some(spans)) = (entries.iter().any(|entry| entry.table.written == SHOWN), entries.first().cloned()) {
        let table = CatalogTable {
            written: SHOWN.to_owned(),
            name: SHOWN.to_owned(),
            kind: "view".to_owned(),
            about: ABOUT_SHOWN.to_owned(),
            columns: spans.table.columns,
        };
        entries.insert(1, Entry { place: Place::Spans, rows: None, table });
    }
    Ok(Catalog { entries })
}

/// What the page's own tables are for.
fn about_own(name: &str) -> &'static str {
    match name {
        "trace_index" => "One row a trace: the list of traces, with the numbers that the page gives them.",
        "agent_runs" => "One row a run of an agent, gathered when it is first asked for.",
        "agent_lineage" => "Which run of an agent led to which.",
        "imported_rows" => "The rows of the file as they were read.",
        _ => "",
    }
}

/// Reads the answer to [`functions_sql`].
///
/// # Errors
/// When the answer is another one.
pub fn read_functions(table: &Table) -> Result<Vec<CatalogFunction>, TableError> {
    let text = |name| table.texts(name);
    let (name, kind, parameters, about) = (text("name")?, text("kind")?, text("parameters")?, text("about")?);
    let one = |row: usize| {
        let name = name.text(row).to_owned();
        CatalogFunction {
            signature: format!("{name}({})", parameters.text(row)),
            name,
            kind: kind.text(row).to_owned(),
            about: about.text(row).to_owned(),
        }
    };
    Ok((0..table.rows()).map(one).collect())
}

/// What the editor offers.
pub fn names(catalog: &Catalog, functions: Vec<CatalogFunction>, keys: &[(String, u64)]) -> Names {
    Names {
        tables: catalog.entries.iter().map(|entry| entry.table.clone()).collect(),
        functions,
        keys: keys.iter().map(|(key, _)| key.clone()).collect(),
    }
}

/// What a row of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    Heading,
    Table,
    Column,
    /// A key of the attributes.
    Key,
    /// Shows the rest of the keys.
    More,
}

/// A row of the tree, as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub id: String,
    pub kind: RowKind,
    /// 1 for tables.
    pub level: usize,
    pub label: String,
    /// At the right: a type, a number of rows.
    pub note: String,
    pub about: String,
    /// Of what can be opened.
    pub open: Option<bool>,
    /// What a click writes into the editor; of a table also what is previewed and counted.
    pub written: String,
}

/// So many keys are shown before "more".
const FIRST_KEYS: usize = 8;

/// The tree as rows: with `looked_for` only what fits, with the way to it.
pub fn rows(
    catalog: &Catalog,
    keys: &[(String, u64)],
    counts: &BTreeMap<String, u64>,
    open: &BTreeSet<String>,
    looked_for: &str,
) -> Vec<Row> {
    let needle = looked_for.trim().to_lowercase();
    let fits = |text: &str| needle.is_empty() || text.to_lowercase().contains(&needle);
    let mut rows = Vec::new();
    for place in Place::ALL {
        let mut here = Vec::new();
        for entry in catalog.entries.iter().filter(|entry| entry.place == place) {
            table_rows(entry, keys, counts, open, &needle, &fits, &mut here);
        }
        if !here.is_empty() {
            rows.push(Row {
                id: format!("h:{}", place.heading()),
                kind: RowKind::Heading,
                level: 0,
                label: place.heading().to_owned(),
                note: String::new(),
                about: String::new(),
                open: None,
                written: String::new(),
            });
            rows.append(&mut here);
        }
    }
    rows
}

fn table_rows(
    entry: &Entry,
    keys: &[(String, u64)],
    counts: &BTreeMap<String, u64>,
    open: &BTreeSet<String>,
    needle: &str,
    fits: &impl Fn(&str) -> bool,
    rows: &mut Vec<Row>,
) {
    let table = &entry.table;
    let has_keys = |column: &CatalogColumn| entry.place == Place::Spans && column.name == "attributes" && !keys.is_empty();
    let fitting_keys: Vec<&(String, u64)> = keys.iter().filter(|(key, _)| fits(key)).collect();
    let by_name = fits(&table.written);
    let columns: Vec<&CatalogColumn> = table
        .columns
        .iter()
        .filter(|column| {
            by_name && needle.is_empty() || fits(&column.name) || (!needle.is_empty() && has_keys(column) && !fitting_keys.is_empty())
        })
        .collect();
    if !by_name && columns.is_empty() {
        return;
    }
    let shown = if columns.is_empty() { table.columns.iter().collect() } else { columns };
    let id = format!("t:{}", table.written);
    let is_open = open.contains(&id) || (!needle.is_empty() && !by_name);
    let count = entry.rows.or_else(|| counts.get(&table.written).copied());
    rows.push(Row {
        kind: RowKind::Table,
        level: 1,
        label: if entry.place == Place::File { table.written.clone() } else { table.name.clone() },
        note: count.map(units::count).unwrap_or_default(),
        about: table.about.clone(),
        open: Some(is_open),
        written: table.written.clone(),
        id: id.clone(),
    });
    if !is_open {
        return;
    }
    for column in shown {
        let column_id = format!("{id}/{}", column.name);
        let keys_open = has_keys(column).then(|| open.contains(&column_id) || (!needle.is_empty() && !fits(&column.name)));
        rows.push(Row {
            kind: RowKind::Column,
            level: 2,
            label: column.name.clone(),
            note: column.type_name.clone(),
            about: column.about.clone(),
            open: keys_open,
            written: written(&column.name),
            id: column_id.clone(),
        });
        if keys_open != Some(true) {
            continue;
        }
        let more_id = format!("{column_id}/…");
        let all = open.contains(&more_id) || !needle.is_empty();
        let shown_keys = if needle.is_empty() || fits(&column.name) { keys.iter().collect() } else { fitting_keys.clone() };
        let count = if all { shown_keys.len() } else { FIRST_KEYS.min(shown_keys.len()) };
        for (key, spans) in shown_keys.iter().take(count) {
            rows.push(Row {
                id: format!("{column_id}/{key}"),
                kind: RowKind::Key,
                level: 3,
                label: key.clone(),
                note: units::count_short(*spans),
                about: String::new(),
                open: None,
                written: format!("attributes->>'{}'", key.replace('\'', "''")),
            });
        }
        if count < shown_keys.len() {
            rows.push(Row {
                id: more_id,
                kind: RowKind::More,
                level: 3,
                label: format!("{} more", units::count((shown_keys.len() - count) as u64)),
                note: String::new(),
                about: String::new(),
                open: None,
                written: String::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    fn catalog() -> Catalog {
        let rows: [[&str; 5]; 8] = [
            ["file", "main", "spans", "x", "BIGINT"],
            ["file", "other", "My t", "y", "DATE"],
            ["memory", "main", "agent_runs", "z", "VARCHAR"],
            ["memory", "main", "mine", "a", "VARCHAR"],
            ["memory", "main", "spans", "trace_id", "VARCHAR"],
            ["memory", "main", "spans", "attributes", "JSON"],
            ["memory", "main", "traces", "trace_id", "VARCHAR"],
            ["memory", "main", "exceptions", "type", "VARCHAR"],
        ];
        let text = |at: usize| Column::texts(rows.iter().map(|row| Some(row[at])));
        let mut columns: Vec<(String, Column)> =
            ["db", "schema", "name", "col", "type"].iter().enumerate().map(|(at, name)| ((*name).to_owned(), text(at))).collect();
        columns.push(("is_view".to_owned(), Column::ints([0, 0, 0, 0, 1, 1, 1, 1].map(Some))));
        columns.push(("row_count".to_owned(), Column::ints([Some(5), Some(6), None, Some(2), None, None, None, None])));
        read(&Table::new(columns), 12_345, 7).unwrap()
    }

    fn lines(open: &[&str], needle: &str) -> Vec<String> {
        let keys: Vec<(String, u64)> = (0..10).map(|at| (format!("key.{at}"), 100 - at)).collect();
        let open = open.iter().map(|id| (*id).to_owned()).collect();
        rows(&catalog(), &keys, &BTreeMap::from([("exceptions".to_owned(), 3)]), &open, needle)
            .iter()
            .map(|row| format!("{}{} {}", " ".repeat(row.level), row.label, row.note).trim_end().to_owned())
            .collect()
    }

    #[test]
    fn every_table_stands_in_its_place() {
        assert_eq!(
            lines(&[], ""),
            [
                "Spans",
                " spans 12,345",
                " shown_spans",
                "Views",
                " traces 7",
                " exceptions 3",
                "Made here, in memory",
                " mine 2",
                "In the file, read-only",
                " file.other.\"My t\" 6",
                " file.spans 5",
                "Kept by the page, read-only",
                " agent_runs"
            ]
        );
    }

    #[test]
    fn keys_stand_below_the_attributes() {
        let open = lines(&["t:spans", "t:spans/attributes"], "");
        assert_eq!(open[1..6], [" spans 12,345", "  trace_id VARCHAR", "  attributes JSON", "   key.0 100", "   key.1 99"]);
        assert_eq!(open[12], "   2 more");
        assert_eq!(lines(&["t:spans", "t:spans/attributes", "t:spans/attributes/…"], "").len(), open.len() + 1);
    }

    #[test]
    fn what_is_looked_for_is_shown_with_the_way_to_it() {
        assert_eq!(
            lines(&[], "key.3"),
            ["Spans", " spans 12,345", "  attributes JSON", "   key.3 97", " shown_spans", "  attributes JSON", "   key.3 97"]
        );
        assert_eq!(lines(&[], "TYPE"), ["Views", " exceptions 3", "  type VARCHAR"]);
        assert_eq!(lines(&[], "nothing like it"), [""; 0]);
    }
}
