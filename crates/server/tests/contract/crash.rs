//! A server that dies in the middle of a saga: the next one finishes or undoes what was left behind.

mod accept;
mod publish;

use hongbao_testkit::Moment;

use crate::{fixture::Fixture, request::Request};

/// Lets the server die while a saga of `request` is at `moment`, and starts another one on the same file.
async fn dies(fixture: Fixture, request: Request, moment: Moment) -> Fixture {
    let mut gate = fixture.faults.hold(moment);
    let call = fixture.begin(request);
    gate.reached().await;
    let fixture = fixture.crash().await;
    call.ends_unanswered().await;
    fixture
}
