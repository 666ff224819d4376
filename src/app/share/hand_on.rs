//! A finished link and the ways to hand it on: copied, through the system's own offer, as a QR code, as code for another page.

use yew::{platform::spawn_local, prelude::*};

use crate::{
    browser::{document, share},
    core::{qr, units},
    state::{
        sharing,
        url::{SourceRef, UrlState},
    },
    ui::{copy::CopyButton, icon::Icon},
};

/// Of the view in another page.
const EMBED_HEIGHT_PX: u32 = 480;
/// Characters of a long link that are drawn; the rest is copied.
const SHOWN_CHARS: usize = 1_500;

#[derive(Properties, PartialEq)]
pub struct HandOnProps {
    pub url: UrlState,
    /// The address of this page without its fragment.
    pub page: String,
    pub title: String,
}

#[component]
pub fn HandOn(props: &HandOnProps) -> Html {
    let HandOnProps { url, page, title } = props;
    let link = use_memo((url.clone(), page.clone()), |(url, page)| format!("{page}{}", url.print()));
    let picture = use_memo(link.clone(), |link| qr::picture(link));
    let characters = link.chars().count();
    let shown: String = match link.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", link.get(..end).unwrap_or_default()),
        None => link.to_string(),
    };
    let onshare = {
        let (link, title) = (link.clone(), title.clone());
        Callback::from(move |_: MouseEvent| {
            let (link, title) = (link.clone(), title.clone());
            spawn_local(async move { share::address(&title, &link).await });
        })
    };
    html! {
        <>
            <p class="sh-l mono" data-testid="share-link" data-value={link.to_string()} tabindex="0" aria-label="The link">{ shown }</p>
            <div class="sh-b">
                <CopyButton id="share-copy" text={link.to_string()} label="Copy the link" words="Copy the link" />
                if share::is_there() {
                    <button type="button" class="btn" data-testid="share-system" onclick={onshare}><Icon name="ext" />{ "Share through…" }</button>
                }
                <span class="cap" data-testid="share-length" data-value={characters.to_string()}>{ units::counted(characters as u64, "character") }</span>
            </div>
            <details class="sh-d">
                <summary>{ "QR code" }</summary>
                if let Some(picture) = &*picture {
                    // Dark on light in both themes: cameras expect it.
                    <svg class="sh-qr" role="img" aria-label="QR code of the link" data-testid="share-qr" viewBox={format!("0 0 {0} {0}", picture.size)} shape-rendering="crispEdges"><rect width={picture.size.to_string()} height={picture.size.to_string()} fill="#fff" /><path d={picture.path.clone()} fill="#000" /></svg>
                } else {
                    <p class="cap" data-testid="share-no-qr">{ format!("The link is too long for a QR code that a camera reads from a screen: {} characters are the most.", units::count(qr::MOST_BYTES as u64)) }</p>
                }
            </details>
            <details class="sh-d">
                <summary>{ "Code to embed it in another page" }</summary>
                { embed_code("embed-iframe", "Plain HTML", sharing::iframe_code(page, url, EMBED_HEIGHT_PX)) }
                { match sharing::element_code(page, url, address_of(url).as_deref(), EMBED_HEIGHT_PX) {
                    Some(code) => embed_code("embed-element", "As an element, with this page's embed.js", code),
                    None => html! { <p class="cap">{ "The element needs a file that has an address; this one has none." }</p> },
                } }
                if let Some(SourceRef::File { name, .. }) = &url.source {
                    <div class="note i0"><Icon name="info" /><span>{ format!("{name} lies on your computer: the embedded view asks each reader for it. Put the file on a server, or share the trace as a link.") }</span></div>
                }
            </details>
        </>
    }
}

/// The absolute address of the file that the link shows.
fn address_of(url: &UrlState) -> Option<String> {
    match &url.source {
        Some(SourceRef::Url(file)) => Some(document::resolve(file)),
        _ => None,
    }
}

fn embed_code(testid: &'static str, about: &'static str, code: String) -> Html {
    let shown: String = match code.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", code.get(..end).unwrap_or_default()),
        None => code.clone(),
    };
    html! {
        <div class="sh-c"><span class="cap">{ about }</span><CopyButton text={code.clone()} label={format!("Copy the code: {about}")} />
            <pre data-testid={testid} data-value={code} tabindex="0">{ shown }</pre></div>
    }
}
