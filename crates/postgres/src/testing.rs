//! Databases for the tests of this crate.

use hongbao_testbed::{Database, Server};

use crate::{Settings, migrate, schema_fingerprint};

/// Makes a database with the schema of this version on the server that all tests share.
pub(crate) async fn database() -> Database {
    database_on(&Server::shared().expect("PostgreSQL is installed")).await
}

pub(crate) async fn database_on(server: &Server) -> Database {
    let prepare = async |url| {
        migrate(&Settings::new(url)).await.expect("the migrations can be applied");
    };
    let template = format!("hongbao_{:016x}", schema_fingerprint());
    server.fresh_database(&template, prepare).await.expect("the test gets a database")
}
