//! A graph as a picture: boxes, lines and labels with their places, the part of it in view, the way from node to node by arrow keys.
//!
//! Knows what is drawn, not on what: the page makes elements of it, exports make a file. Must not lay out (`graph` does) nor know where
//! figures come from. Lengths are CSS px; every answer is finite.

pub mod camera;
pub mod near;
pub mod picture;
pub mod route;
pub mod scene;
pub mod words;

/// A place in the picture: x to the right, y downwards.
pub type Place = (f64, f64);

/// A rectangle by two of its corners.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Bounds {
    /// Around a centre.
    #[must_use]
    pub fn around((x, y): Place, (width, height): (f64, f64)) -> Self {
        Self { left: x - width / 2.0, top: y - height / 2.0, right: x + width / 2.0, bottom: y + height / 2.0 }
    }

    /// The smallest one that holds all of these; `None` of none.
    #[must_use]
    pub fn of_all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(|one, other| Self {
            left: one.left.min(other.left),
            top: one.top.min(other.top),
            right: one.right.max(other.right),
            bottom: one.bottom.max(other.bottom),
        })
    }

    #[must_use]
    pub fn width(self) -> f64 {
        (self.right - self.left).max(0.0)
    }

    #[must_use]
    pub fn height(self) -> f64 {
        (self.bottom - self.top).max(0.0)
    }

    #[must_use]
    pub fn centre(self) -> Place {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }

    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    #[must_use]
    pub fn moved(self, dx: f64, dy: f64) -> Self {
        Self { left: self.left + dx, top: self.top + dy, right: self.right + dx, bottom: self.bottom + dy }
    }

    /// With the axes exchanged.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { left: self.top, top: self.left, right: self.bottom, bottom: self.right }
    }

    #[must_use]
    pub fn holds(self, (x, y): Place) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// All of the other one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }

    #[must_use]
    pub fn touches(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}
