//! What clients do while things go wrong.

use std::{sync::Arc, time::Duration};

use hongbao_domain::id::UserId;
use hongbao_testkit::user;
use tokio::time::sleep;

use crate::{
    fleet::Fleet,
    history::Call,
    request::{Ask, Request, Told},
    world::World,
};

pub(crate) const ACTIVE: [&str; 3] = ["alice", "bob", "carol"];
/// Whose app each client is: a user may have two.
pub(crate) const DEVICES: [&str; 4] = ["alice", "bob", "bob", "carol"];
pub(crate) const DISABLED: &str = "dora";

/// A user's app.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) world: Arc<World>,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) user: UserId,
}

impl Client {
    /// Makes a few requests, and repeats some of them, but not until each is known.
    pub(crate) async fn live(&self) {
        for _ in 0..2 + self.world.below(2) {
            self.world.pause(0..3_000).await;
            let request = self.wish();
            let tries = if request.key.is_some() { 1 + self.world.below(4) } else { 1 };
            for _ in 0..tries {
                if request.key.is_some() && self.world.below(4) == 0 {
                    tokio::join!(self.call(&request), self.call(&request));
                } else {
                    self.call(&request).await;
                }
                if self.world.history().is_known(&request) {
                    break;
                }
                self.world.pause(0..6_000).await;
            }
        }
    }

    /// Makes up a request. Most have a key; sometimes it is one of an earlier request.
    fn wish(&self) -> Request {
        let world = &self.world;
        let number = world.history().requests.len();
        let mistaken = (world.below(10) == 0).then(|| self.answered_under_a_key()).flatten();
        let (ask, key) = match mistaken {
            Some(Request { ask, key, .. }) => (self.another(ask, number), key),
            None => (self.ask(number), (world.below(5) > 0).then_some(number)),
        };
        let request = Request { number, user: self.user, ask, key };
        world.note(format!("{} wants {number}: {:?} under {:?}", request.user, request.ask, request.key));
        world.history().requests.push(request.clone());
        request
    }

    fn answered_under_a_key(&self) -> Option<Request> {
        let history = self.world.history();
        let is_known = |request: &&Request| request.user == self.user && history.answer_of(request).is_some();
        history.requests.iter().filter(is_known).find(|request| request.key.is_some()).cloned()
    }

    /// Makes another request of the same method.
    fn another(&self, ask: Ask, number: usize) -> Ask {
        match ask {
            Ask::Publish { to, .. } => Ask::Publish { to, fen: self.fen(number) },
            Ask::Create { .. } => Ask::Create { name: format!("group {number}") },
            Ask::Send { to, .. } => Ask::Send { to, text: format!("message {number}") },
            same @ (Ask::Accept(_) | Ask::Join(_) | Ask::Add(_) | Ask::Delete(_)) => same,
        }
    }

    fn fen(&self, number: usize) -> usize {
        100 * (1 + self.world.below(4)) + number
    }

    fn ask(&self, number: usize) -> Ask {
        let world = &self.world;
        let to = self.other();
        if let Some(claim) = (world.below(100) < world.chances.claim).then(|| self.accept()).flatten() {
            return claim;
        }
        match world.below(100) {
            0..45 => Ask::Publish { to, fen: self.fen(number) },
            45..65 => self.join().unwrap_or(Ask::Create { name: format!("group {number}") }),
            65..75 => Ask::Create { name: format!("group {number}") },
            75..83 => Ask::Add(to),
            83..90 => Ask::Delete(to),
            _ => Ask::Send { to, text: format!("message {number}") },
        }
    }

    fn other(&self) -> UserId {
        let others: Vec<_> = ACTIVE.into_iter().map(user).filter(|other| *other != self.user).collect();
        if self.world.below(16) == 0 { user(DISABLED) } else { others[self.world.below(others.len())] }
    }

    /// The app shows what the cloud has told it; a curious user also asks for what is not shown.
    ///
    /// A user who does not know what became of a claim soon tries again as if it were the first time.
    fn accept(&self) -> Option<Ask> {
        if self.world.below(10) < 7
            && let Some(claim) = self.unanswered_claim()
        {
            return Some(claim);
        }
        let is_curious = self.world.below(8) == 0;
        let shown: Vec<_> = {
            let cloud = self.world.cloud();
            let mine = cloud.shown.iter().filter(|(to, _)| is_curious || *to == self.user);
            mine.map(|(_, packet)| *packet).collect()
        };
        (!shown.is_empty()).then(|| Ask::Accept(shown[self.world.below(shown.len())]))
    }

    fn unanswered_claim(&self) -> Option<Ask> {
        let history = self.world.history();
        let is_mine = |request: &&Request| request.user == self.user && matches!(request.ask, Ask::Accept(_));
        let mut claims = history.requests.iter().rev().filter(is_mine);
        claims.find(|request| history.answer_of(request).is_none()).map(|request| request.ask.clone())
    }

    fn join(&self) -> Option<Ask> {
        let groups: Vec<_> = self.world.ids.groups().collect();
        (!groups.is_empty()).then(|| Ask::Join(groups[self.world.below(groups.len())]))
    }

    /// Asks one of the servers, and writes down what it is told.
    pub(crate) async fn call(&self, request: &Request) {
        let (world, server) = (&self.world, self.fleet.any());
        if server.process.dead.is_cancelled() {
            return;
        }
        server.maybe_break_a_read();
        let begun = world.history().moment();
        let patience = Duration::from_millis(world.below(8_000).try_into().expect("it is small"));
        let hangs_up = world.happens(world.chances.hang_up);
        let told = tokio::select! {
            biased;
            told = request.ask(&server) => told,
            () = server.process.dead.cancelled() => Told::Unknown,
            () = sleep(patience), if hangs_up => Told::Unknown,
        };
        world.note(format!("{} is told of {}: {told:?}", request.user, request.number));
        let mut history = world.history();
        let ended = history.moment();
        history.calls.push(Call { request: request.number, begun, ended, told });
    }
}
