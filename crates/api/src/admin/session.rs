//! `/admin/v1/users/{user_id}/sessions`: who is logged in.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::{SessionKey, UserId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Moment, Span, Text, endpoint::declare, user::OneUser};
use crate::Sentence;

/// Logs a user in.
#[derive(Debug)]
pub struct IssueSession;

/// Lists a user's sessions.
#[derive(Debug)]
pub struct ListSessions;

/// Ends one session.
#[derive(Debug)]
pub struct RevokeSession;

/// Ends all sessions of a user.
#[derive(Debug)]
pub struct RevokeSessions;

/// Ends the session of a key.
#[derive(Debug)]
pub struct RevokeSessionByKey;

/// How a user is to be logged in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueSessionRequest {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// For how many seconds; 30 days if it is left out.
    #[schema(inline)]
    pub expires_in_s: Option<Span>,
    /// The app's own key, which cannot be guessed; a fresh one is made if it is left out.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 55, pattern = "^[!-~]+$")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_key: Option<Text<SessionKey>>,
}

/// Which session it is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneSession {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// The session's public id.
    pub session_id: String,
}

/// Whose key it is, is not asked for: the key says it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeSessionByKeyRequest {
    /// The key.
    #[schema(value_type = String, min_length = 1, max_length = 55, pattern = "^[!-~]+$")]
    pub session_key: Text<SessionKey>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionData {
    /// Its public id, which logs no one in.
    pub session_id: String,
    /// When it was made.
    #[schema(inline)]
    pub created_at: Moment,
    /// From when on it is over.
    #[schema(inline)]
    pub expires_at: Moment,
}

/// A session that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedData {
    /// The user's id.
    #[schema(value_type = String)]
    pub user_id: Text<UserId>,
    /// The session's public id.
    pub session_id: String,
    /// The key that the user's app shows, given this once; left out where the app chose its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
    /// From when on it is over.
    #[schema(inline)]
    pub expires_at: Moment,
}

/// A user's sessions, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionsData {
    /// The sessions.
    pub sessions: Vec<SessionData>,
}

/// What was ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedData {
    /// How many sessions there were.
    pub revoked: u64,
}

/// What was ended by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedByKeyData {
    /// How many sessions there were: 1, or 0 if the key was none.
    pub revoked: u64,
    /// The public id that the session of such a key has.
    pub session_id: String,
}

impl AdminEndpoint for IssueSession {
    const NAME: &'static str = "session_issue";
    const METHOD: HttpMethod = HttpMethod::Post;
    const PATH: &'static str = "/admin/v1/users/{user_id}/sessions";
    const SUMMARY: Sentence = Sentence {
        english: "Logs a user in whom the app has logged in, with a fresh key or the app's own.",
        chinese: "为已在应用登录的用户签发登录凭证，可生成新凭证或沿用应用自己的凭证。",
    };
    const SCOPE: Scope = Scope::People;
    const REFUSALS: &'static [RefusalCode] =
        &[RefusalCode::UserNotFound, RefusalCode::UserDisabled, RefusalCode::SessionKeyTaken];
    const SECRETS: &'static [&'static str] = &["session_key"];

    type Request = IssueSessionRequest;
    type Data = IssuedData;
}

impl AdminEndpoint for ListSessions {
    const NAME: &'static str = "session_list";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/users/{user_id}/sessions";
    const SUMMARY: Sentence = Sentence {
        english: "Lists a user's sessions, never their keys.",
        chinese: "列出用户的登录会话，不含凭证本身。",
    };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound];

    type Request = OneUser;
    type Data = SessionsData;
}

impl AdminEndpoint for RevokeSession {
    const NAME: &'static str = "session_revoke";
    const METHOD: HttpMethod = HttpMethod::Delete;
    const PATH: &'static str = "/admin/v1/users/{user_id}/sessions/{session_id}";
    const SUMMARY: Sentence = Sentence { english: "Ends one session.", chinese: "使一个登录会话失效。" };
    const SCOPE: Scope = Scope::People;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound, RefusalCode::SessionNotFound];

    type Request = OneSession;
    type Data = RevokedData;
}

impl AdminEndpoint for RevokeSessions {
    const NAME: &'static str = "session_revoke_all";
    const METHOD: HttpMethod = HttpMethod::Delete;
    const PATH: &'static str = "/admin/v1/users/{user_id}/sessions";
    const SUMMARY: Sentence =
        Sentence { english: "Ends all sessions of a user.", chinese: "使用户的全部登录会话失效。" };
    const SCOPE: Scope = Scope::People;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound];

    type Request = OneUser;
    type Data = RevokedData;
}

declare!(RevokeSessionByKey "session_revoke_by_key" Post "/admin/v1/sessions/revoke" People []
    RevokeSessionByKeyRequest => RevokedByKeyData,
    "Ends the session of a key.", "使一个登录凭证失效。", secrets &["session_key"]);
