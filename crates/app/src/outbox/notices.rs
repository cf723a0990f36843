//! Notices over the IM cloud, in the background.

use hongbao_domain::{
    id::{EventId, TransferId, UserId},
    im_cloud::CloudRefusal,
    outbox::{Delivery, Event, Target, Tried},
};
use hongbao_ports::{Lane, Notice, NoticeKind, Turn};

use super::{Outbox, rounds::lease_for};

/// How many notices are on their way at once.
const AT_ONCE: usize = 8;

impl Outbox {
    pub(super) async fn deliver_notices(&self) {
        self.deliver_all(Target::Notice, AT_ONCE, |id| self.deliver_notice(id)).await;
    }

    async fn deliver_notice(&self, id: EventId) -> bool {
        // The turn comes first, so that no lease is spent in a queue.
        let Ok(turn) = self.deps.im_cloud.turn(Lane::Background, self.deps.timing.pacing).await else { return false };
        let lease = lease_for(self.deps.timing.cloud_timeout);
        let outbox = self.clone();
        self.deliver(id, lease, async move |delivery| outbox.notify(turn, delivery).await).await
    }

    async fn notify(&self, turn: Turn, delivery: Delivery) -> Tried {
        let Some(notice) = notice(&delivery) else { return Tried::Failed("no notice tells of this".to_owned()) };
        match self.deps.im_cloud.notify(turn, &notice).await {
            Ok(()) => Tried::Delivered,
            Err(CloudRefusal::Busy) => Tried::Untried,
            Err(refusal) => Tried::Failed(reason(&refusal)),
        }
    }
}

/// Writes the notice that tells of an event, in the name of the other party.
fn notice(delivery: &Delivery) -> Option<Notice> {
    let notice = |packet: TransferId, from: UserId, to: UserId, kind: NoticeKind| {
        Some(Notice { event: delivery.id, packet, from, to, kind })
    };
    match delivery.event {
        Event::PacketClaimed { packet, sender, taker, money: _ } => notice(packet, taker, sender, NoticeKind::Opened),
        Event::PacketRefunded { packet, sender, receiver, money } => {
            notice(packet, receiver, sender, NoticeKind::Refunded { money })
        }
        Event::PacketPublished { .. }
        | Event::PacketCancelled { .. }
        | Event::FriendAdded { .. }
        | Event::FriendRemoved { .. }
        | Event::GroupCreated { .. }
        | Event::GroupJoined { .. }
        | Event::UserDisabled { .. } => None,
    }
}

fn reason(refusal: &CloudRefusal) -> String {
    match refusal.answer() {
        Some(answer) => {
            let code = answer.code.map_or_else(String::new, |code| format!(", code {code}"));
            format!("{}: HTTP {}{code}", refusal.code(), answer.http_status)
        }
        None => refusal.code().to_owned(),
    }
}
