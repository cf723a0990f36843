//! An audit of a large store.

use std::{
    fs,
    process::{Child, Command, ExitCode, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::writers::{WARM_UP, Writers, run, say, tell};
use crate::{
    audit::{command, report},
    candidate::{Candidate, Kind, Programs},
    cli::{AuditOptions, Store},
    error::BenchError,
    large::Large,
};

/// At least this part of what was written without an audit, in percent.
const LEAST: u64 = 80;
/// The most resident memory of an audit, in MB.
const MOST_MB: u64 = 200;

/// How long it is written before the audit begins, and after it.
const SPAN: Duration = Duration::from_secs(20);
/// Between two looks at whether it still runs.
const WINDOW: Duration = Duration::from_secs(5);

/// Measures what an audit costs those who write, and its memory.
pub(crate) fn audit(options: &AuditOptions) -> Result<ExitCode, BenchError> {
    run(async {
        let programs = Programs::find()?;
        let mut is_good = true;
        for store in &options.stores {
            is_good &= of(&programs, *store, options).await?;
        }
        Ok(is_good)
    })
}

async fn of(programs: &Programs, store: Store, options: &AuditOptions) -> Result<bool, BenchError> {
    tell("filling a store");
    let large = Large::open(store, false).await?;
    large.add_postings(options.postings).await?;
    let cloud = programs.cloud()?;
    let kind = match store {
        Store::Sqlite => Kind::Sqlite,
        Store::Postgres => Kind::Postgres,
    };
    let server = Candidate::start(programs, kind, Some(large.url()), &format!("http://{}", cloud.address))?;
    let mut writers = Writers { address: server.process.address, connections: options.connections, next_key: 0 };
    writers.write(WARM_UP).await?;
    let before = writers.write(SPAN).await?.per_second;
    let auditing = Auditing::start(command(&programs.hongbao, &large.url()))?;
    let (mut beside, mut least) = (Vec::new(), u64::MAX);
    while !auditing.has_ended() && beside.len() < options.windows {
        let rate = writers.write(WINDOW).await?.per_second;
        tell(&format!("{rate} a second after {} s", auditing.begun.elapsed().as_secs()));
        if !auditing.has_ended() || beside.is_empty() {
            beside.push(rate);
            least = least.min(rate);
        }
    }
    let is_whole = auditing.has_ended();
    let audited = auditing.end()?;
    let after = writers.write(SPAN).await?.per_second;
    let alone = before.midpoint(after).max(1);
    let windows = u64::try_from(beside.len()).unwrap_or(u64::MAX).max(1);
    let percent = beside.iter().sum::<u64>() / windows * 100 / alone;
    say(&format!(
        "{}: {} connections publish {before} and {after} a second before and after, {percent} % beside the audit, \
        {} % in the worst {} s; {audited}{}",
        kind.name(),
        options.connections,
        least.saturating_mul(100) / alone,
        WINDOW.as_secs(),
        if is_whole { "" } else { "; it was waited for without writing after a while" },
    ))?;
    Ok(percent >= LEAST && audited.is_good() && audited.most_mb <= MOST_MB)
}

/// An audit that runs.
struct Auditing {
    begun: Instant,
    ended: Arc<AtomicBool>,
    most_kb: Arc<AtomicU64>,
    waiting: thread::JoinHandle<(std::io::Result<Output>, Duration)>,
}

struct Audited {
    seconds: u64,
    most_mb: u64,
    postings: u64,
    holds: bool,
}

impl Audited {
    const fn is_good(&self) -> bool {
        self.holds
    }
}

impl std::fmt::Display for Audited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seconds, most_mb, postings, holds } = self;
        write!(f, "{postings} postings in {seconds} s, holds: {holds}, at most {most_mb} MB resident")
    }
}

impl Auditing {
    fn start(mut command: Command) -> Result<Self, BenchError> {
        let begun = Instant::now();
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let child = child.map_err(|error| BenchError::because("cannot start the audit", error))?;
        let (ended, most_kb) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        watch(&child, Arc::clone(&ended), Arc::clone(&most_kb));
        let is_over = Arc::clone(&ended);
        let waiting = thread::spawn(move || {
            let output = child.wait_with_output();
            is_over.store(true, Ordering::Relaxed);
            (output, begun.elapsed())
        });
        Ok(Self { begun, ended, most_kb, waiting })
    }

    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    fn end(self) -> Result<Audited, BenchError> {
        let (output, took) = self.waiting.join().map_err(|_| BenchError::new("the audit was lost"))?;
        let output = output.map_err(|error| BenchError::because("cannot wait for the audit", error))?;
        let report = report("a large store", &output)?;
        Ok(Audited {
            seconds: took.as_secs(),
            most_mb: self.most_kb.load(Ordering::Relaxed) / 1000,
            postings: report.postings,
            holds: report.holds,
        })
    }
}

/// Reads the most memory that was ever resident until the process has ended.
fn watch(child: &Child, ended: Arc<AtomicBool>, most_kb: Arc<AtomicU64>) {
    let status = format!("/proc/{}/status", child.id());
    thread::spawn(move || {
        while !ended.load(Ordering::Relaxed) {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let found = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
            most_kb.fetch_max(found.unwrap_or(0), Ordering::Relaxed);
            thread::sleep(Duration::from_millis(20));
        }
    });
}
