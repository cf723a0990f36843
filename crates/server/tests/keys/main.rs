//! Requests under a key, through the HTTP app, over SQLite and the sandbox.
//!
//! Each method that changes something is killed at each of its steps, and repeated on another server: it has one effect, and
//! its repeats have one answer.

mod exempt;
mod methods;
mod world;

use std::collections::BTreeSet;

use hongbao_api::METHODS;
use hongbao_domain::store::Action;
use hongbao_ports::Fault;
use hongbao_sandbox::{FaultRule, InjectedFault, When};
use hongbao_testkit::{
    Moment::{self, After, Before},
    Step,
    server::{Answer, TestServer},
};
use serde_json::json;

use self::{
    methods::{ACCEPT, ALL, MESSAGE, Method, PUBLISH, READS},
    world::{World, outlast_the_lease, start, start_for},
};

/// Asks under a key, and gives what came of it.
async fn ask(server: &TestServer, method: &Method, key: &str) -> Answer {
    Answer::of(method.request(server).header("Idempotency-Key", key)).await
}

/// What a method does when nothing goes wrong.
async fn undisturbed(method: &Method) -> (World, Vec<Step>) {
    let server = start_for(method).await;
    let answer = ask(&server, method, "k1").await;
    assert_eq!(answer.status(), 0, "{}: {:?}", method.name, answer.body);
    (World::of(&server).await, server.faults.steps())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_method_that_changes_something_is_listed_with_each_of_its_steps() {
    let changing = METHODS.iter().filter(|method| !method.is_read).map(|method| method.path.to_owned());
    assert_eq!(ALL.iter().map(Method::path).collect::<BTreeSet<_>>(), changing.collect());
    for method in ALL.iter().chain([&methods::ACCEPT_DEFERRED, &methods::ACCEPT_OFF]) {
        let (_, seen) = undisturbed(method).await;
        let seen: BTreeSet<_> = seen.into_iter().filter(|step| !READS.contains(step)).collect();
        assert_eq!(seen, method.steps.iter().copied().collect(), "{}", method.name);
    }
}

/// A command that none of these tests kills a server at, and that has no reason, is a step without a failpoint.
#[test]
fn each_command_has_a_failpoint_or_a_reason() {
    let of_methods = ALL.iter().flat_map(|method| method.steps).copied();
    let undo = UNDONE.iter().map(|(_, _, undo)| *undo).chain(UNDO_STEPS).chain([END_OF_UNDO, RECORD]);
    let killed: BTreeSet<_> = of_methods.chain(undo).collect();
    for name in Action::NAMES {
        let is_exempt = exempt::EXEMPT.iter().any(|(_, names)| names.contains(name));
        assert!(killed.contains(&Step::command(name)) != is_exempt, "{name}");
    }
    let known = |name: &&str| Action::NAMES.contains(name);
    assert!(exempt::EXEMPT.iter().all(|(_, names)| names.iter().all(known)), "it is not there any more");
}

/// Kills the server while a request under the key is at a moment, so that its client hears nothing, and starts another one.
async fn dies(server: TestServer, method: &Method, moment: Moment) -> TestServer {
    let mut gate = server.faults.hold(moment);
    let request = method.request(&server).header("Idempotency-Key", "k1");
    let call = tokio::spawn(async move { request.send().await });
    gate.reached().await;
    let server = server.crash().await;
    assert!(call.await.expect("the client is well").is_err(), "{moment:?}: it hears nothing");
    server
}

/// Kills the server at each step of a method; the caller repeats on another one.
async fn survives_death_at_each_step(method: &Method) {
    let (expected, _) = undisturbed(method).await;
    for step in method.steps {
        for moment in [Before(*step), After(*step)] {
            let server = start_for(method).await;
            let server = dies(server, method, moment).await;

            let mut told = ask(&server, method, "k1").await;
            assert_eq!(told.status() == 102, method.is_running_at(moment), "{} {moment:?}", method.name);
            if told.status() == 102 {
                assert_eq!(told.all_numbers(), (409, 102, "idempotency_in_progress"), "{moment:?}");
                assert!(told.is_retryable() && told.headers.contains_key("retry-after"), "{moment:?}");
                outlast_the_lease(&server);
                told = ask(&server, method, "k1").await;
            }
            let is_open = method.name == MESSAGE.name
                && [After(Step::BEGIN_CALL), Before(Step::SEND), After(Step::SEND), Before(Step::END_CALL)]
                    .contains(&moment);
            if is_open {
                assert_eq!(told.numbers(), (3, "im_cloud_unknown"), "{moment:?}: {:?}", told.body);
                assert!(!told.is_retryable());
            } else {
                assert_eq!(told.status(), 0, "{} {moment:?}: {:?}", method.name, told.body);
            }
            let again = ask(&server, method, "k1").await;
            assert_eq!(again.status_and_text(), told.status_and_text(), "{} {moment:?}", method.name);

            outlast_the_lease(&server);
            server.process.sweep().await;
            let world = World::of(&server).await;
            if is_open {
                assert!(world.messages <= 1, "{moment:?}");
                assert_eq!(World { messages: 1, ..world }, expected, "{moment:?}");
            } else {
                assert_eq!(world, expected, "{} {moment:?}", method.name);
            }
            let late = ask(&server, method, "k1").await;
            assert_eq!(late.status_and_text(), told.status_and_text(), "{} {moment:?}", method.name);
        }
    }
}

/// What goes wrong at the cloud, so that a method undoes what it has begun.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// A notice or a message is not sent.
    Before(Step),
    /// A path of the cloud answers with an error.
    At(&'static str),
}

/// The cloud refuses, and the server dies while it undoes what it has begun.
async fn survives_death_while_undoing(method: &Method, trouble: Trouble, undo: Step) {
    let (expected, _) = undisturbed(method).await;
    for moment in [Before(undo), After(undo)] {
        let server = start().await;
        match trouble {
            Trouble::Before(step) => server.faults.fail(Before(step), Fault::unavailable("silence on demand")),
            Trouble::At(path) => assert!(server.outside.sandbox.arm(FaultRule::new(path, InjectedFault::Reject))),
        }
        let server = dies(server, method, moment).await;

        let mut told = ask(&server, method, "k1").await;
        if told.status() == 102 {
            outlast_the_lease(&server);
            told = ask(&server, method, "k1").await;
        }
        assert_eq!(told.status(), 0, "{} {moment:?}: {:?}", method.name, told.body);
        outlast_the_lease(&server);
        server.process.sweep().await;
        assert_eq!(World::of(&server).await, expected, "{} {moment:?}", method.name);
        assert_eq!(
            ask(&server, method, "k1").await.status_and_text(),
            told.status_and_text(),
            "{} {moment:?}",
            method.name
        );
    }
}

/// What undoes what a method has begun, and the trouble that brings it about.
const UNDONE: [(&Method, Trouble, Step); 5] = [
    (&PUBLISH, Trouble::Before(Step::NOTIFY), Step::CANCEL),
    (&ACCEPT, Trouble::Before(Step::NOTIFY), Step::RELEASE_CLAIM),
    (&methods::CREATE, Trouble::At("/group/create.json"), Step::DISCARD_GROUP),
    (&methods::JOIN, Trouble::At("/group/join.json"), Step::DISCARD_JOIN),
    (&methods::REFRESH, Trouble::At("/user/refresh.json"), Step::END_CALL),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_undone_when_the_server_dies_is_done_once_by_the_repeat() {
    for (method, trouble, undo) in UNDONE {
        survives_death_while_undoing(method, trouble, undo).await;
    }
}

/// An earlier join of bob's is in doubt: the cloud has taken him in, and we were not told.
async fn start_in_doubt() -> TestServer {
    let server = start().await;
    let lost = FaultRule::new("/group/join.json", InjectedFault::ServerError(When::After)).times(9);
    assert!(server.outside.sandbox.arm(lost));
    let answer = Answer::of(methods::JOIN.request(&server)).await;
    assert_eq!(answer.numbers(), (3, "im_cloud_unknown"), "{:?}", answer.body);
    server.outside.sandbox.clear_faults();
    server
}

/// What a join does that undoes an earlier one first.
const UNDO_STEPS: [Step; 4] = [Step::PREPARE_JOIN, Step::CLOUD_QUIT, Step::RESUME_JOIN, Step::ACTIVATE_JOIN];

#[tokio::test(flavor = "multi_thread")]
async fn a_join_that_undoes_an_earlier_one_first_is_done_once() {
    let method = &methods::JOIN;
    let (expected, _) = undisturbed(method).await;
    for step in UNDO_STEPS {
        for moment in [Before(step), After(step)] {
            let server = start_in_doubt().await;
            let server = dies(server, method, moment).await;

            let mut told = ask(&server, method, "k1").await;
            for _ in 0..3 {
                if told.status() == 0 {
                    break;
                }
                assert!(matches!(told.status(), 102 | 3), "{moment:?}: {:?}", told.body);
                outlast_the_lease(&server);
                told = ask(&server, method, "k1").await;
            }
            assert_eq!(told.status(), 0, "{moment:?}: {:?}", told.body);
            outlast_the_lease(&server);
            assert_eq!(ask(&server, method, "k1").await.status_and_text(), told.status_and_text(), "{moment:?}");
            assert_eq!(World::of(&server).await, expected, "{moment:?}");
        }
    }
}

const END_OF_UNDO: Step = Step::END_CHECK;

#[tokio::test(flavor = "multi_thread")]
async fn a_join_whose_undo_fails_leaves_its_key_free() {
    for moment in [Before(END_OF_UNDO), After(END_OF_UNDO)] {
        let server = start_in_doubt().await;
        assert!(server.outside.sandbox.arm(FaultRule::new("/group/quit.json", InjectedFault::Reject)));
        let server = dies(server, &methods::JOIN, moment).await;

        outlast_the_lease(&server);
        let told = ask(&server, &methods::JOIN, "k1").await;
        assert_eq!(told.status(), 0, "{moment:?}: {:?}", told.body);
        assert_eq!(World::of(&server).await, undisturbed(&methods::JOIN).await.0, "{moment:?}");
    }
}

const RECORD: Step = Step::RECORD_ANSWER;

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_is_being_recorded_when_the_server_dies_is_told_by_the_repeat() {
    let refused = Method { form: &[("toUserId", "nobody"), ("coin_id", "CNY"), ("amount", "1")], ..PUBLISH };
    for moment in [Before(RECORD), After(RECORD)] {
        let server = start().await;
        let before = World::of(&server).await;
        let server = dies(server, &refused, moment).await;

        for _ in 0..2 {
            assert_eq!(ask(&server, &refused, "k1").await.numbers(), (110, "receiver_not_found"), "{moment:?}");
        }
        assert_eq!(World::of(&server).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_asked_about_a_key_is_121_and_one_that_begins_nothing_is_as_without_a_key() {
    let server = start().await;
    let away = || Fault::unavailable("the store is away on demand");
    server.faults.fail(Before(Step::IS_IN_USE), away());
    let unknown = ask(&server, &methods::CREATE, "k1").await;
    assert_eq!((unknown.numbers(), unknown.is_retryable()), ((121, "unavailable"), true));
    server.faults.fail(Before(Step::PREPARE_GROUP), away());
    let answer = ask(&server, &methods::CREATE, "k1").await;
    assert_eq!((answer.numbers(), answer.is_retryable()), ((4, "database_unavailable"), true));
    assert_eq!(ask(&server, &methods::CREATE, "k1").await.status(), 0, "neither is remembered");
}

macro_rules! each_method {
    ($($test:ident: $method:ident,)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            survives_death_at_each_step(&methods::$method).await;
        }
    )*};
}

each_method! {
    a_packet_is_published_once: PUBLISH,
    a_packet_is_claimed_once: ACCEPT,
    a_packet_is_claimed_once_where_its_sender_is_told_later: ACCEPT_DEFERRED,
    a_packet_is_claimed_once_where_its_sender_is_not_told: ACCEPT_OFF,
    a_group_is_made_once: CREATE,
    a_group_is_joined_once: JOIN,
    a_friend_is_added_once: ADD,
    a_friend_is_deleted_once: DELETE,
    a_message_is_sent_once: MESSAGE,
    a_profile_is_changed_once: REFRESH,
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_equal_requests_at_once_one_is_done() {
    for method in ALL {
        let (expected, _) = undisturbed(method).await;
        let server = start().await;
        let calls: Vec<_> = (0..64)
            .map(|_| tokio::spawn(Answer::of(method.request(&server).header("Idempotency-Key", "k1"))))
            .collect();
        let mut done = Vec::new();
        for call in calls {
            let answer = call.await.expect("the client is well");
            match answer.status() {
                0 => done.push(answer),
                status => assert_eq!(status, 102, "{}: {:?}", method.name, answer.body),
            }
        }
        let last = ask(&server, method, "k1").await;
        assert!(
            !done.is_empty() && done.iter().all(|answer| answer.status_and_text() == last.status_and_text()),
            "{}",
            method.name
        );
        assert_eq!(World::of(&server).await, expected, "{}", method.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_request_under_the_same_key_is_101_however_the_first_is_written() {
    let server = start().await;
    let publish = |amount: &str, key: &str| {
        let form = [("toUserId", "bob"), ("coin_id", "CNY"), ("amount", amount)];
        server.form("alice", "msg_redpack_publish", &form).header("Idempotency-Key", key.to_owned())
    };
    let first = Answer::of(publish("1", "k1")).await;
    assert_eq!(first.status(), 0, "{:?}", first.body);
    assert_eq!(Answer::of(publish("1.00", "k1")).await.status_and_text(), first.status_and_text());
    let json = json!({ "toUserId": "bob", "coin_id": "CNY", "amount": "1e0", "colour": "red" });
    let json_request = server.post("alice", "msg_redpack_publish").header("Idempotency-Key", "k1");
    let json = json_request.header("Content-Type", "application/json").body(json.to_string());
    assert_eq!(Answer::of(json).await.status_and_text(), first.status_and_text());

    let other = Answer::of(publish("2", "k1")).await;
    assert_eq!(other.all_numbers(), (422, 101, "idempotency_mismatch"));
    assert!(!other.is_retryable());

    let new = Answer::of(publish("1", "k2")).await;
    assert_ne!(new.data("transfer_id"), first.data("transfer_id"), "another key is another request");
    let of_bob = ask(
        &server,
        &Method { user: "bob", form: &[("toUserId", "alice"), ("coin_id", "CNY"), ("amount", "1")], ..PUBLISH },
        "k1",
    )
    .await;
    assert_eq!(of_bob.status(), 0, "and so is another user: {:?}", of_bob.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_our_book_decides_is_remembered_and_what_comes_from_outside_is_not() {
    let server = start().await;
    let dear = Method { form: &[("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "150")], ..PUBLISH };
    let refused = ask(&server, &dear, "dear").await;
    assert_eq!(refused.numbers(), (7, "balance_too_low"));
    let nobody = Method { form: &[("toUserId", "nobody"), ("coin_id", "CNY"), ("amount", "1")], ..PUBLISH };
    let no_receiver = ask(&server, &nobody, "nobody").await;
    assert_eq!(no_receiver.numbers(), (110, "receiver_not_found"));
    let oneself = Method { form: &[("toUserId", "alice"), ("coin_id", "CNY"), ("amount", "1")], ..PUBLISH };
    let own = ask(&server, &oneself, "oneself").await;
    assert_eq!(own.numbers(), (111, "self_not_allowed"));
    let no_message =
        Method { form: &[("toUserId", "nobody"), ("objectName", "RC:TxtMsg"), ("content", "{}")], ..MESSAGE };
    let unsent = ask(&server, &no_message, "nobody").await;
    assert_eq!(unsent.numbers(), (110, "receiver_not_found"));

    server.process.ports.deposit("alice", "USDT", "1").await;
    world::top_up(&server, "alice", "500").await;
    server.add_user("nobody").await;
    for (method, key, told) in [
        (&dear, "dear", &refused),
        (&nobody, "nobody", &no_receiver),
        (&oneself, "oneself", &own),
        (&no_message, "nobody", &unsent),
    ] {
        assert_eq!(ask(&server, method, key).await.status_and_text(), told.status_and_text(), "{key}");
    }
    assert_eq!(ask(&server, &dear, "new").await.status(), 0, "a new key is a new payment");

    server.faults.fail(Before(Step::NOTIFY), Fault::unavailable("silence on demand"));
    let unknown = ask(&server, &PUBLISH, "again").await;
    assert_eq!(unknown.numbers(), (3, "im_cloud_unknown"));
    assert_eq!(ask(&server, &PUBLISH, "again").await.status(), 0, "3 has moved nothing, and the key is free");

    server.faults.fail(Before(Step::SEND), Fault::unavailable("silence on demand"));
    let unknown = ask(&server, &MESSAGE, "again").await;
    assert_eq!((unknown.numbers(), unknown.is_retryable()), ((3, "im_cloud_unknown"), false));
    assert_eq!(
        ask(&server, &MESSAGE, "again").await.status_and_text(),
        unknown.status_and_text(),
        "it may have been delivered"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_the_same_after_everything_has_changed() {
    let server = start().await;
    let published = ask(&server, &PUBLISH, "k1").await;
    let accepted = ask(&server, &ACCEPT, "k1").await;
    let friend = ask(&server, &methods::ADD, "k1").await;
    let joined = ask(&server, &methods::JOIN, "k1").await;
    server.call("carol", "group_join", &[("group_id", &methods::group_id(&server))]).await;
    server.call("bob", "refresh", &[("name", "Robert")]).await;
    server.process.ports.set_status("bob", world::CLOSED).await;
    assert_eq!(
        ask(&server, &PUBLISH, "k1").await.status_and_text(),
        published.status_and_text(),
        "the receiver is disabled"
    );
    assert_eq!(ask(&server, &methods::ADD, "k1").await.status_and_text(), friend.status_and_text());
    server.process.ports.set_status("bob", hongbao_testkit::OPEN).await;
    server.add_user("bob").await;
    assert_eq!(ask(&server, &ACCEPT, "k1").await.status_and_text(), accepted.status_and_text());
    assert_eq!(ask(&server, &methods::JOIN, "k1").await.status_and_text(), joined.status_and_text());

    // No turn at the cloud is needed for that.
    server.faults.always_fail(Before(Step::TURN), Fault::unavailable("busy on demand"));
    assert_eq!(ask(&server, &PUBLISH, "k1").await.status_and_text(), published.status_and_text());
    assert_eq!(ask(&server, &PUBLISH, "k2").await.status(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_answer_of_the_store_a_repeat_tells_the_truth() {
    for step in PUBLISH.steps.iter().filter(|step| **step != Step::NOTIFY) {
        let server = start().await;
        server.faults.fail_times(After(*step), usize::MAX, Fault::unresolved("a lost answer on demand"));
        let lost = ask(&server, &PUBLISH, "k1").await;
        assert_eq!((lost.status(), lost.is_retryable()), (121, true), "{:?}", lost.body);
        server.faults.clear();

        outlast_the_lease(&server);
        let told = ask(&server, &PUBLISH, "k1").await;
        assert_eq!(told.status(), 0, "{step:?}: {:?}", told.body);
        assert_eq!(World::of(&server).await, undisturbed(&PUBLISH).await.0, "{step:?}");
    }
}
