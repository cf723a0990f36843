//! A private server starts, keeps what it has, and can be disturbed.

use hongbao_testbed::{Cluster, Options, Shutdown};

const KEPT: &str = "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('ok')";

#[test]
fn a_server_answers_a_query() {
    let cluster = Cluster::open(Options::default()).unwrap();

    assert_eq!(cluster.psql("postgres", "SELECT 1, 'a'").unwrap(), "1|a");
    assert_eq!(cluster.psql("postgres", "SHOW fsync").unwrap(), "off");
}

#[test]
fn a_restart_keeps_the_data_and_the_port() {
    for shutdown in [Shutdown::Fast, Shutdown::Immediate] {
        let cluster = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
        let url = cluster.url("postgres");
        cluster.psql("postgres", KEPT).unwrap();

        cluster.restart(shutdown).unwrap();

        assert_eq!(cluster.url("postgres"), url);
        assert_eq!(cluster.psql("postgres", "SELECT word FROM kept; SHOW fsync").unwrap(), "ok\non");
    }
}

#[test]
fn a_killed_server_can_be_started_again() {
    let cluster = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    cluster.psql("postgres", KEPT).unwrap();

    cluster.kill().unwrap();
    assert!(cluster.psql("postgres", "SELECT 1").is_err());
    cluster.start().unwrap();

    assert_eq!(cluster.psql("postgres", "SELECT word FROM kept").unwrap(), "ok");
}

#[test]
fn a_table_that_grows_on_a_full_disk_fails_and_the_server_goes_on() {
    let cluster = Cluster::open(Options { log_file_mib: Some(1), ..Options::default() }).unwrap();
    let grow = "INSERT INTO large SELECT repeat('x', 1000) FROM generate_series(1, 2000)";
    cluster.psql("postgres", &format!("CREATE TABLE large (word text); {grow}")).unwrap();
    cluster.psql("postgres", "CREATE TABLE small (word text)").unwrap();

    cluster.fill_disk("postgres").unwrap();
    let refused = cluster.psql("postgres", &format!("\\set VERBOSITY sqlstate\n{grow}")).unwrap_err().to_string();
    assert!(refused.contains("53100"), "{refused}");
    cluster.psql("postgres", "INSERT INTO small VALUES ('a')").unwrap();

    cluster.free_disk().unwrap();
    cluster.psql("postgres", grow).unwrap();
    assert_eq!(cluster.psql("postgres", "SELECT count(*) FROM large").unwrap(), "4000");
}

#[test]
fn a_server_that_ended_on_a_full_disk_is_started() {
    let cluster = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    cluster.kill().unwrap();
    assert!(!cluster.is_running());

    cluster.free_disk().unwrap();

    assert_eq!(cluster.psql("postgres", "SELECT 1").unwrap(), "1");
}

#[test]
fn a_standby_follows_until_it_is_gone() {
    let primary = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    assert!(!primary.is_followed().unwrap());

    let standby = primary.standby().unwrap();
    assert!(primary.is_followed().unwrap());

    standby.stop(Shutdown::Fast).unwrap();
    assert!(!primary.is_followed().unwrap());
}

#[test]
fn settings_are_taken_over() {
    let settings = vec!["max_connections = 12".to_owned()];
    let cluster = Cluster::open(Options { settings, ..Options::default() }).unwrap();
    assert_eq!(cluster.psql("postgres", "SHOW max_connections").unwrap(), "12");

    cluster.set("max_connections = 13").unwrap();
    cluster.restart(Shutdown::Fast).unwrap();

    assert_eq!(cluster.psql("postgres", "SHOW max_connections").unwrap(), "13");
}

#[test]
fn a_server_with_a_password_refuses_whoever_has_none() {
    let cluster = Cluster::open(Options { password: Some("secret1".to_owned()), ..Options::default() }).unwrap();

    assert_eq!(cluster.psql("postgres", "SELECT 1").unwrap(), "1");
    let wrong = cluster.url("postgres").replace("secret1", "secret2");
    let psql = std::process::Command::new("psql").args(["-w", "-c", "SELECT 1", &wrong]).output().unwrap();
    assert!(!psql.status.success(), "{psql:?}");
}

#[test]
fn a_server_with_tls_proves_its_name() {
    let cluster = Cluster::open(Options { tls: true, ..Options::default() }).unwrap();
    let certificate = cluster.certificate().unwrap();
    let url = format!("{}?sslmode=verify-full&sslrootcert={}", cluster.url("postgres"), certificate.display());
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

    let psql = std::process::Command::new("psql").args(["-Atc", sql, &url]).output().unwrap();

    assert_eq!((psql.status.success(), &*psql.stdout), (true, &b"t\n"[..]), "{psql:?}");
}

#[test]
fn a_promoted_standby_has_every_commit() {
    let primary = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    let standby = primary.standby().unwrap();
    primary.psql("postgres", KEPT).unwrap();

    primary.kill().unwrap();
    standby.promote().unwrap();

    assert_eq!(standby.psql("postgres", "SELECT word FROM kept").unwrap(), "ok");
    standby.psql("postgres", "INSERT INTO kept VALUES ('more')").unwrap();
}

#[test]
fn a_commit_waits_for_the_standby() {
    let primary = Cluster::open(Options::default()).unwrap();
    let standby = primary.standby().unwrap();
    primary.psql("postgres", KEPT).unwrap();

    standby.stop(Shutdown::Fast).unwrap();

    // The server ends the session that waits, and says that the commit may not have reached the standby.
    let sql = "SET statement_timeout = 300; INSERT INTO kept VALUES ('late')";
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    std::thread::scope(|scope| {
        let commit = scope.spawn(|| primary.psql("postgres", sql));
        while primary.psql("postgres", waits).unwrap() == "0" {
            assert!(!commit.is_finished(), "{:?}", commit.join());
        }
        primary.stop(Shutdown::Fast).unwrap();
        assert!(commit.join().unwrap().is_err());
    });
}

#[test]
fn a_server_with_a_clock_of_its_own_sees_it_jump() {
    let cluster = Cluster::open(Options { clock: true, ..Options::default() }).unwrap();
    let clock = cluster.clock().unwrap();
    let behind = |than: &str| {
        let sql = format!("SELECT round(extract(epoch FROM clock_timestamp()) - {than})");
        cluster.psql("postgres", &sql).unwrap().parse::<i64>().unwrap()
    };
    let at_first = behind("0");

    clock.shift(3600).unwrap();
    assert!((3600..3700).contains(&behind(&at_first.to_string())));
    clock.shift(-3600).unwrap();
    assert!((-3600..-3500).contains(&behind(&at_first.to_string())));
    clock.shift(0).unwrap();
    assert!((0..200).contains(&behind(&at_first.to_string())));
}
