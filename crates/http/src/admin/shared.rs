//! What the handlers of the admin API share.

use std::{sync::Arc, time::Duration};

use hongbao_app::{ImUsers, admin::Admin};
use hongbao_domain::id::Alphabet;
use hongbao_ports::{Clock, Ids};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// The use cases and ports behind the admin API. A clone is the same.
#[derive(Clone)]
pub struct AdminShared {
    /// What an administrator can do.
    pub admin: Admin,
    /// Users' profiles at the IM cloud.
    pub im_users: ImUsers,
    /// The time, for the ends of sessions.
    pub clock: Arc<dyn Clock>,
    /// Names for requests and operations.
    pub ids: Arc<dyn Ids>,
    /// Gives bytes that cannot be guessed, for secrets.
    pub random: fn() -> [u8; 32],
    /// Which characters the ids of users may have.
    pub id_alphabet: Alphabet,
    /// How long a request may take.
    pub deadline: Duration,
    /// What runs to its end when its caller has hung up. It is waited for at the stop.
    pub operations: TaskTracker,
    /// Where that runs: the connections' own threads end with them.
    pub runtime: Handle,
}
