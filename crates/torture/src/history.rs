//! What happened, one line of JSON after the other: what was asked, what was answered, what was broken and when.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::TortureError;

/// The parameters of a request, without its session.
pub(crate) type Params = BTreeMap<String, String>;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// Microseconds since the beginning, by a clock that never jumps.
    pub(crate) at_us: u64,
    /// What happened then.
    #[serde(flatten)]
    pub(crate) event: Event,
}

/// What may happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A trial begins.
    Begin { seed: u64, store: String, replicas: usize, minutes: String },
    /// Money is about to be brought in or taken out.
    Move(Move),
    /// So it ended, as far as the one who moved it knows.
    Moved { op: u64, attempt: u32, told: Told },
    /// A request is about to be sent.
    Invoke(Invoke),
    /// It was answered.
    Return { op: u64, attempt: u32, answer: Answer },
    /// It was not, and never will be.
    Lost { op: u64, attempt: u32, why: Loss },
    /// Something was broken, or mended.
    Fault { kind: String, what: String },
    /// A server cannot answer from now on: it was killed, stopped or told to end.
    Down { server: usize },
    /// A server can answer from now on.
    Up { server: usize },
    /// The store's clock is so far from the right one from now on.
    Clock { shift_s: i64 },
    /// What all accounts and packets held, and what had come in, at one moment, coin by coin.
    Sums { coins: BTreeMap<String, Sum> },
    /// Endpoints are told of all that happens from now on: their ids, by name.
    Endpoints { ids: BTreeMap<String, String> },
    /// An endpoint was called.
    Call(Call),
    /// A server logged what it never should.
    Alarm { server: String, line: String },
    /// Nothing is broken any more from now on.
    Quiet,
    /// Nothing hung any more so long after that; or something still did.
    Rest { after_ms: u64, hangs: u64 },
    /// The cloud agreed on all groups so long after that; or did not on some.
    Agreed { after_ms: u64, differ: u64 },
    /// All that is to be delivered to endpoints was so long after that; or some was not.
    Delivered { after_ms: u64, wait: u64 },
    /// The product's own audit ended with this status; without one it was killed, for it took too long.
    Audited { status: Option<i32>, said: String },
}

/// A call of an endpoint, as it arrived there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// Its name.
    pub(crate) endpoint: String,
    /// The `webhook-id`.
    pub(crate) id: String,
    pub(crate) body: String,
    /// Whether it was answered with 2xx, in time or not.
    pub(crate) is_taken: bool,
    /// Whether a signature is that of the endpoint's secret.
    pub(crate) is_signed: bool,
}

/// Money that is about to be brought in or taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Move {
    /// All attempts at one movement have one number.
    pub(crate) op: u64,
    /// Which attempt at it this is, from 1.
    pub(crate) attempt: u32,
    /// The server whose admin API is asked. Without one it is a command, which runs by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<usize>,
    /// The movement's permanent name.
    pub(crate) reference: String,
    #[serde(flatten)]
    pub(crate) movement: Movement,
}

/// What a movement is to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Movement {
    /// `in` or `out`.
    pub(crate) direction: String,
    pub(crate) user: String,
    pub(crate) coin: String,
    /// In minor units.
    pub(crate) minor: String,
}

/// What came of an attempt at a movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// It is done; or it had been done before, and nothing was moved now.
    Done { repeated: bool },
    /// It was refused, and nothing was moved.
    Refused { code: String },
    /// It may be done or not; the same again makes sure.
    Open,
    /// The connection ended without an answer.
    Lost(Loss),
    /// The command was killed halfway.
    Killed,
    /// Something that no movement is ever answered.
    Odd { what: String },
}

/// A request that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invoke {
    /// What is wanted. All attempts at one thing have one number.
    pub(crate) op: u64,
    /// Which attempt at it this is, from 1.
    pub(crate) attempt: u32,
    pub(crate) server: usize,
    /// Such as `msg_redpack_publish`.
    pub(crate) method: String,
    pub(crate) user: String,
    /// The `Idempotency-Key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    pub(crate) params: Params,
    /// The status that is due because something is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wrong: Option<u64>,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) http: u16,
    pub(crate) status: u64,
    pub(crate) retry_after: bool,
    pub(crate) data: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.text("code")
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.data[key].as_str().unwrap_or_default()
    }

    /// Whether its caller still does not know what has become of the request.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.status, 102 | 103 | 120 | 121)
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Loss {
    /// The client hung up with all of it sent.
    HungUp,
    /// The client hung up in the middle of it.
    HalfSent,
    /// The server closed the connection without a whole answer.
    Cut,
    /// No answer came in a time in which every server answers.
    Silence,
}

/// What there is of one coin, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) balances: String,
    pub(crate) held: String,
    pub(crate) moved_in: String,
}

/// The file that a trial's history is written to.
pub(crate) struct History {
    began: Instant,
    file: Mutex<BufWriter<File>>,
}

impl History {
    /// Begins a history in a folder.
    pub(crate) fn create(folder: &Path) -> Result<Self, TortureError> {
        let file = File::create(folder.join(FILE))?;
        Ok(Self { began: Instant::now(), file: Mutex::new(BufWriter::new(file)) })
    }

    /// Writes down what happens now. A history that cannot be written proves nothing, so that ends the trial.
    pub(crate) fn add(&self, event: Event) {
        let mut file = self.file();
        let at_us = u64::try_from(self.began.elapsed().as_micros()).expect("a trial ends some day");
        let line = serde_json::to_string(&Line { at_us, event }).expect("an event has no other keys than texts");
        writeln!(file, "{line}").expect("the history can be written");
    }

    pub(crate) fn flush(&self) -> Result<(), TortureError> {
        Ok(self.file().flush()?)
    }

    fn file(&self) -> MutexGuard<'_, BufWriter<File>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const FILE: &str = "history.jsonl";

/// Reads the history in a folder.
pub(crate) fn read(folder: &Path) -> Result<Vec<Line>, TortureError> {
    let text = fs::read_to_string(folder.join(FILE))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
