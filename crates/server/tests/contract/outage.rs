//! The ledger is away for a moment between two steps of a saga: the saga insists, and the caller notices nothing.

use hongbao_ports::Fault;

use crate::{
    request::{accept, publish},
    script::{
        Moment::{After, Before},
        Step,
    },
    stack::Stack,
    world::World,
};

const OUTAGE: Fault = Fault::unavailable("an outage on demand");
/// The step was done, but nobody heard of it.
const LOST: Fault = Fault::unresolved("a lost answer on demand");

#[tokio::test]
async fn a_short_outage_between_the_steps_of_a_publish_is_survived() {
    for (lost, fault) in [(Before(Step::Confirm), OUTAGE), (After(Step::Confirm), LOST)] {
        let stack = Stack::start().await;
        stack.script.fail(lost, fault);
        let id = stack.published().await;
        assert_eq!(World::of(&stack).await.open_packets(), [id], "{lost:?}");
    }
    for (lost, fault) in [(Before(Step::Cancel), OUTAGE), (After(Step::Cancel), LOST)] {
        let stack = Stack::start().await;
        stack.script.fail(Before(Step::TellCloud), OUTAGE);
        stack.script.fail(lost, fault);
        assert_eq!(stack.refuses(publish()).await.numbers(), (3, "im_cloud_unknown"), "{lost:?}");
    }
}

#[tokio::test]
async fn a_short_outage_between_the_steps_of_an_accept_is_survived() {
    let stack = Stack::start().await;
    for (lost, fault) in [(Before(Step::SettleClaim), OUTAGE), (After(Step::SettleClaim), LOST)] {
        let id = stack.published().await;
        stack.script.fail(lost, fault);
        stack.accepted(&id).await;
    }
    assert_eq!(World::of(&stack).await.fen_of("bob"), (6776, 0));

    let id = stack.published().await;
    for (lost, fault) in [(Before(Step::ReleaseClaim), OUTAGE), (After(Step::ReleaseClaim), LOST)] {
        stack.script.fail(Before(Step::TellCloud), OUTAGE);
        stack.script.fail(lost, fault);
        assert_eq!(stack.refuses(accept(&id)).await.numbers(), (3, "im_cloud_unknown"), "{lost:?}");
    }
    stack.accepted(&id).await;
}
