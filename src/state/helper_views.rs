//! The views for readers' own statements, made once a file before the first of them.

use std::rc::Rc;

use super::once::Once;
use crate::{
    core::helper_views,
    engine::{Engine, EngineError},
};

/// The schema in which everything is the page's.
const OWN_SCHEMA: &str = "spandeck";

#[derive(Default)]
pub struct HelperViews(Once);

impl HelperViews {
    /// Returns when they are there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn made(&self, engine: &Rc<dyn Engine>) -> Result<(), EngineError> {
        let make = || {
            let engine = engine.clone();
            Box::pin(async move { engine.query(&helper_views::create_sql()).await.map(drop) }) as _
        };
        self.0.done(make).await
    }
}

/// A clean database: all that the reader made goes, the file and these views stay.
///
/// # Errors
/// What the engine says.
pub async fn reset(engine: &Rc<dyn Engine>) -> Result<(), EngineError> {
    let own: Vec<&str> = helper_views::own_names().collect();
    engine.reset_reader(OWN_SCHEMA, &own).await
}
