//! The saga of accepting.

use hongbao_domain::{
    id::TransferId,
    im_cloud::CloudRefusal,
    red_packet::{
        AcceptRefusal, BeginClaim, Begun, ClaimState, Receipt, ReleaseClaim, ReleaseRefusal, SettleClaim, SettleRefusal,
    },
    store::Answer,
};
use hongbao_ports::{Failure, Fault, Lane, Notice, NoticeKind, Turn};
use tracing::info;

use super::{OpenedNotice, RedPacketDeps, RedPackets, notify};
use crate::{Caller, Start, lease::Lease, retry::retry_until, retry_window::RetryWindow};

impl RedPackets {
    /// Takes a packet: begin a claim, tell the sender, settle.
    ///
    /// While the taker's own earlier request is running, this waits for its end within the deadline. A refusal means
    /// that this request has moved nothing. After a fault the caller does not know; a repeat tells.
    pub async fn accept(&self, caller: &Caller, id: TransferId) -> Result<Receipt, Failure<AcceptRefusal>> {
        self.deps.requests.once(caller, || self.accept_once(caller, id)).await
    }

    async fn accept_once(&self, caller: &Caller, id: TransferId) -> Result<Receipt, Failure<AcceptRefusal>> {
        let start = Start::new();
        let saga = Saga { deps: self.deps.under(caller), caller: caller.clone(), id, start: start.clone() };
        self.deps.sagas.run(caller, &start, saga.run()).await?
    }
}

struct Saga {
    deps: RedPacketDeps,
    caller: Caller,
    id: TransferId,
    start: Start,
}

