//! What has happened.

use std::collections::BTreeMap;

use hongbao_domain::{id::TransferId, red_packet::Packet, store::Answer};

use crate::request::{Request, Told};

/// A call of a client.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The number of its request.
    pub(crate) request: usize,
    /// Moments are counted.
    pub(crate) begun: usize,
    pub(crate) ended: usize,
    pub(crate) told: Told,
}

#[derive(Default)]
pub(crate) struct History {
    /// In words.
    pub(crate) lines: Vec<String>,
    /// What must not be.
    pub(crate) defects: Vec<String>,
    pub(crate) requests: Vec<Request>,
    /// In the order of their ends.
    pub(crate) calls: Vec<Call>,
    moments: usize,
    /// Packets as they ended.
    ended: BTreeMap<TransferId, Packet>,
}

impl History {
    /// Gives the next moment.
    pub(crate) fn moment(&mut self) -> usize {
        self.moments += 1;
        self.moments
    }

    /// Gives the packet back if it has ended before, and otherwise than now.
    pub(crate) fn ends_once(&mut self, packet: Packet) -> Option<Packet> {
        match self.ended.get(&packet.id) {
            Some(ended) if *ended == packet => None,
            Some(_) => Some(packet),
            None => {
                if packet.state.is_final() {
                    self.ended.insert(packet.id, packet);
                }
                None
            }
        }
    }

    pub(crate) fn calls_of(&self, request: &Request) -> impl Iterator<Item = &Call> {
        let number = request.number;
        self.calls.iter().filter(move |call| call.request == number)
    }

    /// Gives what a request has come to, as far as its client knows.
    pub(crate) fn answer_of(&self, request: &Request) -> Option<&Answer> {
        self.calls_of(request).find_map(|call| match &call.told {
            Told::Final(answer) => Some(answer),
            Told::Undone | Told::NotBegun | Told::InProgress | Told::Mismatch | Told::Unknown | Told::Broken(_) => None,
        })
    }

    /// Whether the client knows enough: its last call was answered, or all that it did was undone.
    pub(crate) fn is_known(&self, request: &Request) -> bool {
        self.answer_of(request).is_some() || self.calls_of(request).last().is_some_and(|call| call.told == Told::Undone)
    }

    /// Whether something of a request may have been done that its client was not told of.
    pub(crate) fn is_open(&self, request: &Request) -> bool {
        self.calls_of(request).any(|call| matches!(call.told, Told::Unknown | Told::InProgress))
    }
}
