//! Who may ask the frame for what: the page around it alone, from the origin that it first spoke from, and bytes only where the deployer or the
//! reader has allowed that origin. Also what that page may be told of the open file.
//!
//! Must not read messages' arguments itself; a message that is let through is still to be carried out.

use std::collections::BTreeSet;

use super::message::{self, Command, Message, Refusal};
use crate::{core::raw_message::Raw, state::url::SourceRef};

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing, and nobody hears of it.
    Ignore,
    /// It was a ping.
    Ready(Option<u64>),
    Refuse(Option<u64>, Refusal),
    Run(Message),
    /// The reader must be asked first.
    Ask(Message),
}

/// What the reader says of an origin that wants to hand a file to the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    Once,
    Always,
    Deny,
}

/// What is known of the page around the frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    own_origin: String,
    /// Origins that the deployer allows.
    deployed: BTreeSet<String>,
    /// Origins that the reader has allowed for good.
    allowed: BTreeSet<String>,
    /// The origin of the handshake: no other one is heard from then on.
    peer: Option<String>,
    asking: bool,
    denied: bool,
}

impl Gate {
    /// The lists are origins between spaces or lines; what is no origin is left out.
    pub fn new(own_origin: &str, deployed: &str, allowed: &str) -> Self {
        Self { own_origin: own_origin.to_owned(), deployed: origins(deployed), allowed: origins(allowed), ..Self::default() }
    }

    /// `is_parent`: the browser says that the message comes from the window around the frame. `origin` is the browser's word too.
    pub fn receive(&mut self, is_parent: bool, origin: &str, raw: &Raw) -> Verdict {
        // A page without an origin of its own (a sandbox, a file) could not be told from another one, nor be answered alone.
        if !is_parent || !is_origin(origin) || self.peer.as_deref().is_some_and(|peer| peer != origin) || !message::is_ours(raw) {
            return Verdict::Ignore;
        }
        let known = self.peer.is_some();
        let message = match message::parse(raw) {
            Ok(message) => message,
            Err(refusal) if known || refusal == Refusal::Version => return Verdict::Refuse(message::id_of(raw), refusal),
            Err(_) => return Verdict::Ignore,
        };
        match &message.command {
            Command::Ping => {
                self.peer = Some(origin.to_owned());
                Verdict::Ready(message.id)
            }
            _ if !known => Verdict::Ignore,
            Command::OpenBytes { .. } if self.trusts(origin) || self.allowed.contains(origin) => Verdict::Run(message),
            Command::OpenBytes { .. } if self.denied => Verdict::Refuse(message.id, Refusal::NotAllowed),
            Command::OpenBytes { .. } if self.asking => Verdict::Refuse(message.id, Refusal::Busy),
            Command::OpenBytes { .. } => {
                self.asking = true;
                Verdict::Ask(message)
            }
            _ => Verdict::Run(message),
        }
    }

    /// The reader has answered. Whether the message that was held may be carried out.
    pub fn answer(&mut self, consent: Consent) -> bool {
        self.asking = false;
        match (consent, &self.peer) {
            (Consent::Always, Some(peer)) => drop(self.allowed.insert(peer.clone())),
            (Consent::Deny, _) => self.denied = true,
            _ => {}
        }
        consent != Consent::Deny
    }

    /// The origin that may be answered.
    pub fn peer(&self) -> Option<&str> {
        self.peer.as_deref()
    }

    /// The origins that the reader has allowed, as they are kept.
    pub fn allowed(&self) -> String {
        self.allowed.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn trusts(&self, origin: &str) -> bool {
        origin == self.own_origin || self.deployed.contains(origin)
    }

    /// Whether the page around the frame may hear what is open and chosen. It may where the deployer allows it, and where what is open is its
    /// own (`given`: it handed the bytes) or the sample. It may not read a file through the frame that it could not read itself; the reader's
    /// consent is to show a file, not to tell of others.
    pub fn may_know(&self, source: Option<&SourceRef>, given: bool) -> bool {
        let Some(peer) = self.peer.as_deref() else { return false };
        let is_own = match source {
            None | Some(SourceRef::Sample(_)) => true,
            Some(SourceRef::Url(url)) => origin_of(url).as_deref() == Some(peer),
            Some(SourceRef::File { .. } | SourceRef::Data(_)) => given,
        };
        is_own || self.trusts(peer)
    }
}

/// The origins of a list.
fn origins(list: &str) -> BTreeSet<String> {
    list.split_whitespace().filter(|origin| is_origin(origin)).map(str::to_owned).collect()
}

/// Scheme, host and port as browsers write them, and nothing behind.
fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._:[]".contains(&byte))
}

/// The origin of an absolute http(s) address; `None` where that is not plain to see.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#', '\\']).next()?.to_ascii_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let host = authority.strip_suffix(default_port).unwrap_or(&authority);
    Some(format!("{scheme}://{host}")).filter(|origin| is_origin(origin))
}

#[cfg(test)]
mod tests;
