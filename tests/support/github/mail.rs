//! Webhooks on their way: signed, sent in order, and, where a test wants it, lost, doubled, held
//! back or turned round.

use std::collections::VecDeque;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

/// Webhooks, sent and to be sent.
#[derive(Debug, Default)]
pub struct Mail {
    /// Where they go; while there is nothing, they wait.
    pub url: Option<String>,
    /// Every delivery, as `GET /app/hook/deliveries` lists them.
    pub sent: Vec<Delivery>,
    /// Those that wait for the address, or for those before them.
    pub outbox: VecDeque<u64>,
    /// What happens to the next webhooks: of an event, or of any.
    pub fates: Vec<(Option<String>, Fate)>,
    /// Those that wait to be released.
    pub held: VecDeque<u64>,
    /// The one that is being sent now.
    pub in_flight: usize,
}

/// What happens to a webhook on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It does not arrive, and GitHub lists it as failed.
    Lost,
    /// It is never sent, and GitHub knows nothing of it.
    Swallowed,
    /// It arrives twice, under one delivery id.
    Doubled,
    /// It waits until the test releases it.
    Held,
}

/// One delivery of one webhook.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is named by what GitHub calls it")]
pub struct Delivery {
    pub id: u64,
    /// `X-GitHub-Delivery`: the same for a redelivery.
    pub guid: String,
    pub event: String,
    pub action: String,
    pub payload: Value,
    pub at: Timestamp,
    pub redelivery: bool,
    pub outcome: Outcome,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is on its way.
    Waiting,
    /// It was answered with this status.
    Answered(u16),
    /// Nobody answered.
    Unreachable,
}

impl Outcome {
    /// The status, where there was one.
    #[must_use]
    pub fn code(self) -> Option<u16> {
        match self {
            Self::Answered(code) => Some(code),
            Self::Waiting | Self::Unreachable => None,
        }
    }

    /// As GitHub words it; anything but `OK` is a failure.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Answered(code) if code < 300 => "OK".to_owned(),
            Self::Answered(code) => format!("Invalid HTTP Response: {code}"),
            Self::Waiting => "pending".to_owned(),
            Self::Unreachable => "failed to connect to host".to_owned(),
        }
    }
}

impl Mail {
    /// Takes a webhook to its fate.
    pub(super) fn send(&mut self, mut delivery: Delivery) {
        let of = |event: &Option<String>| event.as_ref().is_none_or(|it| *it == delivery.event);
        let fate = self.fates.iter().position(|(event, _)| of(event));
        let fate = fate.map(|at| self.fates.remove(at).1);
        let id = delivery.id;
        match fate {
            Some(Fate::Swallowed) => return,
            Some(Fate::Lost) => delivery.outcome = Outcome::Unreachable,
            Some(Fate::Held) => self.held.push_back(id),
            Some(Fate::Doubled) => self.outbox.extend([id, id]),
            None => self.outbox.push_back(id),
        }
        self.sent.push(delivery);
    }

    /// The next delivery to be sent.
    pub(super) fn next(&mut self) -> Option<Delivery> {
        self.url.as_ref()?;
        let id = self.outbox.pop_front()?;
        self.in_flight += 1;
        // Newest last, and what is sent is new.
        self.sent.iter().rev().find(|it| it.id == id).cloned()
    }

    pub(super) fn came_back(&mut self, id: u64, outcome: Outcome) {
        self.in_flight -= 1;
        if let Some(delivery) = self.sent.iter_mut().rev().find(|it| it.id == id) {
            delivery.outcome = outcome;
        }
    }
}

/// `X-Hub-Signature-256` of a body.
#[must_use]
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// A text in the form of a GUID, the same for the same number.
pub(super) fn guid(number: u64) -> String {
    let hex = super::data::digest(&number.to_be_bytes());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}
