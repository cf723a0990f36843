//! Requests under a key: the same key never does two things, on whichever instance.

use hongbao_domain::{
    friend::{AddFriend, DeleteFriend, DeleteFriendRefusal},
    group::Stale,
    id::TransferId,
    red_packet::{Cancel, Confirm, PacketRef, PublishRefusal, Published, ReserveRefusal},
    store::{
        Answer, AskRequest, BeginCall, Call, EndCall, KeyIsFree, RecordAnswer, RequestName, RequestRefusal,
        RequestStep, Work,
    },
    time::Timestamp,
};
use hongbao_ports::{Clock, Failure, StepFailure, Submit};

use crate::{
    Ports, TestStore,
    case::cases,
    crowd::at_once,
    scene::{LEASE, TICK, alice, bob, by_bob, cny_of, done, just_before, settle},
};

cases![
    while_a_request_runs_its_key_is_in_use_on_every_instance,
    a_request_that_was_not_finished_in_time_names_what_it_began,
    another_request_under_the_same_key_is_told_apart,
    a_repeat_is_answered_the_same_on_every_instance_and_after_everything_else,
    a_refused_payment_stays_refused_after_a_top_up,
    what_was_cancelled_runs_again_under_its_key,
    a_packet_that_a_claim_has_opened_ends_its_request,
    of_64_first_steps_with_one_key_one_is_taken,
    what_one_step_decides_is_remembered_with_it,
    a_key_is_known_to_be_in_use_from_the_first_step_on,
    what_is_recorded_is_remembered_for_its_method_alone,
    a_call_is_ended_once_and_only_by_the_server_that_still_has_it,
    what_was_answered_is_listed_page_by_page,
    what_was_asked_about_a_packet_is_found_with_its_user,
];

fn name(method: &str) -> RequestName {
    RequestName {
        user: alice(),
        method: method.parse().expect("the text is a method"),
        key: "order-1".parse().expect("the text is a key"),
    }
}

fn publish() -> RequestName {
    name("im/msg_redpack_publish")
}

fn step(name: RequestName) -> RequestStep {
    RequestStep { name, fingerprint: [7; 32] }
}

/// Takes the answer of a step that must be taken.
#[track_caller]
fn taken<T, R: std::fmt::Debug>(answer: Result<T, StepFailure<R>>) -> T {
    answer.unwrap_or_else(|failure| panic!("must be taken, but: {failure:?}"))
}

/// Asks an instance to publish a packet of so many fen under the key, and gives what was said of the key.
async fn again(store: &TestStore, instance: &Ports, minor: i128) -> RequestRefusal {
    match instance.commands.submit_step(store.gift(minor), step(publish())).await {
        Err(StepFailure::Key(refusal)) => refusal,
        other => panic!("the key must be in use, but: {other:?}"),
    }
}

/// Reserves a packet of alice's for bob under the key.
async fn reserve(store: &TestStore, minor: i128) -> PacketRef {
    taken(store.commands.submit_step(store.gift(minor), step(publish())).await).packet
}

fn answered(packet: PacketRef, published: Published) -> RequestRefusal {
    assert_eq!(published.packet, packet);
    RequestRefusal::Answered(Box::new(Answer::Publish(Ok(published))))
}

/// Gives what the sender of a packet is told in the end.
async fn published(store: &TestStore, packet: PacketRef) -> Published {
    let row = store.look(packet).await;
    Published { packet, receiver: bob(), money: row.money(row.total), expires_at: row.expires_at }
}

async fn while_a_request_runs_its_key_is_in_use_on_every_instance(store: &TestStore) {
    store.alice_has(1_000).await;
    reserve(store, 300).await;
    for instance in &store.instances().await {
        assert_eq!(again(store, instance, 300).await, RequestRefusal::InProgress);
    }
    store.clock.advance(just_before(LEASE));
    for instance in &store.instances().await {
        assert_eq!(again(store, instance, 300).await, RequestRefusal::InProgress);
    }
    assert_eq!(store.fen_of(alice()).await, (700, 300));
}

