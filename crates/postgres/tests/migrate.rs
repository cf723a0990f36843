//! Servers that all bring the same new database up to date.

use futures_util::future::join_all;
use hongbao_postgres::{Settings, migrate};
use hongbao_testbed::Server;

const ROUNDS: usize = 10;
const SERVERS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_migrate_at_once_one_does_it_and_the_others_find_it_done() {
    let server = Server::shared().unwrap();
    for round in 0..ROUNDS {
        let database = format!("together_{}_{round}", std::process::id());
        server.create_database(&database, None).unwrap();
        let settings = Settings::new(server.url(&database));

        let migrated = join_all((0..SERVERS).map(|_| migrate(&settings))).await;

        let applied: Vec<Vec<String>> = migrated.into_iter().map(Result::unwrap).collect();
        let at_work: Vec<_> = applied.iter().filter(|names| !names.is_empty()).collect();
        assert!(matches!(at_work[..], [names] if names[0] == "0001_people"), "{applied:?}");
        server.psql("postgres", &format!("DROP DATABASE {database} WITH (FORCE)")).unwrap();
    }
}
