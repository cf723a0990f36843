//! A user's side at the IM cloud: token and profile.
//!
//! The cloud comes first and our copy follows. A user is registered there the first time that it matters, and what the
//! cloud knows is asked for again after anything whose outcome is uncertain.

mod fetch;
mod refresh;
mod token;

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, CloudRefusal, Token},
};
use hongbao_ports::{
    CloudUsers, Failure, Fault, Profiles,
    query::{CachedProfile, ProfileQueries},
};

pub use self::token::TokenWish;
use crate::{Caller, Deadline, Requests, Sagas, Start, Timing};

/// What the steps between two calls to the cloud may take.
const MARGIN: Duration = Duration::from_secs(1);

/// The use cases of users at the IM cloud.
#[derive(Clone)]
pub struct ImUsers {
    requests: Requests,
    profiles: Arc<dyn Profiles>,
    queries: Arc<dyn ProfileQueries>,
    cloud: Arc<dyn CloudUsers>,
    app: CloudApp,
    sagas: Sagas,
    timing: Timing,
}

impl ImUsers {
    /// Puts the use cases to work. `timing` was checked at start-up.
    pub fn new(
        requests: Requests,
        profiles: Arc<dyn Profiles>,
        queries: Arc<dyn ProfileQueries>,
        cloud: Arc<dyn CloudUsers>,
        sagas: Sagas,
        timing: Timing,
    ) -> Self {
        let app = cloud.app();
        Self { requests, profiles, queries, cloud, app, sagas, timing }
    }

    fn session(&self, caller: &Caller) -> ProfileSession {
        ProfileSession { users: self.clone(), user: caller.user, deadline: caller.deadline, start: Start::new() }
    }
}

/// One request's dealings with the cloud.
struct ProfileSession {
    users: ImUsers,
    user: UserId,
    deadline: Deadline,
    start: Start,
}

impl ProfileSession {
    async fn cached(&self) -> Result<CachedProfile, Fault> {
        let cached = self.users.queries.cached(&self.users.app, self.user).await?;
        cached.ok_or(Fault::internal("cannot find the user of the session"))
    }

    /// Gives how long to wait for a turn, unless a call might end after the caller is gone.
    fn wait_for_a_turn(&self) -> Result<Duration, CloudRefusal> {
        let Timing { pacing, cloud_timeout, .. } = self.users.timing;
        let spare = self.deadline.left().checked_sub(cloud_timeout + MARGIN);
        spare.map(|spare| spare.min(pacing)).ok_or(CloudRefusal::Busy)
    }

    /// Registers the user with what our copy says, and keeps the token that comes with it.
    async fn register(&self, cached: &CachedProfile, version: u64) -> Result<Token, Failure<CloudRefusal>> {
        let within = self.wait_for_a_turn().map_err(Failure::Refused)?;
        self.start.begin()?;
        let token = self.users.cloud.get_token(&cached.profile, within).await.map_err(Failure::Refused)?;
        self.users.profiles.keep_token(&self.users.app, self.user, &token, version).await?;
        Ok(token)
    }
}

/// The cloud does not know a user whom it has just registered.
const fn still_unknown() -> Failure<CloudRefusal> {
    Failure::Refused(CloudRefusal::Rejected(None))
}
