//! What is read of the store now and then.

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hongbao_app::{
    Readings, ReadingsDeps,
    admin::{AuditStarter, AuditState, Audits},
};
use hongbao_domain::ledger::Audit;
use hongbao_ports::{
    Fault,
    query::{InProgress, MockLedgerQueries, MockProgressQueries},
};
use hongbao_testkit::ManualClock;
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

/// Counts how often each was read.
#[derive(Default)]
struct Counts {
    progress: AtomicU64,
    audits: AtomicU64,
}

impl Counts {
    fn read(&self) -> (u64, u64) {
        (self.progress.load(Ordering::SeqCst), self.audits.load(Ordering::SeqCst))
    }
}

/// A store whose second answer of each kind is a fault.
fn readings(counts: &Arc<Counts>, audits: &Audits, audit_interval: Option<Duration>) -> Readings {
    let away = || Fault::unavailable("the store is away");
    let (mut ledger, mut progress) = (MockLedgerQueries::new(), MockProgressQueries::new());
    let counted = Arc::clone(counts);
    ledger.expect_audit().returning(move || match counted.audits.fetch_add(1, Ordering::SeqCst) {
        1 => Err(away()),
        number => Ok(Audit { totals: BTreeMap::new(), holders: number, postings: 0, findings: Vec::new() }),
    });
    let counted = Arc::clone(counts);
    progress.expect_in_progress().returning(move || match counted.progress.fetch_add(1, Ordering::SeqCst) {
        1 => Err(away()),
        number => Ok(InProgress { waiting: number, ..InProgress::default() }),
    });
    Readings::new(ReadingsDeps {
        audits: audits.clone(),
        ledger: Arc::new(ledger),
        progress: Arc::new(progress),
        clock: Arc::new(ManualClock::default()),
        interval: 15 * SECOND,
        audit_interval,
    })
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_fails_leaves_the_last_one_and_is_made_again() {
    let (counts, audits) = (Arc::default(), Audits::default());
    let readings = readings(&counts, &audits, Some(90 * SECOND));
    let latest = readings.latest();
    let seen = || {
        let waiting = latest.borrow().progress.as_ref().map(|progress| progress.value.waiting);
        (waiting, audits.made().map(|made| made.found.money.holders))
    };
    tokio::spawn(readings.run(pending()));
    sleep(SECOND).await;
    assert_eq!((seen(), counts.read()), ((Some(0), None), (1, 0)));

    sleep(15 * SECOND).await;
    assert_eq!((seen(), counts.read()), ((Some(0), None), (2, 0)), "the second one has failed");
    sleep(15 * SECOND).await;
    assert_eq!(seen(), (Some(2), None));

    sleep(30 * SECOND).await;
    assert_eq!((seen().1, counts.read().1), (Some(0), 1), "the first audit comes after a minute");
    sleep(90 * SECOND).await;
    assert_eq!((seen().1, counts.read().1), (Some(0), 2));
    let failed = audits.last().unwrap();
    let is_failed = matches!(&failed.state, AuditState::Ended { outcome: Err(_), .. });
    assert!(is_failed && failed.started_by == AuditStarter::Interval, "{failed:?}");
    sleep(90 * SECOND).await;
    assert_eq!((seen().1, counts.read().1), (Some(2), 3));
}

#[tokio::test(start_paused = true)]
async fn no_audit_is_made_where_none_is_wanted_and_all_ends_with_the_server() {
    let counts = Arc::default();
    let running = tokio::spawn(readings(&counts, &Audits::default(), None).run(sleep(100 * SECOND)));
    running.await.unwrap();
    assert_eq!(counts.read(), (7, 0));
}
