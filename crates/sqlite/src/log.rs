//! Whether the log beside the file is its own.
//!
//! SQLite folds a log into whatever file has the right name. One that was left by a killed server beside a file that has
//! since been restored from a backup makes a mixture of both, which looks well until a reader needs a wrong page.

use hongbao_ports::Schema;
use sqlx::{ConnectOptions, Connection, Executor, Row, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    audit::sums,
    fault,
    lock::beside,
    open_error::{OpenError, cannot_open},
    schema::{is_not_ours, schema_of},
};

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB`.
const BROKEN: [i64; 2] = [11, 26];

/// Proves a file beside which a log was left: that its pages fit together, and that the money does.
///
/// It takes about a second for a million postings. After a clean stop there is no log, and nothing is asked.
pub(crate) async fn check(options: &SqliteConnectOptions) -> Result<(), OpenError> {
    let file = options.get_filename();
    let log = beside(file, "-wal");
    let is_left = |path: &std::path::Path| path.metadata().is_ok_and(|metadata| metadata.len() > 0);
    if !is_left(file) || !is_left(&log) {
        return Ok(());
    }
    // Who only reads folds nothing in, also when the connection is closed: whatever is found, both files stay as they are.
    let options = options.clone().create_if_missing(false).read_only(true);
    // Connecting reads the first pages already, and may be the first to meet one that is wrong.
    let found = match options.connect().await {
        Ok(mut connection) => {
            let found = prove(&mut connection).await;
            drop(connection.close().await);
            found
        }
        Err(error) => Err(error),
    };
    match found {
        Ok(None) => Ok(()),
        Ok(Some(what)) => Err(OpenError::StrangeLog { log, what }),
        Err(error) if fault::primary_code(&error).is_some_and(|code| BROKEN.contains(&code)) => {
            Err(OpenError::StrangeLog { log, what: error.to_string() })
        }
        Err(error) => Err(cannot_open(error, file)),
    }
}

/// Says what is wrong, if anything.
async fn prove(connection: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    let pages: String = connection.fetch_one("PRAGMA quick_check(1)").await?.try_get(0)?;
    if pages != "ok" {
        return Ok(Some(pages));
    }
    match schema_of(connection).await {
        Ok(Schema::Current) => {}
        Ok(Schema::Other) => return Ok(None),
        Err(error) if is_not_ours(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    let sums = sums::read(connection).await?;
    Ok((!sums.hold()).then(|| "the sums of the money do not hold".to_owned()))
}

#[cfg(test)]
mod tests;
