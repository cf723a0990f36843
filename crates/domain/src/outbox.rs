//! The outbox: what the outside is told of, written with the change that it tells of.
//!
//! ```text
//!             claim             end: delivered
//!  waiting ──────────▶ sending ────────────────▶ delivered (a notice: gone)
//!     ▲                   │ end: failed, or the lease is over
//!     ├───────────────────┤ later each time
//!     │ retry             ▼ for the last time
//!     └──────────────── parked
//! ```
//!
//! A delivery is made at least once, under the same id each time, so that a receiver can know a repeat.

mod audience;
mod claim;
mod delivery;
mod event;
mod operate;
mod tell;

pub use audience::Audience;
pub use claim::{ClaimDelivery, DeliveryLease, EndDelivery, Ended, NotDue, Stale, Tried};
pub use delivery::{Delivery, DeliveryState, Target};
pub use event::{Event, EventKind};
pub use operate::{DropDelivery, NoDelivery, RetryDelivery};
