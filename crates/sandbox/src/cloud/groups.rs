//! Groups as the cloud knows them: a name and members. It knows neither owners nor roles.

use std::collections::HashMap;

use serde::Serialize;

use super::users::Crowded;

/// How many members a group may have: <https://docs.rongcloud.cn/platform-chat-api/group/create-group>.
pub const MAX_MEMBERS: usize = 3_000;

/// How many groups a sandbox keeps, dismissed ones included. The cloud has no such limit; this one bounds memory.
pub const MAX_GROUPS: usize = 100_000;

/// How many members all groups of a sandbox have together. This too only bounds memory.
pub const MAX_MEMBERSHIPS: usize = 1_000_000;

/// A group that was ever made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The name that push notifications show, at most 64 characters; empty if none was ever given.
    pub name: String,
    /// The members' ids, in the order in which they joined.
    pub members: Vec<String>,
    /// Whether it was dismissed and not made again since.
    pub dismissed: bool,
}

/// A call that adds users to a group.
#[derive(Debug)]
pub(crate) struct Joining<'a> {
    pub(crate) group_id: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) users: Vec<String>,
    /// How many members the group may have afterwards, at most [`MAX_MEMBERS`].
    pub(crate) max_members: usize,
}

/// Why a user cannot join.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum JoinRefusal {
    /// The group would have more members than allowed.
    GroupFull,
    /// The sandbox has no room for more.
    Crowded(Crowded),
}

/// How much is kept.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) groups: usize,
    pub(super) memberships: usize,
}

/// All groups.
#[derive(Debug)]
pub(super) struct Groups {
    room: Room,
    memberships: usize,
    by_id: HashMap<String, Group>,
}

impl Groups {
    pub(super) fn new(room: Room) -> Self {
        Self { room, memberships: 0, by_id: HashMap::new() }
    }

    /// Adds users to a group, all or none; a group that does not exist, or no longer, is made.
    ///
    /// The name is that of a new group only: an existing one is renamed by [`Self::rename`] alone, as the official
    /// Python SDK documents it.
    pub(super) fn join(&mut self, joining: Joining<'_>) -> Result<(), JoinRefusal> {
        let Joining { group_id: id, name, users, max_members } = joining;
        let known = self.by_id.get(id);
        let members: &[String] = known.map_or(&[], |group| &group.members);
        let strangers: Vec<String> = users.into_iter().filter(|user| !members.contains(user)).collect();
        if !strangers.is_empty() && members.len() + strangers.len() > max_members {
            return Err(JoinRefusal::GroupFull);
        }
        let no_room = known.is_none() && self.by_id.len() >= self.room.groups;
        if no_room || self.memberships + strangers.len() > self.room.memberships {
            return Err(JoinRefusal::Crowded(Crowded));
        }
        self.memberships += strangers.len();
        let group = self.by_id.entry(id.to_owned()).or_default();
        if let Some(name) = name
            && (group.dismissed || group.name.is_empty())
        {
            name.clone_into(&mut group.name);
        }
        group.dismissed = false;
        group.members.extend(strangers);
        Ok(())
    }

    /// Makes a user a member of exactly these groups, each an id and a name, or changes nothing. A group that exists is
    /// renamed, one that does not is made.
    pub(super) fn sync(&mut self, user: &str, groups: &[(&str, &str)]) -> Result<(), JoinRefusal> {
        let wanted: HashMap<&str, &str> = groups.iter().copied().collect();
        let left: Vec<String> =
            self.of(user).into_iter().filter(|(id, _)| !wanted.contains_key(id)).map(|(id, _)| id.to_owned()).collect();
        let (mut entered, mut made) = (0, 0);
        for id in wanted.keys() {
            let known = self.by_id.get(*id);
            let members: &[String] = known.map_or(&[], |group| &group.members);
            let is_member = members.iter().any(|member| member == user);
            if !is_member && members.len() >= MAX_MEMBERS {
                return Err(JoinRefusal::GroupFull);
            }
            entered += usize::from(!is_member);
            made += usize::from(known.is_none());
        }
        if self.by_id.len() + made > self.room.groups || self.memberships + entered - left.len() > self.room.memberships
        {
            return Err(JoinRefusal::Crowded(Crowded));
        }
        let user = [user.to_owned()];
        for id in left {
            self.quit(&id, &user);
        }
        for (group_id, name) in wanted {
            let name = Some(name).filter(|name| !name.is_empty());
            self.join(Joining { group_id, name, users: user.to_vec(), max_members: MAX_MEMBERS })?;
            if let Some(name) = name {
                self.rename(group_id, name);
            }
        }
        Ok(())
    }

    /// Lists the groups of a user, by id.
    pub(super) fn of(&self, user: &str) -> Vec<(&str, &Group)> {
        let has = |group: &Group| group.members.iter().any(|member| member == user);
        let groups = self.by_id.iter().filter(|(_, group)| has(group));
        let mut groups: Vec<_> = groups.map(|(id, group)| (id.as_str(), group)).collect();
        groups.sort_unstable_by_key(|(id, _)| *id);
        groups
    }

    /// Removes users from a group. One who is no member stays none.
    pub(super) fn quit(&mut self, id: &str, users: &[String]) {
        let Some(group) = self.by_id.get_mut(id) else {
            return;
        };
        let before = group.members.len();
        group.members.retain(|member| !users.contains(member));
        self.memberships -= before - group.members.len();
    }

    /// Removes all members of a group and marks it.
    pub(super) fn dismiss(&mut self, id: &str) {
        let Some(group) = self.by_id.get_mut(id) else {
            return;
        };
        self.memberships -= group.members.len();
        group.members = Vec::new();
        group.dismissed = true;
    }

