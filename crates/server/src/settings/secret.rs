//! Settings that are never printed.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// What is printed in the place of a secret.
pub(super) const MASK: &str = "***";

/// A secret. It is printed as `***`, or as nothing if it is not set.
#[derive(Debug, Clone, Default)]
pub struct Secret(pub SecretString);

impl Secret {
    /// Whether it is not set.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Refuses the mask: a server with settings that `hongbao config` printed would sign with it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == MASK {
            return Err(masked());
        }
        Ok(Self(text.into()))
    }
}

/// Says that a mask stands where a secret should.
pub(super) fn masked<E: Error>() -> E {
    E::custom(format_args!(
        "`{MASK}` is what `hongbao config` prints in the place of a secret; write the secret itself"
    ))
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_empty() { "" } else { MASK })
    }
}
