//! `/admin/v1/groups`: groups that the IM cloud does not show as they should be.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    group::{Desired, Due, Stuck},
    id::{GroupId, UserId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Limit, Moment, Text, endpoint::declare};
use crate::Sentence;

/// Lists groups and members on which the IM cloud has not come to agree.
#[derive(Debug)]
pub struct StuckGroups;

/// How much is listed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StuckGroupsRequest {
    /// How many groups, and how many members, at most.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// A group or a member on which several checks in a row did not end in agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StuckData {
    /// The group.
    #[schema(value_type = String)]
    pub group_id: Text<GroupId>,
    /// The member; null: it is the whole group.
    #[schema(required, value_type = Option<String>)]
    pub user_id: Option<Text<UserId>>,
    /// What the cloud should have: `no_group`, `member` or `no_member`.
    pub desired: String,
    /// How many checks did not end in agreement.
    pub failed_checks: u32,
    /// When it is looked at again.
    #[schema(inline)]
    pub next_check_at: Moment,
}

/// What is stuck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StuckGroupsData {
    /// Groups and members, those with the most failed checks first.
    pub stuck: Vec<StuckData>,
}

impl From<&Stuck> for StuckData {
    fn from(stuck: &Stuck) -> Self {
        let (group, user) = match stuck.due {
            Due::Group(group) => (group, None),
            Due::Membership(group, user) => (group, Some(user)),
        };
        let desired = match stuck.desired {
            Desired::NoGroup { .. } => "no_group",
            Desired::Member(_) => "member",
            Desired::NoMember(_) => "no_member",
        };
        Self {
            group_id: Text(group),
            user_id: user.map(Text),
            desired: desired.to_owned(),
            failed_checks: stuck.failed,
            next_check_at: Moment(stuck.next_at),
        }
    }
}

declare!(StuckGroups "group_stuck" Get "/admin/v1/groups/stuck" Read [] StuckGroupsRequest => StuckGroupsData,
    "Lists groups and members on which the IM cloud has not come to agree after several checks.",
    "列出多次检查后融云仍未能一致的群组和成员。");