    /// Renames a group that exists.
    pub(super) fn rename(&mut self, id: &str, name: &str) {
        if let Some(group) = self.by_id.get_mut(id).filter(|group| !group.dismissed) {
            name.clone_into(&mut group.name);
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<&Group> {
        self.by_id.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn joining<'a>(group_id: &'a str, name: Option<&'a str>, users: Vec<String>) -> Joining<'a> {
        Joining { group_id, name, users, max_members: MAX_MEMBERS }
    }

    fn spacious() -> Groups {
        Groups::new(Room { groups: 9, memberships: 9_999 })
    }

    #[test]
    fn members_stand_once_each_in_the_order_in_which_they_joined() {
        let mut groups = spacious();

        groups.join(joining("g", Some("Friends"), users(&["carol", "alice"]))).unwrap();
        groups.join(joining("g", Some("Others"), users(&["alice", "bob"]))).unwrap();

        let members = users(&["carol", "alice", "bob"]);
        assert_eq!(groups.find("g"), Some(&Group { name: "Friends".to_owned(), members, dismissed: false }));
    }

    #[test]
    fn a_group_is_filled_to_3000_and_nobody_of_a_call_joins_when_one_does_not_fit() {
        let mut groups = spacious();
        let many: Vec<String> = (1..MAX_MEMBERS).map(|n| format!("u{n}")).collect();
        groups.join(joining("g", None, many)).unwrap();

        assert_eq!(groups.join(joining("g", None, users(&["alice", "bob"]))), Err(JoinRefusal::GroupFull));
        assert_eq!(groups.find("g").unwrap().members.len(), MAX_MEMBERS - 1);
        assert_eq!(groups.join(joining("g", None, users(&["alice", "u1"]))), Ok(()));
        assert_eq!(groups.join(joining("g", None, users(&["bob"]))), Err(JoinRefusal::GroupFull));
    }

    #[test]
    fn a_lower_limit_holds_for_one_call_and_not_for_those_who_are_members() {
        let mut groups = spacious();
        let few = |users| Joining { max_members: 1, ..joining("g", None, users) };
        groups.join(joining("g", None, users(&["alice", "bob"]))).unwrap();

        assert_eq!(groups.join(few(users(&["carol"]))), Err(JoinRefusal::GroupFull));
        assert_eq!(groups.join(few(users(&["alice"]))), Ok(()));
        assert_eq!(groups.join(joining("g", None, users(&["carol"]))), Ok(()));
    }

    #[test]
    fn a_dismissed_group_is_empty_until_it_is_made_again_under_another_name() {
        let mut groups = spacious();
        groups.join(joining("g", Some("Friends"), users(&["alice"]))).unwrap();

        groups.dismiss("g");
        groups.rename("g", "Nobody");
        assert_eq!(groups.find("g"), Some(&Group { name: "Friends".to_owned(), members: Vec::new(), dismissed: true }));

        groups.join(joining("g", Some("Again"), users(&["bob"]))).unwrap();
        assert_eq!(
            groups.find("g"),
            Some(&Group { name: "Again".to_owned(), members: users(&["bob"]), dismissed: false })
        );
    }

    #[test]
    fn a_user_is_synced_into_exactly_the_groups_that_are_named() {
        let mut groups = spacious();
        groups.join(joining("g", Some("Old"), users(&["alice", "bob"]))).unwrap();
        groups.join(joining("h", None, users(&["alice"]))).unwrap();

        groups.sync("alice", &[("i", "New"), ("g", "Renamed")]).unwrap();

        let of = |groups: &Groups, user| groups.of(user).iter().map(|(id, _)| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!((of(&groups, "alice"), of(&groups, "bob")), (users(&["g", "i"]), users(&["g"])));
        assert_eq!(groups.find("g").unwrap().name, "Renamed");
        assert_eq!(groups.find("i").unwrap().members, ["alice"]);
        groups.sync("alice", &[]).unwrap();
        assert_eq!(of(&groups, "alice"), [""; 0]);
    }

    #[test]
    fn a_sync_changes_all_or_nothing() {
        let mut groups = spacious();
        groups.join(joining("full", None, (0..MAX_MEMBERS).map(|n| format!("u{n}")).collect())).unwrap();
        groups.join(joining("h", None, users(&["alice"]))).unwrap();

        assert_eq!(groups.sync("alice", &[("new", "New"), ("full", "")]), Err(JoinRefusal::GroupFull));
        let many: Vec<String> = (0..9).map(|n| format!("g{n}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|id| (id.as_str(), "")).collect();
        assert_eq!(groups.sync("alice", &many), Err(JoinRefusal::Crowded(Crowded)));

        assert_eq!(groups.of("alice").len(), 1);
        assert_eq!((groups.find("new"), groups.find("g0")), (None, None));
    }

    #[test]
    fn room_is_given_back_by_those_who_leave() {
        let mut groups = Groups::new(Room { groups: 2, memberships: 2 });
        let crowded = Err(JoinRefusal::Crowded(Crowded));
        groups.join(joining("g", None, users(&["alice", "bob"]))).unwrap();
        assert_eq!(groups.join(joining("h", None, users(&["alice"]))), crowded);

        groups.quit("g", &users(&["bob", "nobody"]));
        assert_eq!(groups.join(joining("h", None, users(&["alice"]))), Ok(()));
        groups.dismiss("g");
        assert_eq!(groups.join(joining("i", None, users(&["alice"]))), crowded);
        assert_eq!(groups.join(joining("h", None, users(&["bob"]))), Ok(()));
    }
}
