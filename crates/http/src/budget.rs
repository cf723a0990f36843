//! How much memory the bodies that are being read may take, over all connections.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;
use tracing::{info, warn};

/// What a request costs while its body comes, beside the body: the buffers of its connection and what was parsed of its
/// head. So a crowd of tiny bodies is bounded, too.
const REQUEST_BYTES: usize = 16 * 1024;

/// A budget of bytes for bodies that are being read. A clone is the same.
///
/// When it is full, the body that is being read for longest gives way to the new one: bodies that mean well are there in
/// a moment, and those that were sent by halves to fill the memory are the oldest. Requests whose session is not known
/// yet have one half of the budget at most and give way before all others, so they cannot keep out a user who is logged
/// in.
#[derive(Debug, Clone)]
pub struct BodyBudget(Arc<Mutex<Books>>);

impl BodyBudget {
    /// A budget of so many bytes. It should be several times the longest body, or a single one may not fit.
    pub fn new(limit_bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(Books { limit_bytes, ..Books::default() })))
    }

    /// Makes room for a request whose body begins to come.
    pub(crate) fn reserve(&self, login: Login) -> Reservation {
        let (word, given_way) = oneshot::channel();
        let mut books = self.books();
        let id = books.add(login, Holder { bytes: REQUEST_BYTES, give_way: word });
        books.make_room();
        Reservation { budget: self.clone(), login, id, given_way }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Nothing in here panics; if something did, the sums would still be right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the sender of a body is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Login {
    /// The session is not looked up yet, for the key may be in the body.
    Unknown,
    /// The same, but the body is there.
    Arrived,
    /// The session was found.
    Known,
}

/// The memory is needed for others.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GaveWay;

/// A place in the budget, until it is dropped or has to give way.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: BodyBudget,
    login: Login,
    id: u64,
    given_way: oneshot::Receiver<()>,
}

impl Reservation {
    /// Reserves `bytes` for the body. Older bodies give way to it, or it has to give way itself.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), GaveWay> {
        let mut books = self.budget.books();
        books.resize(self.login, self.id, REQUEST_BYTES.saturating_add(bytes));
        books.make_room();
        if books.holders(self.login).all.contains_key(&self.id) { Ok(()) } else { Err(GaveWay) }
    }

    /// Says that all of the body has arrived: it is no half that was sent to fill the memory, and the look-up of its
    /// session is all it waits for. It gives way after those that have not.
    pub(crate) fn arrived(&mut self) {
        let mut books = self.budget.books();
        if let Some(holder) = books.take(self.login, self.id) {
            self.login = Login::Arrived;
            books.put(self.login, self.id, holder);
        }
    }

    /// Resolves when it has to give way.
    pub(crate) async fn given_way(&mut self) {
        if (&mut self.given_way).await.is_err() {
            // It is dropped only after a word; but never busy-wait on that.
            std::future::pending::<()>().await;
        }
    }

    /// Waits for something that needs the body, unless it has to give way meanwhile.
    pub(crate) async fn during<T>(&mut self, work: impl Future<Output = T>) -> Result<T, GaveWay> {
        tokio::select! {
            biased;
            () = self.given_way() => Err(GaveWay),
            done = work => Ok(done),
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.books().remove(self.login, self.id);
    }
}

#[derive(Debug)]
struct Holder {
    bytes: usize,
    give_way: oneshot::Sender<()>,
}

/// Holders by age.
#[derive(Debug, Default)]
struct Holders {
    all: BTreeMap<u64, Holder>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Books {
    limit_bytes: usize,
    next_id: u64,
    unknown: Holders,
    arrived: Holders,
    known: Holders,
    /// How many gave way since there was last room for all.
    gave_way: u64,
}

impl Books {
    fn holders(&mut self, login: Login) -> &mut Holders {
        match login {
            Login::Unknown => &mut self.unknown,
            Login::Arrived => &mut self.arrived,
            Login::Known => &mut self.known,
        }
    }

    fn add(&mut self, login: Login, holder: Holder) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.put(login, id, holder);
        id
    }

    fn put(&mut self, login: Login, id: u64, holder: Holder) {
        let holders = self.holders(login);
        holders.bytes += holder.bytes;
        holders.all.insert(id, holder);
    }

    fn take(&mut self, login: Login, id: u64) -> Option<Holder> {
        let holders = self.holders(login);
        let holder = holders.all.remove(&id)?;
        holders.bytes -= holder.bytes;
        Some(holder)
    }

    fn resize(&mut self, login: Login, id: u64, bytes: usize) {
        let holders = self.holders(login);
        if let Some(holder) = holders.all.get_mut(&id) {
            holders.bytes = holders.bytes - holder.bytes + bytes;
            holder.bytes = bytes;
        }
    }

    fn remove(&mut self, login: Login, id: u64) {
        self.take(login, id);
        let used = self.used();
        if self.gave_way > 0 && used < self.limit_bytes / 4 {
            info!("{} bodies gave way; there is room for all again", self.gave_way);
            self.gave_way = 0;
        }
    }

    fn without_session(&self) -> usize {
        self.unknown.bytes + self.arrived.bytes
    }

    fn used(&self) -> usize {
        self.without_session() + self.known.bytes
    }

