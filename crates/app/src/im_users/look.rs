//! Asking the cloud what it holds.

use hongbao_domain::{im_cloud::CloudRefusal, profile::Profile};
use hongbao_ports::{Chain, CloudUser, Failure, query::CachedProfile};
use tracing::warn;

use super::{Visit, still_unknown};

pub(super) async fn run(visit: &Visit) -> Result<Profile, Failure<CloudRefusal>> {
    let copy = visit.copy().await?;
    look(visit, copy).await
}

/// Gives our copy, after it was compared with the cloud if that was in doubt.
pub(super) async fn settled(visit: &Visit) -> Result<CachedProfile, Failure<CloudRefusal>> {
    let copy = visit.copy().await?;
    if !copy.is_stale {
        return Ok(copy);
    }
    look(visit, copy).await?;
    Ok(visit.copy().await?)
}

/// Asks the cloud, and brings our copy to agree.
async fn look(visit: &Visit, copy: CachedProfile) -> Result<Profile, Failure<CloudRefusal>> {
    let world = &visit.world;
    let held = held(visit, &copy).await?;
    let seen = copy.profile.seen_at_cloud(held.name, held.portrait_uri);
    if copy.is_stale || seen != copy.profile {
        // What was seen is true, whether we can keep it or not.
        if let Err(fault) = world.profiles.confirm(&world.app, &seen, copy.version).await {
            warn!(fault = %Chain(&fault), "a profile that was read cannot be kept");
        }
    }
    Ok(seen)
}

/// Gives what the cloud holds of a user, whom it gets to know if need be.
async fn held(visit: &Visit, copy: &CachedProfile) -> Result<CloudUser, Failure<CloudRefusal>> {
    if copy.is_registered
        && let Some(held) = ask(visit).await.map_err(Failure::Refused)?
    {
        return Ok(held);
    }
    visit.enrol(copy, copy.version).await?;
    ask(visit).await.map_err(Failure::Refused)?.ok_or_else(still_unknown)
}

async fn ask(visit: &Visit) -> Result<Option<CloudUser>, CloudRefusal> {
    visit.world.cloud.info(visit.user, visit.patience()?).await
}
