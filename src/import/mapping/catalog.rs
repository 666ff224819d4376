//! The tables of an opened file: the statement that lists them, and the plain data that its rows become.

/// A column of a table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// As spelled in the file, unquoted.
    pub name: String,
    /// DuckDB's name of the type, for example `TIMESTAMP WITH TIME ZONE` or `MAP(VARCHAR, VARCHAR)`. Of an ENUM only `ENUM`.
    pub duckdb_type: String,
}

/// A table or view that may hold spans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableInfo {
    /// The attached database, `file` for an opened database. Empty: the database that the page works in.
    pub database: String,
    /// Its schema. Empty: `main`.
    pub schema: String,
    /// Its name, unquoted.
    pub name: String,
    /// A view instead of a table.
    pub is_view: bool,
    /// In the order of the file.
    pub columns: Vec<ColumnInfo>,
    /// DuckDB's estimate of the rows. Unknown for views.
    pub row_estimate: Option<u64>,
}

impl TableInfo {
    /// The name as a person reads it: with its schema unless that is `main`, without quotes.
    pub fn label(&self) -> String {
        if self.schema.is_empty() || self.schema == "main" { self.name.clone() } else { format!("{}.{}", self.schema, self.name) }
    }

    /// The name as SQL, every part quoted.
    pub fn sql_name(&self) -> String {
        let schema = if self.schema.is_empty() { "main" } else { &self.schema };
        let parts = [self.database.as_str(), schema, self.name.as_str()];
        let quoted: Vec<String> = parts.iter().filter(|p| !p.is_empty()).map(|p| crate::core::sql::quote_ident(p)).collect();
        quoted.join(".")
    }
}

/// Lists every column of every table and view of the database attached as `file`, and of the table `imported_rows`.
///
/// Columns, in this order: database_name, schema_name, table_name (VARCHAR), is_view (BOOLEAN), row_estimate (BIGINT, NULL for
/// views), column_name, data_type (VARCHAR). Sorted by schema, table and the column's place. Names are values here, never SQL.
pub fn catalog_sql() -> &'static str {
    "SELECT c.database_name, c.schema_name, c.table_name, t.table_oid IS NULL AS is_view, t.estimated_size::BIGINT AS row_estimate, \
     c.column_name, CASE WHEN starts_with(c.data_type, 'ENUM(') AND ends_with(c.data_type, ')') THEN 'ENUM' ELSE c.data_type END AS data_type \
     FROM duckdb_columns() AS c LEFT JOIN duckdb_tables() AS t ON t.database_oid = c.database_oid AND t.table_oid = c.table_oid \
     WHERE NOT c.internal AND (c.database_name = 'file' OR (c.schema_name = 'main' AND c.table_name = 'imported_rows')) \
     ORDER BY c.database_name, c.schema_name, c.table_name, c.column_index"
}

/// One row of [`catalog_sql`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogRow {
    /// `file`, or the page's own database for an imported table.
    pub database: String,
    /// The table's schema.
    pub schema: String,
    /// The table's name.
    pub table: String,
    /// A view instead of a table.
    pub is_view: bool,
    /// DuckDB's estimate of the rows.
    pub row_estimate: Option<u64>,
    /// The column's name.
    pub column: String,
    /// Its type's name.
    pub duckdb_type: String,
}

/// Gathers the rows of [`catalog_sql`] into tables, in the order in which they come.
pub fn tables_from_rows(rows: impl IntoIterator<Item = CatalogRow>) -> Vec<TableInfo> {
    let mut tables: Vec<TableInfo> = Vec::new();
    for row in rows {
        let column = ColumnInfo { name: row.column, duckdb_type: row.duckdb_type };
        match tables.last_mut() {
            Some(last) if last.name == row.table && last.schema == row.schema && last.database == row.database => last.columns.push(column),
            _ => tables.push(TableInfo {
                database: row.database,
                schema: row.schema,
                name: row.table,
                is_view: row.is_view,
                columns: vec![column],
                row_estimate: row.row_estimate,
            }),
        }
    }
    tables
}
