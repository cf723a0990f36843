//! Which steps go on with something that was begun.

use crate::{
    group::{ActivateGroup, ActivateJoin, DiscardGroup, DiscardJoin, Due, EndCheck, JoinRef, ResumeJoin},
    red_packet::{Cancel, Confirm, ReleaseClaim, SettleClaim},
    store::{EndCall, Work},
};

/// A later step of a request: it counts only for the work that it goes on with.
pub(super) trait Continues {
    /// Gives that work; `None` where it is never part of a request.
    fn work(&self) -> Option<Work>;
}

macro_rules! continues {
    ($($action:ident => |$step:ident| $work:expr;)*) => {
        $(impl Continues for $action {
            fn work(&self) -> Option<Work> {
                let $step = self;
                $work
            }
        })*
    };
}

continues! {
    Confirm => |step| Some(Work::Packet(step.packet));
    Cancel => |step| Some(Work::Packet(step.packet));
    SettleClaim => |step| Some(Work::Claim(step.packet, step.fence));
    ReleaseClaim => |step| Some(Work::Claim(step.packet, step.fence));
    ActivateGroup => |step| Some(Work::Group(step.id));
    DiscardGroup => |step| Some(Work::Group(step.id));
    ResumeJoin => |step| Some(Work::Join(step.undo));
    ActivateJoin => |step| Some(Work::Join(step.join));
    DiscardJoin => |step| Some(Work::Join(step.join));
    EndCheck => |step| match step.due {
        Due::Membership(group, user) => Some(Work::Join(JoinRef { group, user, fence: step.fence })),
        Due::Group(_) => None,
    };
    EndCall => |step| Some(step.work);
}
