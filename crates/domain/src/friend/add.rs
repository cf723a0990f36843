//! Adding a friend.

use super::{AddFriendRefusal, Block, Friend, Friendship};
use crate::{
    id::{CommandId, UserId},
    outbox::Event,
    store::{Answer, Book, Keys, Progress, Rule, StepRule},
};

/// Asks to make two users friends of each other, both directions at once or none. Answers `other` as `user` sees it.
///
/// `user` must exist. Refused in the order of [`check_candidate`], then where one of the two has `max` friends, judged in the
/// same atomic step: however many adds come at the same moment, no user gets more than `max`. A repeat, from either side, is
/// refused as already done; of two adds of one pair at the same moment one is done and one refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddFriend {
    /// Who asks.
    pub user: UserId,
    /// Whom to add.
    pub other: UserId,
    /// How many friends a user may have.
    pub max: u32,
}

/// What is known of a user whom another wants to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any may go with any")]
pub struct Candidate {
    /// Whether the two are friends.
    pub is_friend: bool,
    /// Whether the candidate takes part, that is, is not disabled.
    pub is_active: bool,
    /// Whether the candidate may be added by others.
    pub takes_friend_requests: bool,
    /// Whether the candidate has blocked the one who adds.
    pub has_blocked: bool,
}

/// Checks whether `user` may add `other`. `candidate` is what is known of `other`; `None`: there is no such user.
///
/// A block is one-way: a user may still add another whom they have blocked.
pub fn check_candidate(user: UserId, other: UserId, candidate: Option<Candidate>) -> Result<(), AddFriendRefusal> {
    if user == other {
        return Err(AddFriendRefusal::Oneself);
    }
    let Some(candidate) = candidate else {
        return Err(AddFriendRefusal::UserNotFound);
    };
    if candidate.is_friend {
        return Err(AddFriendRefusal::AlreadyFriends);
    }
    if !candidate.is_active || !candidate.takes_friend_requests || candidate.has_blocked {
        return Err(AddFriendRefusal::CannotBeAdded);
    }
    Ok(())
}

/// Checks whether both sides have room for one more friend, after everything else was checked.
///
/// `most` is how many friends the one of the two has who has more of them; `max` is the most that a user may have.
pub fn check_room(most: u64, max: u32) -> Result<(), AddFriendRefusal> {
    if most < u64::from(max) { Ok(()) } else { Err(AddFriendRefusal::TooManyFriends) }
}

impl Rule for AddFriend {
    type Done = Friend;
    type Refusal = AddFriendRefusal;

    fn touch(&self, keys: &mut Keys) {
        let Self { user, other, max: _ } = *self;
        keys.users.extend([user, other]);
        keys.friendships.insert(Friendship::between(user, other));
        keys.blocks.insert(Block { user: other, blocked: user });
        keys.friends_of.extend([user, other]);
    }

    fn apply(&self, book: &mut Book, command: CommandId) -> Result<Friend, AddFriendRefusal> {
        let Self { user, other, max } = *self;
        let users = Friendship::between(user, other);
        let found = book.users.get(&other);
        let candidate = found.map(|found| Candidate {
            is_friend: book.friendships.get(&users).is_some(),
            is_active: found.status.is_active,
            takes_friend_requests: found.status.takes_friend_requests,
            has_blocked: book.blocks.get(&Block { user: other, blocked: user }).is_some(),
        });
        check_candidate(user, other, candidate)?;
        check_room(book.friend_count(user).max(book.friend_count(other)), max)?;
        let profile = found.ok_or(AddFriendRefusal::UserNotFound)?.profile.clone();
        let since = book.now();
        book.friendships.put(Friendship { users, since: [since; 2] });
        book.tell(command, &Event::FriendAdded { user, friend: other });
        Ok(Friend { profile, since })
    }
}

impl StepRule for AddFriend {
    fn progress(&self, answer: &Result<Friend, AddFriendRefusal>, _: &Book) -> Progress {
        Progress::Final(Answer::AddFriend(answer.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{alice, bob};

    const STRANGER: Candidate =
        Candidate { is_friend: false, is_active: true, takes_friend_requests: true, has_blocked: false };

    #[test]
    fn a_stranger_who_takes_requests_can_be_added() {
        assert_eq!(check_candidate(alice(), bob(), Some(STRANGER)), Ok(()));
    }

    #[test]
    fn oneself_comes_before_everything_then_who_is_not_there_then_friends() {
        let worst = Candidate { is_friend: true, is_active: false, takes_friend_requests: false, has_blocked: true };
        assert_eq!(check_candidate(alice(), alice(), None), Err(AddFriendRefusal::Oneself));
        assert_eq!(check_candidate(alice(), alice(), Some(worst)), Err(AddFriendRefusal::Oneself));
        assert_eq!(check_candidate(alice(), bob(), None), Err(AddFriendRefusal::UserNotFound));
        assert_eq!(check_candidate(alice(), bob(), Some(worst)), Err(AddFriendRefusal::AlreadyFriends));
    }

    #[test]
    fn there_is_room_below_the_most_that_one_may_have() {
        assert_eq!((check_room(0, 1), check_room(4_999, 5_000)), (Ok(()), Ok(())));
        for (most, max) in [(1, 1), (5_000, 5_000), (5_001, 5_000)] {
            assert_eq!(check_room(most, max), Err(AddFriendRefusal::TooManyFriends), "{most} of {max}");
        }
    }

    #[test]
    fn who_is_disabled_shut_or_has_blocked_cannot_be_added() {
        let shut = [
            Candidate { is_active: false, ..STRANGER },
            Candidate { takes_friend_requests: false, ..STRANGER },
            Candidate { has_blocked: true, ..STRANGER },
        ];
        for candidate in shut {
            let answer = check_candidate(alice(), bob(), Some(candidate));
            assert_eq!(answer, Err(AddFriendRefusal::CannotBeAdded), "{candidate:?}");
        }
    }
}