impl Saga {
    async fn run(self) -> Result<Receipt, Failure<AcceptRefusal>> {
        let deps = &self.deps;
        let window = RetryWindow::until(self.caller.deadline, &deps.timing);
        let turn = match deps.opened_notice {
            OpenedNotice::Required => {
                let wait = deps.timing.pacing.min(self.caller.deadline.left());
                Some(deps.im_cloud.turn(Lane::Request, wait).await.map_err(refused)?)
            }
            OpenedNotice::Deferred | OpenedNotice::Off => None,
        };
        let (begun, lease) = self.begin(window).await?;
        let told = match turn {
            Some(turn) => self.tell_sender(lease, turn, &begun).await,
            None => Ok(()),
        };
        let outcome = match told {
            Ok(()) => self.settle(lease, &begun).await,
            Err(refusal) => Err(self.release(lease, &begun, refused(refusal)).await),
        };
        outcome.map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(refusal),
            Failure::Fault(fault) => Failure::Fault(fault.after_begin().about(self.id)),
        })
    }

    /// Begins the claim; while the taker's own earlier request is running, waits for what becomes of it.
    async fn begin(&self, mut window: RetryWindow) -> Result<(Begun, Lease), Failure<AcceptRefusal>> {
        self.start.begin()?;
        loop {
            if window.may_begin() {
                let lease = Lease::starting_now(&self.deps.timing);
                let claim = BeginClaim { id: self.id, taker: self.caller.user, lease: self.deps.timing.lease };
                match self.deps.ledger.begin_claim(claim).await {
                    Ok(begun) => return Ok((begun, lease)),
                    Err(Failure::Fault(fault)) => return Err(Failure::Fault(fault)),
                    Err(Failure::Refused(refusal)) => {
                        if let Some(refusal) = Option::<AcceptRefusal>::from(refusal) {
                            return Err(Failure::Refused(refusal));
                        }
                    }
                }
            } else {
                self.watch().await?;
            }
            if !window.pause().await {
                return Err(Failure::Fault(Fault::unavailable("cannot wait any longer for the taker's other claim")));
            }
        }
    }

    /// Looks what became of the taker's other claim when it is too late to begin one: `Ok` while it is running.
    async fn watch(&self) -> Result<(), Failure<AcceptRefusal>> {
        let packet = self.deps.packets.packet(self.id).await?;
        let claim = packet.as_ref().and_then(|packet| Some((packet, packet.claim_of(self.caller.user)?)));
        match claim.map(|(packet, claim)| (claim.state, packet.receipt(claim))) {
            Some((ClaimState::Claiming { .. }, _)) => Ok(()),
            Some((ClaimState::Claimed, receipt)) => Err(self.claimed_before(receipt).await),
            Some((ClaimState::Released, _)) | None => {
                Err(Failure::Fault(Fault::unavailable("cannot begin a claim: too little time is left")))
            }
        }
    }

    async fn tell_sender(&self, lease: Lease, turn: Turn, begun: &Begun) -> Result<(), CloudRefusal> {
        let notice = Notice {
            event: self.deps.ids.event(),
            packet: self.id,
            from: self.caller.user,
            to: begun.packet.sender,
            kind: NoticeKind::Opened,
        };
        notify(self.deps.im_cloud.as_ref(), lease, turn, &notice).await
    }

    async fn settle(&self, lease: Lease, begun: &Begun) -> Result<Receipt, Failure<AcceptRefusal>> {
        let settle = SettleClaim { packet: begun.packet, taker: self.caller.user, fence: begun.fence };
        match retry_until(lease.until, || self.deps.ledger.settle_claim(settle)).await {
            Ok(receipt) => {
                info!(packet.id = %self.id, user.id = %self.caller.user, "packet {} claimed", self.id);
                if self.deps.opened_notice == OpenedNotice::Deferred {
                    self.deps.outbox.wake();
                }
                Ok(receipt)
            }
            Err(Failure::Refused(SettleRefusal::ClaimedByYou(receipt))) => {
                Err(Failure::Refused(AcceptRefusal::ClaimedByYou(receipt)))
            }
            Err(Failure::Refused(SettleRefusal::Stale)) => Err(refused(CloudRefusal::Unknown(None))),
            Err(Failure::Refused(SettleRefusal::BalanceOverflow)) => {
                let fault = Fault::internal("cannot settle: the taker's account is full");
                Err(self.release(lease, begun, Failure::Fault(fault)).await)
            }
            Err(Failure::Refused(SettleRefusal::NotFound)) => {
                Err(Failure::Fault(Fault::internal("cannot settle: the packet is gone")))
            }
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }

    /// Puts the share back before anybody hears of the failure, and gives what to answer.
    async fn release(&self, lease: Lease, begun: &Begun, why: Failure<AcceptRefusal>) -> Failure<AcceptRefusal> {
        let release = ReleaseClaim { packet: begun.packet, taker: self.caller.user, fence: begun.fence };
        match retry_until(lease.until, || self.deps.ledger.release_claim(release)).await {
            Ok(_) => why,
            Err(Failure::Refused(ReleaseRefusal::Stale)) => self.read_again(why).await,
            Err(Failure::Refused(ReleaseRefusal::NotFound | ReleaseRefusal::BalanceOverflow)) => {
                Failure::Fault(Fault::internal("cannot release the claim"))
            }
            Err(Failure::Fault(fault)) => Failure::Fault(fault),
        }
    }

    /// Our lease was over and the claim went on without us: if the taker has the share by now, that is the answer.
    async fn read_again(&self, why: Failure<AcceptRefusal>) -> Failure<AcceptRefusal> {
        match self.deps.packets.packet(self.id).await {
            Ok(Some(packet)) => {
                let mine = packet.claim_of(self.caller.user).filter(|claim| claim.state == ClaimState::Claimed);
                match mine.map(|claim| packet.receipt(claim)) {
                    Some(receipt) => self.claimed_before(receipt).await,
                    None => why,
                }
            }
            Ok(None) => why,
            Err(fault) => Failure::Fault(fault),
        }
    }

    /// Another claim of the taker has the share. That was only read, so under a key it is remembered before it is told.
    async fn claimed_before(&self, receipt: Receipt) -> Failure<AcceptRefusal> {
        let refusal = AcceptRefusal::ClaimedByYou(Box::new(receipt));
        match self.deps.requests.record(&self.caller, Answer::Accept(Err(refusal.clone()))).await {
            Ok(()) => Failure::Refused(refusal),
            Err(fault) => Failure::Fault(fault),
        }
    }
}

const fn refused(refusal: CloudRefusal) -> Failure<AcceptRefusal> {
    Failure::Refused(AcceptRefusal::ImCloud(refusal))
}
