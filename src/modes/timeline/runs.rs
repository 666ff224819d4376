//! placeholder until merged
pub fn journey_sql(correlation: &str) -> String {
    correlation.to_owned()
}
