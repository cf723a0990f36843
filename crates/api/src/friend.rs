//! The methods of friends.

mod add;
mod delete;
mod list;

pub use add::AddFriend;
pub use delete::DeleteFriend;
pub use list::ListFriends;

use hongbao_domain::{friend::Friend, id::UserId, time::Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Form, Parameter, Sentence, text};

const USER_ID: &str = "user_id";
const FRIEND: Parameter = Parameter::text(USER_ID).required().of(Form::Id(UserId::MAX_LENGTH));
const USER_ID_MISSING: Sentence = Sentence { english: "The user id is missing.", chinese: "用户ID为空。" };
const USER_ID_MALFORMED: Sentence =
    Sentence { english: "The user id is not valid.", chinese: "用户ID格式错误。" };

/// One friend of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FriendData {
    /// Who.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "bob")]
    pub user_id: UserId,
    /// The friend's whole name; empty if none is known.
    pub name: String,
    /// Where the friend's portrait is; empty if none is known.
    #[serde(rename = "portraitUri")]
    pub portrait_uri: String,
    /// When the two became friends.
    #[serde(serialize_with = "text::moment")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T00:21:06.161Z")]
    pub since: Timestamp,
}

impl From<&Friend> for FriendData {
    fn from(friend: &Friend) -> Self {
        let profile = &friend.profile;
        Self {
            user_id: profile.user,
            name: profile.name.as_str().to_owned(),
            portrait_uri: profile.portrait_uri.as_str().to_owned(),
            since: friend.since,
        }
    }
}
