//! The methods of a user's own token and profile.

mod get_token;
mod refresh;
mod user_info;

use hongbao_domain::{id::UserId, profile::Profile};
use serde::Serialize;
use utoipa::ToSchema;

pub use get_token::{GetToken, TokenRequest};
pub use refresh::Refresh;
pub use user_info::UserInfo;

use crate::text;

/// A profile with the whole name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileData {
    /// Whose.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "bob")]
    pub user_id: UserId,
    /// The name; empty where none is known.
    pub name: String,
    /// The portrait's address; empty where none is known.
    #[serde(rename = "portraitUri")]
    pub portrait_uri: String,
}

impl From<&Profile> for ProfileData {
    fn from(profile: &Profile) -> Self {
        let (name, portrait_uri) = (profile.name.to_string(), profile.portrait_uri.to_string());
        Self { user_id: profile.user, name, portrait_uri }
    }
}
