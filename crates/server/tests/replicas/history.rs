//! What was asked, and what was answered.

use std::sync::Mutex;

use serde_json::Value;

use crate::harness::Answer;

/// A user of the trial, by number.
pub(crate) type User = usize;

/// What a client wanted. Remarks and names are used once, so that they name what the answer was lost of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    Publish { remark: String, from: User, to: User, fen: u64 },
    Accept { packet: String, by: User },
    AddFriend { by: User, other: User },
    CreateGroup { name: String, by: User },
    JoinGroup { group: String, by: User },
    Token { by: User },
}

impl Wish {
    /// Gives the key under which it is asked for, if it has one: what names it once and for all.
    pub(crate) fn key(&self) -> Option<&str> {
        match self {
            Self::Publish { remark, .. } => Some(remark),
            Self::CreateGroup { name, .. } => Some(name),
            Self::Accept { .. } | Self::AddFriend { .. } | Self::JoinGroup { .. } | Self::Token { .. } => None,
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) http_status: u16,
    pub(crate) has_retry_after: bool,
    pub(crate) status: u64,
    pub(crate) data: Value,
}

impl Said {
    pub(crate) fn code(&self) -> &str {
        self.data["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.data[key].as_str().unwrap_or_default()
    }
}

impl From<Answer> for Said {
    fn from(answer: Answer) -> Self {
        let has_retry_after = answer.header("retry-after").is_some();
        let Answer { http_status, mut body, .. } = answer;
        let status = body["status"].as_u64().unwrap_or(u64::MAX);
        Self { http_status, has_retry_after, status, data: body["data"].take() }
    }
}

/// One request. Without an answer it is unknown what became of it.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) wish: Wish,
    pub(crate) said: Option<Said>,
}

impl Event {
    pub(crate) fn status(&self) -> Option<u64> {
        self.said.as_ref().map(|said| said.status)
    }

    /// Whether it was done, as far as its client knows.
    pub(crate) fn is_done(&self) -> bool {
        self.status() == Some(0)
    }

    /// Whether its client cannot know whether it was done: 121 says nothing else, and 102 that it goes on.
    pub(crate) fn is_open(&self) -> bool {
        self.status().is_none_or(|status| matches!(status, 102 | 121))
    }
}

/// Every request of a trial, in the order of their ends.
#[derive(Default)]
pub(crate) struct History(Mutex<Vec<Event>>);

impl History {
    pub(crate) fn add(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }

    /// Counts the events that are so.
    pub(crate) fn count(&self, is_so: impl Fn(&Event) -> bool) -> usize {
        self.0.lock().unwrap().iter().filter(|event| is_so(event)).count()
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.0.into_inner().unwrap()
    }
}
