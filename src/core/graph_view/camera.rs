//! Which part of a picture is in view, and how large: the one transform that panning and zooming change.

use super::{Bounds, Place};

const LEAST_SCALE: f64 = 0.04;
const MOST_SCALE: f64 = 4.0;
/// Texts are read without effort: a part of a picture is begun with so large.
pub const READABLE_SCALE: f64 = 0.8;
/// From here on all of it is shown at first: better a little smaller than cut off.
const ENOUGH_SCALE: f64 = 0.7;
/// A small picture is not blown up.
const MOST_FIT_SCALE: f64 = 1.15;
/// Below this, texts cannot be read and are left out.
pub const FAR_SCALE: f64 = 0.42;

/// A place of the picture times `scale`, moved by (`x`, `y`), is its place in the view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    pub x: f64,
    pub y: f64,
    pub scale: f64,
}

/// What stays clear at the edges of a view: margins, and what lies over it there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clear {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Clear {
    /// What is left of a view.
    #[must_use]
    pub fn room(self, (width, height): (f64, f64)) -> (f64, f64) {
        ((width - self.left - self.right).max(1.0), (height - self.top - self.bottom).max(1.0))
    }

    /// With a place of the picture in the middle of the room.
    fn centred(self, scale: f64, (x, y): Place, view: (f64, f64)) -> Camera {
        let (width, height) = self.room(view);
        Camera { x: self.left + width / 2.0 - x * scale, y: self.top + height / 2.0 - y * scale, scale }
    }
}

/// Parts of which each is tried as the middle of the view.
const MOST_PARTS: usize = 600;

impl Default for Camera {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, scale: 1.0 }
    }
}

impl Camera {
    /// All of the picture in the middle of the view, clear of its edges.
    #[must_use]
    pub fn fit(bounds: Bounds, view: (f64, f64), clear: Clear) -> Self {
        let (width, height) = clear.room(view);
        let scale = (width / bounds.width().max(1.0)).min(height / bounds.height().max(1.0)).clamp(LEAST_SCALE, MOST_FIT_SCALE);
        clear.centred(scale, bounds.centre(), view)
    }

    /// All of the picture if its texts can be read then; else the part of it that holds most of what its parts weigh, large enough to be read.
    #[must_use]
    pub fn start(bounds: Bounds, view: (f64, f64), clear: Clear, parts: &[(Bounds, f64)]) -> Self {
        let all = Self::fit(bounds, view, clear);
        if all.scale >= ENOUGH_SCALE {
            return all;
        }
        let room = clear.room(view);
        let size = (room.0 / READABLE_SCALE, room.1 / READABLE_SCALE);
        // The view stays within the picture where that is larger, and in its middle where it is not.
        let within = |at: f64, low: f64, high: f64, size: f64| {
            if high - low <= size { f64::midpoint(low, high) } else { at.clamp(low + size / 2.0, high - size / 2.0) }
        };
        let mut best = (f64::NEG_INFINITY, bounds.centre());
        for (part, _) in parts.iter().take(MOST_PARTS) {
            let (x, y) = part.centre();
            let at = (within(x, bounds.left, bounds.right, size.0), within(y, bounds.top, bounds.bottom, size.1));
            let seen = Bounds::around(at, size).grown(1.0);
            let weight: f64 = parts.iter().filter(|(part, _)| seen.contains(*part)).map(|(_, weight)| *weight).sum();
            if weight > best.0 {
                best = (weight, at);
            }
        }
        clear.centred(READABLE_SCALE, best.1, view)
    }

