//! The cloud's memory: who is registered, who is in which group, who has received what.
//!
//! Synchronous and without HTTP, clock or dice: time is an argument. Limits on parameters belong to the endpoints.

mod blacklists;
mod blocks;
mod clients;
mod groups;
mod ids;
mod inboxes;
mod letter;
mod message;
mod mutes;
mod push;
mod tokens;
mod users;

use std::collections::HashSet;

use time::OffsetDateTime;

use self::{
    blacklists::Blacklists,
    blocks::Blocks,
    groups::{Groups, Room},
    ids::Ids,
    inboxes::{Capacity, Inboxes},
    mutes::Mutes,
    tokens::{Token, Tokens},
    users::Users,
};
pub(crate) use self::{
    blacklists::{BlacklistRefusal, Page},
    blocks::Block,
    clients::letter as client_letter,
    groups::{JoinRefusal, Joining},
    letter::Letter,
    message::{Receipt, write_millis_if_any},
    mutes::Silence,
    users::{Account, Crowded, Registration, UnknownUser},
};
pub use self::{
    blacklists::{MAX_BLACKLIST, MAX_BLACKLISTED},
    blocks::MAX_BLOCKED,
    clients::ClientRefusal,
    groups::{Group, MAX_GROUPS, MAX_MEMBERS, MAX_MEMBERSHIPS},
    inboxes::{MAX_MESSAGE_BYTES, MAX_MESSAGES, MAX_MESSAGES_PER_USER},
    message::{Message, Target},
    mutes::{MAX_MUTES, Mute},
    push::Push,
    tokens::MAX_TOKENS,
    users::{MAX_USERS, User},
};

/// Everything that one cloud knows.
#[derive(Debug)]
pub(crate) struct Cloud {
    ids: Ids,
    users: Users,
    tokens: Tokens,
    /// Users with a client that is connected.
    online: HashSet<String>,
    blocks: Blocks,
    blacklists: Blacklists,
    groups: Groups,
    /// They depend on nothing else here, so endpoints change them by themselves.
    pub(crate) mutes: Mutes,
    inboxes: Inboxes,
}

/// A letter with the sender's wishes.
#[derive(Debug)]
pub(crate) struct Posting {
    pub(crate) letter: Letter,
    /// The sender gets a copy too.
    pub(crate) include_sender: bool,
    /// A receiver who has the sender in the blacklist gets nothing.
    pub(crate) verify_blacklist: bool,
}

impl Cloud {
    /// Makes an empty cloud. Two clouds with different seeds give out different tokens and message ids.
    pub(crate) fn new(seed: i128) -> Self {
        Self {
            ids: Ids::new(seed),
            users: Users::new(MAX_USERS),
            tokens: Tokens::new(MAX_TOKENS),
            online: HashSet::new(),
            blocks: Blocks::new(MAX_BLOCKED),
            mutes: Mutes::new(MAX_MUTES),
            blacklists: Blacklists::new(MAX_BLACKLISTED),
            groups: Groups::new(Room { groups: MAX_GROUPS, memberships: MAX_MEMBERSHIPS }),
            inboxes: Inboxes::new(Capacity::default()),
        }
    }

    /// Registers a user, or changes what was registered, and gives out another token.
    ///
    /// Tokens given out before stay valid.
    pub(crate) fn register(&mut self, registration: Registration, now: OffsetDateTime) -> Result<String, Crowded> {
        let user_id = registration.user_id.clone();
        self.users.register(registration, now)?;
        let token = self.ids.next_token();
        self.tokens.issue(&token, Token { user_id, issued_at: now });
        Ok(token)
    }

    /// Lets the tokens of users expire that were given out before `before`. Users who never registered have none.
    pub(crate) fn expire_tokens(&mut self, users: &[String], before: OffsetDateTime) {
        for user in users {
            self.users.expire_tokens(user, before);
        }
    }

    /// Changes what a user registered with.
    pub(crate) fn refresh_user(&mut self, registration: Registration) -> Result<(), UnknownUser> {
        self.users.refresh(registration)
    }

    /// Finds a user who registered.
    pub(crate) fn account(&self, user_id: &str) -> Option<&Account> {
        self.users.find(user_id)
    }

    /// Adds users to the blacklist of another, all or none. They need not be registered.
    pub(crate) fn blacklist(&mut self, user_id: &str, others: Vec<String>) -> Result<(), BlacklistRefusal> {
        self.blacklists.add(user_id, others)
    }

    /// Removes users from the blacklist of another.
    pub(crate) fn forgive(&mut self, user_id: &str, others: &[String]) {
        self.blacklists.remove(user_id, others);
    }

    /// Lists a part of a user's blacklist, newest first.
    pub(crate) fn blacklist_page(&self, user_id: &str, before: Option<u64>, size: usize) -> Page {
        self.blacklists.page(user_id, before, size)
    }

