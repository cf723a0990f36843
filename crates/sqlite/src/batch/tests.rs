//! What SQLite adds to the rules: guards, walls and the memory of attempts.

mod held;
mod pruned;

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    id::{AttemptId, CommandId, TransferId},
    ledger::{AccountKey, AddCoin, Deposit},
    money::{Amount, Coin, Scale},
    red_packet::{BeginClaim, Cancel, Confirm, PacketRef, ReleaseClaim, Reserve},
    store::{Action, Answer, Batch, Command, RequestName, RequestRefusal, RequestStep, Work},
    time::Timestamp,
};
use hongbao_ports::{Clock, FaultKind, query::LedgerQueries};
use hongbao_store::Writes;
use hongbao_testkit::ManualClock;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;
use tokio::time::Instant;

use super::*;
use crate::{Settings, testing::ids};

/// A store in a folder of its own, where alice has 10.00 CNY.
struct Fixture {
    store: SqliteStore,
    settings: Settings,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

fn alice() -> AccountKey {
    AccountKey { user: "alice".parse().unwrap(), coin: "CNY".parse().unwrap() }
}

fn fen(minor: i128) -> Amount {
    Amount::from_minor(minor).unwrap()
}

fn command(number: u128, action: impl Into<Action>) -> Command {
    Command { id: CommandId::from_u128(number), request: None, action: action.into() }
}

fn deposit(number: u128) -> Command {
    let reference = format!("d{number}").parse().unwrap();
    command(number, Deposit { reference, account: alice(), amount: fen(1_000) })
}

fn reserve(number: u128) -> Command {
    let reserve = Reserve {
        id: TransferId::from_u128(number),
        sender: alice().user,
        receiver: "bob".parse().unwrap(),
        coin: alice().coin,
        quantity: "1".parse().unwrap(),
        remark: "恭喜".parse().unwrap(),
        lease: Duration::from_secs(15),
        expires_in: Duration::from_hours(1),
    };
    command(number, reserve)
}

fn attempt(number: u128) -> Attempt {
    Attempt { id: AttemptId::from_u128(number), until: Instant::now() + Duration::from_secs(5) }
}

fn packet(number: u128) -> PacketRef {
    PacketRef { id: TransferId::from_u128(number), sender: alice().user, coin: alice().coin }
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/hongbao.db", folder.path().display());
        let settings = Settings { busy_timeout: Duration::from_millis(50), ..Settings::new(url) };
        let clock = Arc::new(ManualClock::new(Timestamp::from_micros(1)));
        let store = SqliteStore::open(&settings, clock.clone(), ids()).await.unwrap();
        let coin = Coin::try_new(alice().coin, Scale::new(2).unwrap(), fen(1), Amount::MAX).unwrap();
        store.submit(AddCoin { coin }).await.unwrap();
        let fixture = Self { store, settings, clock, _folder: folder };
        fixture.run(1, deposit(1)).await;
        fixture
    }

    async fn run(&self, number: u128, command: Command) -> Outcome {
        self.store.commit(attempt(number), &vec![command].into()).await.unwrap().remove(0)
    }

    /// Works out a batch on what is stored now, without writing it.
    async fn work_out(&self, command: &Command) -> Writes {
        let batch = Batch::from(vec![command.clone()]);
        let mut tx = self.store.readers.begin().await.unwrap();
        let found = tables::load(&mut tx, batch.keys()).await.unwrap();
        let (outcomes, writes) = decide(&batch, found, self.clock.now()).unwrap();
        assert!(outcomes[0].is_done());
        writes.unwrap()
    }

