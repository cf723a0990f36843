//! Which steps go on with something that was begun.

use super::{super::Work, Action};
use crate::group::{Due, JoinRef};

impl Action {
    /// Gives what the action goes on with; `None` for one that begins something, or is never part of a request.
    pub(super) fn work(&self) -> Option<Work> {
        match self {
            Self::Confirm(confirm) => Some(Work::Packet(confirm.packet)),
            Self::Cancel(cancel) => Some(Work::Packet(cancel.packet)),
            Self::SettleClaim(settle) => Some(Work::Claim(settle.packet, settle.fence)),
            Self::ReleaseClaim(release) => Some(Work::Claim(release.packet, release.fence)),
            Self::ActivateGroup(activate) => Some(Work::Group(activate.id)),
            Self::DiscardGroup(discard) => Some(Work::Group(discard.id)),
            Self::ResumeJoin(resume) => Some(Work::Join(resume.undo)),
            Self::ActivateJoin(activate) => Some(Work::Join(activate.join)),
            Self::DiscardJoin(discard) => Some(Work::Join(discard.join)),
            Self::EndCheck(end) => match end.due {
                Due::Membership(group, user) => Some(Work::Join(JoinRef { group, user, fence: end.fence })),
                Due::Group(_) => None,
            },
            Self::EndCall(end) => Some(end.work),
            Self::RegisterSession(_)
            | Self::RevokeSession(_)
            | Self::RevokeSessions(_)
            | Self::AddUser(_)
            | Self::SetUser(_)
            | Self::ChangeUser(_)
            | Self::AddFriend(_)
            | Self::DeleteFriend(_)
            | Self::SetBlock(_)
            | Self::IntroduceProfile(_)
            | Self::InvalidateProfile(_)
            | Self::ConfirmProfile(_)
            | Self::KeepToken(_)
            | Self::PrepareGroup(_)
            | Self::PrepareJoin(_)
            | Self::UndoLapsed(_)
            | Self::ClaimCheck(_)
            | Self::AddCoin(_)
            | Self::OpenAccount(_)
            | Self::Deposit(_)
            | Self::Withdraw(_)
            | Self::Reserve(_)
            | Self::BeginClaim(_)
            | Self::Expire(_)
            | Self::AskRequest(_)
            | Self::RecordAnswer(_)
            | Self::BeginCall(_) => None,
        }
    }
}
