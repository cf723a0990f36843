//! Large stores: what years of use leave, added to a filled store by SQL that makes whole tables at once.

use hongbao_ports::Clock;
use hongbao_testbed::{Cluster, Options};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, raw_sql, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{cli::Store, error::BenchError, fill, stores, system::System};

const DATABASE: &str = "large";

/// A filled store, and the SQL that it takes.
pub(crate) enum Large {
    /// A file in a folder that goes with it.
    Sqlite { _folder: TempDir, url: String },
    /// A database of a private server.
    Postgres(Box<Cluster>),
}

impl Large {
    /// Fills a store; if `clock` says so, the clock of a PostgreSQL server can be shifted.
    pub(crate) async fn open(store: Store, clock: bool) -> Result<Self, BenchError> {
        match store {
            Store::Sqlite => {
                let folder = TempDir::new().map_err(|error| BenchError::because("cannot make a folder", error))?;
                let url = stores::sqlite(folder.path()).await?;
                Ok(Self::Sqlite { _folder: folder, url })
            }
            Store::Postgres => {
                let cluster = stores::cluster_with(Options { clock, ..Options::default() })?;
                stores::postgres(&cluster, DATABASE).await?;
                Ok(Self::Postgres(Box::new(cluster)))
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { url, .. } => url.clone(),
            Self::Postgres(cluster) => cluster.url(DATABASE),
        }
    }

    /// Deposits once and again to each user, so often that there are `postings` more: two for each deposit.
    pub(crate) async fn add_postings(&self, postings: u64) -> Result<(), BenchError> {
        let each = postings / 2 / u64::from(fill::USERS);
        self.run(&match self {
            Self::Sqlite { .. } => deposits_on_sqlite(each),
            Self::Postgres(_) => deposits_on_postgres(each),
        })
        .await
    }

    /// Adds requests under a key that have ended, one of three longer ago than they are kept.
    pub(crate) async fn add_requests(&self, requests: u64) -> Result<(), BenchError> {
        let now = System.now().to_micros();
        self.run(&match self {
            Self::Sqlite { .. } => requests_on_sqlite(requests, now),
            Self::Postgres(_) => requests_on_postgres(requests, now),
        })
        .await
    }

    /// Counts the requests that were recorded more than a day ago.
    pub(crate) async fn old_requests(&self) -> Result<i64, BenchError> {
        let limit = System.now().to_micros() - 24 * HOUR;
        let count = format!("SELECT count(*) FROM requests WHERE recorded_at < {limit}");
        match self {
            Self::Sqlite { url, .. } => {
                let mut connection = connect(url).await?;
                let row = raw_sql(AssertSqlSafe(count)).fetch_one(&mut connection).await.map_err(cannot)?;
                let old = row.try_get(0).map_err(cannot)?;
                connection.close().await.map_err(cannot)?;
                Ok(old)
            }
            Self::Postgres(cluster) => cluster.psql(DATABASE, &count).map_err(cannot)?.parse().map_err(cannot),
        }
    }

    async fn run(&self, sql: &str) -> Result<(), BenchError> {
        match self {
            Self::Sqlite { url, .. } => {
                let mut connection = connect(url).await?;
                raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.map_err(cannot)?;
                connection.close().await.map_err(cannot)
            }
            Self::Postgres(cluster) => {
                cluster.psql(DATABASE, sql).map_err(cannot)?;
                // Statements of their own: VACUUM is in no transaction.
                for then in ["VACUUM ANALYZE", "CHECKPOINT"] {
                    cluster.psql(DATABASE, then).map_err(cannot)?;
                }
                Ok(())
            }
        }
    }
}

const HOUR: i64 = 3_600_000_000;

async fn connect(url: &str) -> Result<sqlx::SqliteConnection, BenchError> {
    let options: SqliteConnectOptions = url.parse().map_err(cannot)?;
    options.pragma("cache_size", "-500000").connect().await.map_err(cannot)
}

fn cannot(why: impl std::fmt::Debug) -> BenchError {
    BenchError::because("cannot make a large store", why)
}

/// In the order of the keys: SQLite then only appends.
fn deposits_on_sqlite(each: u64) -> String {
    let (users, coin) = (fill::USERS, fill::COIN);
    format!(
        "BEGIN;
        CREATE TEMP TABLE n AS
            WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {users} * {each})
            SELECT n, printf('user%06d', n / {each}) AS user, n % {each} + 1 AS place FROM n;
        INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
            SELECT printf('load-%09d', n), 'in', user, '{coin}', printf('%028d', 100), 7 FROM n ORDER BY n;
        INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
            SELECT 'account', user, '{coin}', a.version + place, CAST(printf('%016d', n) AS BLOB), 'deposit',
                printf('+%028d', 100), printf('+%028d', CAST(a.balance AS INTEGER) + 100 * place), 7
            FROM n JOIN accounts AS a ON a.user_id = n.user AND a.coin_id = '{coin}'
            ORDER BY n;
        INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
            SELECT 'movement', printf('load-%09d', n), '{coin}', 1, CAST(printf('%016d', n) AS BLOB), 'deposit',
                printf('-%028d', 100), printf('-%028d', 100), 7
            FROM n ORDER BY n;
        UPDATE accounts
            SET balance = printf('%028d', CAST(balance AS INTEGER) + 100 * {each}), version = version + {each};
        COMMIT;
        PRAGMA wal_checkpoint(TRUNCATE)"
    )
}

