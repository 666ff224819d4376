//! Drawing on a canvas: crisp at any pixel ratio, in the stylesheet's own colours, told when the theme changes.
//!
//! Must not know what is drawn. Lengths are CSS px. Styles are handed to the browser only when they change, so that a frame of thousands
//! of bars makes one call a bar.

use std::{cell::Cell, cell::RefCell, collections::HashMap, rc::Rc};

use gloo::{
    events::EventListener,
    utils::{body, document, document_element, window},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, MutationObserver, MutationObserverInit};

/// Browsers refuse larger backing stores.
const LARGEST_SIDE: f64 = 16_384.0;

/// A canvas and what was last set on it.
pub struct Canvas2d {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// Size in CSS px.
    size: Cell<(f64, f64)>,
    fill: RefCell<String>,
    stroke: RefCell<String>,
    font: RefCell<String>,
    line_width: Cell<f64>,
    alpha: Cell<f64>,
    dash: Cell<(f64, f64)>,
}

impl Canvas2d {
    /// The drawing side of a `<canvas>`; `None` for another element and where the browser gives no context.
    pub fn of(element: &Element) -> Option<Self> {
        let canvas = element.dyn_ref::<HtmlCanvasElement>()?.clone();
        let context = canvas.get_context("2d").ok().flatten()?.dyn_into::<CanvasRenderingContext2d>().ok()?;
        Some(Self {
            canvas,
            context,
            size: Cell::new((0.0, 0.0)),
            fill: RefCell::default(),
            stroke: RefCell::default(),
            font: RefCell::default(),
            line_width: Cell::new(0.0),
            alpha: Cell::new(1.0),
            dash: Cell::new((0.0, 0.0)),
        })
    }

    /// Gives the canvas a size and as many pixels as the screen has for it, and empties it. Call it at the start of every frame: it does
    /// nothing but empty the canvas while size and pixel ratio are the same. The element's CSS size is not touched.
    pub fn fit(&self, width_px: f64, height_px: f64) {
        self.fit_at(width_px, height_px, pixel_ratio());
    }

