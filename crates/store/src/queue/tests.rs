use std::sync::Arc;

use hongbao_domain::{
    id::{CommandId, TransferId},
    ledger::{AccountKey, Deposit},
    money::Amount,
    red_packet::{Cancel, Confirm, Expire, PacketRef, ReleaseClaim, Reserve, SettleClaim},
    store::Action,
};
use tokio::{sync::oneshot::Receiver, time::timeout};
use tracing::Span;

use super::*;

/// A caller that waits for an outcome.
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
    try_push(queue, number, action).unwrap()
}

fn try_push(queue: &Queue, number: u128, action: impl Into<Action>) -> Result<Caller, Fault> {
    let command = Command { id: CommandId::from_u128(number), request: None, action: action.into() };
    let (answer, caller) = oneshot::channel();
    let keys = Keys::of(slice::from_ref(&command));
    queue.push(Entry { command, answer, keys, trace: WriteTrace::begin(Span::none()) })?;
    Ok(caller)
}

fn at_most(commands: usize) -> Limits {
    Limits { commands, rows: 1_000 }
}

/// Takes what can run before the other batch is done, if anything can.
async fn take(writer: &Writer) -> Option<Vec<u128>> {
    take_some(writer, 8).await
}

async fn take_some(writer: &Writer, limit: usize) -> Option<Vec<u128>> {
    let taken = timeout(2 * LONG, writer.take(at_most(limit))).await.ok()?;
    Some(taken.batch.iter().map(|command| command.id.to_u128()).collect())
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
    let waiting = tokio::spawn(async move { second.take(at_most(8)).await.batch.len() });
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
    let waiting = tokio::spawn(async move { second.take(at_most(8)).await.batch.len() });
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
    let waiting = tokio::spawn(async move { second.take(at_most(CROWD)).await.batch.len() });
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
    let waiting = tokio::spawn(async move { second.take(at_most(8)).await.batch.len() });
    let _more = push(&queue, 2, deposit("alice"));
    tokio::time::sleep(2 * LONG).await;
    assert!(!waiting.is_finished());

    let _bob = push(&queue, 3, deposit("bob"));

    assert_eq!(waiting.await.unwrap(), 1);
}

fn reserve(user: &str, number: u128) -> Reserve {
    Reserve {
        id: TransferId::from_u128(number),
        sender: user.parse().unwrap(),
        receiver: "bob".parse().unwrap(),
        coin: "CNY".parse().unwrap(),
        quantity: "1".parse().unwrap(),
        remark: "恭喜".parse().unwrap(),
        lease: Duration::from_secs(15),
        expires_in: Duration::from_hours(1),
    }
}

/// The four second steps of sagas, on packet 7.
fn second_steps() -> [Action; 4] {
    let (packet, taker) = (packet(), "bob".parse().unwrap());
    [
        Confirm { packet }.into(),
        Cancel { packet }.into(),
        SettleClaim { packet, taker, fence: 1 }.into(),
        ReleaseClaim { packet, taker, fence: 1 }.into(),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_queue_full_of_new_commands_has_room_for_second_steps_which_go_first() {
    let (queue, first, _) = queue();
    let mut callers: Vec<_> =
        (1..=u128::try_from(queue.limit).unwrap()).map(|n| push(&queue, n, reserve("alice", 100 + n))).collect();
    assert!(try_push(&queue, 900, reserve("alice", 900)).is_err(), "the queue is full");

    for (number, step) in (1000..).zip(second_steps()) {
        callers.push(push(&queue, number, step));
    }

    assert_eq!(take(&first).await, Some(vec![1000, 1001, 1002, 1003, 1, 2, 3, 4]));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_has_room_for_sweeps_which_go_last() {
    let (queue, first, _) = queue();
    let mut callers: Vec<_> =
        (1..=u128::try_from(queue.limit).unwrap()).map(|n| push(&queue, n, deposit("alice"))).collect();
    callers.push(push(&queue, 1000, Expire { packet: packet() }));

    assert_eq!(take_some(&first, queue.limit + 1).await.unwrap().last(), Some(&1000));
}

#[tokio::test(start_paused = true)]
async fn sweeps_have_a_place_in_each_batch_however_much_else_waits() {
    let (queue, first, _) = queue();
    let _new: Vec<_> = (1..=40).map(|n| push(&queue, n, deposit("alice"))).collect();
    let _sweeps = [1000, 1001].map(|n| push(&queue, n, Expire { packet: packet() }));

    assert_eq!(take(&first).await, Some(vec![1, 2, 3, 4, 5, 6, 7, 1000]));
    assert_eq!(take(&first).await, Some(vec![8, 9, 10, 11, 12, 13, 14, 1001]));
    assert_eq!(take(&first).await, Some(vec![15, 16, 17, 18, 19, 20, 21, 22]), "and none that they do not use");
}

#[tokio::test(start_paused = true)]
async fn nothing_new_begins_before_a_second_step_that_waits_for_the_same() {
    let (queue, first, second) = queue();
    let _running = push(&queue, 1, Confirm { packet: packet() });
    assert_eq!(take(&first).await, Some(vec![1]));
    let other = PacketRef { id: TransferId::from_u128(8), ..packet() };
    let _blocked = push(&queue, 2, Cancel { packet: packet() });
    let _new = [push(&queue, 3, reserve("alice", 9)), push(&queue, 4, deposit("carol"))];
    let _late = push(&queue, 5, Confirm { packet: PacketRef { sender: "dave".parse().unwrap(), ..other } });

    assert_eq!(take(&second).await, Some(vec![5, 4]), "alice's account is wanted by the second step that waits");

    assert_eq!(take(&first).await, Some(vec![2, 3]));
}

/// A deposit names its coin, its account and itself.
#[tokio::test(start_paused = true)]
async fn a_batch_names_no_more_rows_than_the_bound_unless_a_single_command_does() {
    let (queue, first, second) = queue();
    let _callers = ["alice", "bob", "carol"].map(|user| push(&queue, 1, deposit(user)));
    let sizes = async |rows| {
        let taken = timeout(2 * LONG, first.take(Limits { commands: 8, rows })).await;
        taken.map_or(0, |taken| taken.batch.len())
    };
    assert_eq!(sizes(7).await, 2);
    assert_eq!(sizes(2).await, 1, "what names more than the bound runs alone");
    drop(second);
}