    /// Larger or smaller by a factor; what lies at `at` in the view stays there.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: Place) -> Self {
        let wanted = self.scale * if factor.is_finite() && factor > 0.0 { factor } else { 1.0 };
        let scale = wanted.clamp(LEAST_SCALE, MOST_SCALE);
        let ratio = scale / self.scale;
        Self { x: at.0 - (at.0 - self.x) * ratio, y: at.1 - (at.1 - self.y) * ratio, scale }
    }

    #[must_use]
    pub fn panned(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// The place of the picture that is seen at a place of the view.
    #[must_use]
    pub fn to_picture(self, (x, y): Place) -> Place {
        ((x - self.x) / self.scale, (y - self.y) / self.scale)
    }

    #[must_use]
    pub fn to_view(self, (x, y): Place) -> Place {
        (x * self.scale + self.x, y * self.scale + self.y)
    }

    /// The part of the picture in a view of this size.
    #[must_use]
    pub fn in_view(self, (width, height): (f64, f64)) -> Bounds {
        let ((left, top), (right, bottom)) = (self.to_picture((0.0, 0.0)), self.to_picture((width, height)));
        Bounds { left, top, right, bottom }
    }

    /// Moved as little as possible so that a part of the picture is in view, a margin from its edges where there is room.
    #[must_use]
    pub fn revealing(self, part: Bounds, (width, height): (f64, f64), margin: f64) -> Self {
        let ((left, top), (right, bottom)) = (self.to_view((part.left, part.top)), self.to_view((part.right, part.bottom)));
        let shift = |low: f64, high: f64, side: f64| {
            let margin = margin.min(((side - (high - low)) / 2.0).max(0.0));
            if low < margin {
                margin - low
            } else if high > side - margin {
                side - margin - high
            } else {
                0.0
            }
        };
        self.panned(shift(left, right, width), shift(top, bottom, height))
    }

    /// With a place of the picture in the middle of the view.
    #[must_use]
    pub fn centred(self, at: Place, (width, height): (f64, f64)) -> Self {
        Self { x: width / 2.0 - at.0 * self.scale, y: height / 2.0 - at.1 * self.scale, ..self }
    }

    /// Some of the picture stays in view, so that nobody loses it.
    #[must_use]
    pub fn kept_near(self, bounds: Bounds, (width, height): (f64, f64)) -> Self {
        const LEFT_IN_VIEW: f64 = 48.0;
        let ((left, top), (right, bottom)) = (self.to_view((bounds.left, bounds.top)), self.to_view((bounds.right, bounds.bottom)));
        let shift = |low: f64, high: f64, side: f64| (LEFT_IN_VIEW - high).max(0.0) + (side - LEFT_IN_VIEW - low).min(0.0);
        self.panned(shift(left, right, width), shift(top, bottom, height))
    }

    #[must_use]
    pub fn is_far(self) -> bool {
        self.scale < FAR_SCALE
    }

    #[must_use]
    pub fn css(self) -> String {
        format!("transform:translate({:.2}px,{:.2}px) scale({:.4})", self.x, self.y, self.scale)
    }
}

/// All of a picture in a small field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overview {
    bounds: Bounds,
    scale: f64,
}

impl Overview {
    const MOST_PX: (f64, f64) = (168.0, 104.0);
    const MARGIN_PX: f64 = 6.0;

    #[must_use]
    pub fn of(bounds: Bounds) -> Self {
        let room = |most: f64, side: f64| (most - 2.0 * Self::MARGIN_PX) / side.max(1.0);
        Self { bounds, scale: room(Self::MOST_PX.0, bounds.width()).min(room(Self::MOST_PX.1, bounds.height())) }
    }

    /// Width and height of the field.
    #[must_use]
    pub fn size(self) -> (f64, f64) {
        let side = |side: f64| side * self.scale + 2.0 * Self::MARGIN_PX;
        (side(self.bounds.width()), side(self.bounds.height()))
    }

    #[must_use]
    pub fn to_picture(self, (x, y): Place) -> Place {
        (self.bounds.left + (x - Self::MARGIN_PX) / self.scale, self.bounds.top + (y - Self::MARGIN_PX) / self.scale)
    }

    /// A part of the picture in the field, as far as it lies within.
    #[must_use]
    pub fn part(self, part: Bounds) -> Bounds {
        let (width, height) = self.size();
        let at = |value: f64, start: f64, side: f64| ((value - start) * self.scale + Self::MARGIN_PX).clamp(1.0, side - 1.0);
        Bounds {
            left: at(part.left, self.bounds.left, width),
            top: at(part.top, self.bounds.top, height),
            right: at(part.right, self.bounds.left, width),
            bottom: at(part.bottom, self.bounds.top, height),
        }
    }

