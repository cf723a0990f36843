//! The server that all tests share.

use std::{
    env, io,
    sync::{Mutex, OnceLock, PoisonError},
};

use crate::{Cluster, Options, Server};

/// Names the server that tests use: a URL as libpq reads it, of a superuser or of one who may create databases.
pub const VARIABLE: &str = "HONGBAO_TEST_POSTGRES_URL";

/// The private cluster of this process. A static is never dropped, but the guard sees the process end.
static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static STARTING: Mutex<()> = Mutex::new(());

impl Server {
    /// Gives the server that tests share: the one that [`VARIABLE`] names, else a private one of this process, which
    /// the first caller waits for.
    pub fn shared() -> io::Result<Self> {
        if let Ok(url) = env::var(VARIABLE) {
            return Ok(Self::given(url));
        }
        let _turn = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cluster) = CLUSTER.get() {
            return Ok(cluster.server());
        }
        let cluster = Cluster::open(Options::default())?;
        Ok(CLUSTER.get_or_init(|| cluster).server())
    }
}
