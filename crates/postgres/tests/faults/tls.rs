//! Connections that are encrypted, and to the right server.

use std::sync::Arc;

use hongbao_ports::Readiness;
use hongbao_postgres::{OpenError, PostgresStore, Settings, Time};
use hongbao_testbed::{Cluster, Options};
use hongbao_testkit::SeqIds;

async fn open(url: String) -> Result<PostgresStore, OpenError> {
    PostgresStore::open(&Settings::new(url), Time::Database, Arc::new(SeqIds::new())).await
}

fn cluster(tls: bool) -> Cluster {
    Cluster::open(Options { tls, ..Options::default() }).expect("PostgreSQL is installed")
}

fn verified(cluster: &Cluster, authority: &Cluster) -> String {
    let root = authority.certificate().expect("it has a certificate");
    format!("{}?sslmode=verify-full&sslrootcert={}", cluster.url("postgres"), root.display())
}

#[tokio::test]
async fn a_connection_is_encrypted_when_it_must_be() {
    let cluster = cluster(true);
    for url in [format!("{}?sslmode=require", cluster.url("postgres")), verified(&cluster, &cluster)] {
        let store = open(url).await.unwrap();
        store.schema().await.unwrap();

        let ssl = "SELECT DISTINCT s.ssl FROM pg_stat_ssl AS s JOIN pg_stat_activity AS a USING (pid)
            WHERE a.application_name = 'hongbao'";
        assert_eq!(cluster.psql("postgres", ssl).unwrap(), "t");
        store.close().await;
    }
}

#[tokio::test]
async fn a_server_that_another_authority_vouches_for_is_refused() {
    let (cluster, other) = (cluster(true), cluster(true));
    let refused = open(verified(&cluster, &other)).await.err().expect("the certificate is another one's");
    assert!(matches!(refused, OpenError::Connect(sqlx::Error::Tls(_) | sqlx::Error::Io(_))), "{refused:?}");
}

#[tokio::test]
async fn a_server_of_another_name_is_refused() {
    let cluster = cluster(true);
    let url = verified(&cluster, &cluster).replace("127.0.0.1", "127.0.0.2");
    assert!(matches!(open(url).await, Err(OpenError::Connect(_))));
}

#[tokio::test]
async fn a_server_without_encryption_is_refused_where_it_must_be_had() {
    let cluster = cluster(false);
    let refused = open(format!("{}?sslmode=require", cluster.url("postgres"))).await.err().expect("there is no TLS");
    assert!(matches!(refused, OpenError::Connect(sqlx::Error::Tls(_))), "{refused:?}");
}
