//! All inboxes together, within bounds.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use time::OffsetDateTime;

use super::{
    letter::Letter,
    message::{Delivery, Receipt},
};

/// How many messages one inbox keeps; then its oldest is dropped for each new one.
pub const MAX_MESSAGES_PER_USER: usize = 10_000;

/// How many messages all inboxes keep together; then the oldest of all is dropped for each new one.
pub const MAX_MESSAGES: usize = 100_000;

/// How many bytes all kept messages may have together; then the oldest of all is dropped for each new one.
///
/// Copies of one letter in several inboxes count once, as they share their content.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;

/// How much is kept.
#[derive(Debug)]
pub(super) struct Capacity {
    pub(super) of_one: usize,
    pub(super) of_all: usize,
    pub(super) bytes: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { of_one: MAX_MESSAGES_PER_USER, of_all: MAX_MESSAGES, bytes: MAX_MESSAGE_BYTES }
    }
}

/// Deliveries in order of arrival, with each user's own order beside it so that either end can be dropped cheaply.
#[derive(Debug)]
pub(super) struct Inboxes {
    capacity: Capacity,
    arrivals: u64,
    bytes: usize,
    kept: BTreeMap<u64, Delivery>,
    by_user: HashMap<String, VecDeque<u64>>,
}

impl Inboxes {
    pub(super) fn new(capacity: Capacity) -> Self {
        Self { capacity, arrivals: 0, bytes: 0, kept: BTreeMap::new(), by_user: HashMap::new() }
    }

    /// Keeps a copy of a letter for each owner, and drops the oldest ones that no longer fit.
    pub(super) fn put(&mut self, letter: Letter, copies: Vec<(String, Receipt)>, now: OffsetDateTime) {
        let letter = Arc::new(letter);
        self.bytes += letter.size_bytes();
        for (owner, receipt) in copies {
            let letter = Arc::clone(&letter);
            self.keep(Delivery { letter, owner, receipt, sent_at: now, recalled: false });
        }
        self.release(letter);
        while self.kept.len() > self.capacity.of_all || self.bytes > self.capacity.bytes {
            self.drop_oldest();
        }
    }

    /// Lists what one user has received, oldest first.
    pub(super) fn of(&self, user_id: &str) -> impl Iterator<Item = &Delivery> {
        let arrivals = self.by_user.get(user_id).into_iter().flatten();
        arrivals.filter_map(|arrival| self.kept.get(arrival))
    }

    /// Marks every copy of one message of `sender`.
    pub(super) fn recall(&mut self, receipt: &Receipt, sender: &str) {
        for delivery in self.kept.values_mut() {
            if delivery.receipt == *receipt && delivery.letter.from_user_id == sender {
                delivery.recalled = true;
            }
        }
    }

    fn keep(&mut self, delivery: Delivery) {
        self.arrivals += 1;
        let inbox = self.by_user.entry(delivery.owner.clone()).or_default();
        inbox.push_back(self.arrivals);
        self.kept.insert(self.arrivals, delivery);
        if inbox.len() > self.capacity.of_one
            && let Some(oldest) = inbox.pop_front()
            && let Some(dropped) = self.kept.remove(&oldest)
        {
            self.release(dropped.letter);
        }
    }

    /// The oldest of all is the oldest of its own inbox too.
    fn drop_oldest(&mut self) {
        let Some((_, delivery)) = self.kept.pop_first() else {
            return;
        };
        if let Some(inbox) = self.by_user.get_mut(&delivery.owner) {
            inbox.pop_front();
            if inbox.is_empty() {
                self.by_user.remove(&delivery.owner);
            }
        }
        self.release(delivery.letter);
    }

    /// Gives up one share of a letter; its bytes are free when it was the last.
    fn release(&mut self, letter: Arc<Letter>) {
        if let Some(letter) = Arc::into_inner(letter) {
            self.bytes -= letter.size_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::message::Target, *};

    fn receipt(user_id: &str) -> Receipt {
        Receipt { to: Target::User(user_id.to_owned()), message_uid: String::new() }
    }

    fn put(inboxes: &mut Inboxes, owners: &[&str], content: &str) {
        let letter = Letter {
            from_user_id: "alice".to_owned(),
            object_name: "HB:Test".to_owned(),
            content: content.to_owned(),
            parameters: BTreeMap::new(),
        };
        let copies = owners.iter().map(|owner| ((*owner).to_owned(), receipt(owner))).collect();
        inboxes.put(letter, copies, OffsetDateTime::UNIX_EPOCH);
    }

    fn contents<'a>(inboxes: &'a Inboxes, user_id: &str) -> Vec<&'a str> {
        let inbox = inboxes.of(user_id);
        inbox.map(|kept| kept.letter.content.as_str()).collect()
    }

    #[test]
    fn a_full_inbox_drops_its_own_oldest_message() {
        let mut inboxes = Inboxes::new(Capacity { of_one: 2, ..Capacity::default() });
        put(&mut inboxes, &["carol"], "before");

        for content in ["one", "two", "three"] {
            put(&mut inboxes, &["bob"], content);
        }

        assert_eq!(contents(&inboxes, "bob"), ["two", "three"]);
        assert_eq!(contents(&inboxes, "carol"), ["before"]);
        assert_eq!(inboxes.kept.len(), 3);
    }

    #[test]
    fn a_full_sandbox_drops_the_oldest_message_of_all_and_an_empty_inbox_with_it() {
        let mut inboxes = Inboxes::new(Capacity { of_all: 2, ..Capacity::default() });

        put(&mut inboxes, &["carol"], "oldest");
        put(&mut inboxes, &["bob"], "one");
        put(&mut inboxes, &["bob"], "two");

        assert_eq!(contents(&inboxes, "bob"), ["one", "two"]);
        assert!(!inboxes.by_user.contains_key("carol"));
    }

    #[test]
    fn too_many_bytes_drop_the_oldest_messages_of_all() {
        let mut inboxes = Inboxes::new(Capacity { bytes: 3 * (12 + 10), ..Capacity::default() });

        for content in ["1", "2", "3", "4"] {
            put(&mut inboxes, &["bob", "carol"], &content.repeat(10));
        }

        assert_eq!(contents(&inboxes, "bob").len(), 3);
        assert_eq!(contents(&inboxes, "carol").len(), 3);
        put(&mut inboxes, &["carol"], &"x".repeat(3 * 22 - 12));
        assert_eq!(contents(&inboxes, "bob"), [""; 0]);
        assert_eq!(contents(&inboxes, "carol").len(), 1);
    }

    #[test]
    fn a_letter_weighs_as_long_as_anybody_has_it_and_no_longer() {
        let mut inboxes = Inboxes::new(Capacity { of_one: 1, ..Capacity::default() });

        put(&mut inboxes, &["bob", "carol", "bob"], "12345678");
        assert_eq!(inboxes.bytes, 20);
        put(&mut inboxes, &["bob"], "");
        assert_eq!(inboxes.bytes, 20 + 12);
        put(&mut inboxes, &["carol"], "");
        assert_eq!(inboxes.bytes, 12 + 12);
        put(&mut inboxes, &[], "to nobody");
        assert_eq!(inboxes.bytes, 12 + 12);
    }
}
