//! How many requests of one user run at once.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use hongbao_domain::id::UserId;

/// Counts the requests in flight of each user, so that one user cannot take the store from all others.
///
/// A request counts for as long as anything of it runs: a saga goes on when its caller has hung up, and a flood of callers
/// who hang up at once is a flood all the same. It keeps one entry for each user with a request in flight, and none for
/// others. A clone is the same.
#[derive(Debug, Clone)]
pub struct InFlight(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    limit: NonZeroU32,
    users: Mutex<HashMap<UserId, u32>>,
    refused: AtomicU64,
}

impl InFlight {
    /// How many requests a user may have at once where nothing else is set.
    pub const DEFAULT_LIMIT: NonZeroU32 = NonZeroU32::new(32).expect("32 is not 0");

    /// Lets each user have at most `limit` requests at once.
    pub fn new(limit: NonZeroU32) -> Self {
        Self(Arc::new(Counts { limit, users: Mutex::default(), refused: AtomicU64::new(0) }))
    }

    /// Counts one more request of a user; `None` if the user has as many as may run at once.
    pub fn enter(&self, user: UserId) -> Option<Permit> {
        let mut users = self.0.users();
        let count = users.entry(user).or_insert(0);
        if *count >= self.0.limit.get() {
            self.0.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        *count += 1;
        Some(Permit(Arc::new(Counted { counts: Arc::clone(&self.0), user })))
    }

    /// Says how many requests were refused since the start.
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }
}

impl Default for InFlight {
    fn default() -> Self {
        Self::new(Self::DEFAULT_LIMIT)
    }
}

impl Counts {
    /// Nothing panics while the lock is held.
    fn users(&self) -> MutexGuard<'_, HashMap<UserId, u32>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request that is counted until the last clone of this is dropped, by a panic too.
#[derive(Clone)]
pub struct Permit(#[expect(dead_code, reason = "it is held for its drop")] Arc<Counted>);

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

struct Counted {
    counts: Arc<Counts>,
    user: UserId,
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.counts.users().entry(self.user) {
            match entry.get() {
                0 | 1 => drop(entry.remove()),
                _ => *entry.get_mut() -= 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    fn user(id: &str) -> UserId {
        id.parse().unwrap()
    }

    fn two() -> InFlight {
        InFlight::new(NonZeroU32::new(2).unwrap())
    }

    #[test]
    fn a_user_over_the_limit_is_refused_and_others_are_not() {
        let in_flight = two();
        let (first, second) = (in_flight.enter(user("alice")), in_flight.enter(user("alice")));
        assert!(first.is_some() && second.is_some());
        assert!(in_flight.enter(user("alice")).is_none());
        assert!(in_flight.enter(user("bob")).is_some());
        assert_eq!(in_flight.refused(), 1);

        drop(first);

        assert!(in_flight.enter(user("alice")).is_some());
    }

    #[test]
    fn a_request_counts_until_its_last_part_has_ended() {
        let in_flight = InFlight::new(NonZeroU32::MIN);
        let answer = in_flight.enter(user("alice")).unwrap();
        let saga = answer.clone();
        drop(answer);
        assert!(in_flight.enter(user("alice")).is_none());

        drop(saga);

        assert!(in_flight.enter(user("alice")).is_some());
    }

    #[test]
    fn a_panic_gives_the_place_back() {
        let in_flight = InFlight::new(NonZeroU32::MIN);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _permit = in_flight.enter(user("alice")).unwrap();
            panic!("a defect");
        }));
        assert!(panicked.is_err());
        assert!(in_flight.enter(user("alice")).is_some());
    }

    #[test]
    fn users_without_requests_take_no_memory() {
        let in_flight = two();
        for number in 0..1_000 {
            drop(in_flight.enter(user(&format!("user{number}"))));
        }
        let permits = [in_flight.enter(user("alice")), in_flight.enter(user("alice")), in_flight.enter(user("alice"))];
        assert_eq!(in_flight.0.users().len(), 1);
        drop(permits);
        assert!(in_flight.0.users().is_empty());
    }
}
