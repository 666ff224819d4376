//! The box over a heat map and what it reads, put on the elements directly.

use std::{fmt::Write as _, rc::Rc};

use web_sys::{Element, HtmlElement};
use yew::NodeRef;

use crate::core::{
    chart::{
        columns::Columns,
        grid::{Area, BoxPick, BoxWish, Grid},
    },
    units,
};

/// The place of a box as a style.
pub fn place(area: Area, columns: Columns, rows: usize) -> String {
    let mut text = String::new();
    push_place(&mut text, area, columns, rows);
    text
}

fn push_place(text: &mut String, area: Area, columns: Columns, rows: usize) {
    let rows = rows.max(1) as f64;
    // Writing into a string does not fail.
    let _ = write!(
        text,
        "left:{:.4}%;right:{:.4}%;bottom:{:.4}%;top:{:.4}%",
        columns.left(area.columns.0) * 100.0,
        (1.0 - columns.left(area.columns.1 + 1)) * 100.0,
        area.rows.0 as f64 / rows * 100.0,
        (1.0 - (area.rows.1 + 1) as f64 / rows) * 100.0,
    );
}

/// When the spans of a box began: one column, or from the beginning of the first to the end of the last.
fn times(columns: Columns, area: Area) -> String {
    match area.columns {
        (first, last) if first == last => columns.label(first),
        (first, last) => format!("{}–{}", columns.label(first), columns.label(last.saturating_add(1))),
    }
}

#[derive(Default)]
pub struct Frame {
    pick: BoxPick,
    is_pressed: bool,
    listed: Option<Area>,
    columns: Option<Columns>,
    grid: Rc<Grid>,
    bands_ns: Rc<Vec<(i64, i64)>>,
    noun: &'static str,
    root: Option<Element>,
    chosen: Option<HtmlElement>,
    reading: Option<Element>,
    shown: Option<Area>,
    text: String,
}

impl Frame {
    /// After a rendering.
    pub fn renew(
        &mut self,
        (root, chosen, reading): (&NodeRef, &NodeRef, &NodeRef),
        columns: Columns,
        grid: Rc<Grid>,
        bands_ns: Rc<Vec<(i64, i64)>>,
        (listed, noun): (Option<Area>, &'static str),
    ) {
        if self.columns.replace(columns).is_some_and(|before| before != columns) || self.bands_ns != bands_ns {
            self.pick = BoxPick::default();
        }
        (self.root, self.chosen, self.reading) = (root.cast(), chosen.cast(), reading.cast());
        (self.grid, self.bands_ns, self.listed, self.noun) = (grid, bands_ns, listed, noun);
        self.is_pressed = false;
        if self.pick.anchor.is_none() {
            self.pick = BoxPick::default();
        }
        self.shown = None;
        self.show(true);
    }

    pub fn pressed(&mut self, across: f64, up: f64) {
        let at = self.grid.at(across, up);
        self.is_pressed = at.is_some();
        self.pick = BoxPick { at, anchor: at };
        self.show(false);
    }

    pub fn moved(&mut self, across: f64, up: f64) {
        let is_inside = (0.0..=1.0).contains(&across) && (0.0..=1.0).contains(&up);
        let at = self.grid.at(across, up).filter(|_| self.is_pressed || is_inside);
        if at == self.pick.at || (!self.is_pressed && self.pick.anchor.is_some()) {
            return;
        }
        self.pick = BoxPick { at, anchor: self.pick.anchor };
        self.show(false);
    }

    /// The box that was drawn.
    pub fn released(&mut self) -> Option<Area> {
        let area = self.pick.area().filter(|_| self.is_pressed);
        self.is_pressed = false;
        self.pick.anchor = None;
        area
    }

    pub fn left(&mut self) {
        if !self.is_pressed && self.pick.anchor.is_none() {
            self.pick = BoxPick::default();
            self.show(false);
        }
    }

    pub fn key(&mut self, key: &str, shift: bool) -> BoxWish {
        let (pick, wish) = self.pick.pressed_key(key, shift, self.grid.columns, self.grid.rows);
        self.pick = pick;
        self.show(false);
        wish
    }

    /// What is under the pointer or was drawn; without either, what is listed.
    fn show(&mut self, anew: bool) {
        let area = self.pick.area().or(self.listed);
        if area == self.shown && !anew {
            return;
        }
        self.shown = area;
        let (Some(chosen), Some(root)) = (&self.chosen, &self.root) else { return };
        let Some((area, columns)) = area.zip(self.columns) else {
            drop(root.remove_attribute("data-box"));
            drop(chosen.set_attribute("style", "display:none"));
            if let Some(reading) = &self.reading {
                reading.set_text_content(None);
            }
            return;
        };
        self.text.clear();
        if self.pick.at.is_some() {
            push_place(&mut self.text, area, columns, self.grid.rows);
        } else {
            // What is listed has a frame of its own.
            self.text.push_str("display:none");
        }
        drop(chosen.set_attribute("style", &self.text));
        let (count, marked) = self.grid.within(area);
        self.text.clear();
        let _ = write!(self.text, "{},{},{},{}", area.columns.0, area.columns.1, area.rows.0, area.rows.1);
        drop(root.set_attribute("data-box", &self.text));
        self.text.clear();
        let band = |row: usize| self.bands_ns.get(row).copied().unwrap_or_default();
        let errors = if marked > 0 { format!(", {}", units::counted(marked, "error")) } else { String::new() };
        let _ = write!(
            self.text,
            "{}{errors}, {}, {} to {}",
            units::counted(count, self.noun),
            times(columns, area),
            units::duration(band(area.rows.0).0),
            units::duration(band(area.rows.1).1),
        );
        if let Some(reading) = &self.reading {
            reading.set_text_content(Some(&self.text));
            drop(reading.set_attribute("data-value", &count.to_string()));
            drop(reading.set_attribute("title", &self.text));
            // A box has two times, which need the room of the legend.
            drop(reading.set_attribute("data-wide", if area.columns.0 == area.columns.1 { "0" } else { "1" }));
        }
    }
}
