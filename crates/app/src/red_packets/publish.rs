//! The saga of publishing.

use hongbao_domain::{
    id::TransferId,
    im_cloud::CloudRefusal,
    red_packet::{
        Cancel, CancelRefusal, Confirm, ConfirmRefusal, PacketRef, Publish, PublishRefusal, Published, Reserve,
        Reserved, check_receiver,
    },
    store::Answer,
};
use hongbao_ports::{Failure, Fault, FaultKind, Lane, Notice, NoticeKind, Turn};
use tracing::info;

use super::{RedPacketDeps, RedPackets, notify};
use crate::{Caller, Start, lease::Lease, retry::retry_until};

impl RedPackets {
    /// Sends a packet: reserve the money, tell the receiver, confirm.
    ///
    /// A refusal means that nothing of the sender's has moved, or that it has moved back for good. After a fault the
    /// caller does not know; if the fault names a packet, its money may be reserved, and it is either confirmed or
    /// cancelled within lease + 5 s.
    pub async fn publish(&self, caller: &Caller, publish: Publish) -> Result<Published, Failure<PublishRefusal>> {
        self.deps.requests.once(caller, || self.publish_once(caller, publish.clone())).await
    }

    async fn publish_once(&self, caller: &Caller, publish: Publish) -> Result<Published, Failure<PublishRefusal>> {
        let (id, start) = (self.deps.ids.transfer(), Start::new());
        let deps = self.deps.under(caller);
        let saga = Saga { deps, caller: caller.clone(), publish, id, start: start.clone() };
        match self.deps.sagas.run(caller, &start, saga.run()).await {
            Ok(outcome) => outcome,
            Err(fault) if start.has_begun() => Err(Failure::Fault(fault.about(id))),
            Err(fault) => Err(Failure::Fault(fault)),
        }
    }
}

struct Saga {
    deps: RedPacketDeps,
    caller: Caller,
    publish: Publish,
    id: TransferId,
    /// From when on money may have been reserved, so that a caller who waits no longer is told the packet's name.
    start: Start,
}

impl Saga {
    async fn run(self) -> Result<Published, Failure<PublishRefusal>> {
        let deps = &self.deps;
        self.check_receiver().await?;
        let turn = deps
            .im_cloud
            .turn(Lane::Request, deps.timing.pacing.min(self.caller.deadline.left()))
            .await
            .map_err(refused)?;
        let lease = Lease::starting_now(&deps.timing);
        let reserved = self.reserve().await?;
        let packet = reserved.packet;
        let delivered = match self.tell_receiver(lease, turn).await {
            Ok(()) => self.confirm(lease, packet).await,
            Err(refusal) => self.cancel(lease, packet, refusal).await,
        };
        delivered.map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(refusal),
            Failure::Fault(fault) => Failure::Fault(fault.after_begin().about(packet.id)),
        })?;
        info!(packet.id = %packet.id, user.id = %self.caller.user, "packet {} published", packet.id);
        let (money, expires_at) = (reserved.money, reserved.expires_at);
        Ok(Published { packet, receiver: self.publish.receiver, money, expires_at })
    }

    async fn check_receiver(&self) -> Result<(), Failure<PublishRefusal>> {
        let receiver_is_active = match self.publish.receiver {
            receiver if receiver == self.caller.user => true,
            receiver => self.deps.users.status(receiver).await?.is_some_and(|status| status.is_active),
        };
        let Err(refusal) = check_receiver(self.caller.user, self.publish.receiver, receiver_is_active) else {
            return Ok(());
        };
        self.start.begin()?;
        self.deps.requests.record(&self.caller, Answer::Publish(Err(refusal.clone()))).await?;
        Err(Failure::Refused(refusal))
    }

    async fn reserve(&self) -> Result<Reserved, Failure<PublishRefusal>> {
        let reserve = Reserve {
            id: self.id,
            sender: self.caller.user,
            receiver: self.publish.receiver,
            coin: self.publish.coin,
            quantity: self.publish.quantity,
            remark: self.publish.remark.clone(),
            lease: self.deps.timing.lease,
            expires_in: self.deps.expires_in,
        };
        self.start.begin()?;
        self.deps.ledger.reserve(reserve).await.map_err(|failure| match failure {
            Failure::Refused(refusal) => match Option::<PublishRefusal>::from(refusal) {
                Some(refusal) => Failure::Refused(refusal),
                None => Failure::Fault(Fault::internal("cannot reserve: the packet's name is taken")),
            },
            Failure::Fault(fault) if fault.kind() == FaultKind::Unavailable => Failure::Fault(fault),
            Failure::Fault(fault) => Failure::Fault(fault.about(self.id)),
        })
    }

    async fn tell_receiver(&self, lease: Lease, turn: Turn) -> Result<(), CloudRefusal> {
        let notice = Notice {
            event: self.deps.ids.event(),
            packet: self.id,
            from: self.caller.user,
            to: self.publish.receiver,
            kind: NoticeKind::Published { remark: self.publish.remark.clone() },
        };
        notify(self.deps.im_cloud.as_ref(), lease, turn, &notice).await
    }

    /// The message arrived: the packet is open, unless our lease was over and the clean-up gave the money back.
    async fn confirm(&self, lease: Lease, packet: PacketRef) -> Result<(), Failure<PublishRefusal>> {
        match retry_until(lease.until, || self.deps.ledger.confirm(Confirm { packet })).await {
            Ok(_) => Ok(()),
            Err(Failure::Refused(ConfirmRefusal::Cancelled)) => Err(refused(CloudRefusal::Unknown(None))),
            Err(Failure::Refused(ConfirmRefusal::NotFound)) => {
                Err(Failure::Fault(Fault::internal("cannot confirm: the packet is gone")))
            }
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }

    /// The message did not arrive, as far as we know: the money goes back before anybody hears of it. If a claim has
    /// begun meanwhile, the message did arrive, and the packet stays.
    async fn cancel(
        &self,
        lease: Lease,
        packet: PacketRef,
        refusal: CloudRefusal,
    ) -> Result<(), Failure<PublishRefusal>> {
        match retry_until(lease.until, || self.deps.ledger.cancel(Cancel { packet })).await {
            Ok(_) => {
                info!(packet.id = %packet.id, code = refusal.code(), "packet {} cancelled", packet.id);
                Err(refused(refusal))
            }
            Err(Failure::Refused(CancelRefusal::Delivered)) => Ok(()),
            Err(Failure::Refused(CancelRefusal::NotFound | CancelRefusal::BalanceOverflow)) => {
                Err(Failure::Fault(Fault::internal("cannot cancel the packet")))
            }
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }
}

const fn refused(refusal: CloudRefusal) -> Failure<PublishRefusal> {
    Failure::Refused(PublishRefusal::ImCloud(refusal))
}