    /// Likewise with so many pixels to a CSS px: a picture that is saved does not depend on the screen.
    pub fn fit_at(&self, width_px: f64, height_px: f64, ratio: f64) {
        let side = |length: f64| if length.is_finite() { length.clamp(0.0, LARGEST_SIDE) } else { 0.0 };
        let (width_px, height_px) = (side(width_px), side(height_px));
        let ratio = ratio.min(LARGEST_SIDE / width_px.max(height_px).max(1.0));
        // The casts are within bounds by then.
        let (width, height) = ((width_px * ratio).round() as u32, (height_px * ratio).round() as u32);
        if self.canvas.width() != width || self.canvas.height() != height {
            // Either assignment takes the context back to its first state.
            self.canvas.set_width(width);
            self.canvas.set_height(height);
            self.forget();
        }
        self.size.set((width_px, height_px));
        drop(self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0));
        self.clear();
    }

    /// Width and height in CSS px, as last fitted.
    pub fn size(&self) -> (f64, f64) {
        self.size.get()
    }

    pub fn clear(&self) {
        let (width_px, height_px) = self.size.get();
        // A pixel more: the store may be a fraction of one wider than the size.
        self.context.clear_rect(0.0, 0.0, width_px + 1.0, height_px + 1.0);
    }

    /// Colour of what is filled from now on: a colour of CSS without variables, see [`token`].
    pub fn fill(&self, colour: &str) {
        if changed(&self.fill, colour) {
            self.context.set_fill_style_str(colour);
        }
    }

    /// Colour and width of lines from now on.
    pub fn stroke(&self, colour: &str, width_px: f64) {
        if changed(&self.stroke, colour) {
            self.context.set_stroke_style_str(colour);
        }
        if self.line_width.replace(width_px) != width_px {
            self.context.set_line_width(width_px);
        }
    }

    /// Lengths of dashes and of the gaps between them from now on; 0 for a line without gaps.
    pub fn dash(&self, dash_px: f64, gap_px: f64) {
        if self.dash.replace((dash_px, gap_px)) != (dash_px, gap_px) {
            let segments = js_sys::Array::new();
            if dash_px > 0.0 {
                segments.push(&JsValue::from_f64(dash_px));
                segments.push(&JsValue::from_f64(gap_px));
            }
            drop(self.context.set_line_dash(&segments));
        }
    }

    /// Opacity of everything from now on, 0 to 1.
    pub fn alpha(&self, alpha: f64) {
        if self.alpha.replace(alpha) != alpha {
            self.context.set_global_alpha(alpha);
        }
    }

    /// Lines turn round corners instead of running on into a point.
    pub fn round_joins(&self) {
        self.context.set_line_join("round");
    }

    pub fn fill_rect(&self, x: f64, y: f64, width_px: f64, height_px: f64) {
        self.context.fill_rect(x, y, width_px, height_px);
    }

    pub fn stroke_rect(&self, x: f64, y: f64, width_px: f64, height_px: f64) {
        self.context.stroke_rect(x, y, width_px, height_px);
    }

    pub fn stroke_line(&self, from: (f64, f64), to: (f64, f64)) {
        self.begin();
        self.move_to(from.0, from.1);
        self.line_to(to.0, to.1);
        self.stroke_path();
    }

    pub fn begin(&self) {
        self.context.begin_path();
    }

    pub fn move_to(&self, x: f64, y: f64) {
        self.context.move_to(x, y);
    }

    pub fn line_to(&self, x: f64, y: f64) {
        self.context.line_to(x, y);
    }

    pub fn curve_to(&self, first: (f64, f64), second: (f64, f64), to: (f64, f64)) {
        self.context.bezier_curve_to(first.0, first.1, second.0, second.1, to.0, to.1);
    }

    /// Adds a rectangle to the path: many of one colour are filled at once.
    pub fn rect(&self, x: f64, y: f64, width_px: f64, height_px: f64) {
        self.context.rect(x, y, width_px, height_px);
    }

    pub fn circle(&self, x: f64, y: f64, radius_px: f64) {
        drop(self.context.arc(x, y, radius_px, 0.0, std::f64::consts::TAU));
    }

    pub fn close(&self) {
        self.context.close_path();
    }

    pub fn fill_path(&self) {
        self.context.fill();
    }

    pub fn stroke_path(&self) {
        self.context.stroke();
    }

    /// A filled polygon.
    pub fn polygon(&self, corners: &[(f64, f64)]) {
        self.begin();
        for (index, (x, y)) in corners.iter().enumerate() {
            if index == 0 { self.move_to(*x, *y) } else { self.line_to(*x, *y) }
        }
        self.close();
        self.fill_path();
    }

    /// Draws with everything outside a rectangle cut off.
    pub fn clipped(&self, x: f64, y: f64, width_px: f64, height_px: f64, draw: impl FnOnce()) {
        self.context.save();
        self.begin();
        self.rect(x, y, width_px, height_px);
        self.context.clip();
        draw();
        self.context.restore();
        // What was set inside is gone again; what is remembered would no longer be true.
        self.forget();
    }

    /// Font of texts from now on, as in CSS: `11px sans-serif`, without variables; see [`font`]. Texts stand on their middle line.
    pub fn font(&self, font: &str) {
        if changed(&self.font, font) {
            self.context.set_font(font);
            self.context.set_text_baseline("middle");
        }
    }

    /// Text in the colour of [`Self::fill`], its left end at `x`, its middle line at `y`.
    pub fn text(&self, text: &str, x: f64, y: f64) {
        drop(self.context.fill_text(text, x, y));
    }

    /// Width of a text in px; slow enough to be remembered by callers that ask every frame.
    pub fn measure(&self, text: &str) -> f64 {
        self.context.measure_text(text).map_or(0.0, |metrics| metrics.width())
    }

    /// After this the next setting of every style reaches the browser.
    fn forget(&self) {
        for style in [&self.fill, &self.stroke, &self.font] {
            style.borrow_mut().clear();
        }
        for style in [&self.line_width, &self.alpha] {
            style.set(f64::NAN);
        }
        self.dash.set((f64::NAN, f64::NAN));
    }
}

/// A canvas that is in no document, to make a picture on.
pub fn detached() -> Option<HtmlCanvasElement> {
    document().create_element("canvas").ok()?.dyn_into().ok()
}

