//! The parameters of a request as they came, whatever encoding they came in.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    str::FromStr,
};

use hongbao_domain::{
    id::{Alphabet, ParseIdError, UserId},
    money::Quantity,
};
use sha2::{Digest, Sha256};

use crate::{Denial, Invalid, Parameter};

/// One decoded value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text; an empty one counts as missing.
    Text(String),
    /// A JSON number, in its own characters.
    Number(String),
    /// A JSON null, which counts as missing.
    Null,
    /// A JSON string with one half of a surrogate pair, which stands for no character. It is malformed wherever it is
    /// looked at.
    LoneSurrogate,
    /// Any other JSON value. It is malformed wherever it is looked at.
    Other,
}

impl Value {
    fn characters(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Null | Self::LoneSurrogate | Self::Other => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Sent {
    Once(Value),
    Ambiguously,
}

/// The decoded parameters of a request by name.
///
/// Nothing is judged before an endpoint picks what it knows: under an unknown name anything is ignored, a nested or
/// a repeated value too. So a caller without a session learns nothing about parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(BTreeMap<String, Sent>);

impl FromIterator<(String, Value)> for Fields {
    /// Takes the values of one source.
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(values: I) -> Self {
        let mut fields = Self::default();
        for (name, value) in values {
            fields.insert(name, value);
        }
        fields
    }
}

impl Fields {
    /// Adds a value of one source. The same name twice in one source is ambiguous, even with the same value.
    pub fn insert(&mut self, name: String, value: Value) {
        match self.0.entry(name) {
            Entry::Vacant(free) => _ = free.insert(Sent::Once(value)),
            Entry::Occupied(mut taken) => _ = taken.insert(Sent::Ambiguously),
        }
    }

    /// Puts the query and the body together. The same name with two different values is ambiguous.
    #[must_use]
    pub fn merge(mut self, body: Self) -> Self {
        for (name, sent) in body.0 {
            let both = match (self.0.remove(&name), sent) {
                (None, sent) | (Some(sent), Sent::Once(Value::Null)) => sent,
                (Some(Sent::Once(query)), Sent::Once(body)) if query.characters() == body.characters() => {
                    Sent::Once(body)
                }
                (Some(_), _) => Sent::Ambiguously,
            };
            self.0.insert(name, both);
        }
        self
    }

    /// Takes out what is known by name, or names the first that is malformed.
    pub fn pick(&self, known: &[Parameter]) -> Result<Parameters<'_>, Invalid> {
        let mut picked = Vec::with_capacity(known.len());
        for parameter in known {
            match self.0.get(parameter.name) {
                None | Some(Sent::Once(Value::Null)) => {}
                Some(Sent::Once(Value::Text(text))) if text.is_empty() => {}
                Some(Sent::Once(Value::Text(text))) => picked.push((parameter.name, text.as_str())),
                Some(Sent::Once(Value::Number(text))) if parameter.may_be_number => {
                    picked.push((parameter.name, text.as_str()));
                }
                Some(Sent::Once(Value::LoneSurrogate)) => return Err(Invalid::LoneSurrogate(parameter.name)),
                Some(Sent::Once(Value::Number(_) | Value::Other)) => return Err(Invalid::NotText(parameter.name)),
                Some(Sent::Ambiguously) => return Err(Invalid::Ambiguous(parameter.name)),
            }
        }
        Ok(Parameters { picked, alphabet: Alphabet::default() })
    }

    /// Gives what tells this request from another one under the same key: SHA-256 of the parameters that are known, as they
    /// are read. So `1.00` and `1` are the same, and so are form and JSON; the session is no part of it.
    pub fn fingerprint(&self, known: &[Parameter]) -> Result<[u8; 32], Invalid> {
        let mut hash = Sha256::new();
        // By name, so that it does not depend on the order in which the endpoint lists them.
        let picked: BTreeMap<_, _> = self.pick(known)?.picked.into_iter().collect();
        for (name, text) in picked {
            let is_number = known.iter().any(|parameter| parameter.name == name && parameter.may_be_number);
            let number = text.parse::<Quantity>().ok().filter(|_| is_number).map(|number| number.to_string());
            for part in [name, number.as_deref().unwrap_or(text)] {
                // With its length, for otherwise one text could run on into the next.
                hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(part);
            }
        }
        Ok(hash.finalize().into())
    }
}

/// The parameters that an endpoint knows and that are there: none is empty, none ambiguous.
#[derive(Debug, Clone, Default)]
pub struct Parameters<'fields> {
    picked: Vec<(&'static str, &'fields str)>,
    alphabet: Alphabet,
}

/// How a method refuses a parameter that it must have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Required<R> {
    /// It is not there, or empty.
    pub(crate) missing: R,
    /// It is not of its form.
    pub(crate) malformed: R,
}

impl<'fields> Parameters<'fields> {
    /// Allows these characters only in the ids of users and groups.
    #[must_use]
    pub fn within(self, alphabet: Alphabet) -> Self {
        Self { alphabet, ..self }
    }

