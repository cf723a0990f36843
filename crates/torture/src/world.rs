//! The processes of a trial, and what is done to them.

mod cloud;
mod command;
mod database;
mod program;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitStatus,
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use self::{cloud::Cloud, database::Database, program::Program};
pub(crate) use self::{
    cloud::{group, inbox, name},
    command::AdminCommand,
};
use crate::{
    cli::{Options, word},
    error::TortureError,
    history::{Event, History, Move, Movement, Told},
    plan::Act,
    settings::{COINS, SETTINGS, USERS, session_key, user},
};

const STARTED_WITHIN: Duration = Duration::from_secs(40);
const ENDED_WITHIN: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(10);

/// What a server that was told of a planted defect is told by.
const PLANTED: &str = "HONGBAO_PLANTED_DEFECT";

/// Where each server listens, for clients who do not wait for one that starts.
#[derive(Default)]
pub(crate) struct Addresses(RwLock<Vec<Option<Listening>>>);

/// Where a server listens.
#[derive(Debug, Clone, Copy)]
struct Listening {
    api: SocketAddr,
    admin: SocketAddr,
}

impl Addresses {
    pub(crate) fn of(&self, server: usize) -> Option<SocketAddr> {
        self.listening(server).map(|listening| listening.api)
    }

    /// Gives where the server's admin API listens.
    pub(crate) fn admin_of(&self, server: usize) -> Option<SocketAddr> {
        self.listening(server).map(|listening| listening.admin)
    }

    fn listening(&self, server: usize) -> Option<Listening> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(server).copied().flatten()
    }

    fn set(&self, server: usize, listening: Option<Listening>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner)[server] = listening;
    }
}

/// One server of ours.
#[derive(Default)]
struct Server {
    program: Option<Program>,
    /// Whether it is to run. One that ends before it listens, as it does while its store is away, is started again.
    is_wanted: bool,
    is_up: bool,
}

/// Everything that runs.
pub(crate) struct World {
    hongbao: PathBuf,
    folder: PathBuf,
    history: Arc<History>,
    pub(crate) database: Database,
    cloud: Cloud,
    servers: Vec<Server>,
    pub(crate) addresses: Arc<Addresses>,
    planted: Option<String>,
    disk_is_full: bool,
}

impl World {
    /// Starts the store and the cloud, and knows of servers that do not run yet.
    pub(crate) fn new(options: &Options, folder: &Path, history: Arc<History>) -> Result<Self, TortureError> {
        let torture = std::env::current_exe()?;
        let hongbao = torture.with_file_name("hongbao");
        if !hongbao.is_file() {
            return Err(TortureError::new(format!("there is no {}; scripts/torture builds it", hongbao.display())));
        }
        let addresses = Arc::new(Addresses(RwLock::new(vec![None; options.replicas()])));
        Ok(Self {
            database: Database::open(options.store, folder)?,
            cloud: Cloud::start(&hongbao, folder)?,
            servers: (0..options.replicas()).map(|_| Server::default()).collect(),
            addresses,
            hongbao,
            folder: folder.to_owned(),
            history,
            planted: options.planted.map(|defect| word(&defect)),
            disk_is_full: false,
        })
    }

    pub(crate) fn cloud(&self) -> SocketAddr {
        self.cloud.address
    }

    /// Makes the coins, the users, their sessions and their money, as an administrator does.
    pub(crate) fn set_up(&self) -> Result<(), TortureError> {
        self.database.prepare()?;
        let (this, mut op) = (&self, 0);
        for coin in COINS {
            let scale = coin.scale.to_string();
            this.admin(&["coin", "add", coin.id, "--scale", &scale, "--min", coin.min, "--max", coin.max], "")?;
        }
        for number in 0..USERS {
            let name = user(number);
            this.admin(&["user", "add", &name], "")?;
            this.admin(&["session", "issue", &name, "--key-stdin"], &session_key(&name))?;
            for coin in COINS {
                // The last user has next to none.
                let (money, minor) =
                    if number + 1 == USERS { ("1", 10_i128.pow(coin.scale)) } else { (coin.first, coin.first_minor) };
                let reference = format!("first-{}-{name}", coin.id);
                this.admin(&["deposit", &name, coin.id, money, "--reference", &reference], "")?;
                let (direction, user, coin) = ("in".to_owned(), name.clone(), coin.id.to_owned());
                let movement = Movement { direction, user, coin, minor: minor.to_string() };
                op += 1;
                this.history.add(Event::Move(Move { op, attempt: 1, server: None, reference, movement }));
                this.history.add(Event::Moved { op, attempt: 1, told: Told::Done { repeated: false } });
            }
        }
        Ok(())
    }

