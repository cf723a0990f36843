//! `/admin/v1/deposits/batch` and `/admin/v1/withdrawals/batch`: many movements in one request.

use hongbao_domain::{
    admin::{AdminRefusal, RefusalCode, Scope},
    id::{CoinId, Reference, UserId},
    ledger::Moved,
    money::{Quantity, Scale},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Text, endpoint::declare, movement::MovementData};
use crate::Sentence;

/// Brings money in, many times.
#[derive(Debug)]
pub struct DepositBatch;

/// Takes money out, many times.
#[derive(Debug)]
pub struct WithdrawBatch;

/// One movement of many.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchedMovement {
    /// The permanent, unique name of this movement in the app's own books.
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

/// What is to be moved: each as if it had come alone, so some may be refused and the others done.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// 1 to 1,000 movements.
    #[serde(deserialize_with = "a_batch")]
    #[schema(inline, min_items = 1, max_items = 1000)]
    pub movements: Vec<BatchedMovement>,
}

const MAX: usize = 1000;

fn a_batch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<BatchedMovement>, D::Error> {
    let movements = Vec::deserialize(deserializer)?;
    if (1..=MAX).contains(&movements.len()) {
        return Ok(movements);
    }
    Err(D::Error::custom(format_args!("a batch has 1 to {MAX} movements")))
}

/// What became of one movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchedData {
    /// Its permanent name.
    #[schema(value_type = String)]
    pub reference: Text<Reference>,
    /// What was moved; null where it was refused.
    #[schema(required, inline)]
    pub movement: Option<MovementData>,
    /// The stable name of the refusal; null where it was done.
    #[schema(required)]
    pub code: Option<String>,
    /// Why it was refused, in one clear sentence, in English.
    #[schema(required)]
    pub detail: Option<String>,
}

/// What became of all, in the order in which they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchData {
    /// How many were refused.
    pub refused: u64,
    /// One entry for each movement.
    pub results: Vec<BatchedData>,
}

impl BatchData {
    /// Writes what became of each.
    pub fn of(asked: &[Reference], became: &[Result<(Moved, Scale), AdminRefusal>]) -> Self {
        let refused = became.iter().filter(|became| became.is_err()).count();
        let result = |(reference, became): (&Reference, &Result<_, AdminRefusal>)| {
            let reference = Text(*reference);
            match became {
                Ok((moved, scale)) => {
                    let movement = Some(MovementData::of(moved, *scale));
                    BatchedData { reference, movement, code: None, detail: None }
                }
                Err(AdminRefusal { code, sentence }) => {
                    let (code, detail) = (Some(code.to_string()), Some(sentence.clone()));
                    BatchedData { reference, movement: None, code, detail }
                }
            }
        };
        Self {
            refused: u64::try_from(refused).unwrap_or(u64::MAX),
            results: asked.iter().zip(became).map(result).collect(),
        }
    }
}

declare!(DepositBatch "deposit_batch" Post "/admin/v1/deposits/batch" Money [] BatchRequest => BatchData,
    "Brings money in from outside, up to 1,000 times; each movement is done or refused by itself.",
    "批量充值，最多 1,000 笔；每一笔单独成功或被拒绝。");
declare!(WithdrawBatch "withdraw_batch" Post "/admin/v1/withdrawals/batch" Money [] BatchRequest => BatchData,
    "Takes money out, up to 1,000 times; each movement is done or refused by itself.",
    "批量提现，最多 1,000 笔；每一笔单独成功或被拒绝。");
