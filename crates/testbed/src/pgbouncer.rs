//! PgBouncer in transaction mode.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
};

use crate::{
    Server,
    guard::{Guard, quote},
    place::Place,
    port, url,
};

const TRIES: u32 = 100;

/// Where Debian has it, which is not on everybody's `PATH`.
const DEBIAN: &str = "/usr/sbin/pgbouncer";

/// The first version that knows prepared statements, and keeps them by default later on.
const PREPARES: (u32, u32) = (1, 21);

/// A PgBouncer in front of a server: each transaction of a client may run on another connection. It trusts everybody and
/// keeps no prepared statements. It ends with this value, or with the process.
#[derive(Debug)]
pub struct PgBouncer {
    guard: Guard,
    address: SocketAddr,
    /// The server's URL, to be sent elsewhere.
    server: String,
}

impl PgBouncer {
    /// Starts one and waits until it listens. With `resets_always` it forgets all session state after each transaction
    /// (`server_reset_query_always`), not only when a session ends.
    pub fn open(server: &Server, resets_always: bool) -> io::Result<Self> {
        Self::start(server, resets_always, "extra_float_digits")
    }

    /// Starts one that swallows what a client sends in `options`, and so looks like a server.
    pub fn swallowing_options(server: &Server) -> io::Result<Self> {
        Self::start(server, false, "extra_float_digits,options")
    }

    fn start(server: &Server, resets_always: bool, ignored: &str) -> io::Result<Self> {
        let place = Place::on_disk()?;
        let end = format!("kill -9 $(cat {})", quote(&place.file("pid")));
        let guard = Guard::new(place, &["sh", "-c", &end])?;
        for _ in 1..TRIES {
            let port = port::free()?;
            match start(&guard, &settings(guard.place(), server, port, resets_always, ignored)?) {
                Err(error) if error.to_string().contains("in use") => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    let address = (Ipv4Addr::LOCALHOST, port).into();
                    return Ok(Self { guard, address, server: server.url("postgres") });
                }
            }
        }
        Err(io::Error::other("whichever port was free, another process was faster"))
    }

    /// Gives the URL of a database of the server, by way of this pooler.
    pub fn url(&self, database: &str) -> String {
        url::with_database(&url::with_address(&self.server, self.address), database)
    }

    /// Gives the address that it listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives what it has logged.
    pub fn log(&self) -> io::Result<String> {
        fs::read_to_string(self.guard.place().file("log"))
    }
}

/// Starts it as a child of the guard's shell; it says in its log when it is ready.
fn start(guard: &Guard, settings: &str) -> io::Result<()> {
    let place = guard.place();
    place.write("pgbouncer.ini", settings)?;
    place.write("log", "")?;
    let (program, config, log) = (quote(&program()), quote(&place.file("pgbouncer.ini")), quote(&place.file("log")));
    let started = guard.order(&format!(
        "{program} -q -d {config}; for try in $(seq 1500); do grep -q 'process up' {log} && exit 0; \
         grep -q FATAL {log} && exit 1; sleep 0.02; done; exit 1"
    ));
    started.map_err(|error| io::Error::other(format!("{error}\n{}", place.read("log"))))
}

fn settings(place: &Place, server: &Server, port: u16, resets_always: bool, ignored: &str) -> io::Result<String> {
    let (server, url) = (server.address()?, server.url("postgres"));
    let (user, password) = url::user(&url);
    let password = password.map(|password| format!(" password={password}")).unwrap_or_default();
    let mut lines = vec![
        "[databases]".to_owned(),
        format!("* = host={} port={} user={user}{password}", server.ip(), server.port()),
        "[pgbouncer]".to_owned(),
        "listen_addr = 127.0.0.1".to_owned(),
        format!("listen_port = {port}"),
        "unix_socket_dir =".to_owned(),
        "auth_type = any".to_owned(),
        "pool_mode = transaction".to_owned(),
        "max_client_conn = 1000".to_owned(),
        format!("ignore_startup_parameters = {ignored}"),
        // Each test has a database of its own, and the server is not to fill up with connections to those of the past.
        "server_idle_timeout = 1".to_owned(),
        format!("server_reset_query_always = {}", u8::from(resets_always)),
        format!("logfile = {}", place.file("log")),
        format!("pidfile = {}", place.file("pid")),
    ];
    if version()? >= PREPARES {
        lines.push("max_prepared_statements = 0".to_owned());
    }
    Ok(lines.join("\n") + "\n")
}

fn program() -> String {
    if Path::new(DEBIAN).exists() { DEBIAN } else { "pgbouncer" }.to_owned()
}

fn version() -> io::Result<(u32, u32)> {
    let output = Command::new(program()).arg("--version").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    parse(&text).ok_or_else(|| io::Error::other(format!("cannot tell the version of PgBouncer from {text}")))
}

/// Reads what begins like `PgBouncer 1.18.0`.
fn parse(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read() {
        assert_eq!(parse("PgBouncer 1.18.0\nlibevent 2.1.12-stable\n"), Some((1, 18)));
        assert_eq!(parse("PgBouncer"), None);
    }
}
