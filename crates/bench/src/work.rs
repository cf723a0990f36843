//! What is asked of a candidate, and whether its answer is right.

use std::fmt::Write;

use crate::{error::BenchError, fill};

/// A packet that waits for its receiver.
pub(crate) struct Offered {
    id: String,
    receiver: u32,
}

/// Requests of one kind.
pub(crate) trait Work {
    /// The path that they go to.
    const PATH: &'static str;
    /// What is remembered of a request until it is answered.
    type Asked;

    /// Writes the next request into `form`; `None` when there is nothing left to ask.
    fn ask(&mut self, form: &mut String) -> Option<Self::Asked>;

    /// Gives the key of that request, if it has one.
    fn key(&mut self) -> Option<u64> {
        None
    }

    /// Takes the answer.
    fn answered(&mut self, asked: Self::Asked, answer: &[u8]) -> Result<(), BenchError>;
}

/// Packets between any two users.
pub(crate) struct Publishes {
    dice: u64,
    /// What was published.
    pub(crate) offered: Vec<Offered>,
}

impl Publishes {
    /// Chooses senders and receivers by `seed`: the same seed gives the same pairs.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { dice: seed, offered: Vec::new() }
    }

    fn publish(form: &mut String, sender: u32, receiver: u32) -> Option<u32> {
        let (key, user, coin) = (fill::key(sender), fill::user(receiver), fill::COIN);
        write!(form, "session_key={key}&toUserId={user}&coin_id={coin}&amount=0.01&content=hello").ok()?;
        Some(receiver)
    }

    /// Chooses a number below `sides`, as Knuth's MMIX does.
    fn roll(&mut self, sides: u32) -> u32 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.dice >> 33) % u64::from(sides)).unwrap_or(0)
    }
}

impl Work for Publishes {
    const PATH: &'static str = "/im/msg_redpack_publish";
    type Asked = u32;

    fn ask(&mut self, form: &mut String) -> Option<u32> {
        let sender = self.roll(fill::USERS);
        let receiver = (sender + 1 + self.roll(fill::USERS - 1)) % fill::USERS;
        Self::publish(form, sender, receiver)
    }

    fn answered(&mut self, receiver: u32, answer: &[u8]) -> Result<(), BenchError> {
        let id = after(good(answer)?, "\"transfer_id\":\"").and_then(|rest| rest.get(..22));
        let id = id.ok_or_else(|| BenchError::new("a published packet has no name"))?.to_owned();
        self.offered.push(Offered { id, receiver });
        Ok(())
    }
}

/// The same, each under a key of its own.
pub(crate) struct Keyed {
    /// Another one for each request of a run.
    pub(crate) next_key: u64,
    pub(crate) publishes: Publishes,
}

impl Work for Keyed {
    const PATH: &'static str = Publishes::PATH;
    type Asked = u32;

    fn ask(&mut self, form: &mut String) -> Option<u32> {
        self.publishes.ask(form)
    }

    fn key(&mut self) -> Option<u64> {
        self.next_key += 1;
        Some(self.next_key)
    }

    fn answered(&mut self, receiver: u32, answer: &[u8]) -> Result<(), BenchError> {
        self.publishes.answered(receiver, answer)
    }
}

/// Packets from one user to others.
pub(crate) struct FromOne(pub(crate) u32, pub(crate) Publishes);

impl Work for FromOne {
    const PATH: &'static str = Publishes::PATH;
    type Asked = u32;

    fn ask(&mut self, form: &mut String) -> Option<u32> {
        let Self(sender, publishes) = self;
        let receiver = (*sender + 1 + publishes.roll(fill::USERS - 1)) % fill::USERS;
        Publishes::publish(form, *sender, receiver)
    }

    fn answered(&mut self, receiver: u32, answer: &[u8]) -> Result<(), BenchError> {
        self.1.answered(receiver, answer)
    }
}

/// Each of the packets, by its receiver.
pub(crate) struct Accepts(pub(crate) Vec<Offered>);

impl Work for Accepts {
    const PATH: &'static str = "/im/msg_redpack_accept";
    type Asked = ();

    fn ask(&mut self, form: &mut String) -> Option<()> {
        let Offered { id, receiver } = self.0.pop()?;
        let key = fill::key(receiver);
        write!(form, "session_key={key}&transfer_id={id}").ok()
    }

    fn answered(&mut self, (): (), answer: &[u8]) -> Result<(), BenchError> {
        good(answer).map(drop)
    }
}

/// Passes an answer with status 0.
fn good(answer: &[u8]) -> Result<&str, BenchError> {
    let text = std::str::from_utf8(answer).map_err(|error| BenchError::because("an answer is no text", error))?;
    let is_good = ["\"status\":0,", "\"status\":0}"].iter().any(|mark| text.contains(mark));
    if is_good { Ok(text) } else { Err(BenchError::new(format!("an answer is not good: {text}"))) }
}

fn after<'text>(text: &'text str, mark: &str) -> Option<&'text str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_sends_to_oneself() {
        let mut publishes = Publishes::new(7);
        for _ in 0..10_000 {
            let mut form = String::new();
            let receiver = publishes.ask(&mut form).unwrap();
            assert!(receiver < fill::USERS);
            assert!(!form.contains(&fill::key(receiver)), "{form}");
        }
    }

    #[test]
    fn only_status_0_is_good() {
        let mut publishes = Publishes::new(7);
        let packet = r#"{"status":0,"data":{"transfer_id":"0352LqMhSOrLUKTHrc9Qi0"}}"#;
        assert!(publishes.answered(1, packet.as_bytes()).is_ok());
        assert_eq!(publishes.offered[0].id, "0352LqMhSOrLUKTHrc9Qi0");
        for wrong in [r#"{"status":7,"data":{}}"#, r#"{"status":0,"data":{}}"#, "<html>"] {
            assert!(publishes.answered(1, wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
