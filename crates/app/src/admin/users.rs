//! Who exists, and what each may do.

use hongbao_domain::{
    admin::RefusalCode,
    id::UserId,
    im_cloud::{CloudApp, CloudRefusal},
    ledger::Holding,
    profile::{Profile, ProfileChange, RefreshRefusal},
    user::{ChangeUserRefusal, UserChange, UserStatus},
};
use hongbao_ports::{
    Failure, Fault, Users,
    query::{ListedUser, Page},
};

use super::{Admin, AdminFailure, refused};
use crate::{Caller, Deadline, ImUsers};

/// How a user is to be. What is left out stays as it is.
#[derive(Debug, Clone, Default)]
pub struct UserWish {
    /// Name and portrait.
    pub profile: ProfileChange,
    /// Whether others may add the user as a friend.
    pub takes_friend_requests: Option<bool>,
}

impl Admin {
    /// Gives what a user may do.
    pub async fn status(&self, user: UserId) -> Result<UserStatus, AdminFailure> {
        self.queries.status(user).await?.ok_or_else(|| user_not_found(user))
    }

    /// Gives users in the order of the bytes of their ids.
    pub async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        self.queries.users(prefix, page).await
    }

    /// Shows a user, as our copy of the profile has it.
    pub async fn user(&self, app: &CloudApp, user: UserId) -> Result<(Profile, UserStatus), AdminFailure> {
        let status = self.status(user).await?;
        let cached = self.queries.cached(app, user).await?.ok_or_else(|| user_not_found(user))?;
        Ok((cached.profile, status))
    }

    /// Adds a user who is not there, then changes what is asked for. A repeat changes nothing; one that comes after a fault
    /// goes on where the first stopped. The name goes to the IM cloud only when it differs from our copy.
    pub async fn put_user(
        &self,
        im_users: &ImUsers,
        user: UserId,
        wish: UserWish,
        deadline: Deadline,
    ) -> Result<(Profile, UserStatus), AdminFailure> {
        let takes_friend_requests = wish.takes_friend_requests;
        let fresh = UserStatus { is_active: true, takes_friend_requests: takes_friend_requests.unwrap_or(true) };
        if !self.commands.add(user, fresh).await? && takes_friend_requests.is_some() {
            self.change_user(user, UserChange { takes_friend_requests, ..UserChange::default() }).await?;
        }
        let app = im_users.app();
        let (profile, status) = self.user(app, user).await?;
        let new = profile.changed_by(&wish.profile);
        if new == profile {
            return Ok((profile, status));
        }
        match im_users.refresh(&Caller::new(user, deadline), wish.profile).await {
            Ok(profile) => Ok((profile, status)),
            Err(Failure::Refused(RefreshRefusal(refusal))) => Err(im_cloud(&refusal)),
            Err(Failure::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Changes some of what a user may do. A repeat changes nothing.
    pub async fn change_user(&self, user: UserId, change: UserChange) -> Result<UserStatus, AdminFailure> {
        if [change.block, change.unblock].contains(&Some(user)) {
            let sentence = format!("{user} can block others, not oneself");
            return Err(refused(RefusalCode::SelfNotAllowed, sentence));
        }
        self.commands.change(user, change).await.map_err(|failure| match failure {
            Failure::Refused(ChangeUserRefusal::UserNotFound(missing)) => user_not_found(missing),
            Failure::Fault(fault) => fault.into(),
        })
    }

    /// Gives what a user has of each coin.
    pub async fn balances(&self, user: UserId) -> Result<Vec<Holding>, AdminFailure> {
        self.status(user).await?;
        Ok(self.queries.holdings(user).await?)
    }
}

pub(super) fn user_not_found(user: UserId) -> AdminFailure {
    refused(RefusalCode::UserNotFound, format!("there is no user {user}"))
}

fn im_cloud(refusal: &CloudRefusal) -> AdminFailure {
    let sentence = match refusal {
        CloudRefusal::Rejected(_) => "the IM cloud refused the change of the profile; all else is done",
        CloudRefusal::Busy => "the IM cloud's quota is used up for the moment; all but the profile is done",
        CloudRefusal::Unknown(_) => "the IM cloud did not answer; its profile may be changed, all else is done",
    };
    refused(RefusalCode::ImCloud, sentence)
}