    /// Reads the value of a parameter as a user's id; a group's id has the same form.
    pub fn parse_id(&self, text: &str) -> Result<UserId, ParseIdError> {
        self.alphabet.parse(text)
    }

    /// Reads the user's id that a parameter must have.
    pub(crate) fn require_id<R>(&self, name: &str, or: Required<R>) -> Result<UserId, Denial<R>> {
        let id = self.get(name).ok_or(Denial::Refused(or.missing))?;
        self.parse_id(id).map_err(|_| Denial::Refused(or.malformed))
    }

    /// Reads the value that a parameter must have.
    pub(crate) fn require<T: FromStr, R>(&self, name: &str, or: Required<R>) -> Result<T, Denial<R>> {
        let value = self.get(name).ok_or(Denial::Refused(or.missing))?;
        value.parse().map_err(|_| Denial::Refused(or.malformed))
    }

    /// Gives the value of a parameter; `None` if it is missing or empty.
    pub fn get(&self, name: &str) -> Option<&'fields str> {
        self.picked.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Parameter] = &[Parameter::text("toUserId"), Parameter::number("amount")];

    fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Fields {
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn number(text: &str) -> Value {
        Value::Number(text.to_owned())
    }

    #[test]
    fn an_empty_text_and_a_null_are_missing() {
        let fields = fields([("toUserId", text("")), ("amount", Value::Null)]);
        let picked = fields.pick(KNOWN).unwrap();
        assert_eq!((picked.get("toUserId"), picked.get("amount")), (None, None));
    }

    #[test]
    fn a_number_is_read_only_where_the_endpoint_says_so() {
        let amount = fields([("amount", number("1e-7"))]);
        assert_eq!(amount.pick(KNOWN).unwrap().get("amount"), Some("1e-7"));

        let receiver = fields([("toUserId", number("7"))]);
        assert_eq!(receiver.pick(KNOWN).unwrap_err(), Invalid::NotText("toUserId"));
    }

    #[test]
    fn a_nested_value_is_malformed_under_a_known_name_and_ignored_under_any_other() {
        assert_eq!(fields([("amount", Value::Other)]).pick(KNOWN).unwrap_err(), Invalid::NotText("amount"));
        assert!(fields([("colour", Value::Other)]).pick(KNOWN).is_ok());
    }

    #[test]
    fn half_a_surrogate_pair_is_named_under_a_known_name_and_ignored_under_any_other() {
        assert_eq!(
            fields([("toUserId", Value::LoneSurrogate)]).pick(KNOWN).unwrap_err(),
            Invalid::LoneSurrogate("toUserId")
        );
        assert!(fields([("colour", Value::LoneSurrogate)]).pick(KNOWN).is_ok());
    }

    #[test]
    fn a_name_sent_twice_is_ambiguous_even_with_one_value() {
        let twice = fields([("toUserId", text("bob")), ("toUserId", text("bob"))]);
        assert_eq!(twice.pick(KNOWN).unwrap_err(), Invalid::Ambiguous("toUserId"));

        let empty = fields([("toUserId", text("")), ("toUserId", text("bob"))]);
        assert_eq!(empty.pick(KNOWN).unwrap_err(), Invalid::Ambiguous("toUserId"));

        let unknown = fields([("colour", text("red")), ("colour", text("gold"))]);
        assert!(unknown.pick(KNOWN).is_ok());
    }

    #[test]
    fn a_fingerprint_is_of_what_is_read_and_not_of_how_it_is_written() {
        let of = |fields: Fields| fields.fingerprint(KNOWN).unwrap();
        let one = of(fields([("toUserId", text("bob")), ("amount", text("1"))]));
        for same in [
            fields([("amount", text("1.00")), ("toUserId", text("bob"))]),
            fields([("toUserId", text("bob")), ("amount", number("1e0")), ("colour", text("red"))]),
        ] {
            assert_eq!(of(same), one);
        }
        for other in [
            fields([("toUserId", text("bob")), ("amount", text("10"))]),
            fields([("toUserId", text("bo")), ("amount", text("b1"))]),
            fields([("toUserId", text("bob"))]),
            fields([("amount", text("1"))]),
        ] {
            assert_ne!(of(other), one);
        }
        let id_of_digits = |id: &str| of(fields([("toUserId", text(id))]));
        assert_ne!(id_of_digits("10"), id_of_digits("1e1"), "an id is no number");
    }

    #[test]
    fn query_and_body_must_agree() {
        let merged = |query, body| fields([("amount", query)]).merge(fields([("amount", body)]));
        let amount = |fields: &Fields| fields.pick(KNOWN).map(|picked| picked.get("amount").map(str::to_owned));

        assert_eq!(amount(&merged(text("1"), text("1"))), Ok(Some("1".to_owned())));
        assert_eq!(amount(&merged(text("1"), number("1"))), Ok(Some("1".to_owned())));
        assert_eq!(amount(&merged(text("1"), Value::Null)), Ok(Some("1".to_owned())));
        for other in [text("1.0"), text(""), Value::Other, Value::LoneSurrogate] {
            assert_eq!(amount(&merged(text("1"), other)), Err(Invalid::Ambiguous("amount")));
        }
    }
}
