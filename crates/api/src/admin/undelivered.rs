//! Where the next page begins in a list of what is not delivered.

use std::borrow::Cow;

use hongbao_domain::{
    id::EventId,
    outbox::{Delivery, DeliveryState},
    time::Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::Place;

/// The place of the last delivery of the page before, in the list that it belongs to: when it last changed, and its id. Callers
/// hand it back as it is, a letter for the list and the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndeliveredPlace {
    /// `s`: among those that are being sent, before all that wait.
    Sending(Place<EventId>),
    /// `w`: among those that wait.
    Waiting(Place<EventId>),
    /// `p`: among those that are parked.
    Parked(Place<EventId>),
}

impl From<&Delivery> for UndeliveredPlace {
    fn from(delivery: &Delivery) -> Self {
        let place = Place(delivery.changed_at, delivery.id);
        match delivery.state {
            DeliveryState::Sending { .. } => Self::Sending(place),
            DeliveryState::Waiting { .. } => Self::Waiting(place),
            DeliveryState::Delivered | DeliveryState::Parked => Self::Parked(place),
        }
    }
}

impl Serialize for UndeliveredPlace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (letter, Place(at, id)) = match self {
            Self::Sending(place) => ('s', place),
            Self::Waiting(place) => ('w', place),
            Self::Parked(place) => ('p', place),
        };
        serializer.collect_str(&format_args!("{letter}{}-{id}", at.to_micros()))
    }
}

impl<'de> Deserialize<'de> for UndeliveredPlace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let read = || {
            let list = match text.chars().next()? {
                's' => Self::Sending,
                'w' => Self::Waiting,
                'p' => Self::Parked,
                _ => return None,
            };
            let (micros, id) = text.get(1..)?.split_once('-')?;
            Some(list(Place(Timestamp::from_micros(micros.parse().ok()?), id.parse().ok()?)))
        };
        read().ok_or_else(|| D::Error::custom("a cursor is what `next` of the page before was"))
    }
}

impl PartialSchema for UndeliveredPlace {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }
}

impl ToSchema for UndeliveredPlace {}
