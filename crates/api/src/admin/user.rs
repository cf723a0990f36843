//! `/admin/v1/users`: who exists, and what each may do.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::{CoinId, UserId},
    ledger::Holding,
    money::print_minor,
    profile::{Name, PortraitUri},
    user::{User, UserOverview, UserStatus},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, Cursor, HttpMethod, Limit, Text};
use crate::Sentence;

/// Lists users.
#[derive(Debug)]
pub struct ListUsers;

/// Adds a user or changes one.
#[derive(Debug)]
pub struct PutUser;

/// Shows a user.
#[derive(Debug)]
pub struct ShowUser;

/// Keeps a user out.
#[derive(Debug)]
pub struct DisableUser;

/// Lets a user take part again.
#[derive(Debug)]
pub struct EnableUser;

/// Shows what a user has.
#[derive(Debug)]
pub struct UserBalances;

/// Which users are listed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListUsersRequest {
    /// Only users whose id begins with this.
    #[serde(default)]
    pub prefix: String,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, max_length = 25, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<Text<UserId>>,
    /// How many at most.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// Which user it is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneUser {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
}

/// How a user is to be. What is left out stays as it is; a new user takes friend requests and has no name.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutUserRequest {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// The user's name.
    #[schema(value_type = Option<String>, max_length = 255, pattern = "^[^\\u0000]*$", example = "Alice")]
    pub name: Option<Text<Name>>,
    /// The address of a portrait.
    #[schema(value_type = Option<String>, max_length = 255, pattern = "^[^\\u0000]*$")]
    pub portrait_uri: Option<Text<PortraitUri>>,
    /// Whether others may add the user as a friend.
    pub takes_friend_requests: Option<bool>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserData {
    /// The user's id.
    #[schema(value_type = String)]
    pub user_id: Text<UserId>,
    /// The user's name; may be empty.
    pub name: String,
    /// The address of a portrait; may be empty.
    pub portrait_uri: String,
    /// Whether the user takes part. One who does not has no session and gets nothing.
    pub is_active: bool,
    /// Whether others may add the user as a friend.
    pub takes_friend_requests: bool,
    /// How many sessions the user has.
    pub session_count: u64,
    /// How many friends the user has.
    pub friend_count: u64,
    /// Whether this request has added the user; left out where none was to be added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added: Option<bool>,
}

/// A user of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListedUserData {
    /// The user's id.
    #[schema(value_type = String)]
    pub user_id: Text<UserId>,
    /// Whether the user takes part.
    pub is_active: bool,
    /// Whether others may add the user as a friend.
    pub takes_friend_requests: bool,
}

/// Some users, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsersData {
    /// The users.
    pub users: Vec<ListedUserData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, inline)]
    pub next: Option<Cursor>,
}

/// What a user has of one coin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceData {
    /// The coin.
    #[schema(value_type = String)]
    pub coin_id: Text<CoinId>,
    /// What can be spent, as an exact decimal.
    #[schema(example = "88.88")]
    pub balance: String,
    /// What is in packets that the user has sent.
    #[schema(example = "0.00")]
    pub held: String,
}

/// What a user has of each coin, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalancesData {
    /// One entry for each coin that the user ever had.
    pub balances: Vec<BalanceData>,
}

impl From<&UserOverview> for UserData {
    fn from(found: &UserOverview) -> Self {
        let UserOverview { user: User { status, profile }, session_count, friend_count } = found;
        Self {
            user_id: Text(profile.user),
            name: profile.name.as_str().to_owned(),
            portrait_uri: profile.portrait_uri.as_str().to_owned(),
            is_active: status.is_active,
            takes_friend_requests: status.takes_friend_requests,
            session_count: *session_count,
            friend_count: *friend_count,
            added: None,
        }
    }
}

impl ListedUserData {
    /// Writes a user of a list.
    pub const fn of(user: UserId, status: UserStatus) -> Self {
        let UserStatus { is_active, takes_friend_requests } = status;
        Self { user_id: Text(user), is_active, takes_friend_requests }
    }
}

impl From<&Holding> for BalanceData {
    fn from(holding: &Holding) -> Self {
        let held = print_minor(holding.held.minor(), holding.balance.scale);
        Self { coin_id: Text(holding.balance.coin), balance: holding.balance.to_string(), held }
    }
}

impl AdminEndpoint for ListUsers {
    const NAME: &'static str = "user_list";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/users";
    const SUMMARY: Sentence =
        Sentence { english: "Lists users in the order of their ids.", chinese: "按 ID 顺序列出用户。" };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[];

    type Request = ListUsersRequest;
    type Data = UsersData;
}

impl AdminEndpoint for PutUser {
    const NAME: &'static str = "user_put";
    const METHOD: HttpMethod = HttpMethod::Put;
    const PATH: &'static str = "/admin/v1/users/{user_id}";
    const SUMMARY: Sentence = Sentence {
        english: "Adds a user, or changes name, portrait and friend policy of one who is there.",
        chinese: "新增用户，或修改已有用户的昵称、头像和好友策略。",
    };
    const SCOPE: Scope = Scope::People;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserIdMalformed, RefusalCode::ImCloud];

    type Request = PutUserRequest;
    type Data = UserData;
}

impl AdminEndpoint for ShowUser {
    const NAME: &'static str = "user_show";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/users/{user_id}";
    const SUMMARY: Sentence = Sentence { english: "Shows a user.", chinese: "查看用户。" };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound];

    type Request = OneUser;
    type Data = UserData;
}

impl AdminEndpoint for DisableUser {
    const NAME: &'static str = "user_disable";
    const METHOD: HttpMethod = HttpMethod::Post;
    const PATH: &'static str = "/admin/v1/users/{user_id}/disable";
    const SUMMARY: Sentence = Sentence {
        english: "Keeps a user out: all sessions end at once and for good. The money stays.",
        chinese: "停用用户：其全部登录凭证立即永久失效，资金保留。",
    };
    const SCOPE: Scope = Scope::People;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound];

    type Request = OneUser;
    type Data = UserData;
}

impl AdminEndpoint for EnableUser {
    const NAME: &'static str = "user_enable";
    const METHOD: HttpMethod = HttpMethod::Post;
    const PATH: &'static str = "/admin/v1/users/{user_id}/enable";
    const SUMMARY: Sentence = Sentence {
        english: "Lets a user take part again, with a new session.",
        chinese: "恢复用户，用户需重新登录。",
    };
    const SCOPE: Scope = Scope::People;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound];

    type Request = OneUser;
    type Data = UserData;
}

impl AdminEndpoint for UserBalances {
    const NAME: &'static str = "user_balances";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/users/{user_id}/balances";
    const SUMMARY: Sentence =
        Sentence { english: "Shows what a user has of each coin.", chinese: "查看用户每种币的余额。" };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound];

    type Request = OneUser;
    type Data = BalancesData;
}
