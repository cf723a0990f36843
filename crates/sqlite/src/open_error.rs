//! Why the store cannot be opened.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use sqlx::migrate::MigrateError;

use crate::{
    access::{Denied, find_denied},
    fault,
};

/// Says why the store cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// The URL is not one of SQLite.
    Url(sqlx::Error),
    /// The folder cannot be made.
    Folder(io::Error),
    /// The file or its folder is another user's, who does not let this process in.
    Denied(Denied),
    /// Another server has the file.
    InUse,
    /// The log beside the file is not its own, or the file is damaged.
    StrangeLog {
        /// The log.
        log: PathBuf,
        /// What was found.
        what: String,
    },
    /// The file cannot be opened or written, or is not a database.
    File(sqlx::Error),
    /// The schema cannot be brought up to date.
    Migrate(MigrateError),
    /// The schema is not that of this version, or there is none.
    Schema,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url(_) => "the database URL cannot be understood",
            Self::Folder(_) => "the database's folder cannot be made",
            Self::Denied(denied) => return denied.fmt(f),
            Self::InUse => "another server is running on this file; a file has one server, PostgreSQL any number",
            Self::StrangeLog { log, what } => {
                return write!(
                    f,
                    "{} does not belong to this file, or the file is damaged ({what}); if the file was restored from a \
                    backup, the log is that of the former file: move it and the -shm file away. Nothing was changed",
                    log.display()
                );
            }
            Self::File(_) => "the database file cannot be opened",
            Self::Migrate(_) => "the database's schema cannot be brought up to date",
            Self::Schema => "the database's schema is not that of this version; start the server on it once",
        })
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Url(error) | Self::File(error) => Some(error),
            Self::Folder(error) => Some(error),
            Self::Migrate(error) => Some(error),
            Self::Schema | Self::Denied(_) | Self::InUse | Self::StrangeLog { .. } => None,
        }
    }
}

/// Says why a file cannot be opened, in the terms of an operator where that can be found out.
pub(crate) fn cannot_open(error: sqlx::Error, file: &Path) -> OpenError {
    /// `SQLITE_PERM`, `SQLITE_READONLY`, `SQLITE_IOERR` and `SQLITE_CANTOPEN`.
    const BARRED: [i64; 4] = [3, 8, 10, 14];
    let is_barred = fault::primary_code(&error).is_some_and(|code| BARRED.contains(&code));
    match find_denied(file) {
        Some(denied) if is_barred => OpenError::Denied(denied),
        Some(_) | None => OpenError::File(error),
    }
}
