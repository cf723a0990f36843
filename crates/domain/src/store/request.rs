//! Requests that their callers may repeat under a key.
//!
//! A request is a row of its own, written in the transactions of the steps that it is made of: running from the first step
//! on, final with the one that decides. So a caller that repeats it learns what became of it, on whichever server.

use super::Row;
use crate::{
    friend::{AddFriendRefusal, DeleteFriendRefusal, Friend},
    group::{CreateRefusal, Group, JoinRef, JoinRefusal, Joined},
    id::{CommandId, GroupId, MethodName, RequestKey, TransferId, UserId},
    message::SendRefusal,
    profile::{Profile, RefreshRefusal},
    red_packet::{AcceptRefusal, Packet, PacketRef, PublishRefusal, Published, Receipt},
    time::{Term, Timestamp},
};

/// What a request is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestName {
    /// Who asks.
    pub user: UserId,
    /// What for.
    pub method: MethodName,
    /// The caller's key, unique for the user and method.
    pub key: RequestKey,
}

/// A request under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What it is known by.
    pub name: RequestName,
    /// SHA-256 of the parsed request without its session: another request under the same key has another one.
    pub fingerprint: [u8; 32],
    /// How far it has come.
    pub state: RequestState,
    /// When what it has begun was begun, or when it was answered at once. From then on it is remembered for 24 h. How it ends
    /// does not change it: a database writes a row at less cost if what finds it by time stays.
    pub begun_at: Timestamp,
}

/// How far a request has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestState {
    /// It runs, or its server is gone: then what it has begun is resolved before another may take its place.
    Running {
        /// What it has begun.
        work: Work,
        /// Until when its server is trusted to finish.
        lease_until: Timestamp,
    },
    /// It has ended so. A repeat is answered the same.
    Final(Answer),
}

/// What a request has come to, method by method: the outcome from which its answer is written, each time that it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Of publishing a packet.
    Publish(Result<Published, PublishRefusal>),
    /// Of accepting one.
    Accept(Result<Receipt, AcceptRefusal>),
    /// Of making a group: the store refuses none.
    CreateGroup(Box<Group>),
    /// Of joining one.
    JoinGroup(Result<Joined, JoinRefusal>),
    /// Of making a friend.
    AddFriend(Result<Friend, AddFriendRefusal>),
    /// Of ending a friendship.
    DeleteFriend(Result<Friend, DeleteFriendRefusal>),
    /// Of sending a message: the IM cloud's name of it, where it gives one.
    SendMessage(Result<Option<String>, SendRefusal>),
    /// Of changing a profile: the profile after the change.
    Refresh(Box<Profile>),
}

/// What a running request has begun. It is also the fence: a later step counts only for the work that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A packet whose message is on its way.
    Packet(PacketRef),
    /// A claim, with its fence.
    Claim(PacketRef, u64),
    /// A group that is being made.
    Group(GroupId),
    /// A join, with its fence.
    Join(JoinRef),
    /// A message that the IM cloud is asked to deliver, with the name of the command that began it.
    Message(CommandId),
    /// A change of a profile at the IM cloud, with the name of the command that began it.
    Refresh(CommandId),
}

impl Row for Request {
    type Key = RequestName;

    fn key(&self) -> RequestName {
        self.name
    }
}

/// The request whose step a command is. Which step follows from the command: what goes on with something begun is a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestStep {
    /// Which request.
    pub name: RequestName,
    /// SHA-256 of the parsed request without its session.
    pub fingerprint: [u8; 32],
}

/// Says why the first step of a request was not taken: the key is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestRefusal {
    /// The key was used for another request.
    Mismatch,
    /// The first request with this key has not ended.
    InProgress,
    /// The first request with this key was not finished in time. What it has begun is to be resolved first.
    Lapsed(Work),
    /// The first request with this key has ended so.
    Answered(Box<Answer>),
}

impl Answer {
    /// Gives the contract's number.
    #[expect(clippy::as_conversions, reason = "the numbers of the contract are those of the enums")]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Publish(Err(refusal)) => refusal.status() as u16,
            Self::Accept(Err(refusal)) => refusal.status() as u16,
            Self::JoinGroup(Err(refusal)) => refusal.status() as u16,
            Self::AddFriend(Err(refusal)) => refusal.status() as u16,
            Self::DeleteFriend(Err(refusal)) => refusal.status() as u16,
            Self::SendMessage(Err(refusal)) => refusal.status() as u16,
            Self::Publish(Ok(_))
            | Self::Accept(Ok(_))
            | Self::CreateGroup(_)
            | Self::JoinGroup(Ok(_))
            | Self::AddFriend(Ok(_))
            | Self::DeleteFriend(Ok(_))
            | Self::SendMessage(Ok(_))
            | Self::Refresh(_) => 0,
        }
    }
}

