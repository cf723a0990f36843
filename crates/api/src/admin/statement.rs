//! `/admin/v1/users/{user_id}/statement`: what came and went.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::{CoinId, UserId},
    ledger::Posting,
    money::{Scale, print_minor},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, Cursor, HttpMethod, Limit, Moment, Text};
use crate::Sentence;

/// Shows the postings of an account.
#[derive(Debug)]
pub struct UserStatement;

/// Gives the postings of an account as a table, whole.
#[derive(Debug)]
pub struct StatementTable;

/// Which postings are shown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementRequest {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// The coin's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "CNY")]
    pub coin_id: Text<CoinId>,
    /// From this moment on.
    #[schema(inline)]
    pub from: Option<Moment>,
    /// Up to this moment, without it.
    #[schema(inline)]
    pub until: Option<Moment>,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,19}$")]
    pub cursor: Option<Text<u64>>,
    /// How many at most.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// Which postings are in the table.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementTableRequest {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// The coin's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "CNY")]
    pub coin_id: Text<CoinId>,
    /// From this moment on.
    #[schema(inline)]
    pub from: Option<Moment>,
    /// Up to this moment, without it.
    #[schema(inline)]
    pub until: Option<Moment>,
}

/// One posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostingData {
    /// Its place in the account's journal, from 1, without gaps.
    pub number: u64,
    /// Why: `deposit`, `withdraw`, `reserve`, `cancel`, `claim` or `refund`.
    pub cause: String,
    /// What came, or left with a minus.
    #[schema(example = "-8.88")]
    pub amount: String,
    /// The balance after it.
    #[schema(example = "991.12")]
    pub balance: String,
    /// When.
    #[schema(inline)]
    pub at: Moment,
}

/// Some postings, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementData {
    /// The postings.
    pub postings: Vec<PostingData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, inline)]
    pub next: Option<Cursor>,
}

impl PostingData {
    /// Writes a posting of a coin that has this scale.
    pub fn of(posting: &Posting, scale: Scale) -> Self {
        Self {
            number: posting.seq,
            cause: posting.cause.as_str().to_owned(),
            amount: print_minor(posting.amount, scale),
            balance: print_minor(posting.balance, scale),
            at: Moment(posting.at),
        }
    }
}

impl AdminEndpoint for UserStatement {
    const NAME: &'static str = "user_statement";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/users/{user_id}/statement";
    const SUMMARY: Sentence = Sentence {
        english: "Shows what came and went of one coin, with the balance after each, the newest first.",
        chinese: "查看一种币的账目及每笔之后的余额，最新的在前。",
    };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound, RefusalCode::CoinNotFound];

    type Request = StatementRequest;
    type Data = StatementData;
}

impl AdminEndpoint for StatementTable {
    const NAME: &'static str = "user_statement_csv";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/users/{user_id}/statement.csv";
    const SUMMARY: Sentence = Sentence {
        english: "Gives a statement as a table in CSV, whole, however long it is.",
        chinese: "以CSV表格一次给出全部账目。",
    };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound, RefusalCode::CoinNotFound];
    const MEDIA_TYPE: &'static str = "text/csv";

    type Request = StatementTableRequest;
    type Data = String;
}
