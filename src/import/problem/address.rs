//! What a reader is told when an address cannot be read.

use super::{Problem, cut_middle};

/// How an URL could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlFailure {
    /// The server answered with this status, which is not a success.
    Status(u16),
    /// The browser gave no answer to read: another site without CORS, or no server. The two look alike to a page.
    NoAnswer {
        /// The address is on another origin than the page.
        other_origin: bool,
        /// The browser says that it has a network.
        online: bool,
        /// The page is https and the address plain http: browsers refuse that.
        insecure: bool,
    },
    /// A request made without asking for CORS reached the server, so only the permission is missing.
    NoCors,
    /// The address is not an http(s) URL.
    NotAnAddress,
    /// The server answers but not with parts of a file, so the file would have to be read whole.
    NoRanges,
    /// The download took longer than the page waits, in seconds.
    TimedOut {
        /// How long the page waited.
        seconds: u32,
    },
}

const CORS_HEADERS: &str = "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: Range\nAccess-Control-Expose-Headers: Content-Length, Content-Range, Accept-Ranges";

impl Problem {
    /// An address could not be read.
    pub fn url(url: &str, failure: UrlFailure) -> Self {
        let download = "Or download the file and drop it here.";
        let make = |code, message: String| Self::new(code, format!("{} can't be read", shown_url(url)), message);
        match failure {
            UrlFailure::Status(404 | 410) => make("E-URL-404", "There is no file at this address.".to_owned())
                .step("Check the address: capital letters and the ending count.")
                .step("If the file was moved or its link has run out, ask for a new link."),
            UrlFailure::Status(status @ (401 | 403 | 407)) => make("E-URL-DENIED", format!("The server refuses access (status {status})."))
                .step("Check that the link is still valid. Signed links run out.")
                .step("If the file needs a login, download it and drop it here."),
            UrlFailure::Status(status @ (408 | 425 | 429)) => make("E-URL-BUSY", format!("The server asks to try later (status {status})."))
                .step("Try again in a while.")
                .step(download),
            UrlFailure::Status(416) => make("E-URL-RANGE", "The server can't send the part of the file that was asked for (status 416). The file may have changed.".to_owned())
                .step("Reload the page.")
                .step(download),
            UrlFailure::Status(status @ 500..=599) => {
                make("E-URL-SERVER", format!("The server has a fault (status {status}).")).step("Try again in a while.").step(download)
            }
            UrlFailure::Status(status) => {
                make("E-URL-STATUS", format!("The server answered with status {status} instead of the file.")).step("Check the address.").step(download)
            }
            UrlFailure::NoCors => make("E-URL-CORS", "The server doesn't let other sites read this file (no CORS permission).".to_owned())
                .step("Download the file and drop it here.")
                .step("If the server is yours, let it send these headers:")
                .command(CORS_HEADERS),
            UrlFailure::NoAnswer { online: false, .. } => {
                make("E-URL-OFFLINE", "This computer is offline.".to_owned()).step("Connect to the network and try again.").step(download)
            }
            UrlFailure::NoAnswer { insecure: true, .. } => make("E-URL-INSECURE", "This page is secure (https) and the address is not (http): browsers don't allow that.".to_owned())
                .step("Use an https address.")
                .step(download),
            UrlFailure::NoAnswer { other_origin: true, .. } => make(
                "E-URL-BLOCKED",
                "The browser got no answer it may read. Either the server can't be reached, or it doesn't let other sites read its files (no CORS permission).".to_owned(),
            )
            .step("Open the address in a new tab. If the file comes, download it and drop it here.")
            .step("If the server is yours, let it send these headers:")
            .command(CORS_HEADERS),
            UrlFailure::NoAnswer { .. } => make("E-URL-UNREACHABLE", "The server can't be reached.".to_owned())
                .step("Check the address and the network, and try again.")
                .step(download),
            UrlFailure::NotAnAddress => make("E-URL-FORM", "This is not an address that a browser can read.".to_owned())
                .step("Use an address that starts with https:// or http://.")
                .step("A file on this computer can be dropped here."),
            UrlFailure::NoRanges => make("E-URL-RANGES", "The server sends files only whole, and a database is read in parts.".to_owned())
                .step("Download the file and drop it here.")
                .step("If the server is yours, let it answer range requests."),
            UrlFailure::TimedOut { seconds } => {
                make("E-URL-TIMEOUT", format!("The server didn't answer within {seconds} seconds.")).step("Try again in a while.").step(download)
            }
        }
    }
}

/// An address as shown in a title: without query and fragment, which may carry a signature.
fn shown_url(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or(url).trim();
    if bare.is_empty() { "This address".to_owned() } else { cut_middle(bare, 80) }
}