    /// Adds users to a group, all or none, and makes the group if there is none. They need not be registered.
    pub(crate) fn join(&mut self, joining: Joining<'_>) -> Result<(), JoinRefusal> {
        self.groups.join(joining)
    }

    /// Removes users from a group.
    pub(crate) fn quit(&mut self, group_id: &str, users: &[String]) {
        self.groups.quit(group_id, users);
    }

    /// Ends a group. What it has sent stays where it is.
    pub(crate) fn dismiss(&mut self, group_id: &str) {
        self.groups.dismiss(group_id);
    }

    /// Renames a group.
    pub(crate) fn rename(&mut self, group_id: &str, name: &str) {
        self.groups.rename(group_id, name);
    }

    /// Makes a user a member of exactly these groups, each an id and a name, or changes nothing.
    pub(crate) fn sync_groups(&mut self, user_id: &str, groups: &[(&str, &str)]) -> Result<(), JoinRefusal> {
        self.groups.sync(user_id, groups)
    }

    /// Lists the groups of a user, by id.
    pub(crate) fn groups_of(&self, user_id: &str) -> Vec<(&str, &Group)> {
        self.groups.of(user_id)
    }

    /// Finds a group that was ever made.
    pub(crate) fn group(&self, group_id: &str) -> Option<&Group> {
        self.groups.find(group_id)
    }

    /// Puts a letter into the inbox of each user, each with a message id of its own.
    ///
    /// Neither sender nor receivers need be registered, as the cloud documents it. A copy for the sender is possible
    /// with a single receiver only.
    pub(crate) fn send_to_users(&mut self, posting: Posting, users: Vec<String>, now: OffsetDateTime) -> Vec<Receipt> {
        let Posting { letter, include_sender, verify_blacklist } = posting;
        let sender = letter.from_user_id.clone();
        let include_sender = include_sender && users.len() == 1;
        let wanted = |user: &String| !(verify_blacklist && self.blacklists.contains(user, &sender));
        let mut copies = Vec::with_capacity(users.len());
        for user in users.into_iter().filter(wanted) {
            let receipt = Receipt { to: Target::User(user.clone()), message_uid: self.ids.next_message_uid() };
            copies.push((user, receipt));
        }
        let receipts: Vec<Receipt> = copies.iter().map(|(_, receipt)| receipt.clone()).collect();
        if include_sender && let [receipt] = receipts.as_slice() {
            copies.push((sender, receipt.clone()));
        }
        self.inboxes.put(letter, copies, now);
        receipts
    }

    /// Puts a letter into the inbox of each member of each group, or of `only` some of them; one id for each group.
    ///
    /// The sender need not be a member; one who is gets a copy only on request, but then in any case. A group that does
    /// not exist has none.
    pub(crate) fn send_to_groups(
        &mut self,
        posting: Posting,
        groups: Vec<String>,
        only: Option<&[String]>,
        now: OffsetDateTime,
    ) -> Vec<Receipt> {
        let Posting { letter, include_sender, verify_blacklist: _ } = posting;
        let wanted = |member: &&String| {
            if **member == letter.from_user_id { include_sender } else { only.is_none_or(|only| only.contains(member)) }
        };
        let mut copies = Vec::new();
        let mut receipts = Vec::with_capacity(groups.len());
        for group_id in groups {
            let members = self.groups.find(&group_id).map_or(&[][..], |group| &group.members);
            let receipt = Receipt { to: Target::Group(group_id), message_uid: self.ids.next_message_uid() };
            copies.extend(members.iter().filter(wanted).map(|member| (member.clone(), receipt.clone())));
            receipts.push(receipt);
        }
        self.inboxes.put(letter, copies, now);
        receipts
    }

    /// Marks a message as recalled in every inbox, if there is one of that id, target and sender.
    pub(crate) fn recall(&mut self, receipt: &Receipt, sender: &str) {
        self.inboxes.recall(receipt, sender);
    }

