//! Filled stores.

use std::{path::Path, sync::Arc};

use hongbao_postgres::{PostgresStore, Time};
use hongbao_sqlite::SqliteStore;
use hongbao_testbed::{Cluster, Options};

use crate::{error::BenchError, fill::fill, system::System};

/// Enough that no checkpoint falls into one round and not into another.
const SETTINGS: [&str; 4] =
    ["shared_buffers = '256MB'", "max_wal_size = '4GB'", "checkpoint_timeout = '30min'", "synchronous_commit = on"];

fn cannot(error: &dyn std::fmt::Debug) -> BenchError {
    BenchError::because("cannot make a store", error)
}

/// Starts a PostgreSQL that waits for the disk.
pub(crate) fn cluster() -> Result<Cluster, BenchError> {
    cluster_with(Options::default())
}

/// Starts one that has more than that.
pub(crate) fn cluster_with(options: Options) -> Result<Cluster, BenchError> {
    let server = Options { durable: true, settings: SETTINGS.map(str::to_owned).to_vec(), ..options };
    Cluster::open(server).map_err(|error| BenchError::because("cannot start PostgreSQL", error))
}

/// Makes and fills a database.
pub(crate) async fn postgres(cluster: &Cluster, name: &str) -> Result<(), BenchError> {
    cluster.create_database(name, None).map_err(|error| cannot(&error))?;
    let settings = hongbao_postgres::Settings::new(cluster.url(name));
    let store = PostgresStore::open(&settings, Time::Database, Arc::new(System)).await;
    let store = Arc::new(store.map_err(|error| cannot(&error))?);
    fill(store.clone()).await?;
    store.close().await;
    cluster.psql(name, "VACUUM ANALYZE").map_err(|error| cannot(&error))?;
    Ok(())
}

/// Makes and fills a file in a folder, and gives its URL.
pub(crate) async fn sqlite(folder: &Path) -> Result<String, BenchError> {
    let file = format!("sqlite://{}/hongbao.db", folder.display());
    let settings = hongbao_sqlite::Settings { create: true, ..hongbao_sqlite::Settings::new(&file) };
    let store = SqliteStore::open(&settings, Arc::new(System), Arc::new(System)).await;
    let store = Arc::new(store.map_err(|error| cannot(&error))?);
    fill(store.clone()).await?;
    store.close().await;
    Ok(file)
}
