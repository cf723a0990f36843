//! `/admin/v1/deposits` and `/admin/v1/withdrawals`: money that comes in from outside or goes out.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::{CoinId, Reference, UserId},
    ledger::Moved,
    money::{Money, Quantity, Scale},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Moment, Text};
use crate::Sentence;

/// Brings money in.
#[derive(Debug)]
pub struct Deposit;

/// Takes money out.
#[derive(Debug)]
pub struct Withdraw;

/// What is to be moved.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovementRequest {
    /// The permanent, unique name of this movement in the app's own books: the same request with it again moves nothing.
    #[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[!-~]+$", example = "order-7")]
    pub reference: Text<Reference>,
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// The coin's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "CNY")]
    pub coin_id: Text<CoinId>,
    /// How much, as an exact decimal.
    #[schema(value_type = String, pattern = "^(0|[1-9][0-9]{0,19})(\\.[0-9]{1,18})?([eE][+-]?([0-9]|[1-3][0-9]|40))?$", example = "100.00")]
    pub amount: Text<Quantity>,
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovementData {
    /// Its permanent name.
    #[schema(value_type = String)]
    pub reference: Text<Reference>,
    /// The user's id.
    #[schema(value_type = String)]
    pub user_id: Text<UserId>,
    /// The coin's id.
    #[schema(value_type = String)]
    pub coin_id: Text<CoinId>,
    /// How much.
    #[schema(example = "100.00")]
    pub amount: String,
    /// When it was moved.
    #[schema(inline)]
    pub at: Moment,
    /// Whether it had been moved before: nothing was moved now.
    pub repeated: bool,
}

impl MovementData {
    /// Writes a movement of a coin that has this scale.
    pub fn of(moved: &Moved, scale: Scale) -> Self {
        let movement = moved.movement;
        let money = Money { coin: movement.account.coin, scale, amount: movement.amount };
        Self {
            reference: Text(movement.reference),
            user_id: Text(movement.account.user),
            coin_id: Text(movement.account.coin),
            amount: money.to_string(),
            at: Moment(movement.at),
            repeated: moved.repeated,
        }
    }
}

impl AdminEndpoint for Deposit {
    const NAME: &'static str = "deposit";
    const METHOD: HttpMethod = HttpMethod::Post;
    const PATH: &'static str = "/admin/v1/deposits";
    const SUMMARY: Sentence = Sentence {
        english: "Brings money in from outside, once for each reference.",
        chinese: "充值，每个参考号只执行一次。",
    };
    const SCOPE: Scope = Scope::Money;
    const REFUSALS: &'static [RefusalCode] = &[
        RefusalCode::UserNotFound,
        RefusalCode::CoinNotFound,
        RefusalCode::AmountMalformed,
        RefusalCode::AmountNotPositive,
        RefusalCode::ReferenceUsed,
        RefusalCode::BalanceTooHigh,
    ];

    type Request = MovementRequest;
    type Data = MovementData;
}

impl AdminEndpoint for Withdraw {
    const NAME: &'static str = "withdraw";
    const METHOD: HttpMethod = HttpMethod::Post;
    const PATH: &'static str = "/admin/v1/withdrawals";
    const SUMMARY: Sentence = Sentence {
        english: "Takes money out, once for each reference.",
        chinese: "提现，每个参考号只执行一次。",
    };
    const SCOPE: Scope = Scope::Money;
    const REFUSALS: &'static [RefusalCode] = &[
        RefusalCode::UserNotFound,
        RefusalCode::CoinNotFound,
        RefusalCode::AmountMalformed,
        RefusalCode::AmountNotPositive,
        RefusalCode::ReferenceUsed,
        RefusalCode::BalanceTooLow,
    ];

    type Request = MovementRequest;
    type Data = MovementData;
}
