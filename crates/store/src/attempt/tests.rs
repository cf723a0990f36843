//! When a transaction is attempted again, when its store is asked again, and when its callers are told.

use std::{collections::VecDeque, sync::Mutex};

use async_trait::async_trait;
use hongbao_domain::{
    id::CommandId,
    ledger::{AccountKey, Deposit},
    money::Amount,
    store::Command,
};
use hongbao_ports::FaultKind;

use super::*;

/// The same dice for all: half of each span is added to it.
struct HalfDice;

impl Ids for HalfDice {
    fn fresh(&self) -> u128 {
        0x0123_4580
    }
}

/// No dice: nothing is added to a span.
struct NoDice;

impl Ids for NoDice {
    fn fresh(&self) -> u128 {
        0x0123_4500
    }
}

/// What becomes of a commit.
#[derive(Clone, Copy)]
enum Becomes {
    Away,
    Beaten,
    Lost,
    /// It gives one outcome fewer than there are commands.
    OneShort,
}

/// A store to which the same happens always, and which writes down when it was called.
struct Sequel {
    becomes: Becomes,
    /// What it says of commits whose answer was lost, one after the other; then nothing.
    says: Mutex<VecDeque<bool>>,
    start: Instant,
    /// When each commit began, and until when it had time.
    commits: Mutex<Vec<(Duration, Duration)>>,
    /// The same of each question.
    questions: Mutex<Vec<(Duration, Duration)>>,
}

impl Sequel {
    fn of(becomes: Becomes) -> Self {
        let (says, start) = (Mutex::default(), Instant::now());
        Self { becomes, says, start, commits: Mutex::default(), questions: Mutex::default() }
    }

    fn note(&self, calls: &Mutex<Vec<(Duration, Duration)>>, attempt: Attempt) {
        calls.lock().unwrap().push((self.start.elapsed(), attempt.until - self.start));
    }

    /// Gives when each commit began, in milliseconds.
    fn commits(&self) -> Vec<u128> {
        self.commits.lock().unwrap().iter().map(|(at, _)| at.as_millis()).collect()
    }

    /// Gives when each question was asked, in milliseconds.
    fn questions(&self) -> Vec<u128> {
        self.questions.lock().unwrap().iter().map(|(at, _)| at.as_millis()).collect()
    }
}

#[async_trait]
impl Store for Sequel {
    async fn commit(&self, attempt: Attempt, batch: &Batch) -> Result<Vec<Outcome>, CommitError<Vec<Outcome>>> {
        self.note(&self.commits, attempt);
        match self.becomes {
            Becomes::Away => Err(CommitError::Retry(Fault::unavailable("the store is away"))),
            Becomes::Beaten => Err(CommitError::Conflict(Fault::unavailable("another writer was faster"))),
            Becomes::Lost => {
                Err(CommitError::Lost { outcome: Vec::new(), fault: Fault::unresolved("the answer was lost") })
            }
            Becomes::OneShort => {
                let mut outcomes = hongbao_domain::store::Tables::default().run(batch, moment());
                outcomes.pop();
                Ok(outcomes)
            }
        }
    }

    async fn was_committed(&self, attempt: Attempt) -> Result<bool, Fault> {
        self.note(&self.questions, attempt);
        self.says.lock().unwrap().pop_front().ok_or_else(|| Fault::unavailable("the store is away"))
    }
}

fn moment() -> hongbao_domain::time::Timestamp {
    hongbao_domain::time::Timestamp::from_micros(1)
}

/// Deposits that are refused, for there is no such coin.
fn batch<const N: usize>() -> Batch {
    let account = AccountKey { user: "alice".parse().unwrap(), coin: "CNY".parse().unwrap() };
    let deposit = Deposit { reference: "d".parse().unwrap(), account, amount: Amount::from_minor(1).unwrap() };
    let command = |number: usize| Command {
        id: CommandId::from_u128(u128::try_from(number).unwrap()),
        request: None,
        action: deposit.into(),
    };
    (0..N).map(command).collect::<Vec<_>>().into()
}

