//! What PostgreSQL adds to the rules: guards, walls and the memory of attempts.

mod held;
mod late;
mod pruned;

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    id::{AttemptId, CommandId, TransferId},
    ledger::{AccountKey, AddCoin, Deposit},
    money::{Amount, Coin, Scale},
    red_packet::{BeginClaim, Cancel, Confirm, PacketRef, PacketState, ReleaseClaim, Reserve, SettleClaim},
    store::{Action, Answer, Batch, Command, RequestName, RequestRefusal, RequestStep, Work},
};
use hongbao_ports::{Clock, query::LedgerQueries};
use hongbao_store::Writes;
use hongbao_testbed::Database;
use hongbao_testkit::{ManualClock, SeqIds};
use sqlx::Connection;
use tokio::time::Instant;

use super::*;
use crate::{Connections, Settings, Time, testing::database};

/// A store in a database of its own, where alice has 10.00 CNY.
struct Fixture {
    store: PostgresStore,
    clock: Arc<ManualClock>,
    database: Database,
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
        let (database, clock) = (database().await, Arc::new(ManualClock::default()));
        let settings =
            Settings { migrate: false, connections: Connections::of_each(2), ..Settings::new(database.url()) };
        let store = PostgresStore::open(&settings, Time::Given(clock.clone()), Arc::new(SeqIds::new())).await.unwrap();
        let coin = Coin::try_new(alice().coin, Scale::new(2).unwrap(), fen(1), Amount::MAX).unwrap();
        let fixture = Self { store, clock, database };
        assert!(fixture.run(0, command(0, AddCoin { coin })).await.is_done());
        fixture.run(1, deposit(1)).await;
        fixture
    }

    async fn run(&self, number: u128, command: Command) -> Outcome {
        self.store.commit(attempt(number), &vec![command].into()).await.unwrap().remove(0)
    }

    /// Works out a batch on what is stored now, without writing it.
    async fn work_out(&self, command: &Command) -> Writes {
        let batch = &Batch::from(vec![command.clone()]);
        let worked_out = self.store.transact(Purpose::Batch, attempt(u128::MAX), &self.store.begins.batch, |mut tx| {
            Box::pin(async move {
                let (found, now) = tables::load(&mut tx, batch.keys()).await?;
                let (outcomes, writes) = decide(batch, found, now)?;
                assert!(outcomes[0].is_done());
                Ok(Verdict::Rollback(writes.unwrap()))
            })
        });
        worked_out.await.unwrap()
    }

    /// Writes what was worked out earlier, and says whether it could be.
    async fn write_late(&self, writes: &Writes) -> Result<(), Fault> {
        let mut connection = self.store.pools.of(Purpose::Batch).acquire().await.unwrap();
        let mut tx = connection.begin().await.unwrap();
        tables::write(&mut tx, writes, Some((attempt(u128::MAX), self.clock.now()))).await?;
        tx.commit().await.unwrap();
        Ok(())
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
    let late = fixture.work_out(&command(3, Cancel { packet: packet(7) })).await;
    fixture.run(4, command(4, Confirm { packet: packet(7) })).await;
    let only_packets = Writes { packets: late.packets, ..Writes::default() };

    assert!(fixture.write_late(&only_packets).await.is_err());

    let packet = fixture.store.packet(packet(7).id).await.unwrap().unwrap();
    assert_eq!(packet.state, PacketState::Open);
    assert!(fixture.store.audit().await.unwrap().holds());
}

/// The claim's own guard: its packet is written as if no other writer had been there meanwhile.
#[tokio::test]
async fn a_late_writer_of_a_claim_changes_nothing() {
    let fixture = Fixture::new().await;
    fixture.run(2, reserve(7)).await;
    fixture.run(3, command(3, Confirm { packet: packet(7) })).await;
    let begin = BeginClaim { id: packet(7).id, taker: "bob".parse().unwrap(), lease: Duration::from_secs(15) };
    fixture.run(4, command(4, begin)).await;
    let release = ReleaseClaim { packet: packet(7), taker: begin.taker, fence: 1 };
    let mut late = fixture.work_out(&command(5, release)).await;
    fixture.run(6, command(6, release)).await;
    fixture.run(7, command(7, begin)).await;
    let now = fixture.store.packet(packet(7).id).await.unwrap().unwrap();
    for row in &mut late.packets.updated {
        row.before.version = now.version.try_into().unwrap();
        row.after.version = row.before.version + 1;
    }

    assert!(fixture.write_late(&late).await.is_err());

    assert_eq!(fixture.store.packet(packet(7).id).await.unwrap(), Some(now));
}

