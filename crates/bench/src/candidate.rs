//! Who is measured.

use std::{
    cell::Cell,
    env,
    path::{Path, PathBuf},
};

use crate::{
    audit::{Tally, audit},
    error::BenchError,
    process::{Process, free_address},
};

/// Everything that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The same requests, answered at once.
    Ceiling,
    /// One transaction for each step, on PostgreSQL.
    Textbook,
    /// Hongbao on PostgreSQL as it comes.
    Postgres,
    /// Hongbao on PostgreSQL with one batch at a time.
    OneWriter,
    /// Hongbao on SQLite.
    Sqlite,
}

impl Kind {
    /// How it is called in the figures.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ceiling => "http ceiling",
            Self::Textbook => "textbook",
            Self::Postgres => "hongbao on postgresql",
            Self::OneWriter => "... with one writer",
            Self::Sqlite => "hongbao on sqlite",
        }
    }

    /// The two that differ in the number of writers only.
    pub(crate) const DUEL: [Self; 2] = [Self::Postgres, Self::OneWriter];

    /// Says whether it is asked under keys as well: ours, as it comes.
    pub(crate) const fn takes_keys(self) -> bool {
        match self {
            Self::Postgres | Self::Sqlite => true,
            Self::Ceiling | Self::Textbook | Self::OneWriter => false,
        }
    }

    /// Says whether it is measured beside all the others.
    pub(crate) const fn is_in_contest(self) -> bool {
        match self {
            Self::Ceiling | Self::Textbook | Self::Postgres | Self::Sqlite => true,
            Self::OneWriter => false,
        }
    }
}

/// The programs that play the candidates.
pub(crate) struct Programs {
    /// The real server.
    pub(crate) hongbao: PathBuf,
    /// This program.
    bench: PathBuf,
}

impl Programs {
    /// Finds the server beside this program, as cargo builds them.
    pub(crate) fn find() -> Result<Self, BenchError> {
        let bench = env::current_exe().map_err(|error| BenchError::because("cannot find this program", error))?;
        let hongbao = bench.with_file_name("hongbao");
        if hongbao.is_file() {
            Ok(Self { hongbao, bench })
        } else {
            Err(BenchError::new(format!("there is no {}; scripts/bench builds it", hongbao.display())))
        }
    }

    /// Starts the IM cloud.
    pub(crate) fn cloud(&self) -> Result<Process, BenchError> {
        let address = free_address()?;
        Process::start(&self.bench, &["cloud".to_owned(), address.to_string()], address)
    }
}

/// A candidate that runs.
pub(crate) struct Candidate {
    pub(crate) kind: Kind,
    pub(crate) process: Process,
    /// Its store, if it has one.
    url: Option<String>,
    /// What it has answered well.
    pub(crate) tally: Cell<Tally>,
}

impl Candidate {
    /// Starts a candidate over the filled store at `url`.
    pub(crate) fn start(programs: &Programs, kind: Kind, url: Option<String>, cloud: &str) -> Result<Self, BenchError> {
        Self::start_under(&[], programs, kind, url, cloud)
    }

    /// Starts it with more variables in its environment, if it is ours.
    pub(crate) fn start_under(
        variables: &[(&str, String)],
        programs: &Programs,
        kind: Kind,
        url: Option<String>,
        cloud: &str,
    ) -> Result<Self, BenchError> {
        let address = free_address()?;
        let store = url.clone().unwrap_or_default();
        let process = match kind {
            Kind::Ceiling => Process::start(&programs.bench, &["ceiling".to_owned(), address.to_string()], address),
            Kind::Textbook => {
                let arguments = ["textbook".to_owned(), address.to_string(), store, cloud.to_owned()];
                Process::start(&programs.bench, &arguments, address)
            }
            Kind::Postgres | Kind::OneWriter | Kind::Sqlite => {
                let listen = format!("http.listen={address}");
                let mut settings = vec![listen, format!("database.url={store}"), format!("im.base_url={cloud}")];
                settings.extend(OURS.map(str::to_owned));
                if kind == Kind::OneWriter {
                    settings.push("database.writers=1".to_owned());
                }
                let flags = settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]);
                let arguments: Vec<_> = ["serve".to_owned()].into_iter().chain(flags).collect();
                Process::start_under(variables, &programs.hongbao, &arguments, address)
            }
        };
        Ok(Self { kind, process: process?, url, tally: Cell::default() })
    }

    /// Stops it and audits its store.
    pub(crate) fn finish(self, hongbao: &Path) -> Result<(), BenchError> {
        let Self { kind, process, url, tally } = self;
        drop(process);
        url.map_or(Ok(()), |url| audit(hongbao, kind.name(), &url, tally.get()))
    }
}

/// No quota, no rate, and no line in the log for each request: the yardsticks have none of them.
const OURS: [&str; 8] = [
    "admin.listen=off",
    "im.backup_url=",
    "im.app_key=bench",
    "im.app_secret=bench",
    "im.private_messages_per_minute=0",
    "rate_limit.session=off",
    "rate_limit.address=off",
    "log.filter=warn",
];
