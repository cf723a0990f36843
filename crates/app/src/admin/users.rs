//! Who exists, and what each may do.

use hongbao_domain::{
    admin::{AdminRefusal, RefusalCode},
    id::{Alphabet, UserId},
    im_cloud::CloudRefusal,
    ledger::Holding,
    profile::{ProfileChange, RefreshRefusal},
    user::{ChangeUserRefusal, UserChange, UserOverview, UserStatus},
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
    pub async fn user(&self, user: UserId) -> Result<UserOverview, AdminFailure> {
        self.queries.overview(user).await?.ok_or_else(|| user_not_found(user))
    }

    /// Refuses an id that no user of this deployment can have.
    pub fn check_user_id(alphabet: Alphabet, user: UserId) -> Result<(), AdminRefusal> {
        if alphabet.allows(user) {
            return Ok(());
        }
        let sentence = format!("`{user}` cannot be the id of a user: im.plain_ids allows letters and digits only");
        Err(AdminRefusal::new(RefusalCode::UserIdMalformed, sentence))
    }

    /// Adds a user who is not there, then changes what is asked for, and says whether the user is new. A repeat changes
    /// nothing; one that comes after a fault goes on where the first stopped. The profile goes to the IM cloud only when it is
    /// to differ from our copy; where there are no `im_users`, that is a fault.
    pub async fn put_user(
        &self,
        im_users: Option<&ImUsers>,
        user: UserId,
        wish: UserWish,
        deadline: Deadline,
    ) -> Result<(UserOverview, bool), AdminFailure> {
        let takes_friend_requests = wish.takes_friend_requests;
        let fresh = UserStatus { is_active: true, takes_friend_requests: takes_friend_requests.unwrap_or(true) };
        let is_new = self.commands.add(user, fresh).await?;
        if !is_new && takes_friend_requests.is_some() {
            self.change_user(user, UserChange { takes_friend_requests, ..UserChange::default() }).await?;
        }
        let mut found = self.user(user).await?;
        if found.user.profile.changed_by(&wish.profile) == found.user.profile {
            return Ok((found, is_new));
        }
        let im_users = im_users.ok_or_else(|| Fault::internal("cannot ask the IM cloud from here"))?;
        match im_users.refresh(&Caller::new(user, deadline), wish.profile).await {
            Ok(profile) => {
                found.user.profile = profile;
                Ok((found, is_new))
            }
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
