//! What an audit looks at beside the money: what hangs, and what was answered.
//!
//! The rows are read as they are, while the servers work. So nothing is wrong that is seen once: what hangs is looked for
//! twice, and what was answered is of rows that never change again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use hongbao_domain::{
    group::Due,
    id::{EventId, TransferId, UserId},
    outbox::Target,
    red_packet::Packet,
    store::{Request, RequestName, RequestState},
};
use hongbao_ports::{
    Fault,
    query::{Except, Queries},
};
use tokio::time::{Instant, sleep};

/// For how long something may be overdue before it hangs: by then any server should have resolved it.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// For how long a delivery may be due before it hangs: a server that works gets on with those that came before. One that
/// failed is not due until its next try.
pub const DELIVERY_PATIENCE: Duration = Duration::from_mins(1);

/// The most of one kind that is looked at.
const LIMIT: u32 = 1000;

/// Something that should be resolved by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hanging {
    /// A packet that is being sent under a lease that is over.
    Sending(TransferId),
    /// A claim under a lease that is over.
    Claiming(TransferId, UserId),
    /// A packet whose time is over, and whose money has not gone back.
    Expired(TransferId),
    /// A group that was never finished.
    Group(Due),
    /// A delivery that has been due for [`DELIVERY_PATIENCE`] and is not tried.
    Delivery(Target, EventId),
}

/// One clear sentence, in English.
impl fmt::Display for Hanging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sending(packet) => write!(f, "packet {packet} is being sent, and its lease is over"),
            Self::Claiming(packet, user) => write!(f, "packet {packet}: the lease of {user}'s claim is over"),
            Self::Expired(packet) => write!(f, "packet {packet} has expired, and its money has not gone back"),
            Self::Group(Due::Group(group)) => write!(f, "group {group} is being made, and its lease is over"),
            Self::Group(Due::Membership(group, user)) => write!(f, "group {group}: the lease of {user}'s join is over"),
            Self::Delivery(target, event) => write!(f, "event {event} to {target} is due, and is not delivered"),
        }
    }
}

/// Finds what has been overdue for longer than [`PATIENCE`]. It takes as long, if anything is overdue at all.
pub async fn hanging<Q: Queries + ?Sized>(store: &Q) -> Result<Vec<Hanging>, Fault> {
    let first = overdue(store).await?;
    if first.is_empty() {
        return Ok(Vec::new());
    }
    sleep(PATIENCE).await;
    Ok(first.intersection(&overdue(store).await?).copied().collect())
}

async fn overdue<Q: Queries + ?Sized>(store: &Q) -> Result<BTreeSet<Hanging>, Fault> {
    let packets = store.overdue(LIMIT, &Except::default()).await?;
    let mut found: BTreeSet<_> = packets.sending.iter().map(|packet| Hanging::Sending(packet.id)).collect();
    found.extend(packets.claiming.iter().map(|claim| Hanging::Claiming(claim.packet.id, claim.taker)));
    found.extend(packets.expired.iter().map(|packet| Hanging::Expired(packet.id)));
    found.extend(store.lapsed(LIMIT).await?.into_iter().map(Hanging::Group));
    let endpoints = store.endpoints().await?;
    let enabled = endpoints.iter().filter(|endpoint| endpoint.is_enabled);
    for target in enabled.map(|endpoint| Target::Webhook(endpoint.id)).chain([Target::Notice]) {
        let due = store.due_deliveries(target, DELIVERY_PATIENCE, LIMIT).await?;
        found.extend(due.into_iter().map(|id| Hanging::Delivery(target, id)));
    }
    Ok(found)
}

/// The longest rest between two pages.
const LONGEST_REST: Duration = Duration::from_millis(50);

/// Finds requests whose answer is remembered under a key and is not what became of their packet. After each page it rests for as
/// long as the page took, at most 50 ms: there may be millions, and others use the store.
pub async fn wrong_answers<Q: Queries + ?Sized>(store: &Q) -> Result<Vec<RequestName>, Fault> {
    let (mut wrong, mut after) = (Vec::new(), None);
    loop {
        let begun = Instant::now();
        let page = store.answered(after, LIMIT).await?;
        let Some(last) = page.last() else { return Ok(wrong) };
        after = Some(last.name);
        let packets = store.packets_with(&page.iter().filter_map(answered_of).collect()).await?;
        let packets: BTreeMap<_, _> = packets.into_iter().map(|packet| (packet.id, packet)).collect();
        wrong.extend(page.iter().filter(|request| !is_true(request, &packets)).map(|request| request.name));
        sleep(begun.elapsed().min(LONGEST_REST)).await;
    }
}

/// Gives the packet that a request was answered with.
fn answered_of(request: &Request) -> Option<TransferId> {
    let RequestState::Final(answer) = &request.state else { return None };
    answer.packet()
}

fn is_true(request: &Request, packets: &BTreeMap<TransferId, Packet>) -> bool {
    let (RequestState::Final(answer), Some(packet)) = (&request.state, answered_of(request)) else { return true };
    packets.get(&packet).is_some_and(|packet| answer.is_true_of(packet))
}
