//! Asking the cloud what it holds.

use hongbao_domain::{im_cloud::CloudRefusal, profile::Profile};
use hongbao_ports::{Chain, CloudUser, Failure, query::CachedProfile};
use tracing::warn;

use super::{ImUsers, ProfileSession, still_unknown};
use crate::Caller;

impl ImUsers {
    /// Gives the user's profile as the cloud holds it, with the whole name.
    pub async fn profile(&self, caller: &Caller) -> Result<Profile, Failure<CloudRefusal>> {
        let session = self.session(caller);
        let start = session.start.clone();
        let profile = async move {
            let cached = session.cached().await?;
            fetch(&session, cached).await
        };
        self.sagas.run(caller, &start, profile).await?
    }
}

/// Gives our copy, after it was compared with the cloud if it was stale.
pub(super) async fn confirmed(session: &ProfileSession) -> Result<CachedProfile, Failure<CloudRefusal>> {
    let cached = session.cached().await?;
    if !cached.is_stale {
        return Ok(cached);
    }
    fetch(session, cached).await?;
    Ok(session.cached().await?)
}

/// Asks the cloud, and brings our copy to agree.
async fn fetch(session: &ProfileSession, cached: CachedProfile) -> Result<Profile, Failure<CloudRefusal>> {
    let users = &session.users;
    let held = held(session, &cached).await?;
    let seen = cached.profile.seen_at_cloud(held.name, held.portrait_uri);
    if cached.is_stale || seen != cached.profile {
        // What was seen is true, whether we can keep it or not.
        if let Err(fault) = users.profiles.confirm(&users.app, &seen, cached.version).await {
            warn!(fault = %Chain(&fault), "a profile that was read cannot be kept");
        }
    }
    Ok(seen)
}

/// Gives what the cloud holds of a user, whom it gets to know if need be.
async fn held(session: &ProfileSession, cached: &CachedProfile) -> Result<CloudUser, Failure<CloudRefusal>> {
    if cached.is_registered
        && let Some(held) = ask(session).await.map_err(Failure::Refused)?
    {
        return Ok(held);
    }
    session.register(cached, cached.version).await?;
    ask(session).await.map_err(Failure::Refused)?.ok_or_else(still_unknown)
}

async fn ask(session: &ProfileSession) -> Result<Option<CloudUser>, CloudRefusal> {
    session.users.cloud.info(session.user, session.wait_for_a_turn()?).await
}
