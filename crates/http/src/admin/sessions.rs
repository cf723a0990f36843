//! `/admin/v1/users/{user_id}/sessions`

use hongbao_api::admin::{
    Moment, Span, Text,
    session::{
        IssueSession, IssueSessionRequest, IssuedData, ListSessions, OneSession, RevokeSession, RevokeSessionByKey,
        RevokeSessionByKeyRequest, RevokeSessions, RevokedByKeyData, RevokedData, SessionData, SessionsData,
    },
    user::OneUser,
};
use hongbao_app::admin::{Admin, AdminFailure};
use hongbao_ports::digest;
use serde_json::Value;

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for IssueSession {
    async fn serve(context: &Context, request: IssueSessionRequest) -> Result<IssuedData, AdminFailure> {
        let IssueSessionRequest { user_id: Text(user), expires_in_s, session_key } = request;
        let is_ours = session_key.is_none();
        let key = session_key.map_or_else(|| context.secrets.session_key(), |Text(key)| key);
        let life = expires_in_s.map_or(Admin::SESSION_LIFE, |Span(life)| life);
        let expires_at = context.shared.clock.now().after(life);
        context.shared.admin.issue_session(user, &key, expires_at).await?;
        Ok(IssuedData {
            user_id: Text(user),
            session_id: digest(&key).public_id(),
            session_key: is_ours.then(|| key.as_str().to_owned()),
            expires_at: Moment(expires_at),
        })
    }

    /// A key of the app's own has another id than ours, and was not told the first time.
    fn reveal(context: &Context, data: &mut Value) {
        let key = context.secrets.session_key();
        if data["session_id"] == digest(&key).public_id().as_str() {
            data["session_key"] = key.as_str().into();
        }
    }
}

impl ServeAdmin for ListSessions {
    async fn serve(context: &Context, request: OneUser) -> Result<SessionsData, AdminFailure> {
        let sessions = context.shared.admin.sessions(request.user_id.0).await?;
        let sessions = sessions.iter().map(|session| SessionData {
            session_id: session.digest.public_id(),
            created_at: Moment(session.created_at),
            expires_at: Moment(session.expires_at),
        });
        Ok(SessionsData { sessions: sessions.collect() })
    }
}

impl ServeAdmin for RevokeSession {
    async fn serve(context: &Context, request: OneSession) -> Result<RevokedData, AdminFailure> {
        let OneSession { user_id: Text(user), session_id } = request;
        context.shared.admin.revoke_session(user, &session_id).await?;
        Ok(RevokedData { revoked: 1 })
    }
}

impl ServeAdmin for RevokeSessions {
    async fn serve(context: &Context, request: OneUser) -> Result<RevokedData, AdminFailure> {
        Ok(RevokedData { revoked: context.shared.admin.revoke_sessions(request.user_id.0).await? })
    }
}

impl ServeAdmin for RevokeSessionByKey {
    async fn serve(context: &Context, request: RevokeSessionByKeyRequest) -> Result<RevokedByKeyData, AdminFailure> {
        let Text(key) = request.session_key;
        let revoked = context.shared.admin.revoke_session_of_key(&key).await?.into();
        Ok(RevokedByKeyData { revoked, session_id: digest(&key).public_id() })
    }
}