async fn a_request_that_was_not_finished_in_time_names_what_it_began(store: &TestStore) {
    store.alice_has(1_000).await;
    let packet = reserve(store, 300).await;
    store.clock.advance(LEASE);
    for instance in &store.instances().await {
        assert_eq!(again(store, instance, 300).await, RequestRefusal::Lapsed(Work::Packet(packet)));
    }

    taken(store.commands.submit_step(Cancel { packet }, step(publish())).await);
    let new = reserve(store, 300).await;

    // The server that began it comes back late: its packet is gone, and what runs now is not touched.
    let late = store.commands.submit_step(Confirm { packet }, step(publish())).await;
    assert!(matches!(late, Err(StepFailure::Step(Failure::Refused(_)))), "{late:?}");
    assert_eq!(again(store, &store.instances().await[1], 300).await, RequestRefusal::InProgress);
    taken(store.commands.submit_step(Confirm { packet: new }, step(publish())).await);
    assert_eq!(store.fen_of(alice()).await, (700, 300));
}

async fn another_request_under_the_same_key_is_told_apart(store: &TestStore) {
    store.alice_has(1_000).await;
    let packet = reserve(store, 300).await;
    let other = RequestStep { fingerprint: [8; 32], ..step(publish()) };
    for is_final in [false, true] {
        if is_final {
            taken(store.commands.submit_step(Confirm { packet }, step(publish())).await);
        }
        for instance in &store.instances().await {
            let answer = instance.commands.submit_step(store.gift(200), other).await;
            assert!(matches!(answer, Err(StepFailure::Key(RequestRefusal::Mismatch))), "{answer:?}");
        }
    }
    assert_eq!(store.fen_of(alice()).await, (700, 300));
}

