//! Crosshair, selection and what they read, put on the elements directly. Nothing here renders, draws or writes a value: moving the pointer
//! within a column does nothing at all, and over to the next one hands texts on that exist already.

use std::{fmt::Write as _, rc::Rc};

use web_sys::{Element, HtmlElement};
use yew::NodeRef;

use crate::core::chart::{
    columns::Columns,
    panel::Readings,
    pick::{Pick, Wish},
};

/// A drag shorter than this is a click, px.
const CLICK_PX: i32 = 4;
/// What the values are while there is no crosshair.
const HIGHEST: &str = "highest";

/// Elements that the crosshair writes into, of one panel.
#[derive(Clone, Default, PartialEq)]
pub struct ReadOut {
    pub time: NodeRef,
    pub values: Vec<NodeRef>,
    pub detail: NodeRef,
    /// The crosshair, and what is being chosen.
    pub cross: NodeRef,
    pub choice: NodeRef,
}

impl ReadOut {
    pub fn new(series: usize) -> Self {
        Self { values: (0..series).map(|_| NodeRef::default()).collect(), ..Self::default() }
    }
}

/// The same, found in the document.
struct Found {
    time: Option<Element>,
    values: Vec<Option<Element>>,
    detail: Option<Element>,
    cross: Option<HtmlElement>,
    choice: Option<HtmlElement>,
}

#[derive(Default)]
pub struct Overlay {
    pick: Pick,
    /// Where a drag began, and whether it has become one.
    press: Option<(i32, bool)>,
    columns: Option<Columns>,
    root: Option<HtmlElement>,
    readings: Rc<Readings>,
    found: Vec<Found>,
    /// Kept, so that numbers are written without a new allocation.
    text: String,
}

impl Overlay {
    /// After a rendering: other figures, other elements.
    pub fn renew(&mut self, root: &NodeRef, columns: Columns, readings: Rc<Readings>, outs: Rc<Vec<ReadOut>>) {
        self.root = root.cast();
        if self.columns.replace(columns).is_some_and(|before| before != columns) {
            // Other columns: what was chosen of the ones before means nothing.
            self.pick = Pick::default();
            self.press = None;
        }
        self.pick = self.pick.held(columns.count);
        self.readings = readings;
        let found = |out: &ReadOut| Found {
            time: out.time.cast(),
            values: out.values.iter().map(NodeRef::cast).collect(),
            detail: out.detail.cast(),
            cross: out.cross.cast(),
            choice: out.choice.cast(),
        };
        self.found = outs.iter().map(found).collect();
        self.show_at();
        self.show_choice();
    }

    pub fn at(&self) -> Option<usize> {
        self.pick.at
    }

    pub fn pressed(&mut self, share: f64, x: i32) {
        if let Some(column) = self.columns.and_then(|columns| columns.at(share)) {
            self.press = Some((x, false));
            self.set(Pick::pressed(column));
        }
    }

    pub fn moved(&mut self, share: f64, x: i32) {
        let Some(columns) = self.columns else { return };
        if let Some((start, is_drag)) = &mut self.press {
            *is_drag |= (x - *start).abs() >= CLICK_PX;
        }
        let column = columns.at(share).filter(|_| self.press.is_some() || (0.0..=1.0).contains(&share));
        // A range that keys have drawn stays until something else is begun.
        let pick = if self.press.is_some() { self.pick } else { Pick { anchor: None, ..self.pick } };
        if self.press.is_some() || self.pick.anchor.is_none() {
            self.set(pick.hovered(column));
        }
    }

    pub fn released(&mut self) -> Wish {
        let Some((_, is_drag)) = self.press.take() else { return Wish::Nothing };
        let (pick, wish) = self.pick.released(is_drag);
        self.set(pick);
        wish
    }

    pub fn cancelled(&mut self) {
        self.press = None;
        self.set(Pick::default());
    }

    pub fn left(&mut self) {
        if self.press.is_none() && self.pick.anchor.is_none() {
            self.set(Pick::default());
        }
    }

    pub fn key(&mut self, key: &str, shift: bool) -> Wish {
        let count = self.columns.map_or(0, |columns| columns.count);
        let (pick, wish) = self.pick.pressed_key(key, shift, count);
        self.set(pick);
        wish
    }

    fn set(&mut self, pick: Pick) {
        let before = std::mem::replace(&mut self.pick, pick);
        if before.at != pick.at {
            self.show_at();
        }
        if before.chosen() != pick.chosen() {
            self.show_choice();
        }
    }

    /// Moves an element of every chart to where `text` says. Setting it on each touches nothing else, where a property of the element that
    /// holds them would be handed down to all that it holds.
    fn place(&self, element: fn(&Found) -> Option<&HtmlElement>) {
        for element in self.found.iter().filter_map(element) {
            drop(element.style().set_property("transform", &self.text));
        }
    }

    fn attribute(&self, name: &str, value: Option<&str>) {
        if let Some(root) = &self.root {
            match value {
                Some(value) => drop(root.set_attribute(name, value)),
                None => drop(root.remove_attribute(name)),
            }
        }
    }

    fn show_at(&mut self) {
        let place = self.columns.zip(self.pick.at);
        match place {
            Some((columns, at)) => {
                self.text.clear();
                // Writing into a string does not fail.
                let _ = write!(self.text, "translateX({:.4}%)", columns.middle(at) * 100.0);
                self.place(|found| found.cross.as_ref());
                self.text.clear();
                let _ = write!(self.text, "{at}");
                self.attribute("data-at", Some(&self.text));
            }
            None => self.attribute("data-at", None),
        }
        let at = self.pick.at;
        let put = |element: &Option<Element>, text: Option<&str>| {
            if let Some(element) = element {
                element.set_text_content(text);
            }
        };
        let time = at.map_or(Some(HIGHEST), |at| self.readings.times.get(at).map(String::as_str));
        for (found, panel) in self.found.iter().zip(&self.readings.panels) {
            put(&found.time, time);
            put(&found.detail, at.and_then(|at| panel.details.get(at)).map(String::as_str));
            for (number, (element, values)) in found.values.iter().zip(&panel.series).enumerate() {
                let value = at.map_or_else(|| panel.highest.get(number), |at| values.get(at));
                put(element, value.map(|(written, _)| written.as_str()));
                if let Some(element) = element {
                    drop(element.set_attribute("data-value", value.map_or("", |(_, full)| full)));
                }
            }
        }
    }

    fn show_choice(&mut self) {
        let (Some(columns), Some((first, last))) = (self.columns, self.pick.chosen()) else {
            self.attribute("data-choice", None);
            return;
        };
        let (left, right) = (columns.left(first), columns.left(last.saturating_add(1)));
        self.text.clear();
        let _ = write!(self.text, "translateX({:.4}%) scaleX({:.6})", left * 100.0, right - left);
        self.place(|found| found.choice.as_ref());
        self.text.clear();
        let _ = write!(self.text, "{first}-{last}");
        self.attribute("data-choice", Some(&self.text));
    }
}
