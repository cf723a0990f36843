//! Adding and changing endpoints.

use std::{collections::BTreeSet, time::Duration};

use super::{Endpoint, FormerSecret, WebhookSecret, WebhookUrl};
use crate::{
    id::{CommandId, EndpointId},
    outbox::EventKind,
    store::{Book, Keys, Rule},
    time::Timestamp,
};

/// Asks to add an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddEndpoint {
    /// Its name, fresh.
    pub id: EndpointId,
    /// Where it is.
    pub url: WebhookUrl,
    /// What it wants to know.
    pub events: BTreeSet<EventKind>,
    /// With what its deliveries are signed.
    pub secret: WebhookSecret,
}

/// Says why an endpoint is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddEndpointRefusal {
    /// The name is not fresh: a defect of the generator that made it.
    IdTaken,
}

/// Asks to sign with another secret from now on, and for a while with the one before as well. The one before that ends.
/// A repeat with the same secret changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotateSecret {
    /// The endpoint.
    pub id: EndpointId,
    /// The new secret.
    pub secret: WebhookSecret,
    /// For how long both sign.
    pub keep_former_for: Duration,
}

/// Asks to tell an endpoint what happens, or not any more. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetEndpoint {
    /// The endpoint.
    pub id: EndpointId,
    /// Whether it is told.
    pub is_enabled: bool,
}

/// Asks to forget an endpoint. It must have been disabled for [`Endpoint::SETTLED_AFTER`], so that no server adds to what it
/// is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoveEndpoint {
    /// The endpoint.
    pub id: EndpointId,
}

/// Says why an endpoint is not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveEndpointRefusal {
    /// There is no such endpoint.
    NotFound,
    /// It is told what happens, or was until a moment ago.
    NotSettled,
}

/// There is no such endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoEndpoint;

impl Rule for AddEndpoint {
    type Done = Endpoint;
    type Refusal = AddEndpointRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.endpoints.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Endpoint, AddEndpointRefusal> {
        if book.endpoints.get(&self.id).is_some() {
            return Err(AddEndpointRefusal::IdTaken);
        }
        let Self { id, url, events, secret } = self.clone();
        let (created_at, changed_at) = (book.now(), book.now());
        let endpoint =
            Endpoint { id, url, events, secret, former: None, is_enabled: true, created_at, changed_at, version: 1 };
        book.endpoints.put(endpoint.clone());
        Ok(endpoint)
    }
}

impl Rule for RotateSecret {
    type Done = Endpoint;
    type Refusal = NoEndpoint;

    fn touch(&self, keys: &mut Keys) {
        keys.endpoints.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Endpoint, NoEndpoint> {
        let now = book.now();
        let before = book.endpoints.get(&self.id).ok_or(NoEndpoint)?;
        if before.secret == self.secret {
            return Ok(before.clone());
        }
        let former = Some(FormerSecret { secret: before.secret.clone(), until: now.after(self.keep_former_for) });
        let endpoint = Endpoint { secret: self.secret.clone(), former, ..before.step(now) };
        book.endpoints.put(endpoint.clone());
        Ok(endpoint)
    }
}

impl Rule for SetEndpoint {
    type Done = Endpoint;
    type Refusal = NoEndpoint;

    fn touch(&self, keys: &mut Keys) {
        keys.endpoints.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Endpoint, NoEndpoint> {
        book.set_endpoint(self.id, self.is_enabled).ok_or(NoEndpoint)
    }
}

impl Rule for RemoveEndpoint {
    type Done = ();
    type Refusal = RemoveEndpointRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.endpoints.insert(self.id);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), RemoveEndpointRefusal> {
        let now = book.now();
        let endpoint = book.endpoints.get(&self.id).ok_or(RemoveEndpointRefusal::NotFound)?;
        if !endpoint.is_settled(now) {
            return Err(RemoveEndpointRefusal::NotSettled);
        }
        book.endpoints.remove(&self.id);
        Ok(())
    }
}

impl Endpoint {
    fn step(&self, now: Timestamp) -> Self {
        Self { changed_at: now.max(self.changed_at), version: self.version + 1, ..self.clone() }
    }
}

impl Book {
    /// Has an endpoint told, or not any more; gives it as it is then.
    pub(crate) fn set_endpoint(&mut self, id: EndpointId, is_enabled: bool) -> Option<Endpoint> {
        let now = self.now();
        let before = self.endpoints.get(&id)?;
        if before.is_enabled == is_enabled {
            return Some(before.clone());
        }
        let endpoint = Endpoint { is_enabled, ..before.step(now) };
        self.endpoints.put(endpoint.clone());
        Some(endpoint)
    }
}
