//! Servers on one database, and one cloud.

use std::{
    io::Write,
    net::SocketAddr,
    process::{Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    harness::{Program, QUICKLY, until},
    history::User,
};

/// How many users there are. All have money, the last one next to none.
pub(crate) const USERS: usize = 9;

/// The shortest lease under which a call to the cloud may take 2 s. Packets that no user wants soon expire.
const SETTINGS: [&str; 19] = [
    "im.app_key=trial",
    "im.app_secret=trial-secret",
    "im.backup_url=",
    "im.timeout=2s",
    "im.attempt_timeout=1s",
    "im.connect_timeout=500ms",
    "im.pacing=100ms",
    "im.quota_share=3",
    "http.listen=127.0.0.1:0",
    "admin.listen=off",
    "http.deadline=4100ms",
    "rate_limit.session=off",
    "rate_limit.address=off",
    "red_packet.lease=6100ms",
    "red_packet.clean_up_interval=200ms",
    "red_packet.expires_in=4s",
    "group.reconcile_interval=200ms",
    "group.check_pause=6100ms",
    "database.connections=8",
];

/// Whatever hangs is resolved within lease + 5 s.
pub(crate) const RESOLVED_WITHIN: Duration = Duration::from_millis(6100 + 5000);

/// After this the cloud agrees, too: what is due was looked at once more.
pub(crate) const AGREED_WITHIN: Duration = Duration::from_millis(2 * 6100 + 5000);

/// Servers on one database. Dropping them kills them.
pub(crate) struct Servers {
    folder: TempDir,
    database: String,
    cloud: (Program, SocketAddr),
    /// Those that run, and where they listen.
    each: Vec<OnceLock<(Program, SocketAddr)>>,
}

impl Servers {
    /// Makes a cloud, and `size` servers that do not run yet.
    pub(crate) fn new(database: &str, size: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["sandbox", "--app-key", "trial", "--app-secret", "trial-secret", "--listen", "127.0.0.1:0"];
        let mut cloud = Program::start(hongbao(&folder).args(arguments));
        let address = cloud
            .wait_for("the sandbox", 2 * QUICKLY, |cloud| address(cloud.stdout().split_once("sandbox on http://")?.1));
        Self {
            folder,
            database: database.to_owned(),
            cloud: (cloud, address),
            each: (0..size).map(|_| OnceLock::new()).collect(),
        }
    }

    pub(crate) fn cloud(&self) -> SocketAddr {
        self.cloud.1
    }

    pub(crate) fn size(&self) -> usize {
        self.each.len()
    }

    /// Where a server listens, if it runs.
    pub(crate) fn address(&self, number: usize) -> Option<SocketAddr> {
        self.each[number].get().map(|(_, address)| *address)
    }

    /// Starts a server and waits until it listens.
    fn start(&self, number: usize) {
        let mut program = Program::start(&mut self.hongbao(&["serve"]));
        let listening = program.wait_for("a server that listens", 6 * QUICKLY, |program| {
            address(program.stderr().split_once("listening on http://")?.1)
        });
        assert!(self.each[number].set((program, listening)).is_ok(), "it runs already");
    }

    /// Starts all at once.
    pub(crate) fn start_all(&self) {
        thread::scope(|scope| {
            for number in 0..self.size() {
                scope.spawn(move || self.start(number));
            }
        });
    }

    /// Ctrl-C for all, and a good end. Gives everything that they ever logged.
    pub(crate) fn stop(self) -> String {
        let mut log = String::new();
        for (program, _) in self.each.into_iter().filter_map(OnceLock::into_inner) {
            program.signal("INT");
            let (status, _, end) = program.ended(4 * QUICKLY);
            assert_eq!(status.code(), Some(0), "{end}");
            log += &end;
        }
        log
    }

    /// Makes the coin, the users, their sessions and their money, as an administrator does.
    pub(crate) fn set_up(&self) {
        self.admin(&["coin", "add", "CNY", "--scale", "2", "--min", "0.01", "--max", "200"], "");
        thread::scope(|scope| {
            for user in 0..USERS {
                scope.spawn(move || {
                    let (name, reference) = (name(user), format!("first-{user}"));
                    let money = if user + 1 == USERS { "3" } else { "1000" };
                    self.admin(&["user", "add", &name], "");
                    self.admin(&["session", "issue", &name, "--key-stdin"], &session_key(user));
                    self.admin(&["deposit", &name, "CNY", money, "--reference", &reference], "");
                });
            }
        });
    }

    /// The money holds now.
    #[track_caller]
    pub(crate) fn assert_audit(&self) {
        let audit = self.run(&["admin", "audit"], "");
        assert_eq!(audit.status.code(), Some(0), "{audit:?}");
    }

    fn admin(&self, arguments: &[&str], input: &str) {
        let done = self.run(&[&["admin"], arguments].concat(), input);
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {done:?}");
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.hongbao(arguments);
        // Beside so many servers on a busy machine, a connection can take longer than it should.
        command.args(["--set", "database.acquire_timeout=30s"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn hongbao(&self, arguments: &[&str]) -> Command {
        let places = [format!("database.url={}", self.database), format!("im.base_url=http://{}", self.cloud())];
        let mut command = hongbao(&self.folder);
        command.args(arguments);
        command.args(SETTINGS.into_iter().chain(places.iter().map(String::as_str)).flat_map(|one| ["--set", one]));
        command
    }
}

/// Waits until all servers answer a read of the store with 0.
pub(crate) fn wait_until_all_serve(servers: &Servers) {
    for number in 0..servers.size() {
        until(6 * QUICKLY, "a server that serves again", || {
            let form = format!("session_key={}", session_key(0));
            let answer = crate::harness::post(servers.address(number)?, "/im/asset_list", &form).ok()?;
            (answer.body["status"] == 0).then_some(())
        });
    }
}

pub(crate) fn name(user: User) -> String {
    format!("user{user}")
}

pub(crate) fn session_key(user: User) -> String {
    format!("key-of-user{user}")
}

fn hongbao(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hongbao"));
    command.current_dir(folder.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Reads an address that a line goes on with, once the line is complete.
fn address(rest: &str) -> Option<SocketAddr> {
    let (address, _) = rest.split_once([' ', '\n'])?;
    address.parse().ok()
}
