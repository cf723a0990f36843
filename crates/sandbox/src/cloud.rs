//! The cloud's memory: who is registered and who has received what.
//!
//! Synchronous and without HTTP, clock or dice: time is an argument. Limits on parameters belong to the endpoints.

mod ids;
mod inboxes;
mod message;
mod users;

use std::sync::Arc;

use time::OffsetDateTime;

use self::{
    ids::Ids,
    inboxes::{Capacity, Inboxes},
    message::Delivery,
    users::Users,
};
pub use self::{
    inboxes::{MAX_MESSAGES, MAX_MESSAGES_PER_USER},
    message::Message,
    users::{MAX_USERS, User},
};
pub(crate) use self::{
    message::{Letter, Receipt},
    users::{Crowded, Registration},
};

/// Everything that one cloud knows.
#[derive(Debug)]
pub(crate) struct Cloud {
    ids: Ids,
    users: Users,
    inboxes: Inboxes,
}

impl Cloud {
    /// Makes an empty cloud. Two clouds with different seeds give out different tokens and message ids.
    pub(crate) fn new(seed: i128) -> Self {
        Self { ids: Ids::new(seed), users: Users::new(MAX_USERS), inboxes: Inboxes::new(Capacity::default()) }
    }

    /// Registers a user, or changes what was registered, and gives out another token.
    ///
    /// Tokens given out before stay valid: nothing here ever withdraws one, so none is kept.
    pub(crate) fn register(&mut self, registration: Registration) -> Result<String, Crowded> {
        self.users.register(registration)?;
        Ok(self.ids.next_token())
    }

    /// Finds what a user registered with.
    pub(crate) fn user(&self, user_id: &str) -> Option<&User> {
        self.users.find(user_id)
    }

    /// Puts a letter into the inbox of each receiver, each copy with a message id of its own.
    ///
    /// Neither sender nor receivers need be registered, as the cloud documents it.
    pub(crate) fn deliver(&mut self, letter: Letter, receivers: Vec<String>, now: OffsetDateTime) -> Vec<Receipt> {
        let letter = Arc::new(letter);
        receivers.into_iter().map(|user_id| self.put(Arc::clone(&letter), user_id, now)).collect()
    }

    fn put(&mut self, letter: Arc<Letter>, user_id: String, now: OffsetDateTime) -> Receipt {
        let message_uid = self.ids.next_message_uid();
        self.inboxes.put(Delivery {
            letter,
            to_user_id: user_id.clone(),
            message_uid: message_uid.clone(),
            sent_at: now,
        });
        Receipt { user_id, message_uid }
    }

    /// Lists what a user has received, oldest first.
    pub(crate) fn inbox(&self, user_id: &str) -> Vec<Message> {
        self.inboxes.of(user_id).map(Message::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(content: &str) -> Letter {
        Letter { from_user_id: "alice".to_owned(), object_name: "HB:Test".to_owned(), content: content.to_owned() }
    }

    #[test]
    fn each_receiver_finds_the_letter_once() {
        let mut cloud = Cloud::new(0);
        let receivers = vec!["bob".to_owned(), "carol".to_owned()];

        let receipts = cloud.deliver(letter("hi"), receivers, OffsetDateTime::UNIX_EPOCH);

        for receipt in &receipts {
            let inbox = cloud.inbox(&receipt.user_id);
            assert_eq!(inbox.len(), 1);
            assert_eq!(inbox[0].message_uid, receipt.message_uid);
            assert_eq!(inbox[0].to_user_id, receipt.user_id);
        }
        assert_ne!(receipts[0].message_uid, receipts[1].message_uid);
        assert_eq!(cloud.inbox("alice"), []);
    }

    #[test]
    fn an_inbox_is_in_order_of_arrival() {
        let mut cloud = Cloud::new(0);

        for content in ["one", "two", "three"] {
            cloud.deliver(letter(content), vec!["bob".to_owned()], OffsetDateTime::UNIX_EPOCH);
        }

        let contents: Vec<String> = cloud.inbox("bob").into_iter().map(|message| message.content).collect();
        assert_eq!(contents, ["one", "two", "three"]);
    }

    #[test]
    fn every_registration_gets_another_token() {
        let mut cloud = Cloud::new(0);
        let mut register =
            || cloud.register(Registration { user_id: "alice".to_owned(), name: None, portrait_uri: None });

        assert_ne!(register(), register());
    }
}
