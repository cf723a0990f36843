//! Adding, deleting and listing friends.

use std::sync::Arc;

use hongbao_domain::{
    friend::{AddFriend, AddFriendRefusal, Friend},
    id::UserId,
    store::{Recall, StepVerb},
};
use hongbao_ports::{
    Failure, Fault, Submit,
    query::{ContactQueries, Page},
};

use crate::{Caller, Requests, Sagas, Start};

/// The use cases of friends.
#[derive(Clone)]
pub struct Friends {
    requests: Requests,
    queries: Arc<dyn ContactQueries>,
    max: u32,
    sagas: Sagas,
}

impl Friends {
    /// Puts the use cases to work. A user may have `max` friends.
    pub fn new(requests: Requests, queries: Arc<dyn ContactQueries>, max: u32, sagas: Sagas) -> Self {
        Self { requests, queries, max, sagas }
    }

    /// Makes the caller and another user friends, unless one of them has as many as a user may have.
    pub async fn add(&self, caller: &Caller, other: UserId) -> Result<Friend, Failure<AddFriendRefusal>> {
        self.run(caller, AddFriend { user: caller.user, other, max: self.max }).await
    }

    /// Runs a command that is a use case of its own, such as [`DeleteFriend`](hongbao_domain::friend::DeleteFriend).
    ///
    /// It is one step, but one that must not be dropped halfway, for then the caller could not be told what became of it:
    /// so it runs like a saga, to its end. At the deadline the outcome is unresolved.
    pub async fn run<V>(&self, caller: &Caller, command: V) -> Result<V::Done, Failure<V::Refusal>>
    where
        V: StepVerb<Done: Send, Refusal: Send> + Clone + Send + 'static,
        Result<V::Done, V::Refusal>: Recall,
    {
        self.requests.once(caller, || self.run_once(caller, command.clone())).await
    }

    async fn run_once<V>(&self, caller: &Caller, command: V) -> Result<V::Done, Failure<V::Refusal>>
    where
        V: StepVerb<Done: Send, Refusal: Send> + Send + 'static,
    {
        let (commands, start) = (self.requests.commands(caller), Start::new());
        let begin = start.clone();
        let run = async move {
            begin.begin()?;
            commands.submit(command).await
        };
        self.sagas.run(caller, &start, run).await?
    }

    /// Gives the caller's friends, newest first, and no more than one may have.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Friend>, Fault> {
        caller.deadline.within(self.queries.friends(caller.user, Page::first(self.max))).await?
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hongbao_domain::user::UserStatus;
    use hongbao_testkit::{TestStore, user};

    use super::*;
    use crate::Deadline;

    #[tokio::test]
    async fn no_more_friends_are_added_or_listed_than_one_may_have() {
        let store = TestStore::in_memory();
        for name in ["alice", "bob", "carol", "dave"] {
            let status = UserStatus { is_active: true, takes_friend_requests: true };
            store.users.set_status(user(name), status).await.unwrap();
        }
        let requests = Requests::new(store.commands.clone(), store.queries.clone());
        let friends = |max| Friends::new(requests.clone(), store.queries.clone(), max, Sagas::new());
        let [two, one] = [2, 1].map(friends);
        let alice = Caller::new(user("alice"), Deadline::after(Duration::from_mins(1)));
        two.add(&alice, user("bob")).await.unwrap();
        two.add(&alice, user("carol")).await.unwrap();

        let refused = two.add(&alice, user("dave")).await.unwrap_err();

        assert!(matches!(refused, Failure::Refused(AddFriendRefusal::TooManyFriends)), "{refused:?}");
        assert_eq!(two.list(&alice).await.unwrap().len(), 2);
        assert_eq!(one.list(&alice).await.unwrap().len(), 1, "it was set lower since");
    }
}
