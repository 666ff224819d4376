//! Which attribute keys the file has, and on how many spans. Files of many spans are looked at in some places only. Pure but for the hook.

use std::rc::Rc;

use yew::prelude::*;

use super::{queries::use_query, session::Session};
use crate::engine::{Table, TableError};

/// Files up to this are read whole.
const ALL_ROWS: u64 = 40_000;
/// Places of a larger file that are looked at, and spans at each.
const PLACES: u64 = 16;
const ROWS_AT_A_PLACE: u64 = 1_000;
const KEY_LIMIT: usize = 2_000;

/// Whether the counts are of a sample.
pub fn is_sampled(spans: u64) -> bool {
    spans > ALL_ROWS
}

pub fn keys_sql(spans: u64) -> String {
    let rows = match is_sampled(spans) {
        false => "SELECT attributes FROM main.spans".to_owned(),
        true => (0..PLACES)
            .map(|place| {
                let from = spans / PLACES * place;
                format!("SELECT attributes FROM spandeck.span_rows WHERE row_no >= {from} AND row_no < {}", from + ROWS_AT_A_PLACE)
            })
            .collect::<Vec<_>>()
            .join(" UNION ALL "),
    };
    format!(
        "SELECT key, count(*) AS spans FROM (SELECT unnest(json_keys(attributes)) AS key FROM ({rows}) WHERE attributes IS NOT NULL AND attributes <> '') GROUP BY key ORDER BY spans DESC, key LIMIT {KEY_LIMIT}"
    )
}

/// Keys with the number of spans that have them.
///
/// # Errors
/// When the answer is another one.
pub fn read(table: &Table) -> Result<Vec<(String, u64)>, TableError> {
    let (keys, spans) = (table.texts("key")?, table.ints("spans")?);
    let row = |row| Some((keys.get(row)?.to_owned(), spans.get(row).and_then(|spans| u64::try_from(spans).ok()).unwrap_or(0)));
    Ok((0..table.rows()).filter_map(row).filter(|(key, _)| !key.is_empty()).collect())
}

/// The file's attribute keys, for a list to choose from.
pub struct AttributeKeys {
    /// With the number of spans that have them, most first.
    pub keys: Rc<Vec<(String, u64)>>,
    /// What is to be said below the list.
    pub remark: Option<String>,
    /// The list opens: from then on the keys are asked for.
    pub onopen: Callback<()>,
}

/// Asked when a list of them is opened for the first time.
#[hook]
pub fn use_attribute_keys(session: &Rc<Session>) -> AttributeKeys {
    let is_wanted = use_state(|| false);
    let spans = session.totals.spans;
    let answer = use_query(session, (*is_wanted).then(|| keys_sql(spans).into()));
    let keys = {
        let table = answer.table.clone();
        use_memo(table.as_ref().map(|table| Rc::as_ptr(table) as usize), move |_| {
            table.as_ref().and_then(|table| read(table).ok()).unwrap_or_default()
        })
    };
    let remark = match (*is_wanted, &answer.table, &answer.error) {
        (true, _, Some(error)) => Some(format!("The attribute keys could not be read: {error}")),
        (true, None, None) => Some("looking for attribute keys…".to_owned()),
        (true, Some(_), None) if is_sampled(spans) => Some("Keys and their counts are of a sample of the spans".to_owned()),
        _ => None,
    };
    let onopen = {
        let is_wanted = is_wanted.setter();
        Callback::from(move |()| is_wanted.set(true))
    };
    AttributeKeys { keys, remark, onopen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_files_are_looked_at_in_places() {
        assert!(keys_sql(725).contains("FROM main.spans)"));
        let sql = keys_sql(1_000_000);
        assert_eq!(sql.matches("UNION ALL").count(), 15);
        assert!(sql.contains("row_no >= 62500 AND row_no < 63500") && is_sampled(1_000_000));
    }
}
