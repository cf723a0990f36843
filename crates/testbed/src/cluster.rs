//! A private PostgreSQL server.

mod crash;
mod disk;
mod options;
mod standby;
mod tls;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

pub use self::options::Options;
use crate::{
    Clock, Server,
    guard::{Guard, quote},
    installation,
    place::Place,
    port,
};

const TRIES: u32 = 100;

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// Transactions are rolled back and everything is written.
    Fast,
    /// As after a crash: the next start recovers.
    Immediate,
}

/// A private PostgreSQL server in a temporary folder, on a port of 127.0.0.1 that it keeps. Its superuser is `postgres`.
/// It ends, and its folder goes, when this is dropped or when the process ends, however that comes about.
#[derive(Debug)]
pub struct Cluster {
    guard: Guard,
    bin: String,
    options: Options,
    /// The lines that are in force: those of the options, and those that came later.
    settings: Mutex<Vec<String>>,
    clock: Option<Clock>,
    port: u16,
}

impl Cluster {
    /// Makes a server and waits until it can be used.
    pub fn open(options: Options) -> io::Result<Self> {
        let password = options.password.clone();
        let log_file = options.log_file_mib.map(|mib| format!("--wal-segsize={mib}"));
        Self::make(options, |bin, guard, data| {
            let (initdb, secret) = (format!("{bin}/initdb"), guard.place().file("password"));
            let mut command = vec![&*initdb, "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
            command.extend(log_file.as_deref());
            command.push("--auth-local=trust");
            match &password {
                Some(password) => {
                    guard.place().write("password", password)?;
                    command.extend(["--auth-host=scram-sha-256", "--pwfile", &*secret]);
                }
                None => command.push("--auth-host=trust"),
            }
            guard.run(&command)
        })
    }

    /// Has `fill` make the data folder, and starts a server on it.
    fn make(options: Options, fill: impl FnOnce(&str, &Guard, &str) -> io::Result<()>) -> io::Result<Self> {
        let bin = installation::bin()?;
        let place = if options.durable { Place::on_disk()? } else { Place::in_memory()? };
        let data = place.file("data");
        let pg_ctl = format!("{bin}/pg_ctl");
        let guard = Guard::new(place, &[&pg_ctl, "-D", &data, "-m", "immediate", "-w", "-t", "60", "stop"])?;
        fill(&bin, &guard, &data)?;
        if options.tls {
            tls::make(&guard)?;
        }
        let settings = Mutex::new(options.settings.clone());
        let clock = if options.clock { Some(Clock::open(guard.place().file("clock").as_ref())?) } else { None };
        let mut cluster = Self { guard, bin, options, settings, clock, port: 0 };
        cluster.start_on_a_free_port()?;
        Ok(cluster)
    }

    fn start_on_a_free_port(&mut self) -> io::Result<()> {
        for _ in 1..TRIES {
            self.port = port::free()?;
            self.write_settings()?;
            match self.start() {
                Err(error) if error.to_string().contains("Address already in use") => {}
                other => return other,
            }
        }
        Err(io::Error::other("whichever port was free, another process was faster"))
    }

    /// Starts a server that was stopped or killed, on its old port.
    pub fn start(&self) -> io::Result<()> {
        let settings = format!("-c config_file={}", quote(&self.guard.place().file("server.conf")));
        let log = self.guard.place().file("log");
        for _ in 1..TRIES {
            let Err(error) = self.control_under_clock(&["-l", &log, "-o", &settings, "-w", "-t", "60", "start"]) else {
                return Ok(());
            };
            let log = self.guard.place().read("log");
            // What a killed postmaster left behind ends by itself, but not at once.
            if !log.lines().rev().take(5).any(|line| line.contains("pre-existing shared memory block")) {
                return Err(io::Error::other(format!("{error}\n{log}")));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(io::Error::other("the killed server's processes do not end"))
    }

    /// Stops the server, and waits until it has stopped.
    pub fn stop(&self, shutdown: Shutdown) -> io::Result<()> {
        let mode = match shutdown {
            Shutdown::Fast => "fast",
            Shutdown::Immediate => "immediate",
        };
        self.control(&["-m", mode, "-w", "-t", "60", "stop"])
    }

    /// Stops the server and starts it again on the same port.
    pub fn restart(&self, shutdown: Shutdown) -> io::Result<()> {
        self.stop(shutdown)?;
        self.start()
    }

    /// Adds a line to the settings and has the server read them. Some settings need a restart.
    pub fn set(&self, line: &str) -> io::Result<()> {
        self.settings().push(line.to_owned());
        self.write_settings()?;
        self.control(&["reload"])
    }

    /// Gives the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Gives the file of the certificate, for `sslrootcert`.
    pub fn certificate(&self) -> Option<PathBuf> {
        self.options.tls.then(|| self.guard.place().file("server.crt").into())
    }

    /// Gives the server's clock, if it has one of its own.
    pub const fn clock(&self) -> Option<&Clock> {
        self.clock.as_ref()
    }

    /// Gives this server, to make databases on.
    pub fn server(&self) -> Server {
        let secret = self.options.password.as_ref().map(|password| format!(":{password}")).unwrap_or_default();
        Server::private(format!("postgres://postgres{secret}@127.0.0.1:{}/postgres", self.port))
    }

    /// Gives the URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        self.server().url(database)
    }

    /// Runs SQL as the superuser: see [`Server::psql`].
    pub fn psql(&self, database: &str, sql: &str) -> io::Result<String> {
        self.server().psql(database, sql)
    }

    /// Makes a database as a copy of `template`, or an empty one.
    pub fn create_database(&self, name: &str, template: Option<&str>) -> io::Result<()> {
        self.server().create_database(name, template)
    }

    fn settings(&self) -> MutexGuard<'_, Vec<String>> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_settings(&self) -> io::Result<()> {
        let options = Options { settings: self.settings().clone(), ..self.options.clone() };
        self.guard.place().write("server.conf", &options.file(self.guard.place().path(), self.port))
    }

    fn control(&self, arguments: &[&str]) -> io::Result<()> {
        let (pg_ctl, data) = (format!("{}/pg_ctl", self.bin), self.guard.place().file("data"));
        self.guard.run(&[&[&*pg_ctl, "-D", &data][..], arguments].concat())
    }

    /// What is started inherits the clock.
    fn control_under_clock(&self, arguments: &[&str]) -> io::Result<()> {
        let Some(clock) = &self.clock else { return self.control(arguments) };
        let (pg_ctl, data) = (format!("{}/pg_ctl", self.bin), self.guard.place().file("data"));
        let variables = clock.environment().map(|(name, value)| format!("{name}={value}"));
        let variables: Vec<_> = variables.iter().map(String::as_str).collect();
        self.guard.run(&[&["env"], &variables[..], &[&pg_ctl, "-D", &data], arguments].concat())
    }
}