    /// Writes what was worked out earlier, and says whether it could be.
    async fn write_late(&self, writes: &Writes) -> Result<(), Fault> {
        let mut tx = self.store.begin().await.unwrap();
        tables::write(&mut tx, writes).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    /// Lets the file have no page more than it has.
    async fn fill_the_disk(&self) {
        self.limit_pages("1").await;
    }

    async fn free_the_disk(&self) {
        self.limit_pages("1000000").await;
    }

    /// Sets the limit on every connection that is opened from now on to write.
    async fn limit_pages(&self, limit: &'static str) {
        let options = SqliteConnectOptions::clone(&self.store.writer.connect_options());
        self.store.writer.set_connect_options(options.pragma("max_page_count", limit));
        self.store.writer.acquire().await.unwrap().close().await.unwrap();
    }

    async fn balance(&self) -> i128 {
        self.store.holdings(alice().user).await.unwrap()[0].balance.amount.minor()
    }
}

/// A step of alice's request to publish, under one key.
fn step(fingerprint: u8, command: Command) -> Command {
    let name = RequestName {
        user: alice().user,
        method: "im/msg_redpack_publish".parse().unwrap(),
        key: "k1".parse().unwrap(),
    };
    Command { request: Some(RequestStep { name, fingerprint: [fingerprint; 32] }), ..command }
}

#[tokio::test]
async fn a_request_is_begun_forgotten_begun_anew_and_answered() {
    let fixture = Fixture::new().await;
    fixture.run(2, step(1, reserve(9))).await;
    let again = fixture.run(3, step(1, reserve(10))).await;
    assert_eq!(again, Outcome::Request(RequestRefusal::InProgress));
    fixture.run(4, step(1, command(4, Cancel { packet: packet(9) }))).await;

    // In one batch: what ran is forgotten, and another request takes the key.
    fixture.run(5, step(1, reserve(11))).await;
    let cancel = step(1, command(6, Cancel { packet: packet(11) }));
    fixture.store.commit(attempt(6), &vec![cancel, step(2, reserve(12))].into()).await.unwrap();
    assert_eq!(fixture.run(7, step(1, reserve(13))).await, Outcome::Request(RequestRefusal::Mismatch));

    fixture.run(8, step(1, command(8, Confirm { packet: packet(12) }))).await;
    let answered = fixture.run(9, step(2, reserve(14))).await;
    let Outcome::Request(RequestRefusal::Answered(answer)) = answered else { panic!("{answered:?}") };
    assert!(matches!(*answer, Answer::Publish(Ok(published)) if published.packet == packet(12)));
    // An answer that is given again is as durable as when it was given first; a refusal of the key promises nothing.
    assert!(fixture.store.was_committed(attempt(9)).await.unwrap());
    assert!(!fixture.store.was_committed(attempt(7)).await.unwrap());
}

#[tokio::test]
async fn a_step_of_former_work_does_not_end_what_runs_now() {
    let fixture = Fixture::new().await;
    fixture.run(2, step(1, reserve(9))).await;
    let late = fixture.work_out(&step(1, command(3, Confirm { packet: packet(9) }))).await;
    fixture.run(4, step(1, command(4, Cancel { packet: packet(9) }))).await;
    fixture.run(5, step(1, reserve(10))).await;

    // Alone: the packet's own guard would keep it out as well.
    let late = Writes { requests: late.requests, ..Writes::default() };
    assert!(fixture.write_late(&late).await.is_err());
}

/// Without the version in an UPDATE, the late write would go through and one of the two would vanish.
#[tokio::test]
async fn a_late_writer_of_an_account_changes_nothing() {
    let fixture = Fixture::new().await;
    let mut late = fixture.work_out(&deposit(2)).await;
    fixture.run(3, deposit(3)).await;
    // The journal would refuse as well; the guard must do so on its own.
    late.postings.clear();

    assert!(fixture.write_late(&late).await.is_err());

    assert_eq!(fixture.balance().await, 2_000);
    assert!(fixture.store.audit().await.unwrap().holds());
}

#[tokio::test]
async fn a_late_writer_of_a_packet_changes_nothing() {
    let fixture = Fixture::new().await;
    fixture.run(2, reserve(7)).await;
    let late = fixture.work_out(&command(3, hongbao_domain::red_packet::Cancel { packet: packet(7) })).await;
    fixture.run(4, command(4, Confirm { packet: packet(7) })).await;
    let only_packets = Writes { packets: late.packets, ..Writes::default() };

    assert!(fixture.write_late(&only_packets).await.is_err());

    let packet = fixture.store.packet(TransferId::from_u128(7)).await.unwrap().unwrap();
    assert_eq!(packet.state, hongbao_domain::red_packet::PacketState::Open);
    assert!(fixture.store.audit().await.unwrap().holds());
}

#[tokio::test]
async fn a_posting_goes_to_a_free_place_only() {
    let fixture = Fixture::new().await;
    let late = fixture.work_out(&deposit(2)).await;
    fixture.run(3, deposit(3)).await;
    let only_postings = Writes { postings: late.postings, ..Writes::default() };

    assert_eq!(fixture.write_late(&only_postings).await.unwrap_err().kind(), FaultKind::Internal);
}

#[tokio::test]
async fn postings_can_neither_be_changed_nor_deleted() {
    let fixture = Fixture::new().await;
    let writer = &fixture.store.writer;
    assert!(sqlx::query!("UPDATE postings SET posted_at = 2").execute(writer).await.is_err());
    assert!(sqlx::query!("DELETE FROM postings").execute(writer).await.is_err());
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let fixture = Fixture::new().await;
    fixture.run(2, reserve(7)).await;
    fixture.run(3, command(3, Confirm { packet: packet(7) })).await;
    let begin = BeginClaim { id: packet(7).id, taker: "bob".parse().unwrap(), lease: Duration::from_secs(15) };
    fixture.run(4, command(4, begin)).await;
    fixture.run(5, command(5, ReleaseClaim { packet: packet(7), taker: begin.taker, fence: 1 })).await;
    let before = fixture.store.packet(packet(7).id).await.unwrap();
    fixture.store.close().await;

    let again = SqliteStore::open(&fixture.settings, fixture.clock.clone(), ids()).await.unwrap();

    assert!(before.is_some());
    assert_eq!(again.packet(packet(7).id).await.unwrap(), before);
    assert!(again.audit().await.unwrap().holds());
}

#[tokio::test]
async fn an_attempt_is_known_for_ever_as_committed_or_not() {
    let fixture = Fixture::new().await;
    fixture.run(2, deposit(2)).await;
    assert!(fixture.store.was_committed(attempt(2)).await.unwrap());

    let never = attempt(3);
    assert!(!fixture.store.was_committed(never).await.unwrap());
    assert!(!fixture.store.was_committed(never).await.unwrap(), "a caller that asks again hears the same");
    let late = fixture.store.commit(never, &vec![deposit(3)].into()).await;

    assert!(matches!(late, Err(CommitError::Failed(_))), "the tombstone stands in its way");
    assert_eq!(fixture.balance().await, 2_000);
}

#[tokio::test]
async fn a_batch_of_refusals_writes_nothing_at_all() {
    let fixture = Fixture::new().await;
    let poor = Command { action: Action::from(Confirm { packet: packet(9) }), ..deposit(2) };
    assert!(!fixture.run(2, poor).await.is_done());
    assert!(!fixture.store.was_committed(attempt(2)).await.unwrap());
}

#[tokio::test]
async fn a_request_is_recorded_with_each_of_its_steps() {
    let fixture = Fixture::new().await;
    let row = async || {
        let row = sqlx::query!("SELECT request_key, status, outcome, work FROM requests");
        let row = row.fetch_one(&fixture.store.readers).await.unwrap();
        assert_eq!(row.request_key, "k1");
        (row.status, row.outcome, row.work)
    };

    fixture.run(2, step(7, reserve(9))).await;
    let work = format!("packet {} alice CNY", packet(9).id);
    assert_eq!(row().await, (None, None, Some(work)));

    fixture.run(3, step(1, command(3, Confirm { packet: packet(9) }))).await;
    let (status, outcome, work) = row().await;
    assert_eq!((status, work), (Some(0), None));
    assert!(outcome.is_some_and(|outcome| outcome.starts_with(r#"{"published":"#)));
}

#[tokio::test]
async fn another_process_that_writes_is_waited_for_and_then_said_so() {
    let fixture = Fixture::new().await;
    let other = SqliteStore::open(&fixture.settings, fixture.clock.clone(), ids()).await.unwrap();
    let tx = other.begin().await.unwrap();

    let busy = fixture.store.commit(attempt(2), &vec![deposit(2)].into()).await;
    assert!(matches!(busy, Err(CommitError::Retry(fault)) if fault.kind() == FaultKind::Unavailable));

    drop(tx);
    other.close().await;
    fixture.run(3, deposit(3)).await;
    assert_eq!(fixture.balance().await, 2_000);
}

/// SQLite rolls such a transaction back by itself, and the driver does not notice: the connection refuses every later one.
#[tokio::test]
async fn a_full_disk_may_pass_and_changes_nothing() {
    let fixture = Fixture::new().await;
    fixture.fill_the_disk().await;
    let many = |first: u128| -> Vec<_> { (first..first + 490).map(deposit).collect() };

    for number in 2..5 {
        let full = fixture.store.commit(attempt(number), &many(1_000).into()).await;
        assert!(matches!(&full, Err(CommitError::Retry(fault)) if fault.kind() == FaultKind::Unavailable), "{full:?}");
        assert!(!fixture.store.was_committed(attempt(number)).await.unwrap());
    }

    fixture.free_the_disk().await;
    assert_eq!(fixture.balance().await, 1_000);
    fixture.store.commit(attempt(6), &many(1_000).into()).await.unwrap();
    assert_eq!(fixture.balance().await, 491_000);
    assert!(fixture.store.audit().await.unwrap().holds());
}

#[tokio::test]
async fn a_store_that_somebody_filled_is_real_whoever_starts_on_it_first() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.store.mark(hongbao_ports::Deployment::Demo).await.unwrap(), hongbao_ports::Deployment::Real);
}

#[tokio::test]
async fn whoever_only_looks_makes_no_file_and_changes_no_schema() {
    let fixture = Fixture::new().await;
    let look = Settings { create: false, ..fixture.settings.clone() };
    assert!(SqliteStore::open(&look, fixture.clock.clone(), ids()).await.is_ok());
    sqlx::query!("DELETE FROM _sqlx_migrations WHERE version > 1").execute(&fixture.store.writer).await.unwrap();
    let older = SqliteStore::open(&look, fixture.clock.clone(), ids()).await;
    assert!(matches!(older, Err(crate::OpenError::Schema)));

    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/none.db", folder.path().display());
    let none = SqliteStore::open(&Settings { url, ..look.clone() }, fixture.clock.clone(), ids()).await;
    assert!(matches!(none, Err(crate::OpenError::File(_))));
    std::fs::write(folder.path().join("empty.db"), "").unwrap();
    let url = format!("sqlite://{}/empty.db", folder.path().display());
    let empty = SqliteStore::open(&Settings { url, ..look }, fixture.clock.clone(), ids()).await;
    assert!(matches!(empty, Err(crate::OpenError::Schema)));
}
