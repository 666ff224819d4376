//! What a link that is handed on says: which address, what it contains in words, how it is embedded. Pure.
//!
//! The trace that travels in a link is in `trace`.

pub mod trace;

use super::url::{SourceRef, UrlState};
use crate::core::calendar;

/// How much of the view goes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carried {
    /// Mode, filter, time range and all settings of the view.
    #[default]
    View,
    /// The trace and the chosen span, in the mode that shows traces.
    TraceOnly,
}

impl Carried {
    pub const ALL: [Self; 2] = [Self::View, Self::TraceOnly];

    pub fn slug(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::TraceOnly => "trace",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|carried| carried.slug() == slug)
    }
}

/// The address that is handed on. `trace` is the full id of the trace that the reader looks at, `timeline` the slug of the mode that shows one.
pub fn shared(url: &UrlState, carried: Carried, trace: Option<&str>, timeline: &str) -> UrlState {
    let trace = trace.map(str::to_owned).or_else(|| url.trace.clone());
    match carried {
        Carried::View => UrlState { trace, embed: false, ..url.clone() },
        Carried::TraceOnly => UrlState {
            mode: timeline.to_owned(),
            source: url.source.clone(),
            trace,
            span: url.span.clone(),
            theme: url.theme,
            ..UrlState::default()
        },
    }
}

/// Keys of the Timeline that name a second trace, which a link with one trace in it does not have.
const OF_ANOTHER_TRACE: [&str; 2] = ["cmp", "journey"];

/// The same address with the trace itself in place of the file.
pub fn with_data(mut url: UrlState, data: &str) -> UrlState {
    url.source = Some(SourceRef::Data(data.into()));
    for key in OF_ANOTHER_TRACE {
        url.params.remove(key);
    }
    url
}

/// What a link contains, a line each. `mode` is the mode's name, `trace_name` that of the trace, `host` where the file of an address lies unless
/// that is where the page lies.
pub fn words(url: &UrlState, mode: &str, trace_name: Option<&str>, host: Option<&str>) -> Vec<String> {
    let mut lines = vec![format!("It opens {mode}.")];
    lines.push(match &url.source {
        Some(SourceRef::Url(address)) => match host {
            Some(host) => format!("The file comes from {host}, every time the link is opened."),
            None => format!("The file comes from where this page lies: {address}."),
        },
        Some(SourceRef::File { name, .. }) => {
            format!(
                "The file is not in it. Whoever opens the link is asked for {name}, and it is known again by its size and both its ends."
            )
        }
        Some(SourceRef::Sample(_)) => "It shows the sample that comes with this page.".to_owned(),
        Some(SourceRef::Data(_)) => "The trace itself is in it: no file is needed.".to_owned(),
        None => "It names no file.".to_owned(),
    });
    if let Some(id) = &url.trace {
        let name = trace_name.filter(|name| !name.is_empty()).map(|name| format!("{name}, ")).unwrap_or_default();
        lines.push(format!("It goes to the trace {name}{}.", short_id(id)));
    }
    if let Some(id) = &url.span {
        lines.push(format!("The span {} is chosen.", short_id(id)));
    }
    if let Some(filter) = &url.filter {
        lines.push(format!("The filter is “{filter}”."));
    }
    match (url.from_ns, url.to_ns) {
        (Some(from), Some(to)) => lines.push(format!("The time range is {}.", calendar::time_range(from, to))),
        (Some(from), None) => lines.push(format!("The time range begins at {}.", calendar::instant(from))),
        (None, Some(to)) => lines.push(format!("The time range ends at {}.", calendar::instant(to))),
        (None, None) => {}
    }
    if !url.params.is_empty() {
        let keys: Vec<&str> = url.params.keys().map(String::as_str).collect();
        lines.push(format!("How the view is set goes along: {}.", keys.join(", ")));
    }
    lines
}

/// The beginning of an id, as lists show it.
pub fn short_id(id: &str) -> String {
    id.chars().take(8).collect()
}

/// Host and port of an absolute address as browsers print it.
pub fn host_of(absolute: &str) -> Option<&str> {
    let (_, rest) = absolute.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A name and a password before the host are not the host.
    authority.rsplit('@').next().filter(|host| !host.is_empty())
}

/// HTML that shows the link in another page. `page` is the address of this page without its fragment.
pub fn iframe_code(page: &str, url: &UrlState, height_px: u32) -> String {
    let address = format!("{page}{}", UrlState { embed: true, ..url.clone() }.print());
    format!(
        "<iframe src=\"{}\" title=\"Trace\" width=\"100%\" height=\"{height_px}\" loading=\"lazy\" style=\"border:0\" allow=\"clipboard-write\"></iframe>",
        attribute(&address)
    )
}

/// The same with the element that `embed.js` defines; `None` where the file has no address and is not the sample. `file` is its absolute address.
pub fn element_code(page: &str, url: &UrlState, file: Option<&str>, height_px: u32) -> Option<String> {
    let (kind, file) = match &url.source {
        Some(SourceRef::Sample(name)) => ("sample", name.as_str()),
        _ => ("src", file?),
    };
    let mut code =
        format!("<script type=\"module\" src=\"{}embed.js\"></script>\n<spandeck-viewer {kind}=\"{}\"", attribute(page), attribute(file));
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            code.push_str(&format!(" {name}=\"{}\"", attribute(value)));
        }
    };
    put("trace", url.trace.as_deref());
    put("span", url.span.as_deref());
    put("mode", Some(&url.mode));
    put("theme", Some("auto"));
    put("height", Some(&height_px.to_string()));
    code.push_str("></spandeck-viewer>");
    Some(code)
}

/// A text as the value of an attribute in double quotes.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
