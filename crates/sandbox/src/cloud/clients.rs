//! What the app's users do with their clients: connect, send, go away.
//!
//! The sandbox has no socket for clients. It lets a test play one, because blocks, mutes and expired tokens touch
//! clients alone: nothing that the app's server asks for is refused by them.

use std::{collections::BTreeMap, fmt};

use time::OffsetDateTime;

use super::{Block, Cloud, Crowded, Letter, Posting, Target};

/// Why a client may not do what it asks for, with the code that its SDK would show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientRefusal {
    /// The token was never given out: 31004.
    WrongToken,
    /// The token was given out before the time that `/user/token/expire.json` named: 31020.
    ExpiredToken,
    /// The user is blocked: 31009.
    Blocked,
    /// The user has no client that is connected: 30001.
    NotConnected,
    /// The receiver has the sender in the blacklist: 405.
    Blacklisted,
    /// The sender is no member of the group: 22406.
    NotInGroup,
    /// The sender, or the whole group, is muted: 22408.
    Muted,
}

impl ClientRefusal {
    /// The number that client SDKs have for it.
    pub fn code(self) -> u16 {
        match self {
            Self::Blacklisted => 405,
            Self::NotInGroup => 22_406,
            Self::Muted => 22_408,
            Self::NotConnected => 30_001,
            Self::WrongToken => 31_004,
            Self::Blocked => 31_009,
            Self::ExpiredToken => 31_020,
        }
    }
}

impl fmt::Display for ClientRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blacklisted => "the receiver has blacklisted the sender",
            Self::NotInGroup => "the sender is no member of the group",
            Self::Muted => "the sender is muted in the group",
            Self::NotConnected => "the sender is not connected",
            Self::WrongToken => "the token is unknown",
            Self::Blocked => "the user is blocked",
            Self::ExpiredToken => "the token has expired",
        })
    }
}

impl std::error::Error for ClientRefusal {}

impl Cloud {
    /// Connects a client and gives its user.
    pub(crate) fn connect(&mut self, token: &str, now: OffsetDateTime) -> Result<String, ClientRefusal> {
        let token = self.tokens.find(token).ok_or(ClientRefusal::WrongToken)?;
        let expired_before = self.users.find(&token.user_id).and_then(|account| account.tokens_expired_before);
        if expired_before.is_some_and(|expired_before| token.issued_at < expired_before) {
            return Err(ClientRefusal::ExpiredToken);
        }
        if self.blocks.of(&token.user_id, now).is_some() {
            return Err(ClientRefusal::Blocked);
        }
        let user_id = token.user_id.clone();
        self.online.insert(user_id.clone());
        Ok(user_id)
    }

    /// Disconnects every client of a user.
    pub(crate) fn disconnect(&mut self, user_id: &str) {
        self.online.remove(user_id);
    }

    /// Tells whether a client of a user is connected.
    pub(crate) fn is_online(&self, user_id: &str) -> bool {
        self.online.contains(user_id)
    }

    /// Shuts users out, all or none: their clients are disconnected at once.
    pub(crate) fn block(&mut self, users: &[String], block: Block) -> Result<(), Crowded> {
        self.blocks.add(users, block)?;
        for user in users {
            self.disconnect(user);
        }
        Ok(())
    }

    /// Lets users in again.
    pub(crate) fn unblock(&mut self, users: &[String]) {
        self.blocks.remove(users);
    }

    /// Finds the block of a user that is not over.
    pub(crate) fn block_of(&self, user_id: &str, now: OffsetDateTime) -> Option<Block> {
        self.blocks.of(user_id, now)
    }

    /// Lists who is blocked and until when, the latest end first.
    pub(crate) fn blocked(&self, now: OffsetDateTime) -> Vec<(&str, OffsetDateTime)> {
        self.blocks.list(now)
    }

    /// Sends a message that a connected user writes, and gives its id.
    pub(crate) fn send_as_client(
        &mut self,
        letter: Letter,
        to: Target,
        now: OffsetDateTime,
    ) -> Result<String, ClientRefusal> {
        let sender = letter.from_user_id.as_str();
        if !self.is_online(sender) {
            return Err(ClientRefusal::NotConnected);
        }
        self.may_write(sender, &to, now)?;
        let posting = Posting { letter, include_sender: false, verify_blacklist: false };
        let receipts = match to {
            Target::User(user_id) => self.send_to_users(posting, vec![user_id], now),
            Target::Group(group_id) => self.send_to_groups(posting, vec![group_id], None, now),
        };
        Ok(receipts.into_iter().map(|receipt| receipt.message_uid).collect())
    }

    fn may_write(&self, sender: &str, to: &Target, now: OffsetDateTime) -> Result<(), ClientRefusal> {
        match to {
            Target::User(user_id) if self.blacklists.contains(user_id, sender) => Err(ClientRefusal::Blacklisted),
            Target::User(_) => Ok(()),
            Target::Group(group_id) => {
                let group = self.groups.find(group_id);
                if !group.is_some_and(|group| group.members.iter().any(|member| member == sender)) {
                    return Err(ClientRefusal::NotInGroup);
                }
                if self.mutes.silences(group_id, sender, now) {
                    return Err(ClientRefusal::Muted);
                }
                Ok(())
            }
        }
    }
}

/// A letter as a client writes it, without any wishes.
pub(crate) fn letter(from_user_id: &str, object_name: &str, content: &str) -> Letter {
    Letter {
        from_user_id: from_user_id.to_owned(),
        object_name: object_name.to_owned(),
        content: content.to_owned(),
        parameters: BTreeMap::new(),
    }
}