async fn a_repeat_is_answered_the_same_on_every_instance_and_after_everything_else(store: &TestStore) {
    store.alice_has(1_000).await;
    let packet = reserve(store, 300).await;
    taken(store.commands.submit_step(Confirm { packet }, step(publish())).await);
    let told = answered(packet, published(store, packet).await);

    let begun = done(store.ledger.begin_claim(by_bob(packet)).await);
    done(store.ledger.settle_claim(settle(&begun)).await);
    store.clock.advance(LEASE * 60);

    for instance in &store.instances().await {
        assert_eq!(again(store, instance, 300).await, told);
    }
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn a_refused_payment_stays_refused_after_a_top_up(store: &TestStore) {
    store.alice_has(100).await;
    let answer = store.commands.submit_step(store.gift(300), step(publish())).await;
    assert!(matches!(answer, Err(StepFailure::Step(Failure::Refused(ReserveRefusal::BalanceTooLow)))), "{answer:?}");
    store.bring(cny_of(alice()), 900).await;

    let told = RequestRefusal::Answered(Box::new(Answer::Publish(Err(PublishRefusal::BalanceTooLow))));
    for instance in &store.instances().await {
        assert_eq!(again(store, instance, 300).await, told);
    }
    assert_eq!(store.fen_of(alice()).await, (1_000, 0));
}

async fn what_was_cancelled_runs_again_under_its_key(store: &TestStore) {
    store.alice_has(1_000).await;
    let packet = reserve(store, 300).await;
    taken(store.commands.submit_step(Cancel { packet }, step(publish())).await);

    let new = reserve(store, 300).await;
    taken(store.commands.submit_step(Confirm { packet: new }, step(publish())).await);

    assert_eq!(store.fen_of(alice()).await, (700, 300));
}

async fn a_packet_that_a_claim_has_opened_ends_its_request(store: &TestStore) {
    store.alice_has(1_000).await;
    let packet = reserve(store, 300).await;
    done(store.ledger.begin_claim(by_bob(packet)).await);
    store.clock.advance(LEASE + TICK);

    let resolved = store.commands.submit_step(Cancel { packet }, step(publish())).await;
    assert!(matches!(resolved, Err(StepFailure::Step(Failure::Refused(_)))), "{resolved:?}");

    let told = answered(packet, published(store, packet).await);
    assert_eq!(again(store, &store.instances().await[1], 300).await, told);
}

async fn of_64_first_steps_with_one_key_one_is_taken(store: &TestStore) {
    store.alice_has(100_000).await;
    let instances = store.instances().await;
    let calls = (0..64).map(|number: usize| {
        let (commands, gift) = (instances[number % 2].commands.clone(), store.gift(300));
        async move { commands.submit_step(gift, step(publish())).await }
    });
    let (taken, refused): (Vec<_>, Vec<_>) = at_once(calls).await.into_iter().partition(Result::is_ok);

    assert_eq!((taken.len(), refused.len()), (1, 63));
    for answer in refused {
        assert!(matches!(answer, Err(StepFailure::Key(RequestRefusal::InProgress))), "{answer:?}");
    }
    assert_eq!(store.fen_of(alice()).await, (99_700, 300));
}

async fn a_key_is_known_to_be_in_use_from_the_first_step_on(store: &TestStore) {
    store.alice_has(1_000).await;
    for instance in &store.instances().await {
        assert!(!instance.queries.is_in_use(&publish()).await.expect("it can be read"));
        let free = instance.commands.submit_step(AskRequest, step(publish())).await;
        assert!(matches!(free, Err(StepFailure::Step(Failure::Refused(KeyIsFree)))), "{free:?}");
    }
    let packet = reserve(store, 300).await;
    for instance in &store.instances().await {
        assert!(instance.queries.is_in_use(&publish()).await.expect("it can be read"));
        assert!(!instance.queries.is_in_use(&name("im/group_join")).await.expect("it can be read"));
        let asked = instance.commands.submit_step(AskRequest, step(publish())).await;
        assert!(matches!(asked, Err(StepFailure::Key(RequestRefusal::InProgress))), "{asked:?}");
    }
    taken(store.commands.submit_step(Cancel { packet }, step(publish())).await);
    for instance in &store.instances().await {
        assert!(!instance.queries.is_in_use(&publish()).await.expect("it can be read"));
    }
}

async fn what_is_recorded_is_remembered_for_its_method_alone(store: &TestStore) {
    let answer = Answer::Publish(Err(PublishRefusal::ReceiverNotFound));
    taken(store.commands.submit_step(RecordAnswer { answer: Box::new(answer.clone()) }, step(publish())).await);
    for instance in &store.instances().await {
        let told = RequestRefusal::Answered(Box::new(answer.clone()));
        assert_eq!(again(store, instance, 300).await, told);
        let other = instance.commands.submit_step(AskRequest, step(name("im/group_join"))).await;
        assert!(matches!(other, Err(StepFailure::Step(Failure::Refused(KeyIsFree)))), "{other:?}");
    }
}

async fn a_call_is_ended_once_and_only_by_the_server_that_still_has_it(store: &TestStore) {
    let method = name("im/msg_private_publish");
    let begin = BeginCall { call: Call::Message, lease: LEASE };
    let end = |work, answer| EndCall { name: method, work, answer };
    let sent = |uid: &str| Some(Box::new(Answer::SendMessage(Ok(Some(uid.to_owned())))));
    let [first, second] = store.instances().await.map(|instance| instance.commands);

    let former = taken(first.submit_step(begin, step(method)).await);
    let in_use = second.submit_step(begin, step(method)).await;
    assert!(matches!(in_use, Err(StepFailure::Key(RequestRefusal::InProgress))), "{in_use:?}");
    taken(second.submit_step(end(former, None), step(method)).await);
    taken(second.submit_step(end(former, None), step(method)).await);

    let work = taken(second.submit_step(begin, step(method)).await);
    assert_ne!(work, former, "each call has a name of its own");
    for answer in [None, sent("A")] {
        let late = first.submit_step(end(former, answer), step(method)).await;
        assert!(matches!(late, Err(StepFailure::Step(Failure::Refused(Stale)))), "{late:?}");
    }
    store.clock.advance(LEASE);
    let lapsed = first.submit_step(begin, step(method)).await;
    assert!(matches!(lapsed, Err(StepFailure::Key(RequestRefusal::Lapsed(left))) if left == work), "{lapsed:?}");
    taken(first.submit_step(end(work, sent("B")), step(method)).await);

    let is_told = |answer: &Answer| Some(answer) == sent("B").as_deref();
    for commands in [first, second] {
        for answer in [None, sent("B"), sent("C")] {
            let late = commands.submit_step(end(work, answer), step(method)).await;
            assert!(
                matches!(&late, Err(StepFailure::Key(RequestRefusal::Answered(told))) if is_told(told)),
                "{late:?}"
            );
        }
        let told = commands.submit_step(begin, step(method)).await;
        assert!(
            matches!(&told, Err(StepFailure::Key(RequestRefusal::Answered(answer))) if is_told(answer)),
            "{told:?}"
        );
    }
}

async fn what_one_step_decides_is_remembered_with_it(store: &TestStore) {
    let until: Timestamp = store.clock.now().after(LEASE);
    for user in ["alice", "bob"] {
        store.add_user(user, until).await;
    }
    let [add, delete] = ["im/friend_add", "im/friend_delete"].map(name);
    let befriend = AddFriend { user: alice(), other: bob(), max: 9 };
    let part = DeleteFriend { user: alice(), other: bob() };
    let friend = taken(store.commands.submit_step(befriend, step(add)).await);
    assert_eq!(taken(store.commands.submit_step(part, step(delete)).await), friend);

    for instance in &store.instances().await {
        let added = instance.commands.submit_step(befriend, step(add)).await;
        let told = Answer::AddFriend(Ok(friend.clone()));
        assert!(matches!(added, Err(StepFailure::Key(RequestRefusal::Answered(answer))) if *answer == told));
        let deleted = instance.commands.submit_step(part, step(delete)).await;
        let told = Answer::DeleteFriend(Ok(friend.clone()));
        assert!(matches!(deleted, Err(StepFailure::Key(RequestRefusal::Answered(answer))) if *answer == told));
    }
    let refused = store.commands.submit(part).await;
    assert!(matches!(refused, Err(Failure::Refused(DeleteFriendRefusal::NotAFriend))), "no two things: {refused:?}");
}

async fn what_was_answered_is_listed_page_by_page(store: &TestStore) {
    store.alice_has(1_000).await;
    reserve(store, 300).await;
    let record = |method: &str| {
        let answer = Box::new(Answer::Publish(Err(PublishRefusal::ToOneself)));
        (RecordAnswer { answer }, step(name(method)))
    };
    for method in ["c", "a", "b"] {
        let (record, step) = record(method);
        taken(store.commands.submit_step(record, step).await);
    }
    let page = async |after: Option<&str>, limit: u32| -> Vec<RequestName> {
        let page = store.queries.answered(after.map(name), limit).await.expect("requests can be listed");
        page.iter().map(|request| request.name).collect()
    };
    assert_eq!(page(None, 2).await, [name("a"), name("b")]);
    assert_eq!(page(Some("b"), 2).await, [name("c")], "what still runs is not among them");
    assert_eq!(page(Some("c"), 2).await, []);
}

async fn what_was_asked_about_a_packet_is_found_with_its_user(store: &TestStore) {
    store.alice_has(1_000).await;
    let packet = reserve(store, 300).await;
    let (record, other) =
        (RecordAnswer { answer: Box::new(Answer::Publish(Err(PublishRefusal::ToOneself))) }, name("a"));
    taken(store.commands.submit_step(record, step(other)).await);
    for instance in &store.instances().await {
        let about = async |user, id| {
            let found = instance.queries.requests_about(user, id).await.expect("requests can be listed");
            found.iter().map(|request| request.name).collect::<Vec<_>>()
        };
        assert_eq!(about(alice(), packet.id).await, [publish()], "it runs");
        assert_eq!(about(bob(), packet.id).await, []);
        assert_eq!(about(alice(), TransferId::from_u128(packet.id.to_u128() + 1)).await, []);
    }
    taken(store.commands.submit_step(Confirm { packet }, step(publish())).await);
    let found = store.queries.requests_about(alice(), packet.id).await.expect("requests can be listed");
    assert_eq!(found.iter().map(|request| request.name).collect::<Vec<_>>(), [publish()], "it was answered");
}
