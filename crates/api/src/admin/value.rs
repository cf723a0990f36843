//! Values of the domain in requests and answers of the admin API.

use std::{borrow::Cow, fmt, str::FromStr, time::Duration};

use hongbao_domain::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Number;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use crate::rfc3339;

/// A value of the domain, written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<T>(pub T);

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T> PartialSchema for Text<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }
}

impl<T> ToSchema for Text<T> {}

/// A moment by RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(self.0))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let moment =
            OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| D::Error::custom("a moment is written by RFC 3339"))?;
        let micros = i64::try_from(moment.unix_timestamp_nanos() / 1000).map_err(D::Error::custom)?;
        Ok(Self(Timestamp::from_micros(micros)))
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Moment {}

/// Reads a whole number, also where it is written as `2.0`: JSON has one kind of numbers, and some writers know no other.
pub(super) fn whole<'de, N, D>(deserializer: D) -> Result<N, D::Error>
where
    N: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    let written = Number::deserialize(deserializer)?.to_string();
    let whole = written.strip_suffix(".0").unwrap_or(&written);
    whole
        .parse()
        .map_err(|error| D::Error::custom(format_args!("{written} is not a whole number of this kind: {error}")))
}

/// A span of whole seconds, at least one and at most ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Span {
    const MAX_S: u64 = 10 * 366 * 24 * 60 * 60;
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0.as_secs())
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds: u64 = whole(deserializer)?;
        if (1..=Self::MAX_S).contains(&seconds) {
            return Ok(Self(Duration::from_secs(seconds)));
        }
        Err(D::Error::custom(format_args!("a span is 1 to {} seconds", Self::MAX_S)))
    }
}

impl PartialSchema for Span {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(Self::MAX_S)).into()
    }
}

impl ToSchema for Span {}

/// How many entries a page has at most: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    const MAX: u32 = 1000;

    /// Makes the nearest limit that there is.
    pub const fn at_most(entries: u32) -> Self {
        match entries {
            0 => Self(1),
            1..=Self::MAX => Self(entries),
            _ => Self(Self::MAX),
        }
    }

    /// Gives how many entries the page has at most.
    pub const fn entries(self) -> u32 {
        self.0
    }

    /// Gives how many entries are to be read: one more, which tells whether there is another page.
    pub const fn and_one(self) -> u32 {
        self.0 + 1
    }

    /// Cuts what was read to the page, and gives the cursor of the next one.
    pub fn cut<T, C>(self, read: &mut Vec<T>, cursor: impl FnOnce(&T) -> C) -> Option<C> {
        let limit = usize::try_from(self.0).unwrap_or(usize::MAX);
        if read.len() <= limit {
            return None;
        }
        read.truncate(limit);
        read.last().map(cursor)
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(100)
    }
}

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let limit = text.parse().ok().filter(|limit| (1..=Self::MAX).contains(limit));
        limit.map(Self).ok_or("a limit is a whole number from 1 to 1000")
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for Limit {
    fn schema() -> RefOr<Schema> {
        let default = Some(serde_json::json!(Self::default().0));
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(Self::MAX))
            .default(default)
            .into()
    }
}

impl ToSchema for Limit {}

/// Where the next page begins in a list by time: the moment and the id of the last entry of this one. Callers hand it back as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<T>(pub Timestamp, pub T);

impl<T: fmt::Display> Serialize for Place<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}-{}", self.0.to_micros(), self.1))
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Place<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let read = || {
            let (micros, id) = text.split_once('-')?;
            Some(Self(Timestamp::from_micros(micros.parse().ok()?), id.parse().ok()?))
        };
        read().ok_or_else(|| D::Error::custom("a cursor is what `next` of the page before was"))
    }
}

impl<T> PartialSchema for Place<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }
}

impl<T> ToSchema for Place<T> {}

/// Where the next page begins: the last entry of this one. Callers hand it back as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub String);

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).into()
    }
}

impl ToSchema for Cursor {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_may_be_written_with_a_zero_after_its_point() {
        let read = |json| serde_json::from_str::<Span>(json).ok().map(|span| span.0.as_secs());
        assert_eq!((read("60"), read("60.0"), read("6e1")), (Some(60), Some(60), Some(60)));
        for wrong in ["60.5", "0", "-60", "1e30", "\"60\"", "null"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
