//! The saga of changing a profile.

use std::convert::Infallible;

use hongbao_domain::{
    im_cloud::CloudRefusal,
    profile::{Profile, ProfileChange},
};
use hongbao_ports::{Failure, Fault, Refreshed, query::CachedProfile};

use super::{Visit, look, still_unknown};
use crate::insist::insist;

pub(super) async fn run(visit: &Visit, change: &ProfileChange) -> Result<Profile, Failure<CloudRefusal>> {
    let copy = look::settled(visit).await?;
    if change.is_empty() {
        return Ok(copy.profile);
    }
    if !copy.is_registered {
        visit.enrol(&copy, copy.version).await?;
    }
    visit.start.begin()?;
    // Whatever becomes of this process, the next one knows that the cloud must be asked.
    let version = visit.world.profiles.invalidate(&visit.world.app, visit.user).await?;
    match change_at_cloud(visit, &copy, version, change).await {
        Ok(()) => {
            let new = copy.profile.changed_by(change);
            settle(visit, &new, version).await.map_err(Fault::after_begin)?;
            Ok(new)
        }
        Err(Failure::Refused(refusal @ CloudRefusal::Unknown(_))) => Err(Failure::Refused(refusal)),
        Err(Failure::Refused(refusal @ (CloudRefusal::Rejected(_) | CloudRefusal::Busy))) => {
            // If this breaks, the copy stays in doubt, which costs no more than a question.
            drop(settle(visit, &copy.profile, version).await);
            Err(Failure::Refused(refusal))
        }
        Err(Failure::Fault(fault)) => Err(Failure::Fault(fault.after_begin())),
    }
}

/// Changes a user, whom the cloud gets to know if need be.
async fn change_at_cloud(
    visit: &Visit,
    copy: &CachedProfile,
    version: u64,
    change: &ProfileChange,
) -> Result<(), Failure<CloudRefusal>> {
    if ask_for(visit, change).await.map_err(Failure::Refused)? == Refreshed::Done {
        return Ok(());
    }
    visit.enrol(copy, version).await?;
    match ask_for(visit, change).await.map_err(Failure::Refused)? {
        Refreshed::Done => Ok(()),
        Refreshed::UnknownUser => Err(still_unknown()),
    }
}

async fn ask_for(visit: &Visit, change: &ProfileChange) -> Result<Refreshed, CloudRefusal> {
    visit.world.cloud.refresh(visit.user, change, visit.patience()?).await
}

async fn settle(visit: &Visit, profile: &Profile, version: u64) -> Result<(), Fault> {
    let world = &visit.world;
    let step = || async { Ok::<(), Failure<Infallible>>(world.profiles.confirm(&world.app, profile, version).await?) };
    match insist(visit.deadline.at(), step).await {
        Ok(()) => Ok(()),
        Err(Failure::Refused(never)) => match never {},
        Err(Failure::Fault(fault)) => Err(fault),
    }
}
