//! Charts over columns: a stack of them on one time axis, and a heat map. They know numbers, names and colours only.
//!
//! What is drawn is worked out by `core::chart` and drawn once per change of the data, the size or the theme, with plotters on any of its
//! backends: the page's canvas, SVG and PNG files, and the SVG of native tests. Crosshair and selection are elements above the canvas that
//! are moved without a new rendering.

pub mod export;
pub mod heat;
pub mod look;
pub mod paint;
pub mod stack;
pub mod surface;
pub mod table;
