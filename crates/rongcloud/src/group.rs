//! Groups: <https://docs.rongcloud.cn/platform-chat-api/group/create-group>.
//!
//! All calls are upserts: creating a group that is there is joining it, and quitting one that is not there is done. So
//! each may be repeated while its outcome is unknown. The cloud keeps no owner.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    group::GroupName,
    id::{GroupId, UserId},
    im_cloud::CloudRefusal,
};
use hongbao_ports::{CloudGroups, Lane, Turn};
use serde::Deserialize;

use crate::{
    RongCloud,
    call::{Call, Form, Quota, Repeat, Reply},
};

/// The list of members, as far as it is looked at.
#[derive(Deserialize)]
struct Members {
    users: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    id: String,
}

/// Gives the part of the quota that a lane uses up.
const fn quota(lane: Lane) -> Quota {
    match lane {
        Lane::Request => Quota::Groups,
        Lane::Background => Quota::GroupChecks,
    }
}

/// Writes a call on a group.
fn call(lane: Lane, path: &'static str, group: GroupId, more: &[(&'static str, &str)]) -> Call {
    let group = group.to_string();
    let form = Form::of([("groupId", group.as_str())].into_iter().chain(more.iter().copied()));
    Call { path, form, repeat: Repeat::Harmless, quota: quota(lane) }
}

/// Reads the list of members. One that cannot be read tells nothing.
fn members(reply: &Reply) -> Result<Vec<String>, CloudRefusal> {
    let list: Members = serde_json::from_slice(&reply.0).map_err(|_| CloudRefusal::Unknown(None))?;
    Ok(list.users.into_iter().map(|member| member.id).collect())
}

#[async_trait]
impl CloudGroups for RongCloud {
    async fn turn(&self, lane: Lane, within: Duration) -> Result<Turn, CloudRefusal> {
        self.client().turn(quota(lane), within).await.map(|turn| turn.on(lane))
    }

    async fn create(&self, turn: Turn, group: GroupId, name: &GroupName, owner: UserId) -> Result<(), CloudRefusal> {
        let fields = [("groupName", name.for_cloud()), ("userId", owner.as_str())];
        let call = call(turn.lane(), "/group/create.json", group, &fields);
        self.client().make(turn, &call).await.map(|_reply| ())
    }

    async fn join(&self, turn: Turn, group: GroupId, name: &GroupName, user: UserId) -> Result<(), CloudRefusal> {
        let fields = [("groupName", name.for_cloud()), ("userId", user.as_str())];
        let call = call(turn.lane(), "/group/join.json", group, &fields);
        self.client().make(turn, &call).await.map(|_reply| ())
    }

    async fn quit(&self, turn: Turn, group: GroupId, user: UserId) -> Result<(), CloudRefusal> {
        let call = call(turn.lane(), "/group/quit.json", group, &[("userId", user.as_str())]);
        self.client().make(turn, &call).await.map(|_reply| ())
    }

    async fn dismiss(&self, turn: Turn, group: GroupId, owner: UserId) -> Result<(), CloudRefusal> {
        let call = call(turn.lane(), "/group/dismiss.json", group, &[("userId", owner.as_str())]);
        self.client().make(turn, &call).await.map(|_reply| ())
    }

    async fn members(&self, turn: Turn, group: GroupId) -> Result<Vec<String>, CloudRefusal> {
        let call = call(turn.lane(), "/group/user/query.json", group, &[]);
        members(&self.client().make(turn, &call).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_cannot_be_read_is_not_an_empty_one() {
        let read = |body: &str| members(&Reply(body.as_bytes().to_vec()));
        assert_eq!(read(r#"{"code":200,"users":[]}"#), Ok(Vec::new()));
        assert_eq!(
            read(r#"{"code":200,"users":[{"id":"a","time":"x"},{"id":"b"}]}"#),
            Ok(vec!["a".into(), "b".into()])
        );
        for body in ["", "{}", r#"{"code":200}"#, r#"{"users":["a"]}"#, r#"{"users":[{"id":7}]}"#] {
            assert_eq!(read(body), Err(CloudRefusal::Unknown(None)), "{body}");
        }
    }
}
