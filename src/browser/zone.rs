//! The reader's time zone, as the browser knows it.

use js_sys::{Array, Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

/// Seconds east of Greenwich at an instant (nanoseconds since 1970), with daylight saving time where it holds.
pub fn offset_s(instant_ns: i64) -> i32 {
    let date = Date::new(&JsValue::from_f64(instant_ns.div_euclid(1_000_000) as f64));
    // Minutes west of Greenwich; before time zones there are fractions of one.
    let west_min = date.get_timezone_offset();
    if west_min.is_finite() { (-west_min * 60.0).round() as i32 } else { 0 }
}

/// "Europe/Berlin"; nothing where the browser does not tell.
pub fn name() -> Option<String> {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let name = Reflect::get(&options, &JsValue::from_str("timeZone")).ok()?.as_string()?;
    (!name.is_empty()).then_some(name)
}
