//! Who may not speak in which group: <https://docs.rongcloud.cn/platform-chat-api/group/mute/ban-group>.
//!
//! Mutes hold for clients and never for what the app's server sends. They outlive membership and the group itself, and
//! neither users nor groups need exist.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use time::OffsetDateTime;

use super::{
    message::{write_millis, write_millis_if_any},
    users::Crowded,
};

/// How many mutes of groups and members, and exceptions from them, a sandbox keeps. This only bounds memory.
pub const MAX_MUTES: usize = 100_000;

/// A user who may not speak, in one group or in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mute {
    /// The user, by id, at most 64 bytes.
    pub user_id: String,
    /// Since when, in UTC.
    #[serde(serialize_with = "write_millis")]
    pub since: OffsetDateTime,
    /// Until when, in UTC; for ever if nothing is said.
    #[serde(serialize_with = "write_millis_if_any", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
}

/// How long a user may not speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Silence {
    pub(crate) since: OffsetDateTime,
    /// Nothing means for ever.
    pub(crate) until: Option<OffsetDateTime>,
}

impl Silence {
    fn holds(self, now: OffsetDateTime) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// All mutes. A member's scope is one group, or nothing for all groups.
#[derive(Debug)]
pub(crate) struct Mutes {
    capacity: usize,
    groups: BTreeSet<String>,
    members: BTreeMap<(Option<String>, String), Silence>,
    exceptions: BTreeSet<(String, String)>,
}

impl Mutes {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, groups: BTreeSet::new(), members: BTreeMap::new(), exceptions: BTreeSet::new() }
    }

    /// Mutes whole groups, all or none.
    pub(crate) fn mute_groups(&mut self, ids: Vec<String>, now: OffsetDateTime) -> Result<(), Crowded> {
        self.make_room(ids.len(), now)?;
        self.groups.extend(ids);
        Ok(())
    }

    /// Lets groups speak again.
    pub(crate) fn unmute_groups(&mut self, ids: &[String]) {
        self.groups.retain(|group| !ids.contains(group));
    }

    /// Tells whether a whole group is muted.
    pub(crate) fn is_muted(&self, group_id: &str) -> bool {
        self.groups.contains(group_id)
    }

    /// Lists the groups that are muted, by id.
    pub(crate) fn muted_groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(String::as_str)
    }

    /// Mutes users in one group, or in all, all or none. A later mute replaces an earlier one.
    pub(crate) fn mute_members(
        &mut self,
        group_id: Option<&str>,
        users: Vec<String>,
        silence: Silence,
    ) -> Result<(), Crowded> {
        self.make_room(users.len(), silence.since)?;
        let scope = group_id.map(str::to_owned);
        self.members.extend(users.into_iter().map(|user| ((scope.clone(), user), silence)));
        Ok(())
    }

    /// Lets users speak again in one group. Without a group, every mute of theirs ends.
    pub(crate) fn unmute_members(&mut self, group_id: Option<&str>, users: &[String]) {
        self.members
            .retain(|(scope, user), _| !users.contains(user) || (group_id.is_some() && scope.as_deref() != group_id));
    }

    /// Lists the users who are muted in one group by name, or in all groups, by id.
    pub(crate) fn members(&self, group_id: Option<&str>, now: OffsetDateTime) -> Vec<Mute> {
        let first = (group_id.map(str::to_owned), String::new());
        self.members
            .range(first..)
            .take_while(|((scope, _), _)| scope.as_deref() == group_id)
            .filter(|(_, silence)| silence.holds(now))
            .map(|((_, user), silence)| Mute { user_id: user.clone(), since: silence.since, until: silence.until })
            .collect()
    }

    /// Lets users speak in a group even while it is muted as a whole, all or none.
    pub(crate) fn except(&mut self, group_id: &str, users: Vec<String>, now: OffsetDateTime) -> Result<(), Crowded> {
        self.make_room(users.len(), now)?;
        self.exceptions.extend(users.into_iter().map(|user| (group_id.to_owned(), user)));
        Ok(())
    }

    /// Takes users off a group's exceptions.
    pub(crate) fn end_exceptions(&mut self, group_id: &str, users: &[String]) {
        self.exceptions.retain(|(group, user)| group != group_id || !users.contains(user));
    }

    /// Lists a group's exceptions, by id.
    pub(crate) fn exceptions(&self, group_id: &str) -> Vec<String> {
        let from = self.exceptions.range((group_id.to_owned(), String::new())..);
        from.take_while(|(group, _)| group == group_id).map(|(_, user)| user.clone()).collect()
    }

    /// Tells whether a client may not speak. A mute by name wins over an exception.
    pub(super) fn silences(&self, group_id: &str, user_id: &str, now: OffsetDateTime) -> bool {
        let muted_in = |scope: Option<&str>| {
            let silence = self.members.get(&(scope.map(str::to_owned), user_id.to_owned()));
            silence.is_some_and(|silence| silence.holds(now))
        };
        let excepted = || self.exceptions.contains(&(group_id.to_owned(), user_id.to_owned()));
        muted_in(Some(group_id)) || muted_in(None) || (self.is_muted(group_id) && !excepted())
    }

    /// Makes room for `more`, if necessary by forgetting mutes that are over.
    fn make_room(&mut self, more: usize, now: OffsetDateTime) -> Result<(), Crowded> {
        if self.len() + more > self.capacity {
            self.members.retain(|_, silence| silence.holds(now));
        }
        if self.len() + more > self.capacity { Err(Crowded) } else { Ok(()) }
    }

    fn len(&self) -> usize {
        self.groups.len() + self.members.len() + self.exceptions.len()
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    const NOON: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
    const FOR_EVER: Silence = Silence { since: NOON, until: None };

    fn minutes(minutes: i64) -> Silence {
        Silence { since: NOON, until: Some(NOON + Duration::minutes(minutes)) }
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn names(mutes: &Mutes, group_id: Option<&str>, now: OffsetDateTime) -> Vec<String> {
        mutes.members(group_id, now).into_iter().map(|mute| mute.user_id).collect()
    }

    #[test]
    fn a_muted_group_is_silent_but_for_its_exceptions_and_a_mute_by_name_wins() {
        let mut mutes = Mutes::new(99);
        mutes.mute_groups(ids(&["g"]), NOON).unwrap();
        mutes.except("g", ids(&["bob", "carol"]), NOON).unwrap();
        mutes.mute_members(Some("g"), ids(&["carol"]), FOR_EVER).unwrap();

        let silent = ["alice", "bob", "carol"].map(|user| mutes.silences("g", user, NOON));
        assert_eq!(silent, [true, false, true]);
        assert!(!mutes.silences("h", "alice", NOON));

        mutes.unmute_groups(&ids(&["g"]));
        let silent = ["alice", "bob", "carol"].map(|user| mutes.silences("g", user, NOON));
        assert_eq!(silent, [false, false, true]);
    }

    #[test]
    fn a_mute_ends_with_its_minutes_and_one_for_ever_does_not() {
        let mut mutes = Mutes::new(99);
        mutes.mute_members(Some("g"), ids(&["alice"]), minutes(5)).unwrap();
        mutes.mute_members(Some("g"), ids(&["bob"]), FOR_EVER).unwrap();

        let later = NOON + Duration::minutes(5);
        assert_eq!(names(&mutes, Some("g"), later - Duration::SECOND), ["alice", "bob"]);
        assert_eq!(names(&mutes, Some("g"), later), ["bob"]);
        assert!(!mutes.silences("g", "alice", later));
    }

    #[test]
    fn a_mute_in_all_groups_stands_apart_and_ends_with_every_other_mute_of_the_user() {
        let mut mutes = Mutes::new(99);
        mutes.mute_members(None, ids(&["alice", "bob"]), FOR_EVER).unwrap();
        mutes.mute_members(Some("g"), ids(&["alice", "carol"]), FOR_EVER).unwrap();
        assert_eq!(names(&mutes, None, NOON), ["alice", "bob"]);
        assert_eq!(names(&mutes, Some("g"), NOON), ["alice", "carol"]);
        assert!(mutes.silences("h", "bob", NOON));

        mutes.unmute_members(Some("g"), &ids(&["carol"]));
        mutes.unmute_members(None, &ids(&["alice"]));

        assert_eq!(names(&mutes, None, NOON), ["bob"]);
        assert_eq!(names(&mutes, Some("g"), NOON), [""; 0]);
    }

    #[test]
    fn an_exception_is_of_one_group() {
        let mut mutes = Mutes::new(99);
        mutes.except("g", ids(&["bob", "alice"]), NOON).unwrap();
        mutes.except("h", ids(&["alice"]), NOON).unwrap();

        mutes.end_exceptions("g", &ids(&["alice", "stranger"]));

        assert_eq!((mutes.exceptions("g"), mutes.exceptions("h")), (ids(&["bob"]), ids(&["alice"])));
    }

    #[test]
    fn a_full_sandbox_forgets_mutes_that_are_over_before_it_refuses_one() {
        let mut mutes = Mutes::new(2);
        mutes.mute_members(Some("g"), ids(&["alice"]), minutes(1)).unwrap();
        mutes.mute_groups(ids(&["g"]), NOON).unwrap();
        assert_eq!(mutes.except("g", ids(&["bob"]), NOON), Err(Crowded));

        assert_eq!(mutes.except("g", ids(&["bob"]), NOON + Duration::MINUTE), Ok(()));
        assert_eq!(mutes.mute_groups(ids(&["h"]), NOON + Duration::MINUTE), Err(Crowded));
    }
}
