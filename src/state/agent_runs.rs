//! The runs of the file's agents as a table of the engine, gathered before the first question that reads it.

use std::rc::Rc;

use super::once::Once;
use crate::engine::{Engine, EngineError};

/// One row a run. The view takes `agent` from the payload: by name first, so that the payload of runs only is read.
pub const GATHER_SQL: &str = "CREATE TABLE IF NOT EXISTS main.agent_runs AS WITH runs AS MATERIALIZED (\
SELECT trace_id, span_id, agent, start_time, end_time FROM main.spans WHERE name = 'Agent.execute') SELECT * FROM runs WHERE agent IS NOT NULL";

const TABLE: &str = "main.agent_runs";

#[derive(Default)]
pub struct AgentRuns(Once);

impl AgentRuns {
    /// Returns at once unless the statement reads the runs and they have still to be gathered.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn gathered_for(&self, sql: &str, engine: &Rc<dyn Engine>) -> Result<(), EngineError> {
        if !sql.contains(TABLE) {
            return Ok(());
        }
        // After whatever else is asked: it reads payload, and no picture waits for it.
        let gather = || {
            let engine = engine.clone();
            Box::pin(async move { engine.query_later(GATHER_SQL).await.map(drop) }) as _
        };
        self.0.done(gather).await
    }
}
