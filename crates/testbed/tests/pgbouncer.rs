//! The pooler pools by transaction.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdout, Command, Stdio},
};

use hongbao_testbed::{Cluster, Options, PgBouncer};

/// A client that stays connected.
struct Client {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Client {
    fn open(url: &str) -> Self {
        let mut command = Command::new("psql");
        command.args(["-XAtq", "-f", "-", url]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("psql is installed");
        let output = BufReader::new(child.stdout.take().expect("the output is a pipe"));
        Self { child, output }
    }

    /// Runs SQL that prints one line.
    fn ask(&mut self, sql: &str) -> String {
        let input = self.child.stdin.as_mut().expect("the input is a pipe");
        writeln!(input, "{sql};").expect("psql runs");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("psql answers");
        line.trim_end().to_owned()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("psql ends");
    }
}

const BACKEND: &str = "SELECT pg_backend_pid()";

#[test]
fn two_clients_share_a_connection_and_a_transaction_keeps_its_own() {
    let cluster = Cluster::open(Options::default()).unwrap();
    let pooler = PgBouncer::open(&cluster.server(), false).unwrap();
    let (mut one, mut other) = (Client::open(&pooler.url("postgres")), Client::open(&pooler.url("postgres")));

    assert_eq!(one.ask(BACKEND), other.ask(BACKEND));
    let first = one.ask(&format!("BEGIN; {BACKEND}"));
    assert_ne!(other.ask(BACKEND), first);
    assert_eq!(one.ask(BACKEND), first);
}

#[test]
fn a_session_is_reset_after_each_transaction_only_if_it_is_told_to() {
    let cluster = Cluster::open(Options { password: Some("secret1".to_owned()), ..Options::default() }).unwrap();
    for (resets_always, left) in [(false, "7s"), (true, "0")] {
        let pooler = PgBouncer::open(&cluster.server(), resets_always).unwrap();
        let mut client = Client::open(&pooler.url("postgres"));

        assert_eq!(client.ask("SET statement_timeout = '7s'; SELECT 1"), "1");

        assert_eq!(client.ask("SHOW statement_timeout"), left, "{}", pooler.log().unwrap());
    }
}
