//! A connection that is borrowed from the pool.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use hongbao_ports::Fault;
use sqlx::{PgConnection, Postgres, pool::PoolConnection};
use tokio::{
    runtime::Handle,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    PostgresStore,
    fault::{self, Silence},
    pools::{Pools, Purpose},
};

/// How long a connection may take to show that it can be used again.
const RETURN: Duration = Duration::from_secs(1);

/// A connection that goes back to the pool when it is dropped, or is closed.
pub(crate) struct Borrowed {
    connection: PoolConnection<Postgres>,
    is_given_up: bool,
    pools: Arc<Pools>,
    since: Instant,
}

impl PostgresStore {
    /// Borrows a connection for that purpose, and gives up waiting for one at `until`.
    pub(crate) async fn borrow(&self, purpose: Purpose, until: Instant) -> Result<Borrowed, Fault> {
        let (pool, begun) = (self.pools.of(purpose), Instant::now());
        let connection = within(until, async {
            pool.acquire().await.map_err(|error| fault::of(error, "cannot reach the database"))
        })
        .await;
        self.pools.note_wait(begun.elapsed());
        let (connection, pools) = (connection?, Arc::clone(&self.pools));
        Ok(Borrowed { connection, is_given_up: false, pools, since: Instant::now() })
    }
}

/// Gives up at `until` on a database that does not answer.
pub(crate) async fn within<T>(until: Instant, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let silence = |_elapsed| Fault::unavailable("cannot wait any longer").because(Silence);
    timeout_at(until, work).await.map_err(silence)?
}

impl Borrowed {
    /// Closes the connection if its next borrower would have no better luck.
    pub(crate) fn discard_if_broken(&mut self, fault: &Fault) {
        if fault::is_of_the_connection(fault) {
            self.is_given_up = true;
            self.connection.close_on_drop();
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        self.pools.note_use(self.since.elapsed());
        // Left to itself the pool asks it without end whether it is still good, and counts it as lent out meanwhile: a
        // network that falls silent would take all of them.
        if !self.is_given_up
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(timeout(RETURN, self.connection.return_to_pool()));
        }
    }
}

impl Deref for Borrowed {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Borrowed {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests;