/// Runs a batch for at most so long, and gives the kinds of its faults.
async fn run<const N: usize>(store: &Sequel, ids: &dyn Ids, retry_timeout_ms: u64) -> Vec<Option<FaultKind>> {
    let attempts = Attempts { store, ids, retry_timeout: Duration::from_millis(retry_timeout_ms) };
    let answers = attempts.run(&batch::<N>()).await;
    answers.into_iter().map(|answer| answer.err().map(|fault| fault.kind())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_tried_at_growing_distances_up_to_a_longest() {
    let store = Sequel::of(Becomes::Away);

    assert_eq!(run::<1>(&store, &NoDice, 1_000).await, [Some(FaultKind::Unavailable)]);

    assert_eq!(store.commits(), [0, 2, 6, 14, 30, 62, 126, 254, 454, 654, 854]);
}

#[tokio::test(start_paused = true)]
async fn dice_stretch_each_distance_by_up_to_itself() {
    let store = Sequel::of(Becomes::Away);

    run::<1>(&store, &HalfDice, 1_000).await;

    assert_eq!(store.commits(), [0, 3, 9, 21, 45, 93, 189, 381, 681, 981]);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_ends_when_its_callers_stop_waiting_and_none_begins_then() {
    let store = Sequel::of(Becomes::Away);

    run::<1>(&store, &NoDice, 14).await;

    assert_eq!(store.commits(), [0, 2, 6], "the next would begin at the end");
    assert!(store.commits.lock().unwrap().iter().all(|(_, until)| *until == Duration::from_millis(14)));
}

#[tokio::test(start_paused = true)]
async fn a_writer_who_was_beaten_comes_back_at_once_and_not_for_ever() {
    let store = Sequel::of(Becomes::Beaten);

    assert_eq!(run::<1>(&store, &HalfDice, 1_000).await, [Some(FaultKind::Internal)]);

    assert_eq!(store.commits(), [0, 3, 6, 9, 12, 15, 18, 21, 24]);
}

#[tokio::test(start_paused = true)]
async fn a_writer_who_is_beaten_until_the_time_is_over_is_told_that_the_store_is_away() {
    let store = Sequel::of(Becomes::Beaten);

    assert_eq!(run::<1>(&store, &NoDice, 6).await, [Some(FaultKind::Unavailable)]);

    assert_eq!(store.commits(), [0, 2, 4, 6]);
}

#[tokio::test(start_paused = true)]
async fn a_store_is_asked_about_a_commit_for_a_second_whatever_time_was_left() {
    let store = Sequel::of(Becomes::Lost);

    assert_eq!(run::<1>(&store, &NoDice, 10).await, [Some(FaultKind::Unresolved)]);

    assert_eq!(store.commits(), [0]);
    assert_eq!(store.questions(), [0, 2, 6, 14, 30, 62, 126, 254, 454, 654, 854]);
    assert!(store.questions.lock().unwrap().iter().all(|(_, until)| *until == LAST_QUESTION));
}

#[tokio::test(start_paused = true)]
async fn a_store_is_asked_about_a_commit_for_as_long_as_its_callers_wait() {
    let store = Sequel::of(Becomes::Lost);

    run::<1>(&store, &NoDice, 1_054).await;

    assert_eq!(store.questions().last(), Some(&854), "the next would begin at the end");
    assert!(store.questions.lock().unwrap().iter().all(|(_, until)| *until == Duration::from_millis(1_054)));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_committed_is_not_begun_again_when_the_time_is_over() {
    let store = Sequel::of(Becomes::Lost);
    store.says.lock().unwrap().extend([false, false, false]);

    assert_eq!(run::<1>(&store, &NoDice, 6).await, [Some(FaultKind::Unavailable)]);

    assert_eq!(store.commits(), [0, 2, 6]);
}

#[tokio::test(start_paused = true)]
async fn outcomes_that_match_no_command_are_given_to_none() {
    let store = Sequel::of(Becomes::OneShort);

    assert_eq!(run::<2>(&store, &NoDice, 10).await, [Some(FaultKind::Internal); 2]);

    assert_eq!(store.commits(), [0], "the batch may have been committed, and is not run again");
}