#[tokio::test]
async fn a_posting_goes_to_a_free_place_only() {
    let fixture = Fixture::new().await;
    let late = fixture.work_out(&deposit(2)).await;
    fixture.run(3, deposit(3)).await;
    let only_postings = Writes { postings: late.postings, ..Writes::default() };

    let refused = fixture.write_late(&only_postings).await.unwrap_err();
    assert!(matches!(crate::fault::before_commit::<()>(refused), CommitError::Conflict(_)));
}

#[tokio::test]
async fn an_attempt_is_known_for_ever_as_committed_or_not() {
    let fixture = Fixture::new().await;
    fixture.run(2, deposit(2)).await;
    let never = attempt(3);
    for _ in 0..3 {
        assert!(fixture.store.was_committed(attempt(2)).await.unwrap());
        assert!(!fixture.store.was_committed(never).await.unwrap(), "a caller that asks again hears the same");
    }
    let late = fixture.store.commit(never, &vec![deposit(3)].into()).await;

    assert!(matches!(late, Err(CommitError::Conflict(_))), "the tombstone stands in its way: {late:?}");
    assert_eq!(fixture.balance().await, 2_000);
}

#[tokio::test]
async fn a_batch_of_refusals_writes_nothing_at_all() {
    let fixture = Fixture::new().await;
    let before = fixture.database.psql("SELECT count(*) FROM attempts").unwrap();
    assert!(!fixture.run(2, command(2, Confirm { packet: packet(9) })).await.is_done());
    assert_eq!(fixture.database.psql("SELECT count(*) FROM attempts").unwrap(), before);
}

/// Plans are kept. One that was made while a table was empty would read all of it for ever.
#[tokio::test]
async fn rows_are_found_by_their_keys_though_the_tables_were_empty_when_it_was_planned() {
    let fixture = Fixture::new().await;
    fixture.database.psql("VACUUM ANALYZE").unwrap();
    let begin = |id| BeginClaim { id, taker: "bob".parse().unwrap(), lease: Duration::from_secs(15) };
    for number in 2..40 {
        let packet = packet(number);
        let settle = SettleClaim { packet, taker: begin(packet.id).taker, fence: 1 };
        fixture.run(10 * number, deposit(number)).await;
        fixture.run(10 * number + 1, reserve(number)).await;
        fixture.run(10 * number + 2, command(number, Confirm { packet })).await;
        fixture.run(10 * number + 3, command(number, begin(packet.id))).await;
        assert!(fixture.run(10 * number + 4, command(number, settle)).await.is_done());
    }
    crate::indexes::close(&fixture.store, &fixture.database).await;

    let tables = "relname IN ('accounts', 'packets', 'shares', 'claims', 'movements', 'postings', 'attempts')";
    let scans = format!("SELECT string_agg(relname, ', ') FROM pg_stat_user_tables WHERE seq_scan > 0 AND {tables}");
    assert_eq!(fixture.database.psql(&scans).unwrap(), "", "tables that were read whole");
    let walks = format!(
        "SELECT string_agg(indexrelname || ': ' || idx_tup_read || ' in ' || idx_scan, ', ') FROM pg_stat_user_indexes
        WHERE idx_tup_read > 2 * idx_scan AND {tables}"
    );
    assert_eq!(fixture.database.psql(&walks).unwrap(), "", "indexes that were read whole");
    let found = "SELECT count(*) FROM pg_stat_user_tables WHERE idx_scan > 100 AND relname IN ('accounts', 'packets')";
    assert_eq!(fixture.database.psql(found).unwrap(), "2", "the scans are counted");
}