fn deposits_on_postgres(each: u64) -> String {
    let (users, coin) = (fill::USERS, fill::COIN);
    let number = format!("generate_series(0, {users}::BIGINT * {each} - 1) AS n");
    format!(
        "INSERT INTO movements (reference, direction, user_id, coin_id, amount, moved_at)
            SELECT 'load-' || lpad(n::TEXT, 9, '0'), 'in', 'user' || lpad((n / {each})::TEXT, 6, '0'), '{coin}', 100, 7
            FROM {number};
        INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
            SELECT 'account', a.user_id, '{coin}', a.version + n % {each} + 1, lpad(to_hex(n), 32, '0')::UUID, 'deposit',
                100, a.balance + 100 * (n % {each} + 1), 7
            FROM {number}
            JOIN accounts AS a ON a.user_id = 'user' || lpad((n / {each})::TEXT, 6, '0') AND a.coin_id = '{coin}';
        INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
            SELECT 'movement', 'load-' || lpad(n::TEXT, 9, '0'), '{coin}', 1, lpad(to_hex(n), 32, '0')::UUID, 'deposit',
                -100, -100, 7
            FROM {number};
        UPDATE accounts SET balance = balance + 100 * {each}, version = version + {each}"
    )
}

/// An answer as long as that of a publish.
const OUTCOME: &str = r#"{"publish":{"packet":"0352LqMhSOrLUKTHrc9Qi0","sender":"user000001","receiver":"user000002","coin":"CNY","scale":2,"total":"1","expires_at":1700000000000000,"at":1700000000000000}}"#;

/// Keys without order, as callers make them, and old ones among new ones.
fn requests_on_sqlite(requests: u64, now: i64) -> String {
    let (users, old, new) = (fill::USERS, now - 30 * HOUR, now - HOUR);
    format!(
        "BEGIN;
        INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
            WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {requests})
            SELECT printf('user%06d', n % {users}), 'im/msg_redpack_publish', printf('%08x', (n * 2654435761) % 4294967296),
                zeroblob(32), 0, '{OUTCOME}', n + iif(n % 3 = 0, {old}, {new})
            FROM n
            ORDER BY 1, 3;
        COMMIT;
        PRAGMA wal_checkpoint(TRUNCATE)"
    )
}

fn requests_on_postgres(requests: u64, now: i64) -> String {
    let (users, old, new) = (fill::USERS, now - 30 * HOUR, now - HOUR);
    format!(
        "INSERT INTO requests (user_id, method, request_key, fingerprint, status, outcome, recorded_at)
            SELECT 'user' || lpad((n % {users})::TEXT, 6, '0'), 'im/msg_redpack_publish',
                lpad(to_hex((n * 2654435761) % 4294967296), 8, '0'), decode(repeat('00', 32), 'hex'), 0, '{OUTCOME}',
                n + CASE WHEN n % 3 = 0 THEN {old} ELSE {new} END
            FROM generate_series(0, {requests}::BIGINT - 1) AS n"
    )
}
