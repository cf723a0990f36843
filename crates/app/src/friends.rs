//! Adding, deleting and listing friends.

use std::sync::Arc;

use hongbao_domain::{
    friend::{AddFriendRefusal, DeleteFriendRefusal, Friend},
    id::UserId,
};
use hongbao_ports::{Contacts, Failure, Fault, query::ContactQueries};

use crate::{Caller, Sagas, Start};

/// The use cases of friends.
#[derive(Clone)]
pub struct Friends {
    contacts: Arc<dyn Contacts>,
    queries: Arc<dyn ContactQueries>,
    max: u32,
    sagas: Sagas,
}

impl Friends {
    /// Puts the use cases to work. A user may have `max` friends.
    pub fn new(contacts: Arc<dyn Contacts>, queries: Arc<dyn ContactQueries>, max: u32, sagas: Sagas) -> Self {
        Self { contacts, queries, max, sagas }
    }

    /// Makes two users friends of each other, as [`Contacts::add_friend`] does.
    ///
    /// It is one step, but one that must not be dropped halfway, for then the caller could not be told what became of it:
    /// so it runs like a saga, to its end. At the deadline the outcome is unresolved.
    pub async fn add(&self, caller: &Caller, other: UserId) -> Result<Friend, Failure<AddFriendRefusal>> {
        let (contacts, user, max, start) = (Arc::clone(&self.contacts), caller.user, self.max, Start::new());
        let begin = start.clone();
        let add = async move {
            begin.begin()?;
            contacts.add_friend(user, other, max).await
        };
        self.sagas.run(caller, &start, add).await?
    }

    /// Ends a friendship, as [`Contacts::delete_friend`] does, and runs to its end like [`Friends::add`].
    pub async fn delete(&self, caller: &Caller, other: UserId) -> Result<Friend, Failure<DeleteFriendRefusal>> {
        let (contacts, user, start) = (Arc::clone(&self.contacts), caller.user, Start::new());
        let begin = start.clone();
        let delete = async move {
            begin.begin()?;
            contacts.delete_friend(user, other).await
        };
        self.sagas.run(caller, &start, delete).await?
    }

    /// Gives the caller's friends, newest first, and no more than one may have.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Friend>, Fault> {
        caller.deadline.within(self.queries.friends(caller.user, self.max)).await?
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hongbao_domain::user::UserStatus;
    use hongbao_testkit::TestStore;

    use super::*;
    use crate::Deadline;

    fn user(name: &str) -> UserId {
        name.parse().unwrap()
    }

    #[tokio::test]
    async fn no_more_friends_are_added_or_listed_than_one_may_have() {
        let store = TestStore::in_memory();
        for name in ["alice", "bob", "carol", "dave"] {
            let status = UserStatus { is_active: true, takes_friend_requests: true };
            store.users.set_status(user(name), status).await.unwrap();
        }
        let [two, one] =
            [2, 1].map(|max| Friends::new(store.contacts.clone(), store.queries.clone(), max, Sagas::new()));
        let alice = Caller::new(user("alice"), Deadline::after(Duration::from_mins(1)));
        two.add(&alice, user("bob")).await.unwrap();
        two.add(&alice, user("carol")).await.unwrap();

        let refused = two.add(&alice, user("dave")).await.unwrap_err();

        assert!(matches!(refused, Failure::Refused(AddFriendRefusal::TooManyFriends)), "{refused:?}");
        assert_eq!(two.list(&alice).await.unwrap().len(), 2);
        assert_eq!(one.list(&alice).await.unwrap().len(), 1, "it was set lower since");
    }
}
