//! A server that dies in the middle of a saga: the next one finishes or undoes what was left behind.

mod accept;
mod publish;

use hongbao_testkit::Moment;

use crate::{request::Request, stack::Stack};

/// Lets the server die while a saga of `request` is at `moment`, and starts another one on the same file.
async fn dies(stack: Stack, request: Request, moment: Moment) -> Stack {
    let mut gate = stack.faults.hold(moment);
    let call = stack.begin(request);
    gate.reached().await;
    let stack = stack.crash().await;
    call.ends_unanswered().await;
    stack
}
