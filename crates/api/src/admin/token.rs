//! `/admin/v1/tokens`: what administrators show over HTTP.

use std::collections::BTreeSet;

use hongbao_domain::{
    admin::{AdminToken, AdminTokenName, RefusalCode, Scope},
    id::AdminTokenId,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::{AdminEndpoint, HttpMethod, Moment, Span, Text, coin::All, endpoint::declare};
use crate::Sentence;

/// Lists the tokens.
#[derive(Debug)]
pub struct ListTokens;

/// Makes a token.
#[derive(Debug)]
pub struct CreateToken;

/// Makes a token good for nothing.
#[derive(Debug)]
pub struct RevokeToken;

/// Which token is made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTokenRequest {
    /// What people call it: 1 to 64 characters, none of them a control character.
    #[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$", example = "billing")]
    pub name: Text<AdminTokenName>,
    /// What it is good for, at least one: `read`, `people`, `money`, `operator`. Each lets read.
    #[serde(deserialize_with = "at_least_one")]
    #[schema(inline, value_type = Vec<ScopeName>, min_items = 1, example = json!(["people", "money"]))]
    pub scopes: Vec<Text<Scope>>,
    /// For how many seconds it is good; until it is revoked if this is left out.
    #[schema(inline)]
    pub lasts_s: Option<Span>,
}

fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Text<Scope>>, D::Error> {
    let scopes = Vec::deserialize(deserializer)?;
    if scopes.is_empty() {
        Err(D::Error::custom("`scopes` is empty: a token is good for something"))
    } else {
        Ok(scopes)
    }
}

/// The name of a scope, as a document describes it.
struct ScopeName;

impl PartialSchema for ScopeName {
    fn schema() -> RefOr<Schema> {
        let names = Scope::ALL.iter().map(|scope| scope.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for ScopeName {}

/// Which token it is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneToken {
    /// The token's id, which is no secret.
    #[schema(value_type = String, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$", example = "0353EXa1tCKn6dYk1Zwpzx")]
    pub token_id: Text<AdminTokenId>,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenData {
    /// Its id, which is no secret.
    #[schema(value_type = String)]
    pub token_id: Text<AdminTokenId>,
    /// What people call it.
    pub name: String,
    /// What it is good for.
    #[schema(value_type = Vec<String>)]
    pub scopes: Vec<Text<Scope>>,
    /// When it was made.
    #[schema(inline)]
    pub created_at: Moment,
    /// From when on it is over; null: it does not end by itself.
    #[schema(required, inline)]
    pub expires_at: Option<Moment>,
    /// Since when it is good for nothing.
    #[schema(required, inline)]
    pub revoked_at: Option<Moment>,
    /// When it was shown last, right to the minute.
    #[schema(required, inline)]
    pub last_used_at: Option<Moment>,
    /// The token itself: given where it is new, this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "hba_1e7Qv0bJ9uZb7w4RrGkT2mYcX5nLdPsA3fHqVtUoNiE8")]
    pub token: Option<String>,
}

/// All tokens, also those that are over, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokensData {
    /// The tokens.
    pub tokens: Vec<TokenData>,
}

impl CreateTokenRequest {
    /// Gives what it is to be good for.
    pub fn wanted(&self) -> BTreeSet<Scope> {
        self.scopes.iter().map(|Text(scope)| *scope).collect()
    }
}

impl From<&AdminToken> for TokenData {
    fn from(token: &AdminToken) -> Self {
        Self {
            token_id: Text(token.id),
            name: token.name.to_string(),
            scopes: token.scopes.iter().copied().map(Text).collect(),
            created_at: Moment(token.created_at),
            expires_at: token.expires_at.map(Moment),
            revoked_at: token.revoked_at.map(Moment),
            last_used_at: token.last_used_at.map(Moment),
            token: None,
        }
    }
}

declare!(ListTokens "token_list" Get "/admin/v1/tokens" Read [] All => TokensData,
    "Lists all tokens, also those that are over, never the tokens themselves.", "列出全部令牌，包括已失效的，从不显示令牌本身。");
declare!(CreateToken "token_create" Post "/admin/v1/tokens" Operator [ScopeNotHeld] CreateTokenRequest => TokenData,
    "Makes a token, which is told once. It is good for nothing that the one which makes it is not good for.",
    "创建令牌，令牌只给出一次；其权限不能超出创建者的令牌。", secrets &["token"]);
declare!(RevokeToken "token_revoke" Post "/admin/v1/tokens/{token_id}/revoke" Operator [TokenNotFound]
    OneToken => TokenData,
    "Makes a token good for nothing, at once and for ever.", "使令牌立即永久失效。");
