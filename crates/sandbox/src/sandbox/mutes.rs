//! Who may not speak in one group.

use serde::Serialize;
use time::OffsetDateTime;

use crate::cloud::{Cloud, Mute};

/// The mutes of one group. Nothing is written of what there is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupMutes {
    /// Whether no member may speak but the exceptions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// Users who may not speak in this group, by id; those who may speak in none are not among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub muted_members: Vec<Mute>,
    /// Users who may speak while the group is muted, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<String>,
}

impl GroupMutes {
    pub(super) fn of(cloud: &Cloud, group_id: &str, now: OffsetDateTime) -> Self {
        Self {
            muted: cloud.mutes.is_muted(group_id),
            muted_members: cloud.mutes.members(Some(group_id), now),
            exceptions: cloud.mutes.exceptions(group_id),
        }
    }
}
