//! A shell that outlives us just long enough to clean up after us.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::place::Place;

/// Runs one order after another. When its input ends it says farewell and removes the folder: we are gone then, however
/// that came about. Since the orders run in the shell itself, nothing can be started behind a farewell.
const SCRIPT: &str = r#"
folder=$1 farewell=$2
leave() {
    cd /
    sh -c "$farewell" </dev/null >/dev/null 2>&1
    for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$folder" && break; sleep 0.1; done
}
trap leave EXIT
trap exit HUP INT TERM
trap : PIPE
while IFS= read -r order; do
    sh -c "$order" </dev/null >"$folder/output" 2>&1
    echo $?
done
"#;

/// Runs commands in a [`Place`], as its user, and clears the place up at the end.
#[derive(Debug)]
pub(crate) struct Guard {
    place: Place,
    shell: Mutex<Shell>,
}

#[derive(Debug)]
struct Shell {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Guard {
    /// Guards `place`; `farewell` is the command that stops what was started there.
    pub(crate) fn new(place: Place, farewell: &[&str]) -> io::Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "guard", place.path(), &quoted(farewell)]).current_dir(place.path());
        // A group of its own, so that Ctrl-C in a terminal reaches us and not the servers.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // The standard library leaves all other groups, too, when it changes the user.
        if let Some(account) = place.account() {
            command.gid(account.gid).uid(account.uid);
        }
        without_settings(&mut command).env("LC_ALL", "C");
        let mut child = command.spawn()?;
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("the output is a pipe"));
        Ok(Self { place, shell: Mutex::new(Shell { child, orders, answers }) })
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Runs a command to its end. What it printed is in the error.
    pub(crate) fn run(&self, command: &[&str]) -> io::Result<()> {
        self.order(&quoted(command))
    }

    /// Runs one line of shell to its end.
    pub(crate) fn order(&self, line: &str) -> io::Result<()> {
        let mut shell = self.shell.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = shell.orders.as_mut().expect("the pipe is closed only on drop");
        writeln!(orders, "{line}")?;
        let mut status = String::new();
        shell.answers.read_line(&mut status)?;
        if status == "0\n" {
            return Ok(());
        }
        let output = self.place.read("output");
        Err(io::Error::other(format!("cannot run {line}: status {}: {}", status.trim(), output.trim())))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let shell = self.shell.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(shell.orders.take());
        // No caller could do more about a shell that cannot be waited for.
        let _status = shell.child.wait();
    }
}

/// Takes from a command what would make PostgreSQL's programs turn to some other server.
pub(crate) fn without_settings(command: &mut Command) -> &mut Command {
    let ours = |name: &std::ffi::OsString| name.to_str().is_some_and(|name| name.starts_with("PG"));
    for name in env::vars_os().map(|(name, _)| name).filter(ours) {
        command.env_remove(name);
    }
    command
}

/// Writes a command as one line of shell.
fn quoted(command: &[&str]) -> String {
    command.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// Writes a word so that a shell reads it back as it is.
pub(crate) fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
