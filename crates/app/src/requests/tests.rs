//! A store that says of the key what the test wants, and what a request makes of it.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use hongbao_domain::{
    group::JoinRef,
    id::{CommandId, GroupId, TransferId, UserId},
    red_packet::{AcceptRefusal, Cancelled, PacketRef, Receipt, Released},
    store::{Action, Outcome, Request, RequestName},
};
use hongbao_ports::FaultKind;

use super::*;
use crate::Deadline;

const SECOND: Duration = Duration::from_secs(1);

/// Gives one outcome after the other, then never any, and writes down what it was asked for.
#[derive(Default)]
struct Script {
    outcomes: Mutex<VecDeque<Outcome>>,
    asked: Mutex<Vec<Action>>,
    is_free: bool,
}

impl Script {
    fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Arc<Self> {
        Arc::new(Self { outcomes: Mutex::new(outcomes.into_iter().collect()), ..Self::default() })
    }

    fn names(&self) -> Vec<&'static str> {
        self.asked.lock().unwrap().iter().map(Action::name).collect()
    }

    fn requests(self: &Arc<Self>) -> Requests {
        Requests::new(self.clone(), self.clone())
    }
}

#[async_trait]
impl Commands for Script {
    async fn run(&self, action: Action, step: Option<RequestStep>) -> Result<Outcome, Fault> {
        assert_eq!(step, caller().request(), "each is a step of the request");
        self.asked.lock().unwrap().push(action);
        let outcome = self.outcomes.lock().unwrap().pop_front();
        match outcome {
            Some(outcome) => Ok(outcome),
            None => pending().await,
        }
    }
}

#[async_trait]
impl RequestQueries for Script {
    async fn is_in_use(&self, _: &RequestName) -> Result<bool, Fault> {
        Ok(!self.is_free)
    }

    async fn answered(&self, _: Option<RequestName>, _: u32) -> Result<Vec<Request>, Fault> {
        unreachable!("no use case lists what was answered")
    }

    async fn requests_about(&self, _: UserId, _: TransferId) -> Result<Vec<Request>, Fault> {
        unreachable!("no use case of a caller lists requests")
    }
}

fn caller() -> Caller {
    let caller = Caller::new("bob".parse().unwrap(), Deadline::after(10 * SECOND));
    caller.under_key("im/msg_redpack_accept".parse().unwrap(), "key".parse().unwrap(), [7; 32])
}

fn step() -> RequestStep {
    caller().request().unwrap()
}

fn packet() -> PacketRef {
    PacketRef { id: TransferId::from_u128(7), sender: "alice".parse().unwrap(), coin: "CNY".parse().unwrap() }
}

fn lapsed(work: Work) -> Outcome {
    Outcome::Request(RequestRefusal::Lapsed(work))
}

fn released() -> Outcome {
    Outcome::ReleaseClaim(Ok(Released { refunded: false }))
}

/// Runs a use case that is refused, and counts how often it was run.
async fn once(script: &Arc<Script>) -> (Result<Receipt, Failure<AcceptRefusal>>, usize) {
    let runs = AtomicUsize::new(0);
    let run = || async {
        runs.fetch_add(1, Ordering::SeqCst);
        Err(Failure::Refused(AcceptRefusal::NotYours))
    };
    let told = script.requests().once(&caller(), run).await;
    (told, runs.into_inner())
}

