//! Publishing: reserve, tell the receiver, confirm.
#![expect(clippy::disallowed_methods, reason = "the yardstick has no offline data of its own")]

use actix_web::{
    HttpResponse,
    web::{Data, Form},
};
use hongbao_domain::id::TransferId;
use hongbao_ports::Clock;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    error::{HandlerError, refused},
    journal::{self, Entry},
    session,
    state::State,
};
use crate::system::{System, fresh};

const LEASE: i64 = 15_000_000;
const LIFE: i64 = 86_400_000_000;

/// The request.
#[derive(Deserialize)]
pub(crate) struct Publish {
    pub(crate) session_key: String,
    #[serde(rename = "toUserId")]
    pub(crate) to_user_id: String,
    pub(crate) coin_id: String,
    pub(crate) amount: String,
    pub(crate) content: Option<String>,
}

pub(super) async fn handle(state: Data<State>, asked: Form<Publish>) -> Result<HttpResponse, HandlerError> {
    let now = System.now().to_micros();
    let Some(sender) = session::user_of(&state.pool, &asked.session_key, now).await? else { return Ok(refused(2)) };
    let known: Option<bool> = sqlx::query_scalar("SELECT is_active FROM users WHERE id = $1")
        .bind(&asked.to_user_id)
        .fetch_optional(&state.pool)
        .await?;
    if known != Some(true) {
        return Ok(refused(110));
    }
    let id = TransferId::from_u128(fresh().as_u128());
    if let Err(status) = reserve(&state.pool, id, &sender, &asked, now).await? {
        return Ok(refused(status));
    }
    state.im.tell(&sender, &asked.to_user_id, "HB:RedPacket", &id.to_string(), now).await?;
    confirm(&state.pool, id).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "status": 0,
        "data": {
            "transfer_id": id.to_string(),
            "to_user_id": asked.to_user_id,
            "coin_id": asked.coin_id,
            "amount": asked.amount,
            "expires_at": now + LIFE,
        },
    })))
}

async fn reserve(
    pool: &PgPool,
    id: TransferId,
    sender: &str,
    asked: &Publish,
    now: i64,
) -> Result<Result<(), u16>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let found: Option<(Decimal, i64, i16, Decimal, Decimal)> = sqlx::query_as(
        "SELECT a.balance, a.version, c.scale, c.min_amount, c.max_amount
        FROM accounts AS a JOIN coins AS c ON c.id = a.coin_id
        WHERE a.user_id = $1 AND a.coin_id = $2
        FOR UPDATE OF a",
    )
    .bind(sender)
    .bind(&asked.coin_id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((balance, version, scale, least, most)) = found else { return Ok(Err(5)) };
    let Ok(amount) = asked.amount.parse::<Decimal>() else { return Ok(Err(6)) };
    let amount = amount * Decimal::from(10_i64.pow(scale.unsigned_abs().into()));
    if !amount.is_integer() || amount < least || amount > most {
        return Ok(Err(6));
    }
    let (amount, left) = (amount.normalize(), balance - amount.normalize());
    if left.is_sign_negative() {
        return Ok(Err(7));
    }
    sqlx::query(
        "UPDATE accounts
        SET balance = $3, version = $4, held = held + $5, changed_at = $6
        WHERE user_id = $1 AND coin_id = $2",
    )
    .bind(sender)
    .bind(&asked.coin_id)
    .bind(left)
    .bind(version + 1)
    .bind(amount)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO packets (id, sender_id, coin_id, total, held, entries, remark, state, lease_until, created_at,
            expires_at, changed_at, version)
        VALUES ($1, $2, $3, $4, $4, 1, $5, 'sending', $6, $7, $8, $7, 1)",
    )
    .bind(Uuid::from_u128(id.to_u128()))
    .bind(sender)
    .bind(&asked.coin_id)
    .bind(amount)
    .bind(asked.content.as_deref().unwrap_or_default())
    .bind(now + LEASE)
    .bind(now)
    .bind(now + LIFE)
    .execute(&mut *tx)
    .await?;
    sqlx::query("INSERT INTO shares (packet_id, number, amount, receiver_id) VALUES ($1, 1, $2, $3)")
        .bind(Uuid::from_u128(id.to_u128()))
        .bind(amount)
        .bind(&asked.to_user_id)
        .execute(&mut *tx)
        .await?;
    let entry = Entry {
        user: sender,
        packet: id,
        coin: &asked.coin_id,
        cause: "reserve",
        to_packet: amount,
        account_balance: left,
        account_seq: version + 1,
        packet_balance: amount,
        packet_seq: 1,
        now,
    };
    journal::append(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

async fn confirm(pool: &PgPool, id: TransferId) -> Result<(), HandlerError> {
    let mut tx = pool.begin().await?;
    let id = Uuid::from_u128(id.to_u128());
    let state: String =
        sqlx::query_scalar("SELECT state FROM packets WHERE id = $1 FOR UPDATE").bind(id).fetch_one(&mut *tx).await?;
    if state != "sending" {
        return Err(HandlerError(format!("the packet is {state}")));
    }
    sqlx::query(
        "UPDATE packets SET state = 'open', lease_until = NULL, changed_at = $2, version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(System.now().to_micros())
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}
