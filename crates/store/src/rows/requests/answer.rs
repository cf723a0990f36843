//! What a request has come to, as JSON text.
//!
//! These rows outlive a version of the server. A name that stands here is never given another meaning.

use hongbao_domain::{
    friend::{AddFriendRefusal, DeleteFriendRefusal, Friend},
    group::{Group, GroupState, JoinRefusal, Joined},
    im_cloud::{CloudAnswer, CloudRefusal},
    message::SendRefusal,
    money::Money,
    profile::Profile,
    red_packet::{AcceptRefusal, PacketRef, PublishRefusal, Published, Receipt},
    store::Answer,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::super::{
    Unreadable,
    money::StoredMoney,
    text::{parse, stored, version},
};

/// What the book may say no to, by the code that callers see.
const PUBLISH: [PublishRefusal; 7] = [
    PublishRefusal::ToOneself,
    PublishRefusal::ReceiverNotFound,
    PublishRefusal::CoinNotHeld,
    PublishRefusal::AmountTooPrecise,
    PublishRefusal::AmountBelowMinimum,
    PublishRefusal::AmountAboveMaximum,
    PublishRefusal::BalanceTooLow,
];
const ACCEPT: [AcceptRefusal; 5] = [
    AcceptRefusal::NotFound,
    AcceptRefusal::NotYours,
    AcceptRefusal::Expired,
    AcceptRefusal::Cancelled,
    AcceptRefusal::AllTaken,
];
const JOIN: [JoinRefusal; 2] = [JoinRefusal::NotFound, JoinRefusal::AlreadyMember];
const ADD: [AddFriendRefusal; 5] = [
    AddFriendRefusal::Oneself,
    AddFriendRefusal::UserNotFound,
    AddFriendRefusal::AlreadyFriends,
    AddFriendRefusal::CannotBeAdded,
    AddFriendRefusal::TooManyFriends,
];
const DELETE: [DeleteFriendRefusal; 1] = [DeleteFriendRefusal::NotAFriend];

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredAnswer {
    Published {
        id: String,
        sender: String,
        receiver: String,
        money: StoredMoney,
        expires_at: i64,
    },
    PublishRefused(String),
    Claimed(StoredReceipt),
    ClaimedBefore(StoredReceipt),
    AcceptRefused(String),
    GroupCreated {
        id: String,
        name: String,
        memo: String,
        owner: String,
        created_at: i64,
        changed_at: i64,
        version: i64,
    },
    Joined {
        group: String,
        name: String,
        member_count: i64,
    },
    JoinRefused(String),
    FriendAdded(StoredFriend),
    AddFriendRefused(String),
    FriendDeleted(StoredFriend),
    DeleteFriendRefused(String),
    MessageSent {
        uid: Option<String>,
    },
    MessageRefused {
        code: String,
        im_cloud: Option<StoredCloudAnswer>,
    },
    ProfileChanged(StoredProfile),
}

#[derive(Serialize, Deserialize)]
struct StoredCloudAnswer {
    http_status: u16,
    code: Option<i64>,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct StoredProfile {
    user: String,
    name: String,
    portrait_uri: String,
}

#[derive(Serialize, Deserialize)]
struct StoredReceipt {
    id: String,
    sender: String,
    taker: String,
    money: StoredMoney,
    remark: String,
    claimed_at: i64,
}

#[derive(Serialize, Deserialize)]
struct StoredFriend {
    #[serde(flatten)]
    profile: StoredProfile,
    since: i64,
}

/// Writes an answer.
pub(super) fn outcome(answer: &Answer) -> String {
    serde_json::to_string(&StoredAnswer::from(answer)).expect("texts and numbers are always JSON")
}

/// Reads an answer.
pub(super) fn answer(outcome: &str) -> Result<Answer, Unreadable> {
    let stored: StoredAnswer = serde_json::from_str(outcome).map_err(|_| Unreadable("a request's outcome"))?;
    Ok(match stored {
        StoredAnswer::Published { id, sender, receiver, money, expires_at } => {
            let money = money.read()?;
            let (packet, receiver) = (packet(&id, &sender, money)?, parse(&receiver, "a user id")?);
            Answer::Publish(Ok(Published { packet, receiver, money, expires_at: Timestamp::from_micros(expires_at) }))
        }
        StoredAnswer::PublishRefused(code) => Answer::Publish(Err(find(PUBLISH, |one| one.code() == code)?)),
        StoredAnswer::Claimed(receipt) => Answer::Accept(Ok(receipt.read()?)),
        StoredAnswer::ClaimedBefore(receipt) => {
            Answer::Accept(Err(AcceptRefusal::ClaimedByYou(Box::new(receipt.read()?))))
        }
        StoredAnswer::AcceptRefused(code) => Answer::Accept(Err(find(ACCEPT, |one| one.code() == code)?)),
        StoredAnswer::GroupCreated { id, name, memo, owner, created_at, changed_at, version: number } => {
            Answer::CreateGroup(Box::new(Group {
                id: parse(&id, "a group id")?,
                name: parse(&name, "a group's name")?,
                memo: parse(&memo, "a group's memo")?,
                owner: parse(&owner, "a user id")?,
                state: GroupState::Active,
                created_at: Timestamp::from_micros(created_at),
                changed_at: Timestamp::from_micros(changed_at),
                version: version(number)?,
            }))
        }
        StoredAnswer::Joined { group, name, member_count } => Answer::JoinGroup(Ok(Joined {
            group: parse(&group, "a group id")?,
            name: parse(&name, "a group's name")?,
            member_count: version(member_count)?,
        })),
        StoredAnswer::JoinRefused(code) => Answer::JoinGroup(Err(find(JOIN, |one| one.code() == code)?)),
        StoredAnswer::FriendAdded(friend) => Answer::AddFriend(Ok(friend.read()?)),
        StoredAnswer::AddFriendRefused(code) => Answer::AddFriend(Err(find(ADD, |one| one.code() == code)?)),
        StoredAnswer::FriendDeleted(friend) => Answer::DeleteFriend(Ok(friend.read()?)),
        StoredAnswer::DeleteFriendRefused(code) => Answer::DeleteFriend(Err(find(DELETE, |one| one.code() == code)?)),
        StoredAnswer::MessageSent { uid } => Answer::SendMessage(Ok(uid)),
        StoredAnswer::MessageRefused { code, im_cloud } => {
            let answer = im_cloud.map(|StoredCloudAnswer { http_status, code, message }| CloudAnswer {
                http_status,
                code,
                message,
            });
            let refusals = [
                SendRefusal::ObjectNameReserved,
                SendRefusal::ReceiverNotFound,
                SendRefusal::ImCloud(CloudRefusal::Rejected(answer.clone())),
                SendRefusal::ImCloud(CloudRefusal::Unknown(answer)),
                SendRefusal::ImCloud(CloudRefusal::Busy),
            ];
            Answer::SendMessage(Err(find(refusals, |one| one.code() == code)?))
        }
        StoredAnswer::ProfileChanged(profile) => Answer::Refresh(Box::new(profile.read()?)),
    })
}

impl From<&Answer> for StoredAnswer {
    fn from(answer: &Answer) -> Self {
        match answer {
            Answer::Publish(Ok(Published { packet, receiver, money, expires_at })) => Self::Published {
                id: packet.id.to_string(),
                sender: packet.sender.to_string(),
                receiver: receiver.to_string(),
                money: (*money).into(),
                expires_at: expires_at.to_micros(),
            },
            Answer::Publish(Err(refusal)) => Self::PublishRefused(refusal.code().to_owned()),
            Answer::Accept(Ok(receipt)) => Self::Claimed(receipt.into()),
            Answer::Accept(Err(AcceptRefusal::ClaimedByYou(receipt))) => Self::ClaimedBefore(receipt.as_ref().into()),
            Answer::Accept(Err(refusal)) => Self::AcceptRefused(refusal.code().to_owned()),
            Answer::CreateGroup(group) => Self::GroupCreated {
                id: group.id.to_string(),
                name: group.name.to_string(),
                memo: group.memo.to_string(),
                owner: group.owner.to_string(),
                created_at: group.created_at.to_micros(),
                changed_at: group.changed_at.to_micros(),
                version: stored(group.version),
            },
            Answer::JoinGroup(Ok(Joined { group, name, member_count })) => {
                Self::Joined { group: group.to_string(), name: name.to_string(), member_count: stored(*member_count) }
            }
            Answer::JoinGroup(Err(refusal)) => Self::JoinRefused(refusal.code().to_owned()),
            Answer::AddFriend(Ok(friend)) => Self::FriendAdded(friend.into()),
            Answer::AddFriend(Err(refusal)) => Self::AddFriendRefused(refusal.code().to_owned()),
            Answer::DeleteFriend(Ok(friend)) => Self::FriendDeleted(friend.into()),
            Answer::DeleteFriend(Err(refusal)) => Self::DeleteFriendRefused(refusal.code().to_owned()),
            Answer::SendMessage(Ok(uid)) => Self::MessageSent { uid: uid.clone() },
            Answer::SendMessage(Err(refusal)) => {
                let answer = match refusal {
                    SendRefusal::ImCloud(refusal) => refusal.answer(),
                    SendRefusal::ObjectNameReserved | SendRefusal::ReceiverNotFound => None,
                };
                let im_cloud = answer.map(|CloudAnswer { http_status, code, message }| StoredCloudAnswer {
                    http_status: *http_status,
                    code: *code,
                    message: message.clone(),
                });
                Self::MessageRefused { code: refusal.code().to_owned(), im_cloud }
            }
            Answer::Refresh(profile) => Self::ProfileChanged(profile.as_ref().into()),
        }
    }
}

fn find<R, const N: usize>(refusals: [R; N], is_it: impl Fn(&R) -> bool) -> Result<R, Unreadable> {
    refusals.into_iter().find(is_it).ok_or(Unreadable("a request's refusal"))
}

fn packet(id: &str, sender: &str, money: Money) -> Result<PacketRef, Unreadable> {
    Ok(PacketRef { id: parse(id, "a transfer id")?, sender: parse(sender, "a user id")?, coin: money.coin })
}

impl From<&Receipt> for StoredReceipt {
    fn from(receipt: &Receipt) -> Self {
        let Receipt { packet, taker, money, remark, claimed_at } = receipt;
        Self {
            id: packet.id.to_string(),
            sender: packet.sender.to_string(),
            taker: taker.to_string(),
            money: (*money).into(),
            remark: remark.as_str().to_owned(),
            claimed_at: claimed_at.to_micros(),
        }
    }
}

impl StoredReceipt {
    fn read(&self) -> Result<Receipt, Unreadable> {
        let money = self.money.read()?;
        Ok(Receipt {
            packet: packet(&self.id, &self.sender, money)?,
            taker: parse(&self.taker, "a user id")?,
            money,
            remark: parse(&self.remark, "a remark")?,
            claimed_at: Timestamp::from_micros(self.claimed_at),
        })
    }
}

impl From<&Profile> for StoredProfile {
    fn from(Profile { user, name, portrait_uri }: &Profile) -> Self {
        Self { user: user.to_string(), name: name.to_string(), portrait_uri: portrait_uri.to_string() }
    }
}

impl StoredProfile {
    fn read(&self) -> Result<Profile, Unreadable> {
        Ok(Profile {
            user: parse(&self.user, "a user id")?,
            name: parse(&self.name, "a name")?,
            portrait_uri: parse(&self.portrait_uri, "the address of a portrait")?,
        })
    }
}

impl From<&Friend> for StoredFriend {
    fn from(Friend { profile, since }: &Friend) -> Self {
        Self { profile: profile.into(), since: since.to_micros() }
    }
}

impl StoredFriend {
    fn read(&self) -> Result<Friend, Unreadable> {
        Ok(Friend { profile: self.profile.read()?, since: Timestamp::from_micros(self.since) })
    }
}

#[cfg(test)]
mod tests {
    use hongbao_domain::red_packet::{BeginClaimRefusal, ReserveRefusal};

    use super::*;
    use crate::rows::{amount, scale};

    /// Lists each refusal of the book; one that is new does not compile before it stands here and in the lists above.
    fn refusals() -> Vec<Answer> {
        let reserve = |refusal| match refusal {
            ReserveRefusal::CoinNotHeld
            | ReserveRefusal::TooPrecise
            | ReserveRefusal::BelowMinimum
            | ReserveRefusal::AboveMaximum
            | ReserveRefusal::BalanceTooLow
            | ReserveRefusal::IdTaken => Option::<PublishRefusal>::from(refusal),
        };
        let claim = |refusal| match refusal {
            BeginClaimRefusal::NotFound
            | BeginClaimRefusal::NotYours
            | BeginClaimRefusal::Cancelled
            | BeginClaimRefusal::Expired
            | BeginClaimRefusal::AllTaken
            | BeginClaimRefusal::InProgress
            | BeginClaimRefusal::ClaimedByYou(_) => Option::<AcceptRefusal>::from(refusal),
        };
        let publish = [
            ReserveRefusal::CoinNotHeld,
            ReserveRefusal::TooPrecise,
            ReserveRefusal::BelowMinimum,
            ReserveRefusal::AboveMaximum,
            ReserveRefusal::BalanceTooLow,
            ReserveRefusal::IdTaken,
        ];
        let accept = [
            BeginClaimRefusal::NotFound,
            BeginClaimRefusal::NotYours,
            BeginClaimRefusal::Cancelled,
            BeginClaimRefusal::Expired,
            BeginClaimRefusal::AllTaken,
            BeginClaimRefusal::InProgress,
        ];
        let mut answers: Vec<_> =
            publish.into_iter().filter_map(reserve).map(|refusal| Answer::Publish(Err(refusal))).collect();
        answers.extend(accept.into_iter().filter_map(claim).map(|refusal| Answer::Accept(Err(refusal))));
        answers.extend(JOIN.map(|refusal| Answer::JoinGroup(Err(refusal))));
        answers.extend(ADD.map(|refusal| Answer::AddFriend(Err(refusal))));
        answers.extend(DELETE.map(|refusal| Answer::DeleteFriend(Err(refusal))));
        answers
    }

    #[test]
    fn each_answer_comes_back_as_it_was() {
        let money = Money { coin: "CNY".parse().unwrap(), scale: scale(2).unwrap(), amount: amount(300).unwrap() };
        let packet = packet("0000000000000000000001", "alice", money).unwrap();
        let (bob, at) = ("bob".parse().unwrap(), Timestamp::from_micros(1_700_000_000_000_001));
        let receipt =
            Receipt { packet, taker: bob, money, remark: "恭喜\n\"发财\"".parse().unwrap(), claimed_at: at };
        let profile = Profile { user: bob, name: "鲍勃".parse().unwrap(), portrait_uri: "".parse().unwrap() };
        let friend = Friend { profile, since: at };
        let group = Group {
            id: parse("0000000000000000000002", "").unwrap(),
            name: "family".parse().unwrap(),
            memo: "".parse().unwrap(),
            owner: bob,
            state: GroupState::Active,
            created_at: at,
            changed_at: at,
            version: 2,
        };
        let joined = Joined { group: group.id, name: group.name.clone(), member_count: 2 };
        let mut answers = vec![
            Answer::Publish(Ok(Published { packet, receiver: bob, money, expires_at: at })),
            Answer::Accept(Ok(receipt.clone())),
            Answer::Accept(Err(AcceptRefusal::ClaimedByYou(Box::new(receipt)))),
            Answer::CreateGroup(Box::new(group)),
            Answer::JoinGroup(Ok(joined)),
            Answer::AddFriend(Ok(friend.clone())),
            Answer::DeleteFriend(Ok(friend.clone())),
            Answer::Refresh(Box::new(friend.profile)),
            Answer::SendMessage(Ok(None)),
            Answer::SendMessage(Ok(Some("B1".to_owned()))),
            Answer::SendMessage(Err(SendRefusal::ReceiverNotFound)),
            Answer::SendMessage(Err(SendRefusal::ImCloud(CloudRefusal::Unknown(None)))),
            Answer::SendMessage(Err(SendRefusal::ImCloud(CloudRefusal::Unknown(Some(CloudAnswer {
                http_status: 500,
                code: Some(1000),
                message: "内部错误".to_owned(),
            }))))),
            Answer::Publish(Err(PublishRefusal::ToOneself)),
            Answer::Publish(Err(PublishRefusal::ReceiverNotFound)),
        ];
        answers.extend(refusals());
        for one in answers {
            assert_eq!(answer(&outcome(&one)), Ok(one));
        }
        assert!(answer(r#"{"publish_refused":"nonsense"}"#).is_err());
    }
}
