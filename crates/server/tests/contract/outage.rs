//! The ledger is away for a moment between two steps of a saga: the saga tries again, and the caller notices nothing.

use hongbao_ports::Fault;
use hongbao_testkit::{
    Moment::{After, Before},
    Step,
};

use crate::{
    fixture::Fixture,
    overview::Overview,
    request::{accept, publish},
};

const OUTAGE: Fault = Fault::unavailable("an outage on demand");
/// The step was done, but its caller did not hear of it.
const LOST: Fault = Fault::unresolved("a lost answer on demand");

#[tokio::test]
async fn a_short_outage_between_the_steps_of_a_publish_is_survived() {
    for (lost, fault) in [(Before(Step::CONFIRM), OUTAGE), (After(Step::CONFIRM), LOST)] {
        let fixture = Fixture::start().await;
        fixture.faults.fail(lost, fault);
        let id = fixture.published().await;
        assert_eq!(Overview::of(&fixture).await.open_packets(), [id], "{lost:?}");
    }
    for (lost, fault) in [(Before(Step::CANCEL), OUTAGE), (After(Step::CANCEL), LOST)] {
        let fixture = Fixture::start().await;
        fixture.faults.fail(Before(Step::NOTIFY), OUTAGE);
        fixture.faults.fail(lost, fault);
        assert_eq!(fixture.refuses(publish()).await.numbers(), (3, "im_cloud_unknown"), "{lost:?}");
    }
}

#[tokio::test]
async fn a_short_outage_between_the_steps_of_an_accept_is_survived() {
    let fixture = Fixture::start().await;
    for (lost, fault) in [(Before(Step::SETTLE_CLAIM), OUTAGE), (After(Step::SETTLE_CLAIM), LOST)] {
        let id = fixture.published().await;
        fixture.faults.fail(lost, fault);
        fixture.accepted(&id).await;
    }
    assert_eq!(Overview::of(&fixture).await.fen_of("bob"), (6776, 0));

    let id = fixture.published().await;
    for (lost, fault) in [(Before(Step::RELEASE_CLAIM), OUTAGE), (After(Step::RELEASE_CLAIM), LOST)] {
        fixture.faults.fail(Before(Step::NOTIFY), OUTAGE);
        fixture.faults.fail(lost, fault);
        assert_eq!(fixture.refuses(accept(&id)).await.numbers(), (3, "im_cloud_unknown"), "{lost:?}");
    }
    fixture.accepted(&id).await;
}