impl Answer {
    /// Gives the packet that the answer is about, if it says that something became of one.
    pub fn packet(&self) -> Option<TransferId> {
        match self {
            Self::Publish(Ok(published)) => Some(published.packet.id),
            Self::Accept(Ok(receipt)) => Some(receipt.packet.id),
            Self::Accept(Err(AcceptRefusal::ClaimedByYou(receipt))) => Some(receipt.packet.id),
            Self::Publish(Err(_))
            | Self::Accept(Err(_))
            | Self::CreateGroup(_)
            | Self::JoinGroup(_)
            | Self::AddFriend(_)
            | Self::DeleteFriend(_)
            | Self::SendMessage(_)
            | Self::Refresh(_) => None,
        }
    }

    /// Says whether the answer is what became of a packet. The audit asks.
    pub fn is_true_of(&self, packet: &Packet) -> bool {
        match self {
            Self::Publish(Ok(published)) => published.is_true_of(packet),
            Self::Accept(Ok(receipt)) => packet.gave(receipt),
            Self::Accept(Err(AcceptRefusal::ClaimedByYou(receipt))) => packet.gave(receipt),
            Self::Publish(Err(_))
            | Self::Accept(Err(_))
            | Self::CreateGroup(_)
            | Self::JoinGroup(_)
            | Self::AddFriend(_)
            | Self::DeleteFriend(_)
            | Self::SendMessage(_)
            | Self::Refresh(_) => true,
        }
    }
}

impl Request {
    /// Says why a first step is not taken while this row is there.
    pub(super) fn refusal(&self, fingerprint: [u8; 32], now: Timestamp) -> RequestRefusal {
        if self.fingerprint != fingerprint {
            return RequestRefusal::Mismatch;
        }
        match &self.state {
            RequestState::Final(answer) => RequestRefusal::Answered(Box::new(answer.clone())),
            RequestState::Running { work, lease_until } => {
                let lease = Term { ends_at: *lease_until, changed_at: self.begun_at };
                if lease.is_over(now) { RequestRefusal::Lapsed(*work) } else { RequestRefusal::InProgress }
            }
        }
    }

    /// Gives the packet that it runs for, or with what became of which it was answered.
    pub fn packet(&self) -> Option<TransferId> {
        match &self.state {
            RequestState::Final(answer) => answer.packet(),
            RequestState::Running { work: Work::Packet(packet) | Work::Claim(packet, _), .. } => Some(packet.id),
            RequestState::Running {
                work: Work::Group(_) | Work::Join(_) | Work::Message(_) | Work::Refresh(_),
                ..
            } => None,
        }
    }

    /// Says whether a later step belongs to what runs.
    pub(super) fn runs(&self, work: Work) -> bool {
        matches!(&self.state, RequestState::Running { work: running, .. } if *running == work)
    }
}

/// What a use case gives, found again in what was remembered of it.
pub trait Recall: Sized {
    /// Takes it out of an answer; `None` if that is another method's.
    fn recall(answer: Answer) -> Option<Self>;
}

macro_rules! recalled {
    ($($method:ident: $done:ty, $refusal:ty;)*) => {
        $(impl Recall for Result<$done, $refusal> {
            fn recall(answer: Answer) -> Option<Self> {
                if let Answer::$method(result) = answer { Some(result) } else { None }
            }
        })*
    };
}

recalled! {
    Publish: Published, PublishRefusal;
    Accept: Receipt, AcceptRefusal;
    JoinGroup: Joined, JoinRefusal;
    AddFriend: Friend, AddFriendRefusal;
    DeleteFriend: Friend, DeleteFriendRefusal;
    SendMessage: Option<String>, SendRefusal;
}

impl Recall for Result<Group, CreateRefusal> {
    fn recall(answer: Answer) -> Option<Self> {
        if let Answer::CreateGroup(group) = answer { Some(Ok(*group)) } else { None }
    }
}

impl Recall for Result<Profile, RefreshRefusal> {
    fn recall(answer: Answer) -> Option<Self> {
        if let Answer::Refresh(profile) = answer { Some(Ok(*profile)) } else { None }
    }
}

#[cfg(test)]
mod tests;
