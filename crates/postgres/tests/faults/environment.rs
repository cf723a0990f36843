//! Databases and poolers that the store does not take.

use std::sync::Arc;

use hongbao_ports::{Chain, Readiness};
use hongbao_postgres::{
    EnvironmentError, MigrateError, OpenError, Pooler, PostgresArchive, PostgresStore, Settings, Time, migrate,
};
use hongbao_testbed::{PgBouncer, Server};
use hongbao_testkit::SeqIds;

use crate::test_db::{self, Instance, TestDb, until};

async fn open(settings: &Settings) -> Result<PostgresStore, OpenError> {
    PostgresStore::open(settings, Time::Database, Arc::new(SeqIds::new())).await
}

#[tokio::test]
async fn a_pooler_that_swallows_options_is_not_taken_for_a_server() {
    let server = Server::shared().unwrap();
    let database = test_db::database(&server).await;
    let pooler = PgBouncer::swallowing_options(&server).unwrap();
    let settings = Settings { migrate: false, ..Settings::new(pooler.url(database.name())) };

    let opened = open(&settings).await.map(|_| ()).unwrap_err();
    assert!(matches!(opened, OpenError::Environment(EnvironmentError::Pooled)), "{opened:?}");
    let migrated = migrate(&settings).await.unwrap_err();
    assert!(matches!(migrated, MigrateError::Environment(EnvironmentError::Pooled)), "{migrated:?}");

    let told = Settings { pooler: Pooler::Transaction, ..settings };
    open(&told).await.unwrap().close().await;
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_character_is_refused() {
    let server = Server::shared().unwrap();
    let name = format!("latin_{}", std::process::id());
    let make = format!("CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    server.psql("postgres", &make).unwrap();
    let settings = Settings::new(server.url(&name));
    let checked = Settings { migrate: false, ..settings.clone() };

    let refused = [open(&settings).await.map(|_| ()), open(&checked).await.map(|_| ())];
    let migrated = migrate(&settings).await;
    let moved = PostgresArchive::open_or_make(&settings.url).await.map(|_| ());

    let tables = server.psql(&name, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").unwrap();
    server.psql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
    for refused in refused {
        let refused = refused.unwrap_err();
        let latin = matches!(&refused, OpenError::Environment(EnvironmentError::Encoding(found)) if found == "LATIN1");
        assert!(latin, "{refused:?}");
    }
    assert!(matches!(migrated, Err(MigrateError::Environment(EnvironmentError::Encoding(_)))), "{migrated:?}");
    assert!(moved.is_err());
    assert_eq!(tables, "0", "nothing was made there");
}

/// Waits until the store's probe says these words.
async fn probe_says(instance: &Instance, words: &str) {
    let says = async || {
        let asked = instance.store.schema().await;
        asked.is_err_and(|fault| format!("{}", Chain(&fault)).contains(words))
    };
    until(words, says).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gets_another_database_under_its_feet_is_not_ready() {
    let db = TestDb::new().await;
    let instance = db.open().await;
    instance.store.schema().await.unwrap();
    let (name, server) = (db.database.name(), Server::shared().unwrap());
    let make = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
    let away = format!("ALTER DATABASE {name} RENAME TO {name}_away; CREATE DATABASE {name} {make}");

    db.proxy.refuse();
    db.proxy.cut_all();
    until("nobody is connected", async || server.psql("postgres", &away).is_ok()).await;
    db.proxy.admit();

    probe_says(&instance, "the database's encoding is LATIN1").await;
    let back = format!("DROP DATABASE {name} WITH (FORCE); ALTER DATABASE {name}_away RENAME TO {name}");
    server.psql("postgres", &back).unwrap();
    until("it is ready again", async || instance.store.schema().await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gets_a_pooler_under_its_feet_is_not_ready() {
    let db = TestDb::new().await;
    let instance = db.open().await;
    instance.store.schema().await.unwrap();
    let server = Server::shared().unwrap();
    let pooler = PgBouncer::swallowing_options(&server).unwrap();

    db.proxy.turn_to(pooler.address());
    db.proxy.cut_all();

    probe_says(&instance, "a pooler stands before it").await;
    db.proxy.turn_to(server.address().unwrap());
    db.proxy.cut_all();
    until("it is ready again", async || instance.store.schema().await.is_ok()).await;
}
