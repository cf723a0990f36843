//! Servers that all meet the same new database.

use std::fs;

use hongbao_testbed::Server;

use crate::{harness::post, servers::Servers};

const SERVERS: usize = 10;

#[test]
fn ten_servers_that_start_together_make_one_schema() {
    let database = format!("together_{}", std::process::id());
    let server = Server::shared().unwrap();
    server.create_database(&database, None).unwrap();
    let servers = Servers::new(&server.url(&database), SERVERS);

    servers.start_all();

    for number in 0..SERVERS {
        let answer = post(servers.address(number).unwrap(), "/im/asset_list", "session_key=nobody").unwrap();
        assert_eq!(answer.verdict(), (2, "not_logged_in"));
    }
    let applied = server.psql(&database, "SELECT count(*) FROM _sqlx_migrations WHERE success").unwrap();
    let migrations = fs::read_dir("../../migrations/postgres").unwrap().count();
    assert_eq!(applied, migrations.to_string());
    servers.assert_audit();
    let log = servers.stop();
    assert!(!log.contains("panicked") && !log.contains(" ERROR "), "{log}");
    server.psql("postgres", &format!("DROP DATABASE {database} WITH (FORCE)")).unwrap();
}
