//! What a client asks for, and what it is told.

use std::{fmt::Debug, time::Duration};

use hongbao_app::{Caller, Deadline};
use hongbao_domain::{
    friend::DeleteFriend,
    group::{CreateGroup, CreateRefusal, JoinRefusal, Memo},
    id::{GroupId, TransferId, UserId},
    im_cloud::CloudRefusal,
    message::{Message, SendRefusal},
    red_packet::{AcceptRefusal, Publish, PublishRefusal, Remark},
    store::{Answer, RequestRefusal},
};
use hongbao_ports::{Failure, Fault, FaultKind};

use crate::server::Server;

/// What a client asks for. Amounts, names and texts are of one request only, so that its effect is known by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Publish { to: UserId, fen: usize },
    Accept(TransferId),
    Create { name: String },
    Join(GroupId),
    Add(UserId),
    Delete(UserId),
    Send { to: UserId, text: String },
}

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) number: usize,
    pub(crate) user: UserId,
    pub(crate) ask: Ask,
    /// The number of the request for which its key was made: its own, or another's by mistake.
    pub(crate) key: Option<usize>,
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// What a repeat is told as well.
    Final(Answer),
    /// Nothing of ours has moved, now or later: 3, and 4 of making a group.
    Undone,
    /// Nothing was begun: 103, and 121 that may be tried again.
    NotBegun,
    InProgress,
    Mismatch,
    /// The client does not know.
    Unknown,
    /// 120, which there must not be.
    Broken(String),
}

impl Request {
    /// Whether its key was made for another request.
    pub(crate) fn is_mistaken(&self) -> bool {
        self.key.is_some_and(|key| key != self.number)
    }

    fn caller(&self) -> Caller {
        let caller = Caller::new(self.user, Deadline::after(Duration::from_secs(10)));
        let Some(key) = self.key else { return caller };
        let method = match self.ask {
            Ask::Publish { .. } => "im/msg_redpack_publish",
            Ask::Accept(_) => "im/msg_redpack_accept",
            Ask::Create { .. } => "im/group_create",
            Ask::Join(_) => "im/group_join",
            Ask::Add(_) => "im/friend_add",
            Ask::Delete(_) => "im/friend_delete",
            Ask::Send { .. } => "im/msg_private_publish",
        };
        let fingerprint = [u8::try_from(self.number).expect("a history is short"); 32];
        let method = method.parse().expect("it is a method's name");
        caller.under_key(method, format!("key-{key}").parse().expect("it is a key"), fingerprint)
    }

    /// Asks a server.
    pub(crate) async fn ask(&self, server: &Server) -> Told {
        let caller = &self.caller();
        match self.ask.clone() {
            Ask::Publish { to, fen } => {
                let quantity = format!("{}.{:02}", fen / 100, fen % 100).parse().expect("it is a quantity");
                let coin = "CNY".parse().expect("it is a coin");
                let publish = Publish { receiver: to, coin, quantity, remark: Remark::default() };
                told(server.packets.publish(caller, publish).await, |outcome| match outcome {
                    Err(PublishRefusal::ImCloud(_)) => None,
                    outcome => Some(Answer::Publish(outcome)),
                })
            }
            Ask::Accept(id) => told(server.packets.accept(caller, id).await, |outcome| match outcome {
                Err(AcceptRefusal::ImCloud(_)) => None,
                outcome => Some(Answer::Accept(outcome)),
            }),
            Ask::Create { name } => {
                let create = CreateGroup { name: name.parse().expect("it is a name"), memo: Memo::default() };
                told(server.groups.create(caller, create).await, |outcome| match outcome {
                    Ok(group) => Some(Answer::CreateGroup(Box::new(group))),
                    Err(CreateRefusal::ImCloud(_) | CreateRefusal::Database) => None,
                    Err(refusal) => panic!("the name was given: {refusal:?}"),
                })
            }
            Ask::Join(group) => told(server.groups.join(caller, group).await, |outcome| match outcome {
                Err(JoinRefusal::ImCloud(_)) => None,
                outcome => Some(Answer::JoinGroup(outcome)),
            }),
            Ask::Add(other) => {
                told(server.friends.add(caller, other).await, |outcome| Some(Answer::AddFriend(outcome)))
            }
            Ask::Delete(other) => {
                let delete = DeleteFriend { user: self.user, other };
                told(server.friends.run(caller, delete).await, |outcome| Some(Answer::DeleteFriend(outcome)))
            }
            Ask::Send { to, text } => {
                let message = Message {
                    from: self.user,
                    to,
                    object_name: "RC:TxtMsg".parse().expect("it is a kind"),
                    content: text.parse().expect("it is short"),
                    push_content: None,
                    include_sender: None,
                };
                told(server.messages.send(caller, message).await, |outcome| match outcome {
                    Err(SendRefusal::ImCloud(CloudRefusal::Rejected(_) | CloudRefusal::Busy)) => None,
                    outcome => Some(Answer::SendMessage(outcome)),
                })
            }
        }
    }
}

/// Sorts an outcome; `answer` gives none for what is not remembered under a key.
fn told<T, R: Debug>(outcome: Result<T, Failure<R>>, answer: impl Fn(Result<T, R>) -> Option<Answer>) -> Told {
    let outcome = match outcome {
        Ok(done) => Ok(done),
        Err(Failure::Refused(refusal)) => Err(refusal),
        Err(Failure::Fault(fault)) => return broken(&fault),
    };
    answer(outcome).map_or(Told::Undone, Told::Final)
}

fn broken(fault: &Fault) -> Told {
    match (fault.request(), fault.kind()) {
        (Some(RequestRefusal::Mismatch), _) => Told::Mismatch,
        (Some(RequestRefusal::InProgress), _) => Told::InProgress,
        (None, FaultKind::Unavailable) => Told::NotBegun,
        (None, FaultKind::Unresolved) => Told::Unknown,
        (None, FaultKind::Internal) | (Some(RequestRefusal::Lapsed(_) | RequestRefusal::Answered(_)), _) => {
            Told::Broken(format!("{fault:?}"))
        }
    }
}
