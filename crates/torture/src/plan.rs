//! What is broken when, from a seed: pure, so that a seed gives the same schedule again.

use std::fmt;

use crate::{cli::Store, dice::Dice, settings::LEASE};

/// Something that is done to the world at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Milliseconds since clients began.
    pub(crate) at_ms: u64,
    pub(crate) act: Act,
}

/// What may be done. What is broken is mended by a later step; to mend what is whole does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// `kill -9`.
    Kill(usize),
    /// SIGTERM, and its orderly end.
    End(usize),
    /// Starts a server that was killed or ended.
    Start(usize),
    /// SIGSTOP.
    Stop(usize),
    /// SIGCONT.
    Go(usize),
    /// The cloud does something wrong with so many calls.
    Cloud(CloudFault),
    /// The cloud executes what it has given up.
    Late,
    /// SIGSTOP of the cloud.
    StopCloud,
    /// SIGCONT of the cloud.
    GoCloud,
    /// A connection to the database is lost at each of the next COMMITs, or at the first statement of a transaction.
    Commit(CommitFault, usize),
    /// COMMITs that are on their way arrive.
    Release,
    /// All connections to the database are cut.
    Cut,
    /// No connection to the database is taken.
    Refuse,
    /// They are taken again.
    Admit,
    /// Nothing passes to or from the database.
    Stall,
    /// It passes again.
    Flow,
    /// The database's server is killed, or stopped so that it has to recover.
    KillDatabase,
    /// The database's server is stopped in order.
    EndDatabase,
    /// It is started again.
    StartDatabase,
    /// The database's server is killed for good, and its standby takes over.
    FailOver,
    /// No table of the database grows.
    DatabaseDiskFull,
    /// Tables can grow again.
    DatabaseDiskFree,
    /// The pooler is started anew: all its connections are lost.
    Pooler,
    /// No file can grow.
    DiskFull,
    /// Files can grow again.
    DiskFree,
    /// The store's clock jumps to so many seconds from the right time.
    Clock(i64),
}

/// Where a connection to the database is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitFault {
    /// At the first statement of a transaction.
    AtFirst,
    /// Before the COMMIT.
    Before,
    /// After it, before its answer.
    After,
    /// The COMMIT arrives later, or never.
    Held,
}

/// What the cloud does wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CloudFault {
    pub(crate) path: &'static str,
    pub(crate) fault: &'static str,
    pub(crate) when: &'static str,
    pub(crate) times: u64,
}

