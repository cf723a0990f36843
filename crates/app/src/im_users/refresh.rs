//! The saga of changing a profile.

use std::convert::Infallible;

use hongbao_domain::{
    im_cloud::CloudRefusal,
    profile::{Profile, ProfileChange, RefreshRefusal},
    store::{Answer, Call},
};
use hongbao_ports::{Failure, Fault, Refreshed, query::CachedProfile};

use super::{ImUsers, ProfileSession, fetch, still_unknown};
use crate::{Caller, lease::Lease, retry::retry_until};

impl ImUsers {
    /// Changes the user's profile at the cloud, then our copy of it, and gives the profile after the change.
    ///
    /// No change at all is no call. A refusal means that our copy is as it was; if the outcome is unknown, the cloud is
    /// asked what it holds the next time that it matters.
    pub async fn refresh(&self, caller: &Caller, change: ProfileChange) -> Result<Profile, Failure<RefreshRefusal>> {
        self.requests.once(caller, || self.refresh_once(caller, change.clone())).await
    }

    async fn refresh_once(&self, caller: &Caller, change: ProfileChange) -> Result<Profile, Failure<RefreshRefusal>> {
        let (session, caller_in_saga) = (self.session(caller), caller.clone());
        let start = session.start.clone();
        let saga = async move { refresh_under_key(&session, &caller_in_saga, &change).await };
        self.sagas.run(caller, &start, saga).await?
    }
}

/// Holds the key, if the request has one, until it is known what the change has come to.
async fn refresh_under_key(
    session: &ProfileSession,
    caller: &Caller,
    change: &ProfileChange,
) -> Result<Profile, Failure<RefreshRefusal>> {
    let (requests, timing) = (&session.users.requests, &session.users.timing);
    let lease = Lease::starting_now(timing);
    let work = match caller.request() {
        Some(_) => {
            session.start.begin()?;
            requests.begin_call(caller, Call::Refresh, timing.lease).await?
        }
        None => None,
    };
    let refreshed = refresh(session, change).await;
    let remembered = refreshed.as_ref().ok().map(|profile| Answer::Refresh(Box::new(profile.clone())));
    let ended = requests.end_call(caller, work, remembered, lease.until).await;
    let profile = refreshed.map_err(|failure| match failure {
        Failure::Refused(refusal) => Failure::Refused(RefreshRefusal(refusal)),
        Failure::Fault(fault) => Failure::Fault(fault),
    })?;
    ended.map_err(Fault::after_begin)?;
    Ok(profile)
}

async fn refresh(session: &ProfileSession, change: &ProfileChange) -> Result<Profile, Failure<CloudRefusal>> {
    let cached = fetch::confirmed(session).await?;
    if change.is_empty() {
        return Ok(cached.profile);
    }
    if !cached.is_registered {
        session.register(&cached, cached.version).await?;
    }
    session.start.begin()?;
    // Whatever becomes of this process, the next one knows that the cloud must be asked.
    let version = session.users.profiles.invalidate(&session.users.app, session.user).await?;
    match change_at_cloud(session, &cached, version, change).await {
        Ok(()) => {
            let new = cached.profile.changed_by(change);
            confirm(session, &new, version).await.map_err(Fault::after_begin)?;
            Ok(new)
        }
        Err(Failure::Refused(refusal @ CloudRefusal::Unknown(_))) => Err(Failure::Refused(refusal)),
        Err(Failure::Refused(refusal @ (CloudRefusal::Rejected(_) | CloudRefusal::Busy))) => {
            // If this breaks, the copy stays stale, which costs no more than a question.
            drop(confirm(session, &cached.profile, version).await);
            Err(Failure::Refused(refusal))
        }
        Err(Failure::Fault(fault)) => Err(Failure::Fault(fault.after_begin())),
    }
}

/// Changes a user, whom the cloud gets to know if need be.
async fn change_at_cloud(
    session: &ProfileSession,
    cached: &CachedProfile,
    version: u64,
    change: &ProfileChange,
) -> Result<(), Failure<CloudRefusal>> {
    if ask_for(session, change).await.map_err(Failure::Refused)? == Refreshed::Done {
        return Ok(());
    }
    session.register(cached, version).await?;
    match ask_for(session, change).await.map_err(Failure::Refused)? {
        Refreshed::Done => Ok(()),
        Refreshed::UnknownUser => Err(still_unknown()),
    }
}

async fn ask_for(session: &ProfileSession, change: &ProfileChange) -> Result<Refreshed, CloudRefusal> {
    session.users.cloud.refresh(session.user, change, session.wait_for_a_turn()?).await
}

async fn confirm(session: &ProfileSession, profile: &Profile, version: u64) -> Result<(), Fault> {
    let users = &session.users;
    let step = || async { Ok::<(), Failure<Infallible>>(users.profiles.confirm(&users.app, profile, version).await?) };
    match retry_until(session.deadline.at(), step).await {
        Ok(()) => Ok(()),
        Err(Failure::Refused(never)) => match never {},
        Err(Failure::Fault(fault)) => Err(fault),
    }
}
