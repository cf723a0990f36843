//! All inboxes together, within bounds.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::message::Delivery;

/// How many messages one inbox keeps; then its oldest is dropped for each new one.
pub const MAX_MESSAGES_PER_USER: usize = 10_000;

/// How many messages all inboxes keep together; then the oldest of all is dropped for each new one.
pub const MAX_MESSAGES: usize = 100_000;

/// How much is kept.
#[derive(Debug)]
pub(super) struct Capacity {
    pub(super) of_one: usize,
    pub(super) of_all: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { of_one: MAX_MESSAGES_PER_USER, of_all: MAX_MESSAGES }
    }
}

/// Deliveries in order of arrival, with each user's own order beside it so that either end can be dropped cheaply.
#[derive(Debug)]
pub(super) struct Inboxes {
    capacity: Capacity,
    arrivals: u64,
    kept: BTreeMap<u64, Delivery>,
    by_user: HashMap<String, VecDeque<u64>>,
}

impl Inboxes {
    pub(super) fn new(capacity: Capacity) -> Self {
        Self { capacity, arrivals: 0, kept: BTreeMap::new(), by_user: HashMap::new() }
    }

    /// Keeps a delivery and drops the oldest ones that no longer fit.
    pub(super) fn put(&mut self, delivery: Delivery) {
        self.arrivals += 1;
        let inbox = self.by_user.entry(delivery.to_user_id.clone()).or_default();
        inbox.push_back(self.arrivals);
        if inbox.len() > self.capacity.of_one
            && let Some(oldest) = inbox.pop_front()
        {
            self.kept.remove(&oldest);
        }
        self.kept.insert(self.arrivals, delivery);
        if self.kept.len() > self.capacity.of_all {
            self.drop_oldest();
        }
    }

    /// Lists what one user has received, oldest first.
    pub(super) fn of(&self, user_id: &str) -> impl Iterator<Item = &Delivery> {
        let arrivals = self.by_user.get(user_id).into_iter().flatten();
        arrivals.filter_map(|arrival| self.kept.get(arrival))
    }

    /// The oldest of all is the oldest of its own inbox too.
    fn drop_oldest(&mut self) {
        let Some((_, delivery)) = self.kept.pop_first() else {
            return;
        };
        if let Some(inbox) = self.by_user.get_mut(&delivery.to_user_id) {
            inbox.pop_front();
            if inbox.is_empty() {
                self.by_user.remove(&delivery.to_user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::OffsetDateTime;

    use super::{super::message::Letter, *};

    fn delivery(to_user_id: &str, content: &str) -> Delivery {
        Delivery {
            letter: Arc::new(Letter {
                from_user_id: "alice".to_owned(),
                object_name: "HB:Test".to_owned(),
                content: content.to_owned(),
            }),
            to_user_id: to_user_id.to_owned(),
            message_uid: String::new(),
            sent_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    fn contents<'a>(inboxes: &'a Inboxes, user_id: &str) -> Vec<&'a str> {
        let inbox = inboxes.of(user_id);
        inbox.map(|kept| kept.letter.content.as_str()).collect()
    }

    #[test]
    fn a_full_inbox_drops_its_own_oldest_message() {
        let mut inboxes = Inboxes::new(Capacity { of_one: 2, of_all: 9 });
        inboxes.put(delivery("carol", "before"));

        for content in ["one", "two", "three"] {
            inboxes.put(delivery("bob", content));
        }

        assert_eq!(contents(&inboxes, "bob"), ["two", "three"]);
        assert_eq!(contents(&inboxes, "carol"), ["before"]);
        assert_eq!(inboxes.kept.len(), 3);
    }

    #[test]
    fn a_full_sandbox_drops_the_oldest_message_of_all_and_an_empty_inbox_with_it() {
        let mut inboxes = Inboxes::new(Capacity { of_one: 9, of_all: 2 });

        inboxes.put(delivery("carol", "oldest"));
        inboxes.put(delivery("bob", "one"));
        inboxes.put(delivery("bob", "two"));

        assert_eq!(contents(&inboxes, "bob"), ["one", "two"]);
        assert!(!inboxes.by_user.contains_key("carol"));
    }
}
