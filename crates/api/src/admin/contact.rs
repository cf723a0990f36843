//! `/admin/v1/users/{user_id}/friends`, `/groups` and `/blocks`: who knows whom, and who is in which group.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    friend::Friend,
    group::Group,
    id::{GroupId, UserId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Limit, Moment, Place, Text, endpoint::declare, user::OneUser};
use crate::Sentence;

/// Lists a user's friends.
#[derive(Debug)]
pub struct UserFriends;

/// Lists the groups of which a user is a member.
#[derive(Debug)]
pub struct UserGroups;

/// Lists whom a user blocks.
#[derive(Debug)]
pub struct UserBlocks;

/// Has a user block another.
#[derive(Debug)]
pub struct BlockUser;

/// Lifts a block.
#[derive(Debug)]
pub struct UnblockUser;

/// Whose friends are listed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserFriendsRequest {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,18}-[A-Za-z0-9_-]{1,25}$")]
    pub cursor: Option<Place<UserId>>,
    /// How many at most, the newest first.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// Whose groups are listed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserGroupsRequest {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub cursor: Option<Text<GroupId>>,
    /// How many at most.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// Who blocks whom.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneBlock {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// The id of the other, who cannot add the user as a friend.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "bob")]
    pub blocked_id: Text<UserId>,
}

/// Whom a user blocks, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlocksData {
    /// Whom the user blocks.
    #[schema(value_type = Vec<String>)]
    pub blocks: Vec<Text<UserId>>,
}

/// A friend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FriendData {
    /// The friend's id.
    #[schema(value_type = String)]
    pub user_id: Text<UserId>,
    /// The friend's name; may be empty.
    pub name: String,
    /// Since when the two are friends.
    #[schema(inline)]
    pub since: Moment,
}

/// A user's friends, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FriendsData {
    /// The friends.
    pub friends: Vec<FriendData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, value_type = Option<String>)]
    pub next: Option<Place<UserId>>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupData {
    /// The group's id.
    #[schema(value_type = String)]
    pub group_id: Text<GroupId>,
    /// Its name.
    pub name: String,
    /// Who created it.
    #[schema(value_type = String)]
    pub owner_id: Text<UserId>,
    /// When it was created.
    #[schema(inline)]
    pub created_at: Moment,
}

/// Some groups, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupsData {
    /// The groups.
    pub groups: Vec<GroupData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, value_type = Option<String>)]
    pub next: Option<Text<GroupId>>,
}

impl From<&Friend> for FriendData {
    fn from(friend: &Friend) -> Self {
        Self {
            user_id: Text(friend.profile.user),
            name: friend.profile.name.as_str().to_owned(),
            since: Moment(friend.since),
        }
    }
}

impl From<&Group> for GroupData {
    fn from(group: &Group) -> Self {
        Self {
            group_id: Text(group.id),
            name: group.name.to_string(),
            owner_id: Text(group.owner),
            created_at: Moment(group.created_at),
        }
    }
}

declare!(UserFriends "user_friends" Get "/admin/v1/users/{user_id}/friends" Read [UserNotFound]
    UserFriendsRequest => FriendsData,
    "Lists a user's friends, the newest first.", "列出用户的好友，最新的在前。");
declare!(UserBlocks "user_blocks" Get "/admin/v1/users/{user_id}/blocks" Read [UserNotFound] OneUser => BlocksData,
    "Lists whom a user blocks.", "列出用户屏蔽的人。");
declare!(BlockUser "user_block" Put "/admin/v1/users/{user_id}/blocks/{blocked_id}" People
    [UserNotFound, SelfNotAllowed] OneBlock => BlocksData,
    "Keeps another user from adding this one as a friend. Ends no friendship.", "禁止另一用户加该用户为好友，已有的好友关系不变。");
declare!(UnblockUser "user_unblock" Delete "/admin/v1/users/{user_id}/blocks/{blocked_id}" People
    [UserNotFound, SelfNotAllowed] OneBlock => BlocksData,
    "Lifts a block.", "解除屏蔽。");
declare!(UserGroups "user_groups" Get "/admin/v1/users/{user_id}/groups" Read [UserNotFound]
    UserGroupsRequest => GroupsData,
    "Lists the groups of which a user is a member.", "列出用户所在的群组。");
