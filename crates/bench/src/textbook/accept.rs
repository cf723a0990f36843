//! Accepting: begin the claim, tell the sender, settle.
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
use crate::system::System;

const LEASE: i64 = 15_000_000;

/// The request.
#[derive(Deserialize)]
pub(crate) struct Accept {
    pub(crate) session_key: String,
    pub(crate) transfer_id: String,
}

/// Sender, coin, remark, state, expiry, amount and receiver of a packet.
type Found = (String, String, String, String, i64, Decimal, Option<String>);

/// A packet whose claim has begun.
struct Begun {
    sender: String,
    coin: String,
    amount: Decimal,
    remark: String,
}

pub(super) async fn handle(state: Data<State>, asked: Form<Accept>) -> Result<HttpResponse, HandlerError> {
    let now = System.now().to_micros();
    let Some(taker) = session::user_of(&state.pool, &asked.session_key, now).await? else { return Ok(refused(2)) };
    let Ok(id) = asked.transfer_id.parse::<TransferId>() else { return Ok(refused(1)) };
    let begun = match begin(&state.pool, id, &taker, now).await? {
        Ok(begun) => begun,
        Err(status) => return Ok(refused(status)),
    };
    state.im.tell(&taker, &begun.sender, "HB:RedPacketOpened", &asked.transfer_id, now).await?;
    let claimed_at = settle(&state.pool, id, &taker, &begun).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({
        "status": 0,
        "data": {
            "transfer_id": asked.transfer_id,
            "coin_id": begun.coin,
            "amount": begun.amount.to_string(),
            "from_user_id": begun.sender,
            "content": begun.remark,
            "claimed_at": claimed_at,
        },
    })))
}

async fn begin(pool: &PgPool, id: TransferId, taker: &str, now: i64) -> Result<Result<Begun, u16>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let id = Uuid::from_u128(id.to_u128());
    let found: Option<Found> = sqlx::query_as(
        "SELECT p.sender_id, p.coin_id, p.remark, p.state, p.expires_at, s.amount, s.receiver_id
        FROM packets AS p JOIN shares AS s ON s.packet_id = p.id
        WHERE p.id = $1 AND s.taker_id IS NULL
        FOR UPDATE OF p",
    )
    .bind(id)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((sender, coin, remark, state, expires_at, amount, receiver)) = found else { return Ok(Err(4)) };
    if receiver.as_deref() != Some(taker) {
        return Ok(Err(5));
    }
    if !["sending", "open"].contains(&&*state) || now >= expires_at {
        return Ok(Err(4));
    }
    sqlx::query("UPDATE shares SET taker_id = $2 WHERE packet_id = $1 AND number = 1")
        .bind(id)
        .bind(taker)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO claims (packet_id, taker_id, share_number, state, lease_until, version, changed_at)
        VALUES ($1, $2, 1, 'claiming', $3, 1, $4)",
    )
    .bind(id)
    .bind(taker)
    .bind(now + LEASE)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE packets SET state = 'open', lease_until = NULL, changed_at = $2, version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Ok(Begun { sender, coin, amount, remark }))
}

async fn settle(pool: &PgPool, packet: TransferId, taker: &str, begun: &Begun) -> Result<i64, HandlerError> {
    let (id, now) = (Uuid::from_u128(packet.to_u128()), System.now().to_micros());
    let mut tx = pool.begin().await?;
    let (held, entries): (Decimal, i64) = sqlx::query_as("SELECT held, entries FROM packets WHERE id = $1 FOR UPDATE")
        .bind(id)
        .fetch_one(&mut *tx)
        .await?;
    // Both in one order, or two who pay each other wait for each other.
    sqlx::query("SELECT FROM accounts WHERE user_id IN ($1, $2) AND coin_id = $3 ORDER BY user_id FOR UPDATE")
        .bind(&begun.sender)
        .bind(taker)
        .bind(&begun.coin)
        .execute(&mut *tx)
        .await?;
    let (balance, version): (Decimal, i64) =
        sqlx::query_as("SELECT balance, version FROM accounts WHERE user_id = $1 AND coin_id = $2")
            .bind(taker)
            .bind(&begun.coin)
            .fetch_one(&mut *tx)
            .await?;
    let claimed = sqlx::query(
        "UPDATE claims SET state = 'claimed', lease_until = NULL, version = 2, changed_at = $3
        WHERE packet_id = $1 AND taker_id = $2 AND state = 'claiming' AND version = 1",
    )
    .bind(id)
    .bind(taker)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if claimed.rows_affected() != 1 {
        return Err(HandlerError("the claim was lost".to_owned()));
    }
    sqlx::query(
        "UPDATE packets
        SET state = 'claimed', held = $2, entries = $3, ended_at = $4, changed_at = $4, version = version + 1
        WHERE id = $1",
    )
    .bind(id)
    .bind(held - begun.amount)
    .bind(entries + 1)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE accounts SET balance = $3, version = $4, changed_at = $5 WHERE user_id = $1 AND coin_id = $2")
        .bind(taker)
        .bind(&begun.coin)
        .bind(balance + begun.amount)
        .bind(version + 1)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE accounts SET held = held - $3, changed_at = $4 WHERE user_id = $1 AND coin_id = $2")
        .bind(&begun.sender)
        .bind(&begun.coin)
        .bind(begun.amount)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    let entry = Entry {
        user: taker,
        packet,
        coin: &begun.coin,
        cause: "claim",
        to_packet: -begun.amount,
        account_balance: balance + begun.amount,
        account_seq: version + 1,
        packet_balance: held - begun.amount,
        packet_seq: entries + 1,
        now,
    };
    journal::append(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(now)
}
