use super::*;
use crate::store::{Action, Command, Outcome, Tables};

const LEASE: Duration = Duration::from_micros(10);

fn run(rows: &mut Tables, action: impl Into<Action>, at: i64) -> Outcome {
    let batch = [Command { id: CommandId::from_u128(1), request: None, action: action.into() }];
    let mut book = Book::open(rows.load(&Keys::of(&batch)), Timestamp::from_micros(at));
    let outcome = book.apply(&batch[0]);
    rows.write(book.into_changes());
    outcome
}

fn begin(fingerprint: u8) -> BeginOperation {
    BeginOperation {
        id: OperationId::from_u128(1),
        token: AdminTokenId::from_u128(1),
        request_id: "r1".to_owned(),
        asked: "PUT /admin/v1/users/alice".to_owned(),
        body: "{}".to_owned(),
        fingerprint: [fingerprint; 32],
        key: Some("k".parse().unwrap()),
        nonce: [fingerprint; 32],
        lease: LEASE,
    }
}

fn end(version: u64, status: u16) -> EndOperation {
    EndOperation { id: OperationId::from_u128(1), version, status, answer: "{}".to_owned() }
}

fn refusal(outcome: Outcome) -> KeyRefusal {
    let Outcome::BeginOperation(Err(refusal)) = outcome else { panic!("{outcome:?}") };
    refusal
}

#[test]
fn a_key_does_one_thing_and_is_answered_the_same() {
    let mut rows = Tables::default();
    run(&mut rows, begin(1), 1);
    assert_eq!(refusal(run(&mut rows, begin(1), 2)), KeyRefusal::InProgress);
    assert_eq!(refusal(run(&mut rows, begin(2), 2)), KeyRefusal::Mismatch);
    run(&mut rows, end(1, 200), 3);
    let told = KeyRefusal::Ended { status: 200, answer: "{}".to_owned(), nonce: Some([1; 32]) };
    assert_eq!(refusal(run(&mut rows, begin(1), 4)), told);
    assert_eq!(refusal(run(&mut rows, begin(2), 4)), KeyRefusal::Mismatch);
}

#[test]
fn what_was_not_ended_in_time_runs_again_and_its_first_server_ends_it_no_more() {
    let mut rows = Tables::default();
    run(&mut rows, begin(1), 1);
    assert_eq!(refusal(run(&mut rows, begin(1), 10)), KeyRefusal::InProgress);
    assert!(run(&mut rows, begin(1), 11).is_done());
    assert_eq!(run(&mut rows, end(1, 200), 12), Outcome::EndOperation(Err(NotRunning)));
    assert!(run(&mut rows, end(2, 404), 12).is_done());
    assert_eq!(rows.operations.len(), 1);
    assert_eq!(rows.operations.values().next().unwrap().began_at, Timestamp::from_micros(1));
}

#[test]
fn what_may_have_failed_for_now_may_be_asked_again() {
    for status in [429, 500, 503] {
        let mut rows = Tables::default();
        run(&mut rows, begin(1), 1);
        run(&mut rows, end(1, status), 2);
        assert!(run(&mut rows, begin(1), 3).is_done(), "{status}");
    }
}

#[test]
fn an_end_may_be_repeated_but_not_changed() {
    let mut rows = Tables::default();
    run(&mut rows, begin(1), 1);
    assert!(run(&mut rows, end(1, 200), 2).is_done());
    assert!(run(&mut rows, end(1, 200), 3).is_done());
    assert_eq!(run(&mut rows, end(1, 404), 3), Outcome::EndOperation(Err(NotRunning)));
}