fn fault<T, R>(told: Result<T, Failure<R>>) -> Fault {
    match told {
        Err(Failure::Fault(fault)) => fault,
        Err(Failure::Refused(_)) | Ok(_) => panic!("it has not broken"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_free_is_run_and_one_that_was_answered_is_not() {
    let free = Arc::new(Script { is_free: true, ..Script::default() });
    assert!(matches!(once(&free).await, (Err(Failure::Refused(AcceptRefusal::NotYours)), 1)));
    assert_eq!(free.names(), [""; 0]);

    let answer = Answer::Accept(Err(AcceptRefusal::Expired));
    let answered = Script::of([Outcome::Request(RequestRefusal::Answered(Box::new(answer)))]);
    assert!(matches!(once(&answered).await, (Err(Failure::Refused(AcceptRefusal::Expired)), 0)));
}

#[tokio::test(start_paused = true)]
async fn another_methods_answer_is_told_to_no_caller() {
    let answer = Answer::SendMessage(Ok(None));
    let script = Script::of([Outcome::Request(RequestRefusal::Answered(Box::new(answer)))]);
    let (told, runs) = once(&script).await;
    assert_eq!((fault(told).kind(), runs), (FaultKind::Internal, 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_left_behind_is_resolved_and_then_the_key_is_asked_about_again() {
    let work = Work::Claim(packet(), 3);
    let script = Script::of([lapsed(work), released(), Outcome::AskRequest(Err(KeyIsFree))]);

    assert!(matches!(once(&script).await, (Err(Failure::Refused(AcceptRefusal::NotYours)), 1)));

    let release = ReleaseClaim { packet: packet(), taker: "bob".parse().unwrap(), fence: 3 };
    assert_eq!(*script.asked.lock().unwrap(), [AskRequest.into(), release.into(), AskRequest.into()]);
}

#[tokio::test(start_paused = true)]
async fn another_server_may_be_faster_to_resolve_it() {
    let (work, taken) = (Work::Claim(packet(), 3), RequestRefusal::InProgress);
    let answer = RequestRefusal::Answered(Box::new(Answer::Accept(Err(AcceptRefusal::Expired))));
    let script = Script::of([lapsed(work), Outcome::Request(taken), Outcome::Request(answer)]);

    assert!(matches!(once(&script).await, (Err(Failure::Refused(AcceptRefusal::Expired)), 0)));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_lapses_again_and_again_is_left_in_use() {
    let lapses = (0..ROUNDS).flat_map(|_| [lapsed(Work::Claim(packet(), 3)), released()]);
    let script = Script::of(lapses);

    let (told, runs) = once(&script).await;

    assert_eq!((fault(told).request(), runs), (Some(&RequestRefusal::InProgress), 0));
    assert_eq!(script.names().len(), 2 * ROUNDS);
}

#[tokio::test(start_paused = true)]
async fn what_is_in_progress_or_another_request_is_said_at_once() {
    for refusal in [RequestRefusal::InProgress, RequestRefusal::Mismatch] {
        let script = Script::of([Outcome::Request(refusal.clone())]);
        let (told, runs) = once(&script).await;
        assert_eq!((fault(told).request(), runs, script.names().len()), (Some(&refusal), 0, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn neither_a_question_nor_a_step_is_waited_for_beyond_the_deadline() {
    for outcomes in [Vec::new(), vec![lapsed(Work::Claim(packet(), 3))]] {
        let (script, start) = (Script::of(outcomes), Instant::now());
        let (told, runs) = once(&script).await;
        assert_eq!((fault(told).kind(), runs), (FaultKind::Unavailable, 0));
        assert_eq!(start.elapsed(), 10 * SECOND);
    }
}

/// Resolves a work with one outcome, and gives the kind of the fault.
async fn resolve(work: Work, outcome: Outcome) -> Option<FaultKind> {
    let script = Script::of([outcome]);
    let resolved = script.requests().resolve(step(), work).await;
    assert_eq!(script.names().len(), 1);
    resolved.err().map(|fault| fault.kind())
}

#[tokio::test(start_paused = true)]
async fn what_another_server_has_ended_is_resolved_and_what_cannot_be_found_is_a_defect() {
    let packet = packet();
    let group = GroupId::from_u128(1);
    let join = JoinRef { group, user: "bob".parse().unwrap(), fence: 2 };
    for (work, outcome) in [
        (Work::Packet(packet), Outcome::Cancel(Ok(Cancelled { repeated: false }))),
        (Work::Packet(packet), Outcome::Cancel(Err(CancelRefusal::Delivered))),
        (Work::Claim(packet, 3), Outcome::ReleaseClaim(Err(ReleaseRefusal::Stale))),
        (Work::Group(group), Outcome::DiscardGroup(Ok(()))),
        (Work::Group(group), Outcome::DiscardGroup(Err(DiscardGroupRefusal::Active))),
        (Work::Join(join), Outcome::DiscardJoin(Ok(()))),
        (Work::Join(join), Outcome::DiscardJoin(Err(DiscardJoinRefusal::Joined))),
        (Work::Message(CommandId::from_u128(1)), Outcome::EndCall(Ok(()))),
        (Work::Message(CommandId::from_u128(1)), Outcome::EndCall(Err(Stale))),
        (Work::Refresh(CommandId::from_u128(1)), Outcome::EndCall(Err(Stale))),
    ] {
        assert_eq!(resolve(work, outcome.clone()).await, None, "{outcome:?}");
    }
    for (work, outcome) in [
        (Work::Packet(packet), Outcome::Cancel(Err(CancelRefusal::NotFound))),
        (Work::Packet(packet), Outcome::Cancel(Err(CancelRefusal::BalanceOverflow))),
        (Work::Claim(packet, 3), Outcome::ReleaseClaim(Err(ReleaseRefusal::NotFound))),
        (Work::Claim(packet, 3), Outcome::ReleaseClaim(Err(ReleaseRefusal::BalanceOverflow))),
        (Work::Group(group), Outcome::DiscardGroup(Err(DiscardGroupRefusal::NotFound))),
    ] {
        assert_eq!(resolve(work, outcome.clone()).await, Some(FaultKind::Internal), "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lapsed_message_is_remembered_as_unknown_and_a_lapsed_change_is_forgotten() {
    let command = CommandId::from_u128(1);
    let unknown = Answer::SendMessage(Err(SendRefusal::ImCloud(CloudRefusal::Unknown(None))));
    for (work, answer) in [(Work::Message(command), Some(unknown)), (Work::Refresh(command), None)] {
        let script = Script::of([Outcome::EndCall(Ok(()))]);
        script.requests().resolve(step(), work).await.unwrap();
        let ended = EndCall { name: step().name, work, answer: answer.map(Box::new) };
        assert_eq!(*script.asked.lock().unwrap(), [ended.into()]);
    }
}
