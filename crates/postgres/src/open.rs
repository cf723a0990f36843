//! Opening the database.

use std::sync::Arc;

use hongbao_ports::{Deployment, Fault, Ids};
use hongbao_store::{Verdict, rows::Unreadable};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::time::timeout;

use crate::{
    Address, Pooler, Settings, Time,
    environment::{self, Sent},
    fault::{self, is_of_a_pooler},
    migrate,
    open_error::OpenError,
    pools::{Pools, Purpose},
    store::{Begins, Lookups, PostgresStore, milliseconds},
};

impl PostgresStore {
    /// Opens the database and brings its schema up to date, or checks it. `time` is the ledger's and that of sessions.
    ///
    /// Call it on a tokio runtime.
    pub async fn open(settings: &Settings, time: Time, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        if settings.migrate && settings.pooler == Pooler::Transaction && settings.migration_url.is_none() {
            return Err(OpenError::NoDirectUrl);
        }
        let options = session(options(&settings.url)?, settings);
        reach(&options, settings).await?;
        let store = Self {
            pools: Arc::new(Pools::new(settings.connections, &options, settings.acquire_timeout)),
            reads: Purpose::Read,
            questions: Purpose::Batch,
            lookups: Lookups::default(),
            time,
            ids,
            begins: Arc::new(Begins::new(settings)),
            retry_timeout: settings.retry_timeout,
            sent: sent(settings.pooler),
        };
        if settings.migrate {
            migrate::migrate(settings).await.map_err(OpenError::Migrate)?;
        } else {
            let mut connection = store.pools.of(Purpose::Probe).acquire().await.map_err(OpenError::Connect)?;
            migrate::check(&mut connection).await.map_err(OpenError::Migrate)?;
        }
        Ok(store)
    }

    /// Marks what the store is for, unless it is marked, and gives what it is marked as.
    ///
    /// A store that is not marked but has users or coins was filled by another writer: it is real, whatever is wanted.
    pub async fn mark(&self, deployment: Deployment) -> Result<Deployment, Fault> {
        let cannot = |error| fault::of(error, "cannot mark the store");
        let kind = self.run(move |mut tx| {
            Box::pin(async move {
                sqlx::query!(
                    "INSERT INTO deployment (one, kind)
                    SELECT 1, CASE WHEN EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM coins) THEN 'real' ELSE $1 END
                    ON CONFLICT DO NOTHING",
                    deployment.as_str()
                )
                .execute(&mut *tx)
                .await
                .map_err(cannot)?;
                let kind = sqlx::query_scalar!("SELECT kind FROM deployment").fetch_one(&mut *tx).await;
                kind.map(Verdict::Commit).map_err(cannot)
            })
        });
        kind.await?.parse().map_err(|_| Unreadable("a kind of deployment").into())
    }
}

/// Reads an address. Slow statements are not logged one by one: under load there would be thousands.
fn options(url: &str) -> Result<PgConnectOptions, OpenError> {
    let address: Address = url.parse().map_err(OpenError::Url)?;
    let options = address.options().map_err(OpenError::Connect)?;
    Ok(options.application_name("hongbao").disable_statement_logging())
}

/// Makes one connection and asks what is there. A pool would only say that it waited in vain, and not why.
async fn reach(options: &PgConnectOptions, settings: &Settings) -> Result<(), OpenError> {
    let asking = async {
        let mut connection = PgConnection::connect_with(options).await?;
        let checked = environment::check(&mut connection, sent(settings.pooler)).await?;
        connection.close().await?;
        Ok(checked)
    };
    let asked = timeout(settings.acquire_timeout, asking).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    let checked = asked
        .map_err(|error| if is_of_a_pooler(&error) { OpenError::Pooled(error) } else { OpenError::Connect(error) });
    checked?.map_err(OpenError::Environment)
}

/// What each session of ours has that no other has, where there is no pooler that drops it.
const PLANS: Sent = Sent { name: "plan_cache_mode", value: "force_generic_plan" };

/// Gives what every session must show.
pub(crate) const fn sent(pooler: Pooler) -> Option<Sent> {
    match pooler {
        Pooler::None => Some(PLANS),
        Pooler::Transaction => None,
    }
}

/// Sets the limits once for each connection, where it is ours alone; a pooler is told in each transaction.
fn session(options: PgConnectOptions, settings: &Settings) -> PgConnectOptions {
    match settings.pooler {
        Pooler::None => options.options([
            ("statement_timeout", milliseconds(settings.statement_timeout)),
            ("lock_timeout", milliseconds(settings.lock_timeout)),
            ("idle_in_transaction_session_timeout", milliseconds(settings.statement_timeout)),
            // Every statement finds its rows by an index, so one plan does for all times. One that was made while a table
            // is small must not read all of it.
            (PLANS.name, PLANS.value.to_owned()),
            ("enable_seqscan", "off".to_owned()),
            ("jit", "off".to_owned()),
        ]),
        // A statement that was prepared on one session is not known on the next.
        Pooler::Transaction => options.statement_cache_capacity(0),
    }
}

#[cfg(test)]
mod tests;
