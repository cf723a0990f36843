//! Ending a friendship.

use super::{DeleteFriendRefusal, Friend, Friendship};
use crate::{
    id::{CommandId, UserId},
    outbox::Event,
    store::{Answer, Book, Keys, Progress, Rule, StepRule},
};

/// Asks to end the friendship of two users, both directions at once or none. Answers `other` as `user` saw it.
///
/// A repeat, from either side, is refused; of two at the same moment one is done and one refused. It touches no block, and
/// the two may be added again. That one of them is disabled does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteFriend {
    /// Who asks.
    pub user: UserId,
    /// Who is to be a friend no more.
    pub other: UserId,
}

impl Rule for DeleteFriend {
    type Done = Friend;
    type Refusal = DeleteFriendRefusal;

    fn touch(&self, keys: &mut Keys) {
        // The users are locked in place of their friendship, which may not be there to lock.
        keys.users.extend([self.user, self.other]);
        keys.friendships.insert(Friendship::between(self.user, self.other));
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Friend, DeleteFriendRefusal> {
        let users = Friendship::between(self.user, self.other);
        let friendship = *book.friendships.get(&users).ok_or(DeleteFriendRefusal::NotAFriend)?;
        let profile = book.users.get(&self.other).ok_or(DeleteFriendRefusal::NotAFriend)?.profile.clone();
        book.friendships.remove(&users);
        book.tell(command, &Event::FriendRemoved { user: self.user, friend: self.other });
        let [since, since_of_friend] = friendship.since;
        Ok(Friend { profile, since: if self.user == friendship.users[0] { since } else { since_of_friend } })
    }
}

impl StepRule for DeleteFriend {
    fn progress(&self, answer: &Result<Friend, DeleteFriendRefusal>, _: &Book) -> Progress {
        Progress::Final(Answer::DeleteFriend(answer.clone()))
    }
}
