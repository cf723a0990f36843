//! Requests under a key.

mod answer;

use hongbao_domain::{
    group::JoinRef,
    id::{CommandId, UserId},
    red_packet::PacketRef,
    store::{Request, RequestName, RequestState, Work},
    time::Timestamp,
};

use self::answer::{answer, outcome};
use super::{
    row::row,
    text::{parse, times},
    unreadable::Unreadable,
};

row! {
    /// A request that its caller may repeat.
    RequestRow {
        user_id: String,
        method: String,
        request_key: String,
        fingerprint: Vec<u8>,
        status: Option<i64>,
        outcome: Option<String>,
        work: Option<String>,
        lease_until: Option<i64>,
        recorded_at: i64,
    }
}

impl TryFrom<RequestRow> for Request {
    type Error = Unreadable;

    fn try_from(row: RequestRow) -> Result<Self, Unreadable> {
        let name = RequestName {
            user: parse(&row.user_id, "a user id")?,
            method: parse(&row.method, "a method")?,
            key: parse(&row.request_key, "a request's key")?,
        };
        let state = match (row.status, row.outcome, row.work, times(row.lease_until)) {
            (None, None, Some(text), Some(lease_until)) => {
                RequestState::Running { work: work(&text, name.user)?, lease_until }
            }
            (Some(_), Some(outcome), None, None) => RequestState::Final(answer(&outcome)?),
            _ => return Err(Unreadable("a request's state")),
        };
        let fingerprint = row.fingerprint.try_into().map_err(|_| Unreadable("a request's fingerprint"))?;
        Ok(Self { name, fingerprint, state, begun_at: Timestamp::from_micros(row.recorded_at) })
    }
}

impl From<&Request> for RequestRow {
    fn from(request: &Request) -> Self {
        let RequestName { user, method, key } = request.name;
        let (status, outcome, work, lease_until) = match &request.state {
            RequestState::Running { work, lease_until } => {
                (None, None, Some(written(*work)), Some(lease_until.to_micros()))
            }
            RequestState::Final(answer) => (Some(answer.status().into()), Some(outcome(answer)), None, None),
        };
        Self {
            user_id: user.to_string(),
            method: method.to_string(),
            request_key: key.to_string(),
            fingerprint: request.fingerprint.to_vec(),
            status,
            outcome,
            work,
            lease_until,
            recorded_at: request.begun_at.to_micros(),
        }
    }
}

/// Writes what a request has begun as words: its kind, and what names it.
fn written(work: Work) -> String {
    match work {
        Work::Packet(PacketRef { id, sender, coin }) => format!("packet {id} {sender} {coin}"),
        Work::Claim(PacketRef { id, sender, coin }, fence) => format!("claim {id} {sender} {coin} {fence}"),
        Work::Group(id) => format!("group {id}"),
        Work::Join(JoinRef { group, user: _, fence }) => format!("join {group} {fence}"),
        Work::Message(id) => format!("message {}", id.to_u128()),
        Work::Refresh(id) => format!("refresh {}", id.to_u128()),
    }
}

/// Reads what a request of `user` has begun.
fn work(text: &str, user: UserId) -> Result<Work, Unreadable> {
    const WHAT: &str = "a request's work";
    let words: Vec<_> = text.split(' ').collect();
    let packet = |id, sender, coin| {
        Ok(PacketRef { id: parse(id, WHAT)?, sender: parse(sender, WHAT)?, coin: parse(coin, WHAT)? })
    };
    match words[..] {
        ["packet", id, sender, coin] => Ok(Work::Packet(packet(id, sender, coin)?)),
        ["claim", id, sender, coin, fence] => Ok(Work::Claim(packet(id, sender, coin)?, parse(fence, WHAT)?)),
        ["group", id] => Ok(Work::Group(parse(id, WHAT)?)),
        ["join", group, fence] => {
            Ok(Work::Join(JoinRef { group: parse(group, WHAT)?, user, fence: parse(fence, WHAT)? }))
        }
        ["message", id] => Ok(Work::Message(CommandId::from_u128(parse(id, WHAT)?))),
        ["refresh", id] => Ok(Work::Refresh(CommandId::from_u128(parse(id, WHAT)?))),
        _ => Err(Unreadable(WHAT)),
    }
}

#[cfg(test)]
mod tests;