impl Act {
    /// Names its kind, to be counted. What mends is not counted.
    pub(crate) fn kind(&self) -> Option<String> {
        Some(match self {
            Self::Kill(_) => "kill -9 of a server".to_owned(),
            Self::End(_) => "SIGTERM of a server".to_owned(),
            Self::Stop(_) => "SIGSTOP of a server".to_owned(),
            Self::Cloud(CloudFault { fault, when, .. }) => format!("cloud: {fault}, {when} execution"),
            Self::StopCloud => "SIGSTOP of the cloud".to_owned(),
            Self::Commit(CommitFault::AtFirst, _) => "connection lost in a transaction".to_owned(),
            Self::Commit(CommitFault::Before, _) => "connection lost before COMMIT".to_owned(),
            Self::Commit(CommitFault::After, _) => "connection lost after COMMIT".to_owned(),
            Self::Commit(CommitFault::Held, _) => "COMMIT late".to_owned(),
            Self::Cut => "all connections to the database cut".to_owned(),
            Self::Refuse => "database refuses connections".to_owned(),
            Self::Stall => "database silent".to_owned(),
            Self::KillDatabase => "kill -9 of PostgreSQL".to_owned(),
            Self::EndDatabase => "restart of PostgreSQL".to_owned(),
            Self::FailOver => "fail-over to the standby".to_owned(),
            Self::DatabaseDiskFull => "disk full under PostgreSQL".to_owned(),
            Self::Pooler => "restart of the pooler".to_owned(),
            Self::DiskFull => "disk full".to_owned(),
            Self::Clock(1..) => "clock jumps ahead".to_owned(),
            Self::Clock(..0) => "clock jumps back".to_owned(),
            Self::Clock(0)
            | Self::Start(_)
            | Self::Go(_)
            | Self::Late
            | Self::GoCloud
            | Self::Release
            | Self::Admit
            | Self::Flow
            | Self::StartDatabase
            | Self::DatabaseDiskFree
            | Self::DiskFree => return None,
        })
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

const NOTICES: &str = "/message/private/publish.json";

/// The calls that the servers make, those of money most often.
const PATHS: [&str; 12] = [
    NOTICES,
    NOTICES,
    NOTICES,
    NOTICES,
    "/group/create.json",
    "/group/join.json",
    "/group/quit.json",
    "/group/dismiss.json",
    "/group/user/query.json",
    "/user/getToken.json",
    "/user/refresh.json",
    "/user/info.json",
];

/// What the sandbox does wrong: of its codes one that leaves open what was done (1050, HTTP 504), and two that do not.
const FAULTS: [&str; 11] = [
    "reject",
    "rate_limit",
    "server_error",
    "timeout",
    "reset",
    "garbage",
    "drip",
    "truncate",
    OPEN_CODE,
    DEFINITE_CODES[0],
    DEFINITE_CODES[1],
];

/// A code is named by its number.
const OPEN_CODE: &str = "1050";
const DEFINITE_CODES: [&str; 2] = ["1006", "1009"];
const WHEN: [&str; 4] = ["before", "after", "after", "later"];

/// How far a clock jumps, in seconds.
const JUMPS: [i64; 6] = [3, 40, 3_600, -3, -40, -3_600];

/// Makes the schedule for so many milliseconds, in the order of time.
pub(crate) fn schedule(seed: u64, store: Store, replicas: usize, length_ms: u64) -> Vec<Step> {
    let mut planner = Planner { dice: Dice::new(seed), store, replicas, steps: Vec::new() };
    let mut at_ms = 500;
    while at_ms < length_ms {
        planner.plan(at_ms);
        at_ms += 200 + planner.dice.below(1_300);
    }
    planner.steps.sort_by_key(|step| step.at_ms);
    planner.steps
}

struct Planner {
    dice: Dice,
    store: Store,
    replicas: usize,
    steps: Vec<Step>,
}

impl Planner {
    fn at(&mut self, at_ms: u64, act: Act) {
        self.steps.push(Step { at_ms, act });
    }

    /// Breaks something at a moment and mends it later.
    fn between(&mut self, at_ms: u64, (least, most): (u64, u64), broken: Act, mended: Act) {
        let lasts = least + self.dice.below(most - least);
        self.at(at_ms, broken);
        self.at(at_ms + lasts, mended);
    }

    fn server(&mut self) -> usize {
        self.dice.index(self.replicas)
    }

    fn plan(&mut self, at_ms: u64) {
        match self.dice.below(100) {
            0..12 => {
                let server = self.server();
                self.between(at_ms, (100, 2_000), Act::Kill(server), Act::Start(server));
            }
            12..15 => {
                let server = self.server();
                self.between(at_ms, (500, 3_000), Act::End(server), Act::Start(server));
            }
            15..17 => {
                let server = self.server();
                self.between(at_ms, (50, 3_000), Act::Stop(server), Act::Go(server));
            }
            17..25 => self.strand(at_ms),
            25..27 => self.between(at_ms, (100, 3_000), Act::StopCloud, Act::GoCloud),
            27..31 => self.at(at_ms, Act::Late),
            31..35 => self.clock(at_ms),
            35..65 => self.cloud(at_ms),
            _ => match self.store {
                Store::Sqlite => self.sqlite(at_ms),
                Store::Postgres => self.postgres(at_ms),
            },
        }
    }

    /// A server stands still for longer than a lease while calls of its requests are under way: others take over what it
    /// had begun, and then it goes on.
    fn strand(&mut self, at_ms: u64) {
        let server = self.server();
        let when = *self.dice.one(&["before", "after"]);
        self.at(at_ms, Act::Cloud(CloudFault { path: NOTICES, fault: "timeout", when, times: 6 }));
        let lease_ms = u64::try_from(LEASE.as_millis()).expect("a lease is short");
        self.between(at_ms + 400, (lease_ms + 200, lease_ms + 2_500), Act::Stop(server), Act::Go(server));
    }

    /// COMMITs that never arrive: their servers die while they wait for them, and then the database does.
    fn doom(&mut self, at_ms: u64, times: usize) {
        self.at(at_ms, Act::Commit(CommitFault::Held, times));
        for server in 0..self.replicas {
            if self.dice.percent(60) {
                self.between(at_ms + 300, (200, 1_500), Act::Kill(server), Act::Start(server));
            }
        }
        self.between(at_ms + 400, (100, 1_000), Act::KillDatabase, Act::StartDatabase);
        self.at(at_ms + 1_500, Act::Release);
    }

    fn cloud(&mut self, at_ms: u64) {
        let (path, fault) = (*self.dice.one(&PATHS), *self.dice.one(&FAULTS));
        let when = match fault {
            "reject" | "rate_limit" => "before",
            code if DEFINITE_CODES.contains(&code) => "before",
            // The reconciler looks twice, a while apart: what comes later than that stays.
            _ if path.starts_with("/group/") => *self.dice.one(&["before", "after"]),
            _ => *self.dice.one(&WHEN),
        };
        let times = 1 + self.dice.below(12);
        self.at(at_ms, Act::Cloud(CloudFault { path, fault, when, times }));
    }

    fn clock(&mut self, at_ms: u64) {
        let shift = *self.dice.one(&JUMPS);
        self.between(at_ms, (300, 4_000), Act::Clock(shift), Act::Clock(0));
    }

    fn sqlite(&mut self, at_ms: u64) {
        if self.dice.percent(40) {
            self.between(at_ms, (100, 2_500), Act::DiskFull, Act::DiskFree);
        } else {
            let server = self.server();
            self.between(at_ms, (50, 500), Act::Kill(server), Act::Start(server));
        }
    }

    fn postgres(&mut self, at_ms: u64) {
        let times = 1 + self.dice.index(4);
        match self.dice.below(42) {
            0..4 => self.at(at_ms, Act::Commit(CommitFault::AtFirst, times)),
            4..8 => self.at(at_ms, Act::Commit(CommitFault::Before, times)),
            8..13 => self.at(at_ms, Act::Commit(CommitFault::After, times)),
            13..16 => {
                let held = Act::Commit(CommitFault::Held, times);
                self.between(at_ms, (100, 4_000), held, Act::Release);
            }
            16..20 => self.doom(at_ms, times),
            20..22 => self.at(at_ms, Act::Cut),
            22..24 => self.between(at_ms, (100, 3_000), Act::Refuse, Act::Admit),
            24..26 => self.between(at_ms, (100, 4_000), Act::Stall, Act::Flow),
            26..30 => self.between(at_ms, (100, 2_500), Act::KillDatabase, Act::StartDatabase),
            30..32 => self.between(at_ms, (100, 1_500), Act::EndDatabase, Act::StartDatabase),
            32..35 => self.at(at_ms, Act::Pooler),
            35..38 => self.at(at_ms, Act::FailOver),
            _ => self.between(at_ms, (500, 4_000), Act::DatabaseDiskFull, Act::DatabaseDiskFree),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: u64 = 60_000;

    #[test]
    fn a_seed_gives_the_same_schedule_again_and_another_seed_another() {
        let schedule = |seed| schedule(seed, Store::Postgres, 3, MINUTE_MS);

        assert_eq!(schedule(7), schedule(7));
        assert_ne!(schedule(7), schedule(8));
    }

    #[test]
    fn whatever_is_broken_is_mended_afterwards() {
        for (store, replicas) in [(Store::Sqlite, 1), (Store::Postgres, 3)] {
            for seed in 0..50 {
                let steps = schedule(seed, store, replicas, MINUTE_MS);
                assert!(steps.is_sorted_by_key(|step| step.at_ms));
                for (number, step) in steps.iter().enumerate() {
                    let mended = match &step.act {
                        Act::Kill(server) | Act::End(server) => Act::Start(*server),
                        Act::Stop(server) => Act::Go(*server),
                        Act::StopCloud => Act::GoCloud,
                        Act::Refuse => Act::Admit,
                        Act::Stall => Act::Flow,
                        Act::KillDatabase | Act::EndDatabase => Act::StartDatabase,
                        Act::DiskFull => Act::DiskFree,
                        Act::DatabaseDiskFull => Act::DatabaseDiskFree,
                        Act::Clock(shift) if *shift != 0 => Act::Clock(0),
                        Act::Commit(CommitFault::Held, _) => Act::Release,
                        Act::Cloud(_)
                        | Act::Commit(..)
                        | Act::Cut
                        | Act::Pooler
                        | Act::FailOver
                        | Act::Clock(_)
                        | Act::Start(_)
                        | Act::Go(_)
                        | Act::Late
                        | Act::GoCloud
                        | Act::Release
                        | Act::Admit
                        | Act::Flow
                        | Act::StartDatabase
                        | Act::DatabaseDiskFree
                        | Act::DiskFree => continue,
                    };
                    assert!(steps[number..].iter().any(|later| later.act == mended), "{seed}: {:?}", step.act);
                }
            }
        }
    }

    #[test]
    fn every_kind_of_fault_comes_within_the_schedules_of_a_few_hours() {
        let kinds = |store, replicas| {
            let steps = schedule(1, store, replicas, 240 * MINUTE_MS);
            steps.iter().filter_map(|step| step.act.kind()).collect::<std::collections::BTreeSet<_>>()
        };

        let (sqlite, postgres) = (kinds(Store::Sqlite, 1), kinds(Store::Postgres, 3));
        assert_eq!(sqlite.len(), 4 + 2 + 25 + 1, "{sqlite:#?}");
        assert_eq!(postgres.len(), 4 + 2 + 25 + 12, "{postgres:#?}");
    }
}
