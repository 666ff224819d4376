//! What readers made in the database in memory, and how it goes. Text of SQL only.

use super::{Table, TableError};
use crate::core::sql::{quote_ident, quote_text};

/// `kind`, `schema`, `name` of everything in memory but what is the page's: its schema, and these names in `main`.
pub fn made_by_reader_sql<'a>(own_schema: &str, own: impl Iterator<Item = &'a str>) -> String {
    let own: Vec<String> = own.map(|name| quote_text(&name.to_lowercase())).collect();
    // The order is that in which they can go.
    format!(
        "SELECT kind, schema, name FROM (\
         SELECT 1 AS rank, 'VIEW' AS kind, schema_name AS schema, view_name AS name FROM duckdb_views() WHERE database_name = 'memory' AND NOT internal \
         UNION ALL SELECT 2, 'TABLE', schema_name, table_name FROM duckdb_tables() WHERE database_name = 'memory' AND NOT internal \
         UNION ALL SELECT DISTINCT 3, CASE function_type WHEN 'macro' THEN 'MACRO' ELSE 'MACRO TABLE' END, schema_name, function_name \
         FROM duckdb_functions() WHERE database_name = 'memory' AND NOT internal AND function_type IN ('macro', 'table_macro') \
         UNION ALL SELECT 4, 'TYPE', schema_name, type_name FROM duckdb_types() WHERE database_name = 'memory' AND NOT internal \
         UNION ALL SELECT 5, 'SEQUENCE', schema_name, sequence_name FROM duckdb_sequences() WHERE database_name = 'memory' \
         UNION ALL SELECT 6, 'SCHEMA', schema_name, schema_name FROM duckdb_schemas() WHERE database_name = 'memory' AND NOT internal AND schema_name <> 'main') \
         WHERE schema <> {} AND NOT (schema = 'main' AND lower(name) IN ({})) ORDER BY rank",
        quote_text(own_schema),
        if own.is_empty() { "''".to_owned() } else { own.join(", ") },
    )
}

/// The statements that drop what [`made_by_reader_sql`] answered.
///
/// # Errors
/// When the answer is another one.
pub fn drop_sqls(made: &Table) -> Result<Vec<String>, TableError> {
    let (kinds, schemas, names) = (made.texts("kind")?, made.texts("schema")?, made.texts("name")?);
    let one = |row: usize| match kinds.text(row) {
        "SCHEMA" => format!("DROP SCHEMA IF EXISTS {} CASCADE", quote_ident(names.text(row))),
        kind => format!("DROP {kind} IF EXISTS memory.{}.{} CASCADE", quote_ident(schemas.text(row)), quote_ident(names.text(row))),
    };
    Ok((0..made.rows()).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Column;

    #[test]
    fn the_pages_own_stays() {
        let sql = made_by_reader_sql("spandeck", ["spans", "It's"].into_iter());
        assert!(sql.contains("WHERE schema <> 'spandeck' AND NOT (schema = 'main' AND lower(name) IN ('spans', 'it''s'))"), "{sql}");
    }

    #[test]
    fn names_are_quoted() {
        let texts = |values: [&str; 2]| Column::texts(values.map(Some));
        let made = Table::new(vec![
            ("kind".to_owned(), texts(["MACRO TABLE", "SCHEMA"])),
            ("schema".to_owned(), texts(["main", "a\"b"])),
            ("name".to_owned(), texts(["x y", "a\"b"])),
        ]);
        assert_eq!(
            drop_sqls(&made).unwrap(),
            ["DROP MACRO TABLE IF EXISTS memory.\"main\".\"x y\" CASCADE", "DROP SCHEMA IF EXISTS \"a\"\"b\" CASCADE"]
        );
    }
}
