use std::sync::Arc;

use hongbao_domain::{
    id::{CommandId, TransferId},
    ledger::{AccountKey, Action, Deposit},
    money::Amount,
    red_packet::{Cancel, Confirm, PacketRef},
};
use tokio::{sync::oneshot::Receiver, time::timeout};

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
    let queue = Arc::new(Queue::new(2 * CROWD, 2));
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

/// Takes what can run before the other batch is done, if anything can.
async fn take(writer: &Writer) -> Option<Vec<u128>> {
    take_some(writer, 8).await
}

async fn take_some(writer: &Writer, limit: usize) -> Option<Vec<u128>> {
    let batch = timeout(2 * LONG, writer.take(limit)).await.ok()?;
    Some(batch.iter().map(|entry| entry.command.id.to_u128()).collect())
}

#[tokio::test(start_paused = true)]
async fn what_a_running_batch_names_waits_for_it_and_all_else_does_not() {
    let (queue, first, second) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("bob"))];
    assert_eq!(take(&first).await, Some(vec![1, 2]));
    let _more = [push(&queue, 3, deposit("alice")), push(&queue, 4, deposit("carol"))];

    assert_eq!(take(&second).await, Some(vec![4]));

    assert_eq!(take(&first).await, Some(vec![3]), "its own batch is over");
}

#[tokio::test(start_paused = true)]
async fn nobody_overtakes_whoever_waits_for_the_same() {
    let (queue, first, second) = queue();
    let _alice = push(&queue, 1, deposit("alice"));
    assert_eq!(take(&first).await, Some(vec![1]));
    let _cancel = push(&queue, 2, Cancel { packet: packet() });
    let _confirm = push(&queue, 3, Confirm { packet: packet() });

    assert_eq!(take(&second).await, None, "the second waits for alice, and the third for the packet, after the second");

    assert_eq!(take(&first).await, Some(vec![2, 3]));
}

#[tokio::test(start_paused = true)]
async fn commands_that_name_the_same_go_together() {
    let (queue, first, _) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("alice"))];
    assert_eq!(take(&first).await, Some(vec![1, 2]));
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_ends_holds_nothing_any_more_and_says_so() {
    let (queue, first, second) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("alice"))];
    assert_eq!(take_some(&first, 1).await, Some(vec![1]));
    let waiting = tokio::spawn(async move { second.take(8).await.len() });
    tokio::time::sleep(2 * LONG).await;
    assert!(!waiting.is_finished());

    drop(first);

    assert_eq!(waiting.await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_writer_leaves_wakes_the_other() {
    let (queue, first, second) = queue();
    let _running = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("bob"))];
    assert_eq!(take(&first).await, Some(vec![1, 2]));
    let waiting = tokio::spawn(async move { second.take(8).await.len() });
    tokio::task::yield_now().await;
    let _blocked = [push(&queue, 3, deposit("alice")), push(&queue, 4, deposit("bob"))];

    assert_eq!(take_some(&first, 1).await, Some(vec![3]), "it has room for one only");

    assert_eq!(waiting.await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn after_closing_everything_is_run_by_whoever_can() {
    let (queue, first, second) = queue();
    let _callers = [push(&queue, 1, deposit("alice")), push(&queue, 2, deposit("alice"))];
    assert_eq!(take_some(&first, 1).await, Some(vec![1]));

    queue.close();

    assert_eq!(take(&second).await, Some(vec![]), "what is left is the other's");
    assert_eq!(take(&first).await, Some(vec![2]));
    assert_eq!(take(&first).await, Some(vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_few_go_beside_a_batch_only_if_it_takes_long() {
    let (queue, first, second) = queue();
    let _alice = push(&queue, 1, deposit("alice"));
    assert_eq!(take(&first).await, Some(vec![1]));
    let before = Instant::now();
    let _bob = push(&queue, 2, deposit("bob"));

    assert_eq!(take(&second).await, Some(vec![2]));

    assert!(before.elapsed() >= LONG);
}

#[tokio::test(start_paused = true)]
async fn a_crowd_goes_beside_a_batch_at_once() {
    let (queue, first, second) = queue();
    let _alice = push(&queue, 0, deposit("alice"));
    assert_eq!(take(&first).await, Some(vec![0]));
    let before = Instant::now();
    let waiting = tokio::spawn(async move { second.take(CROWD).await.len() });
    let mut callers = Vec::new();
    for number in 1..=CROWD {
        tokio::task::yield_now().await;
        callers.push(push(&queue, 1, deposit(&format!("user-{number}"))));
    }

    assert_eq!(waiting.await.unwrap(), CROWD);

    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_writer_at_rest_is_woken_by_what_can_run() {
    let (queue, first, second) = queue();
    let _alice = push(&queue, 1, deposit("alice"));
    assert_eq!(take(&first).await, Some(vec![1]));
    let waiting = tokio::spawn(async move { second.take(8).await.len() });
    let _more = push(&queue, 2, deposit("alice"));
    tokio::time::sleep(2 * LONG).await;
    assert!(!waiting.is_finished());

    let _bob = push(&queue, 3, deposit("bob"));

    assert_eq!(waiting.await.unwrap(), 1);
}
