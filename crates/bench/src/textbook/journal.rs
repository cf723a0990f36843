//! The two postings of one movement of money.
#![expect(clippy::disallowed_methods, reason = "the yardstick has no offline data of its own")]

use hongbao_domain::id::TransferId;
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::system::fresh;

/// Money that moves between an account and a packet.
pub(super) struct Entry<'a> {
    pub(super) user: &'a str,
    pub(super) packet: TransferId,
    pub(super) coin: &'a str,
    pub(super) cause: &'a str,
    /// What the packet gets; less than zero if the account gets it.
    pub(super) to_packet: Decimal,
    pub(super) account_balance: Decimal,
    pub(super) account_seq: i64,
    pub(super) packet_balance: Decimal,
    pub(super) packet_seq: i64,
    pub(super) now: i64,
}

/// Appends both.
pub(super) async fn append(tx: &mut PgConnection, entry: Entry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO postings (owner_id, holder, coin_id, seq, command_id, cause, amount, balance, posted_at)
        VALUES ($1, 'account', $3, $4, $6, $7, $8, $10, $12), ($2, 'packet', $3, $5, $6, $7, $9, $11, $12)",
    )
    .bind(entry.user)
    .bind(entry.packet.to_string())
    .bind(entry.coin)
    .bind(entry.account_seq)
    .bind(entry.packet_seq)
    .bind(fresh())
    .bind(entry.cause)
    .bind(-entry.to_packet)
    .bind(entry.to_packet)
    .bind(entry.account_balance)
    .bind(entry.packet_balance)
    .bind(entry.now)
    .execute(tx)
    .await
    .map(drop)
}