/// Remembers a style; whether it differs from the one before. The buffer is kept.
fn changed(remembered: &RefCell<String>, next: &str) -> bool {
    let mut remembered = remembered.borrow_mut();
    if *remembered == next {
        return false;
    }
    remembered.clear();
    remembered.push_str(next);
    true
}

/// Pixels of the screen per CSS px.
pub fn pixel_ratio() -> f64 {
    Some(window().device_pixel_ratio()).filter(|ratio| ratio.is_finite() && *ratio > 0.0).unwrap_or(1.0)
}

#[derive(Default)]
struct Palette {
    colours: HashMap<String, Rc<str>>,
    /// Empties the palette; made before any other listener, and so called before it.
    listener: Option<ThemeListener>,
}

thread_local! {
    static PALETTE: RefCell<Palette> = RefCell::default();
}

/// A colour token of the stylesheet (`--s1`) as a plain colour of the theme in force. Read once per theme.
pub fn token(name: &str) -> Rc<str> {
    colour(&format!("var({name})"))
}

/// Any colour of CSS (`color-mix(in srgb, var(--s1) 30%, var(--bg-1))`) as a plain one of the theme in force. Read once per theme.
pub fn colour(css: &str) -> Rc<str> {
    watch_theme();
    if let Some(colour) = PALETTE.with_borrow(|palette| palette.colours.get(css).cloned()) {
        return colour;
    }
    let colour: Rc<str> = resolved("color", css).into();
    PALETTE.with_borrow_mut(|palette| palette.colours.insert(css.to_owned(), colour.clone()));
    colour
}

/// A font of the page's own family, for [`Canvas2d::font`]: `font("500 11px")`.
pub fn font(weight_and_size: &str) -> String {
    let family = window().get_computed_style(&body()).ok().flatten().and_then(|style| style.get_property_value("font-family").ok());
    format!("{weight_and_size} {}", family.filter(|family| !family.is_empty()).unwrap_or_else(|| "sans-serif".to_owned()))
}

/// A property's value with variables and `light-dark()` worked out: the browser does it for elements only, and custom properties
/// themselves keep their text.
fn resolved(property: &str, value: &str) -> String {
    let Some(probe) = document().create_element("i").ok().and_then(|probe| probe.dyn_into::<HtmlElement>().ok()) else {
        return String::new();
    };
    probe.set_hidden(true);
    drop(probe.style().set_property(property, value));
    // Where the system forces its few colours on elements a picture would be of one colour only; what it means is in the tables beside it too.
    drop(probe.style().set_property("forced-color-adjust", "none"));
    drop(body().append_child(&probe));
    let style = window().get_computed_style(&probe).ok().flatten();
    let value = style.and_then(|style| style.get_property_value(property).ok()).unwrap_or_default();
    probe.remove();
    value
}

fn watch_theme() {
    if PALETTE.with_borrow(|palette| palette.listener.is_none()) {
        let listener = listen(|| PALETTE.with_borrow_mut(|palette| palette.colours.clear()));
        PALETTE.with_borrow_mut(|palette| palette.listener = Some(listener));
    }
}

/// Calls back until it is dropped.
pub struct ThemeListener {
    observer: Option<MutationObserver>,
    _on_attribute: Closure<dyn FnMut()>,
    _on_system: Option<EventListener>,
}

impl Drop for ThemeListener {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// After the reader or the system has changed the theme; [`token`] answers with the new colours by then.
pub fn on_theme_change(changed: impl Fn() + 'static) -> ThemeListener {
    watch_theme();
    listen(changed)
}

fn listen(changed: impl Fn() + 'static) -> ThemeListener {
    let changed = Rc::new(changed);
    let on_attribute = {
        let changed = changed.clone();
        Closure::<dyn FnMut()>::new(move || changed())
    };
    let observer = MutationObserver::new(on_attribute.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        let options = MutationObserverInit::new();
        options.set_attributes(true);
        options.set_attribute_filter(&js_sys::Array::of1(&JsValue::from_str("data-theme")));
        drop(observer.observe_with_options(&document_element(), &options));
    }
    let system = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    let on_system = system.map(|query| EventListener::new(&query, "change", move |_| changed()));
    ThemeListener { observer, _on_attribute: on_attribute, _on_system: on_system }
}
