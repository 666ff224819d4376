//! Which modes a frame offers, and which of them is in view. Pure.

use crate::{
    modes::{self, MODES, ModeInfo, configuration},
    state::url::UrlState,
};

/// The modes that the address offers, in its order; on a page of its own all of them. Never empty.
pub fn offered(url: &UrlState) -> Vec<&'static ModeInfo> {
    if !url.embed {
        return MODES.iter().collect();
    }
    let named: Vec<&'static ModeInfo> =
        url.frame.modes.iter().filter_map(|slug| MODES.iter().find(|mode| mode.slug == slug.as_str())).collect();
    match url.frame.tabs {
        _ if !named.is_empty() => named,
        // What the reader sets there belongs to the page in full.
        Some(true) => MODES.iter().filter(|mode| mode.slug != configuration::MODE.slug).collect(),
        _ => vec![modes::mode(&url.mode)],
    }
}

/// Whether the frame has a tab for each.
pub fn has_tabs(url: &UrlState) -> bool {
    url.frame.tabs.unwrap_or_else(|| offered(url).len() > 1)
}

/// Puts the first of the offered modes into an address of a frame that names none.
pub fn settle(url: &mut UrlState) {
    if url.embed && url.mode.is_empty() {
        url.mode = offered(url).first().map_or_else(String::new, |mode| mode.slug.to_owned());
    }
}

/// Why a mode that a frame was led to is not shown in it; `None` where it is.
pub fn not_offered(url: &UrlState) -> Option<&'static ModeInfo> {
    let mode = modes::mode(&url.mode);
    offered(url).iter().all(|offered| offered.slug != mode.slug).then_some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::url;

    fn slugs(fragment: &str) -> (Vec<&'static str>, bool, String, Option<&'static str>) {
        let (mut url, _) = url::parse(fragment);
        settle(&mut url);
        let offered = offered(&url).iter().map(|mode| mode.slug).collect();
        (offered, has_tabs(&url), url.mode.clone(), not_offered(&url).map(|mode| mode.slug))
    }

    #[test]
    fn a_frame_offers_what_its_address_says() {
        assert_eq!(slugs("#/?embed=1"), (vec!["timeline"], false, "timeline".into(), None));
        assert_eq!(slugs("#/red?embed=1"), (vec!["red"], false, "red".into(), None));
        assert_eq!(slugs("#/?embed=1&modes=red,no-such,timeline"), (vec!["red", "timeline"], true, "red".into(), None));
        assert_eq!(slugs("#/sql?embed=1&modes=red,timeline&tabs=0"), (vec!["red", "timeline"], false, "sql".into(), Some("sql")));
        assert_eq!(slugs("#/?embed=1&modes=no-such"), (vec!["timeline"], false, "timeline".into(), None));
        assert_eq!(slugs("#/red?embed=1&modes=red&tabs=1"), (vec!["red"], true, "red".into(), None));
        let (all, tabs, ..) = slugs("#/?embed=1&tabs=1");
        assert_eq!((all.len(), tabs), (MODES.len() - 1, true));
        assert!(!all.contains(&"configuration"));
    }

    #[test]
    fn a_page_of_its_own_offers_everything() {
        assert_eq!(slugs("#/?modes=red").0.len(), MODES.len());
        assert_eq!(slugs("#/").2, "");
    }
}