    /// In the words of SVG.
    #[must_use]
    pub fn transform(self) -> String {
        let shift = |start: f64| Self::MARGIN_PX - start * self.scale;
        format!("translate({:.2} {:.2}) scale({:.5})", shift(self.bounds.left), shift(self.bounds.top), self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: (f64, f64) = (800.0, 400.0);
    const CLEAR: Clear = Clear { left: 20.0, top: 20.0, right: 20.0, bottom: 20.0 };

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-6
    }

    #[test]
    fn a_fitted_picture_is_in_view_and_in_the_middle() {
        for bounds in [
            Bounds { left: -500.0, top: 20.0, right: 3500.0, bottom: 900.0 },
            Bounds { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 },
            Bounds { left: 5.0, top: 5.0, right: 5.0, bottom: 5.0 },
        ] {
            let camera = Camera::fit(bounds, VIEW, CLEAR);
            let seen = camera.in_view(VIEW);
            assert!(seen.left <= bounds.left && seen.right >= bounds.right && seen.top <= bounds.top && seen.bottom >= bounds.bottom);
            let (x, y) = camera.to_view(bounds.centre());
            assert!(near(x, 400.0) && near(y, 200.0));
            assert!(camera.scale <= MOST_FIT_SCALE);
        }
    }

    #[test]
    fn a_picture_that_would_be_too_small_begins_at_its_busiest_part() {
        let bounds = Bounds { left: 0.0, top: 0.0, right: 4000.0, bottom: 300.0 };
        let part = |x: f64, weight: f64| (Bounds::around((x, 150.0), (100.0, 50.0)), weight);
        let parts = [part(60.0, 5.0), part(2500.0, 4.0), part(2700.0, 4.0), part(3900.0, 1.0)];
        let camera = Camera::start(bounds, VIEW, CLEAR, &parts);
        assert!(near(camera.scale, READABLE_SCALE));
        let seen = camera.in_view(VIEW);
        assert!(seen.contains(parts[1].0) && seen.contains(parts[2].0));
        let small = Bounds { right: 500.0, ..bounds };
        assert_eq!(Camera::start(small, VIEW, CLEAR, &parts), Camera::fit(small, VIEW, CLEAR));
        assert!(Camera::start(bounds, (0.0, 0.0), CLEAR, &[]).x.is_finite());
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let camera = Camera { x: -30.0, y: 12.0, scale: 0.7 };
        let at = (333.0, 77.0);
        let under = camera.to_picture(at);
        for factor in [0.0001, 0.5, 1.0, 1.9, 1000.0, f64::NAN, f64::INFINITY, -1.0] {
            let zoomed = camera.zoomed(factor, at);
            let after = zoomed.to_picture(at);
            assert!(near(under.0, after.0) && near(under.1, after.1), "{factor}");
            assert!(zoomed.scale.is_finite() && zoomed.scale >= LEAST_SCALE && zoomed.scale <= MOST_SCALE);
        }
    }

    #[test]
    fn a_node_out_of_view_comes_in_by_the_shortest_way() {
        let camera = Camera::default();
        let right = Bounds::around((1000.0, 100.0), (100.0, 50.0));
        let moved = camera.revealing(right, VIEW, 20.0);
        assert!(near(moved.x, -(1050.0 - 780.0)) && near(moved.y, 0.0));
        assert_eq!(moved.revealing(right, VIEW, 20.0), moved);
        let large = Bounds::around((0.0, 0.0), (5000.0, 5000.0));
        assert!(camera.revealing(large, VIEW, 20.0).x.is_finite());
    }

    #[test]
    fn an_overview_holds_all_and_leads_back() {
        let bounds = Bounds { left: -100.0, top: 50.0, right: 3900.0, bottom: 450.0 };
        let overview = Overview::of(bounds);
        let (width, height) = overview.size();
        assert!(width <= 168.01 && height <= 104.01);
        let all = overview.part(bounds.grown(900.0));
        assert!(all.left >= 0.0 && all.right <= width && all.bottom <= height);
        let part = overview.part(Bounds { left: 900.0, top: 150.0, right: 1900.0, bottom: 250.0 });
        let (x, y) = overview.to_picture((part.left, part.top));
        assert!(near(x, 900.0) && near(y, 150.0));
        let none = Overview::of(Bounds { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 });
        assert!(none.size().0.is_finite() && none.transform().starts_with("translate("));
    }

    #[test]
    fn the_picture_cannot_be_lost() {
        let bounds = Bounds { left: 0.0, top: 0.0, right: 500.0, bottom: 300.0 };
        for camera in [Camera { x: 9e9, y: 9e9, scale: 1.0 }, Camera { x: -9e9, y: -9e9, scale: 0.2 }] {
            assert!(camera.kept_near(bounds, VIEW).in_view(VIEW).touches(bounds));
        }
        let inside = Camera { x: 10.0, y: 10.0, scale: 1.0 };
        assert_eq!(inside.kept_near(bounds, VIEW), inside);
    }
}
