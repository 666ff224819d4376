//! The thinking part of charts: scales and their marks, columns of time, what a pointer or a key means, and what is to be drawn where.
//!
//! Everything drawn is in shares of a chart's width and height (0 to 1, upwards), and every number that reaches a picture is finite,
//! whatever the values were. Must not know what the values mean, nor what draws them (`ui::chart`).

pub mod columns;
pub mod grid;
pub mod panel;
pub mod pick;
pub mod picture;
pub mod scale;
