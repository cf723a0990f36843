use std::time::Duration;

use futures_util::FutureExt;
use hongbao_domain::{
    id::{CommandId, TransferId},
    ledger::{AccountKey, Action, Deposit},
    money::Amount,
    red_packet::{Cancel, Confirm, PacketRef},
};
use tokio::sync::oneshot::Receiver;

use super::*;

/// Whoever waits for an outcome.
type Caller = Receiver<Result<Outcome, Fault>>;

fn deposit(user: &str) -> Action {
    let account = AccountKey { user: user.parse().unwrap(), coin: "CNY".parse().unwrap() };
    let reference = format!("of-{user}").parse().unwrap();
    Deposit { reference, account, amount: Amount::from_minor(1).unwrap() }.into()
}

/// Packet 7 and alice, who sent it.
fn packet() -> PacketRef {
    PacketRef { id: TransferId::from_u128(7), sender: "alice".parse().unwrap(), coin: "CNY".parse().unwrap() }
}

/// A queue for two writers, and their places.
fn queue() -> (Arc<Queue>, Writer, Writer) {
    let queue = Arc::new(Queue::new(16, 2));
    let writer = |number| Writer::new(Arc::clone(&queue), number);
    let (first, second) = (writer(0), writer(1));
    (queue, first, second)
}

fn push(queue: &Queue, number: u128, action: impl Into<Action>) -> Caller {
    let command = Command { id: CommandId::from_u128(number), request: None, action: action.into() };
    let (answer, caller) = oneshot::channel();
    let keys = Keys::of(slice::from_ref(&command));
    queue.push(Entry { command, answer, keys }).unwrap();
    caller
}

/// Takes what can run now, if anything can.
fn take(writer: &Writer) -> Option<Vec<u128>> {
    let batch = writer.take(8).now_or_never()?;
    Some(batch.iter().map(|entry| entry.command.id.to_u128()).collect())
}

#[test]
fn what_a_running_batch_names_waits_for_it_and_all_else_does_not() {
    let (queue, first, second) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("bob"))];
    assert_eq!(take(&first), Some(vec![1, 2]));
    let _more = [push(&queue, 3, deposit("alice")), push(&queue, 4, deposit("carol"))];

    assert_eq!(take(&second), Some(vec![4]));

    assert_eq!(take(&first), Some(vec![3]), "its own batch is over");
}

#[test]
fn nobody_overtakes_whoever_waits_for_the_same() {
    let (queue, first, second) = queue();
    let _alice = push(&queue, 1, deposit("alice"));
    assert_eq!(take(&first), Some(vec![1]));
    let _cancel = push(&queue, 2, Cancel { packet: packet() });
    let _confirm = push(&queue, 3, Confirm { packet: packet() });

    assert_eq!(take(&second), None, "the second waits for alice, and the third for the packet, after the second");

    assert_eq!(take(&first), Some(vec![2, 3]));
}

#[test]
fn commands_that_name_the_same_go_together() {
    let (queue, first, _) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("alice"))];
    assert_eq!(take(&first), Some(vec![1, 2]));
}

#[test]
fn a_writer_that_ends_holds_nothing_any_more() {
    let (queue, first, second) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("alice"))];
    assert_eq!(first.take(1).now_or_never().unwrap().len(), 1);
    assert_eq!(take(&second), None);

    drop(first);

    assert_eq!(take(&second), Some(vec![2]));
}

#[test]
fn after_closing_everything_is_run_by_whoever_can() {
    let (queue, first, second) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("alice"))];
    assert_eq!(first.take(1).now_or_never().unwrap().len(), 1);

    queue.close();

    assert_eq!(take(&second), Some(vec![]), "what is left is the other's");
    assert_eq!(take(&first), Some(vec![2]));
    assert_eq!(take(&first), Some(vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_writer_at_rest_is_woken_by_what_can_run() {
    let (queue, first, second) = queue();
    let _alice = push(&queue, 1, deposit("alice"));
    assert_eq!(take(&first), Some(vec![1]));
    let waiting = tokio::spawn(async move { second.take(8).await.len() });
    let _more = push(&queue, 2, deposit("alice"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!waiting.is_finished());

    let _bob = push(&queue, 3, deposit("bob"));

    assert_eq!(waiting.await.unwrap(), 1);
}