    /// Lets the oldest give way until what is reserved fits.
    fn make_room(&mut self) {
        while self.without_session() > self.limit_bytes / 2 || self.used() > self.limit_bytes {
            let first = if !self.unknown.all.is_empty() {
                Login::Unknown
            } else if !self.arrived.all.is_empty() {
                Login::Arrived
            } else {
                Login::Known
            };
            self.give_way(first);
        }
    }

    fn give_way(&mut self, login: Login) {
        let holders = self.holders(login);
        if let Some((_, holder)) = holders.all.pop_first() {
            holders.bytes -= holder.bytes;
            // A holder that does not listen any more is about to drop it.
            let _gone = holder.give_way.send(());
        }
        if self.gave_way == 0 {
            warn!("the memory for bodies that are being read is full (http.body_budget): the oldest give way");
        }
        self.gave_way += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::FutureExt;

    use super::{Login::*, *};

    /// So many requests without a body.
    fn budget(requests: usize) -> BodyBudget {
        BodyBudget::new(requests * REQUEST_BYTES)
    }

    fn has_given_way(reservation: &mut Reservation) -> bool {
        reservation.given_way().now_or_never().is_some()
    }

    fn used(budget: &BodyBudget) -> usize {
        budget.books().used()
    }

    #[test]
    fn the_oldest_gives_way_to_the_newest() {
        let budget = budget(4);
        let (mut first, mut second) = (budget.reserve(Unknown), budget.reserve(Unknown));
        assert!(!has_given_way(&mut first));

        let mut third = budget.reserve(Unknown);

        assert!(has_given_way(&mut first));
        assert!(!has_given_way(&mut second) && !has_given_way(&mut third));
        assert_eq!(first.grow_to(1), Err(GaveWay));
        assert_eq!(used(&budget), 2 * REQUEST_BYTES);
    }

    #[test]
    fn a_crowd_without_sessions_leaves_one_half_to_those_who_have_one() {
        let budget = budget(4);
        let mut known = [budget.reserve(Known), budget.reserve(Known)];
        let _crowd: Vec<_> = (0..100).map(|_| budget.reserve(Unknown)).collect();
        assert!(known.iter_mut().all(|known| !has_given_way(known)));
    }

    #[test]
    fn a_request_without_a_session_gives_way_before_an_older_one_with_a_session() {
        let budget = budget(4);
        let (mut known, mut unknown) = (budget.reserve(Known), budget.reserve(Unknown));
        assert_eq!(known.grow_to(3 * REQUEST_BYTES), Ok(()));
        assert!(has_given_way(&mut unknown));

        let mut newer = budget.reserve(Known);
        assert!(has_given_way(&mut known) && !has_given_way(&mut newer));
    }

    #[test]
    fn a_body_that_has_arrived_outlives_newer_ones_that_have_not() {
        let budget = budget(4);
        let mut arrived = budget.reserve(Unknown);
        arrived.arrived();
        let mut crowd: Vec<_> = (0..100).map(|_| budget.reserve(Unknown)).collect();
        assert!(!has_given_way(&mut arrived));
        assert!(crowd[..99].iter_mut().all(has_given_way) && !has_given_way(&mut crowd[99]));
        drop((arrived, crowd));
        assert_eq!(used(&budget), 0);
    }

    #[test]
    fn a_crowd_of_bodies_that_have_arrived_leaves_one_half_to_those_who_have_a_session() {
        let budget = budget(4);
        let mut known = [budget.reserve(Known), budget.reserve(Known)];
        let arrived = |_| {
            let mut arrived = budget.reserve(Unknown);
            arrived.arrived();
            arrived
        };
        let _crowd: Vec<_> = (0..100).map(arrived).collect();
        assert!(known.iter_mut().all(|known| !has_given_way(known)));
        assert_eq!(used(&budget), 4 * REQUEST_BYTES);
    }

    #[test]
    fn a_body_that_is_larger_than_its_share_gives_way_itself() {
        let budget = budget(4);
        let mut greedy = budget.reserve(Unknown);
        assert_eq!(greedy.grow_to(2 * REQUEST_BYTES), Err(GaveWay));
        assert_eq!(used(&budget), 0);
    }

    #[test]
    fn what_is_dropped_is_given_back_once() {
        let budget = budget(4);
        let mut one = budget.reserve(Unknown);
        one.grow_to(10).unwrap();
        one.grow_to(20).unwrap();
        assert_eq!(used(&budget), REQUEST_BYTES + 20);
        drop(one);
        assert_eq!(used(&budget), 0);

        let gone = budget.reserve(Unknown);
        let _others = [budget.reserve(Unknown), budget.reserve(Unknown)];
        drop(gone);
        assert_eq!(used(&budget), 2 * REQUEST_BYTES);
    }

    #[tokio::test]
    async fn work_ends_when_its_body_has_to_give_way() {
        let budget = budget(2);
        let mut old = budget.reserve(Unknown);
        assert_eq!(old.during(ready(7)).await, Ok(7));
        let _new = budget.reserve(Unknown);
        let ended = old.during(pending::<()>()).now_or_never();
        assert_eq!(ended.expect("it ends at once"), Err(GaveWay));
    }
}
