//! A message as its sender writes it.

use std::collections::BTreeMap;

/// What a sender writes; each receiver gets the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) from_user_id: String,
    pub(crate) object_name: String,
    pub(crate) content: String,
    /// Optional parameters that have an effect, as they were sent.
    pub(crate) parameters: BTreeMap<&'static str, String>,
}

impl Letter {
    pub(super) fn size_bytes(&self) -> usize {
        let parameters: usize = self.parameters.values().map(String::len).sum();
        self.from_user_id.len() + self.object_name.len() + self.content.len() + parameters
    }

    /// Tells whether a parameter says yes, as SDKs write it.
    pub(super) fn says(&self, parameter: &str) -> bool {
        self.parameters.get(parameter).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }
}
