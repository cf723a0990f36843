//! What the outside is told, and which endpoints are told it.

mod event;

use std::collections::BTreeSet;

use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::{Delivery, DeliveryState, EventKind},
    time::Timestamp,
    webhook::{Endpoint, FormerSecret, WebhookSecret},
};

use super::{
    row::row,
    text::{number, parse, stored, times, version},
    unreadable::Unreadable,
};

row! {
    /// One thing to tell one party.
    DeliveryRow {
        id: u128,
        target: String,
        kind: String,
        event: String,
        state: String,
        due_at: Option<i64>,
        attempts: i64,
        error: Option<String>,
        created_at: i64,
        changed_at: i64,
        version: i64,
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Unreadable;

    fn try_from(row: DeliveryRow) -> Result<Self, Unreadable> {
        let state = match (row.state.as_str(), times(row.due_at)) {
            ("waiting", Some(due_at)) => DeliveryState::Waiting { due_at },
            ("sending", Some(lease_until)) => DeliveryState::Sending { lease_until },
            ("delivered", None) => DeliveryState::Delivered,
            ("parked", None) => DeliveryState::Parked,
            _ => return Err(Unreadable("a delivery's state")),
        };
        let event = event::read(&row.event)?;
        if event.kind().as_str() != row.kind {
            return Err(Unreadable("an event's kind"));
        }
        Ok(Self {
            id: EventId::from_u128(row.id),
            target: parse(&row.target, "a delivery's target")?,
            event,
            state,
            attempts: number(row.attempts, "a number of attempts")?,
            error: row.error,
            created_at: Timestamp::from_micros(row.created_at),
            changed_at: Timestamp::from_micros(row.changed_at),
            version: version(row.version)?,
        })
    }
}

impl From<&Delivery> for DeliveryRow {
    fn from(delivery: &Delivery) -> Self {
        let (state, due_at) = match delivery.state {
            DeliveryState::Waiting { due_at } => ("waiting", Some(due_at.to_micros())),
            DeliveryState::Sending { lease_until } => ("sending", Some(lease_until.to_micros())),
            DeliveryState::Delivered => ("delivered", None),
            DeliveryState::Parked => ("parked", None),
        };
        Self {
            id: delivery.id.to_u128(),
            target: delivery.target.to_string(),
            kind: delivery.event.kind().to_string(),
            event: event::written(&delivery.event),
            state: state.to_owned(),
            due_at,
            attempts: delivery.attempts.into(),
            error: delivery.error.clone(),
            created_at: delivery.created_at.to_micros(),
            changed_at: delivery.changed_at.to_micros(),
            version: stored(delivery.version),
        }
    }
}

row! {
    /// An endpoint of the app's backend.
    EndpointRow {
        id: u128,
        url: String,
        events: String,
        secret: Vec<u8>,
        former_secret: Option<Vec<u8>>,
        former_until: Option<i64>,
        is_enabled: bool,
        created_at: i64,
        changed_at: i64,
        version: i64,
    }
}

impl TryFrom<EndpointRow> for Endpoint {
    type Error = Unreadable;

    fn try_from(row: EndpointRow) -> Result<Self, Unreadable> {
        let secret = |bytes| WebhookSecret::new(bytes).ok_or(Unreadable("a webhook's secret"));
        let former = match (row.former_secret, times(row.former_until)) {
            (Some(bytes), Some(until)) => Some(FormerSecret { secret: secret(bytes)?, until }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(Unreadable("a webhook's former secret")),
        };
        let events = row.events.split_whitespace().map(|kind| parse(kind, "an event's kind"));
        Ok(Self {
            id: EndpointId::from_u128(row.id),
            url: parse(&row.url, "a webhook's address")?,
            events: events.collect::<Result<BTreeSet<EventKind>, _>>()?,
            secret: secret(row.secret)?,
            former,
            is_enabled: row.is_enabled,
            created_at: Timestamp::from_micros(row.created_at),
            changed_at: Timestamp::from_micros(row.changed_at),
            version: version(row.version)?,
        })
    }
}

impl From<&Endpoint> for EndpointRow {
    fn from(endpoint: &Endpoint) -> Self {
        let events: Vec<_> = endpoint.events.iter().map(|kind| kind.as_str()).collect();
        let former = endpoint.former.as_ref();
        Self {
            id: endpoint.id.to_u128(),
            url: endpoint.url.to_string(),
            events: events.join(" "),
            secret: endpoint.secret.as_bytes().to_vec(),
            former_secret: former.map(|former| former.secret.as_bytes().to_vec()),
            former_until: former.map(|former| former.until.to_micros()),
            is_enabled: endpoint.is_enabled,
            created_at: endpoint.created_at.to_micros(),
            changed_at: endpoint.changed_at.to_micros(),
            version: stored(endpoint.version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EndpointRow;

    #[test]
    fn a_row_is_shown_without_its_secrets() {
        let row = EndpointRow {
            id: 1,
            url: "https://app.example".to_owned(),
            events: String::new(),
            secret: vec![171; 24],
            former_secret: Some(vec![205; 24]),
            former_until: Some(2),
            is_enabled: true,
            created_at: 3,
            changed_at: 3,
            version: 1,
        };
        let shown = format!("{row:?}");
        assert!(shown.contains("https://app.example") && shown.contains("former_until: Some(2)"), "{shown}");
        assert!(!shown.contains("171") && !shown.contains("205"), "{shown}");
    }
}