    /// Lists what a user has received, oldest first. What was sent since the user was blocked is only held.
    pub(crate) fn inbox(&self, user_id: &str, now: OffsetDateTime) -> Vec<Message> {
        let held_since = self.blocks.of(user_id, now).map(|block| block.since);
        self.inboxes.of(user_id).map(|delivery| delivery.show(held_since)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const DAWN: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn posting(content: &str) -> Posting {
        let letter = Letter {
            from_user_id: "alice".to_owned(),
            object_name: "HB:Test".to_owned(),
            content: content.to_owned(),
            parameters: BTreeMap::new(),
        };
        Posting { letter, include_sender: false, verify_blacklist: false }
    }

    fn users(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn contents(cloud: &Cloud, user_id: &str) -> Vec<String> {
        cloud.inbox(user_id, DAWN).into_iter().map(|message| message.content).collect()
    }

    #[test]
    fn each_receiver_finds_the_letter_once() {
        let mut cloud = Cloud::new(0);

        let receipts = cloud.send_to_users(posting("hi"), users(&["bob", "carol"]), DAWN);

        for (receipt, user_id) in receipts.iter().zip(["bob", "carol"]) {
            let inbox = cloud.inbox(user_id, DAWN);
            assert_eq!(inbox.len(), 1);
            assert_eq!(inbox[0].message_uid, receipt.message_uid);
            assert_eq!(inbox[0].to, receipt.to);
        }
        assert_ne!(receipts[0].message_uid, receipts[1].message_uid);
        assert_eq!(cloud.inbox("alice", DAWN), []);
    }

    #[test]
    fn an_inbox_is_in_order_of_arrival() {
        let mut cloud = Cloud::new(0);

        for content in ["one", "two", "three"] {
            cloud.send_to_users(posting(content), users(&["bob"]), DAWN);
        }

        assert_eq!(contents(&cloud, "bob"), ["one", "two", "three"]);
    }

    #[test]
    fn a_sender_gets_a_copy_on_request_and_of_a_single_receivers_message_only() {
        let mut cloud = Cloud::new(0);
        let with_copy = |content| Posting { include_sender: true, ..posting(content) };

        let receipts = cloud.send_to_users(with_copy("one"), users(&["bob"]), DAWN);
        cloud.send_to_users(with_copy("two"), users(&["bob", "carol"]), DAWN);

        assert_eq!(receipts.len(), 1);
        assert_eq!(contents(&cloud, "alice"), ["one"]);
        assert_eq!(cloud.inbox("alice", DAWN), [cloud.inbox("bob", DAWN)[0].clone()]);
    }

    #[test]
    fn a_blacklist_does_not_turn_two_receivers_into_a_single_one() {
        let mut cloud = Cloud::new(0);
        cloud.blacklist("bob", users(&["alice"])).unwrap();
        let wishes = |content| Posting { include_sender: true, verify_blacklist: true, ..posting(content) };

        assert_eq!(cloud.send_to_users(wishes("one"), users(&["bob", "carol"]), DAWN).len(), 1);
        assert_eq!(cloud.send_to_users(wishes("two"), users(&["bob"]), DAWN).len(), 0);

        assert_eq!(contents(&cloud, "alice"), [""; 0]);
    }

    #[test]
    fn a_blacklist_counts_only_when_it_is_asked_for() {
        let mut cloud = Cloud::new(0);
        cloud.blacklist("bob", users(&["alice"])).unwrap();
        let careful = Posting { verify_blacklist: true, ..posting("careful") };

        let receipts = cloud.send_to_users(careful, users(&["bob", "carol"]), DAWN);
        cloud.send_to_users(posting("careless"), users(&["bob"]), DAWN);

        let to: Vec<&Target> = receipts.iter().map(|receipt| &receipt.to).collect();
        assert_eq!(to, [&Target::User("carol".to_owned())]);
        assert_eq!(contents(&cloud, "bob"), ["careless"]);
        assert_eq!(contents(&cloud, "carol"), ["careful"]);
    }

    #[test]
    fn a_recall_marks_every_copy_of_one_message_and_no_other() {
        let mut cloud = Cloud::new(0);
        let members = users(&["bob", "carol"]);
        cloud.join(Joining { group_id: "friends", name: None, users: members, max_members: MAX_MEMBERS }).unwrap();
        let groups = users(&["friends"]);
        let receipts = cloud.send_to_groups(posting("regretted"), groups.clone(), None, DAWN);
        cloud.send_to_groups(posting("other"), groups, None, DAWN);
        let recalled = |cloud: &Cloud| {
            let inboxes = ["bob", "carol"].map(|user| cloud.inbox(user, DAWN));
            inboxes.map(|inbox| inbox.iter().map(|message| message.recalled).collect::<Vec<_>>())
        };

        cloud.recall(&receipts[0], "mallory");
        cloud.recall(&Receipt { to: Target::User("friends".to_owned()), ..receipts[0].clone() }, "alice");
        assert_eq!(recalled(&cloud), [[false, false], [false, false]]);

        cloud.recall(&receipts[0], "alice");
        assert_eq!(recalled(&cloud), [[true, false], [true, false]]);
    }

    #[test]
    fn every_registration_gets_another_token() {
        let mut cloud = Cloud::new(0);
        let mut register = || {
            let registration = Registration { user_id: "alice".to_owned(), name: None, portrait_uri: None };
            cloud.register(registration, DAWN)
        };

        assert_ne!(register(), register());
    }
}
