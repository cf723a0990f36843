//! Who is logged in.

use std::time::Duration;

use hongbao_domain::{
    admin::RefusalCode,
    id::{SessionKey, UserId},
    session::{RegisterRefusal, RevokeSession},
    time::Timestamp,
};
use hongbao_ports::{Failure, Fault, Sessions, Submit, query::ListedSession};

use super::{Admin, AdminFailure, refused, users::user_not_found};

impl Admin {
    /// How long a session lives where nothing else is asked for.
    pub const SESSION_LIFE: Duration = Duration::from_hours(30 * 24);

    /// Makes a key a session. A repeat replaces the earlier one.
    pub async fn issue_session(
        &self,
        user: UserId,
        key: &SessionKey,
        expires_at: Timestamp,
    ) -> Result<(), AdminFailure> {
        self.commands.register(key, user, expires_at).await.map_err(|failure| match failure {
            Failure::Refused(RegisterRefusal::UserNotFound) => user_not_found(user),
            Failure::Refused(RegisterRefusal::UserDisabled) => {
                refused(RefusalCode::UserDisabled, format!("{user} is disabled and cannot have a session"))
            }
            Failure::Refused(RegisterRefusal::KeyTaken) => {
                let sentence = "the key is a session of another user; end that one first, or use another key";
                refused(RefusalCode::SessionKeyTaken, sentence)
            }
            Failure::Fault(fault) => fault.into(),
        })
    }

    /// Gives the sessions of a user that are not over, the newest first.
    pub async fn sessions(&self, user: UserId) -> Result<Vec<ListedSession>, AdminFailure> {
        self.status(user).await?;
        Ok(self.queries.sessions_of(user).await?)
    }

    /// Ends the session of a user that has this public id.
    pub async fn revoke_session(&self, user: UserId, public_id: &str) -> Result<(), AdminFailure> {
        let sessions = self.sessions(user).await?;
        let found = sessions.iter().find(|session| session.digest.public_id() == public_id);
        let found =
            found.ok_or_else(|| refused(RefusalCode::SessionNotFound, format!("{user} has no such session")))?;
        self.commands.submit_infallible(RevokeSession { key: found.digest }).await?;
        Ok(())
    }

    /// Ends the session of a key, and says whether there was one.
    pub async fn revoke_session_of_key(&self, key: &SessionKey) -> Result<bool, Fault> {
        self.commands.revoke(key).await
    }

    /// Ends all sessions of a user, and says how many there were.
    pub async fn revoke_sessions(&self, user: UserId) -> Result<u64, AdminFailure> {
        self.status(user).await?;
        Ok(self.commands.revoke_all(user).await?)
    }
}
