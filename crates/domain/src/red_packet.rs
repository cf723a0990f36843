//! Red packets: the state machine of one packet and the rules of publishing and accepting it.
//!
//! A packet is its own escrow. It has a total, shares, and claims (at most one for each user). Today's packet is
//! the case of one share for one named receiver; a group's packet is the same with more shares.
//!
//! ```text
//!            reserve          confirm, or a claim begins        settle (last share)
//!   sender ─────────▶ Sending ─────────────────────────▶ Open ─────────────────────▶ Claimed
//!                        │ cancel                          │ expire, or release after expiry
//!                        ▼                                 ▼
//!                    Cancelled                          Refunded
//! ```
//!
//! An operator may recall an open packet: it is Refunded then, before it expires.

mod accept;
mod expire;
mod packet;
mod publish;
mod published;
mod recall;
mod receipt;
mod remark;
mod status;
mod view;
mod written;

pub use accept::{
    BeginClaim, BeginClaimRefusal, Begun, ReleaseClaim, ReleaseRefusal, Released, SettleClaim, SettleRefusal,
};
pub use expire::{Expire, ExpireRefusal, Expired};
pub use packet::{Claim, ClaimState, Packet, PacketRef, PacketState, Share};
pub use publish::{
    Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed, Publish, Reserve, ReserveRefusal, Reserved,
    check_receiver,
};
pub use published::Published;
pub use recall::{Recall, RecallRefusal};
pub use receipt::Receipt;
pub use remark::{ParseRemarkError, Remark};
pub use status::{AcceptRefusal, AcceptStatus, PublishRefusal, PublishStatus};
pub use view::{DetailRefusal, DetailStatus, Stage, UnknownStage, Viewed};
