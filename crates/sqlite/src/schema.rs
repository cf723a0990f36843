//! The schema, and whether a file has it.

use hongbao_ports::Schema;
use sqlx::{SqliteConnection, SqlitePool, migrate::Migrator};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Compares the schema with what this version knows.
pub(crate) async fn schema(pool: &SqlitePool) -> Result<Schema, sqlx::Error> {
    schema_of(&mut *pool.acquire().await?).await
}

/// Compares the schema with what this version knows.
pub(crate) async fn schema_of(connection: &mut SqliteConnection) -> Result<Schema, sqlx::Error> {
    let wanted = MIGRATIONS.iter().map(|migration| migration.version).max();
    let found = sqlx::query_scalar!("SELECT max(version) FROM _sqlx_migrations WHERE success");
    let found = found.fetch_one(connection).await?;
    Ok(if found == wanted { Schema::Current } else { Schema::Other })
}

/// Says whether a table was not there.
pub(crate) fn is_not_ours(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message().starts_with("no such table"))
}