    /// Adds an endpoint that is told of everything; gives its id and its secret.
    pub(crate) fn add_endpoint(&self, url: &str) -> Result<(String, String), TortureError> {
        let added: Value = serde_json::from_str(&self.admin(&["--json", "webhook", "add", url], "")?)?;
        let text = |key: &str| added[key].as_str().map(str::to_owned);
        let both = text("webhook_id").zip(text("secret"));
        both.ok_or_else(|| TortureError::new("an endpoint was added, and has no id or no secret"))
    }

    /// Makes a token by which money is moved over the admin API.
    pub(crate) fn add_token(&self) -> Result<String, TortureError> {
        let made = self.admin(&["--json", "token", "create", "--name", "cashier", "--scope", "money"], "")?;
        let made: Value = serde_json::from_str(&made)?;
        let token = made["token"].as_str().map(str::to_owned);
        token.ok_or_else(|| TortureError::new("a token was made, and is not told"))
    }

    /// Starts all servers that do not run, and waits until they serve.
    pub(crate) fn start_all(&mut self) -> Result<(), TortureError> {
        self.servers.iter_mut().for_each(|server| server.is_wanted = true);
        let until = Instant::now() + STARTED_WITHIN;
        while !self.servers.iter().all(|server| server.is_up) {
            self.tick()?;
            if Instant::now() > until {
                return Err(TortureError::new("a server does not start; see its log"));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Looks after the servers: starts those that are to run, and sees which have come up and which have ended.
    pub(crate) fn tick(&mut self) -> Result<(), TortureError> {
        self.database.tick()?;
        for number in 0..self.servers.len() {
            if self.servers[number].is_wanted && self.servers[number].program.is_none() {
                self.servers[number].program = Some(self.launch(number)?);
            }
            let server = &mut self.servers[number];
            match &mut server.program {
                None => {}
                Some(program) => {
                    if let Some(status) = program.end()? {
                        let is_odd = server.is_up;
                        self.forget(number);
                        if is_odd {
                            let line = format!("it ended by itself: {status}");
                            self.history.add(Event::Alarm { server: number.to_string(), line });
                        }
                    } else if !server.is_up
                        && let Some((api, admin)) = program.address().zip(program.admin())
                    {
                        server.is_up = true;
                        if self.disk_is_full {
                            program.limit_files(Some(0))?;
                        }
                        self.history.add(Event::Up { server: number });
                        self.addresses.set(number, Some(Listening { api, admin }));
                    }
                }
            }
        }
        Ok(())
    }

    /// Does something to the world, and writes it down. What cannot be done now is left out.
    pub(crate) fn act(&mut self, act: &Act) -> Result<(), TortureError> {
        if !self.database.can(act) {
            return Ok(());
        }
        if let Some(kind) = act.kind() {
            self.history.add(Event::Fault { kind, what: act.to_string() });
        }
        match act {
            Act::Kill(server) => self.kill(*server),
            Act::End(server) => self.end(*server).map(drop),
            Act::Start(server) => {
                self.servers[*server].is_wanted = true;
                self.tick()
            }
            Act::Stop(server) => {
                self.history.add(Event::Down { server: *server });
                self.signal(*server, "STOP")
            }
            Act::Go(server) => {
                self.signal(*server, "CONT")?;
                self.history.add(Event::Up { server: *server });
                Ok(())
            }
            Act::Cloud(fault) => self.cloud.arm(fault),
            Act::Late => self.cloud.release_late(),
            Act::StopCloud => self.cloud.stop(),
            Act::GoCloud => self.cloud.go(),
            Act::DiskFull => self.fill_disk(true),
            Act::DiskFree => self.fill_disk(false),
            Act::Clock(shift_s) => {
                self.history.add(Event::Clock { shift_s: *shift_s });
                self.database.shift_clock(*shift_s)
            }
            Act::Commit(..)
            | Act::Release
            | Act::Cut
            | Act::Refuse
            | Act::Admit
            | Act::Stall
            | Act::Flow
            | Act::KillDatabase
            | Act::EndDatabase
            | Act::StartDatabase
            | Act::FailOver
            | Act::DatabaseDiskFull
            | Act::DatabaseDiskFree
            | Act::Pooler => self.database.act(act),
        }
    }

    /// Mends all that is broken, and starts all that is down.
    pub(crate) fn mend(&mut self) -> Result<(), TortureError> {
        self.history.add(Event::Clock { shift_s: 0 });
        self.database.mend()?;
        self.cloud.mend()?;
        self.fill_disk(false)?;
        for server in 0..self.servers.len() {
            self.signal(server, "CONT")?;
        }
        self.start_all()
    }

    /// Ends all servers in order. One that does not end so is an alarm.
    pub(crate) fn stop(&mut self) -> Result<(), TortureError> {
        for number in 0..self.servers.len() {
            let status = self.end(number)?;
            if !status.is_some_and(|status| status.success()) {
                let line = format!("it did not end in order at the end: {status:?}");
                self.history.add(Event::Alarm { server: number.to_string(), line });
            }
        }
        Ok(())
    }

    fn launch(&self, number: usize) -> Result<Program, TortureError> {
        let command = self.hongbao(&["serve"], &self.database.settings(number));
        let mut environment = self.database.environment();
        if let Some(planted) = &self.planted {
            environment.push((PLANTED, planted.clone()));
        }
        let log = self.folder.join(format!("server-{number}.log"));
        Program::start(&command, &environment, &self.folder, &log)
    }

    /// Takes a server out of the sight of clients.
    fn down(&mut self, number: usize) {
        self.addresses.set(number, None);
        self.history.add(Event::Down { server: number });
        self.servers[number].is_wanted = false;
    }

    /// Lets go of a server's program, which has ended or ends now.
    fn forget(&mut self, number: usize) {
        self.addresses.set(number, None);
        self.servers[number].is_up = false;
        if let Some(program) = self.servers[number].program.take() {
            self.note(number, &program);
        }
    }

    fn kill(&mut self, number: usize) -> Result<(), TortureError> {
        self.down(number);
        self.signal(number, "KILL")?;
        self.forget(number);
        Ok(())
    }

    /// Has a server end in order. Nothing else is done meanwhile: there must be no second server on one file.
    fn end(&mut self, number: usize) -> Result<Option<ExitStatus>, TortureError> {
        self.down(number);
        // It may stand still.
        self.signal(number, "CONT")?;
        self.signal(number, "TERM")?;
        let Some(program) = self.servers[number].program.as_mut() else { return Ok(None) };
        let status = program.ended(ENDED_WITHIN)?;
        self.forget(number);
        Ok(status)
    }

    fn signal(&mut self, server: usize, name: &str) -> Result<(), TortureError> {
        self.servers[server].program.as_mut().map_or(Ok(()), |program| program.signal(name))
    }

    fn fill_disk(&mut self, is_full: bool) -> Result<(), TortureError> {
        self.disk_is_full = is_full;
        let limit = is_full.then_some(0);
        let programs = self.servers.iter_mut().filter_map(|server| server.program.as_mut());
        programs.into_iter().try_for_each(|program| program.limit_files(limit))
    }

    fn note(&self, server: usize, program: &Program) {
        for line in program.take_alarms() {
            self.history.add(Event::Alarm { server: server.to_string(), line });
        }
    }

    /// Gives the command line of an administrator. Nothing stands between it and the database.
    pub(crate) fn admin_command(&self) -> AdminCommand {
        let direct = format!("database.url={}", self.database.url());
        let mut settings = self.hongbao(&[], &[direct]);
        let program = settings.remove(0);
        AdminCommand { program, settings, environment: self.database.environment(), folder: self.folder.clone() }
    }

    fn admin(&self, arguments: &[&str], input: &str) -> Result<String, TortureError> {
        let done = self.admin_command().run(arguments, input, ENDED_WITHIN)?;
        match done {
            Some(done) if done.status.success() => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
            Some(done) => {
                let why = String::from_utf8_lossy(&done.stderr);
                Err(TortureError::new(format!("hongbao admin {arguments:?}: {why}")))
            }
            None => Err(TortureError::new(format!("hongbao admin {arguments:?} does not end"))),
        }
    }

    fn hongbao(&self, arguments: &[&str], more: &[String]) -> Vec<String> {
        let cloud = format!("im.base_url=http://{}", self.cloud.address);
        let settings = SETTINGS.iter().map(|setting| (*setting).to_owned()).chain(more.iter().cloned()).chain([cloud]);
        let program = self.hongbao.display().to_string();
        let words = [program].into_iter().chain(arguments.iter().map(|word| (*word).to_owned()));
        words.chain(settings.flat_map(|setting| ["--set".to_owned(), setting])).collect()
    }
}
