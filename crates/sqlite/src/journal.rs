//! Journal entries: appended, read for the audit, never changed.

use hongbao_domain::ledger::Posting;
use hongbao_ports::Fault;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{fault, row, text};

/// One posting as `json_each` reads it.
#[derive(Serialize)]
struct Line {
    holder: &'static str,
    owner: String,
    coin: String,
    seq: u64,
    command: String,
    cause: &'static str,
    amount: String,
    balance: String,
    at: i64,
}

/// Appends postings. Each goes to a place in its holder's chain that must be free.
pub(crate) async fn append(tx: &mut SqliteConnection, postings: &[Posting]) -> Result<(), Fault> {
    if postings.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = postings
        .iter()
        .map(|posting| {
            let (holder, owner) = row::holder(posting.holder);
            Line {
                holder,
                owner,
                coin: posting.coin.to_string(),
                seq: posting.seq,
                command: format!("{:032x}", posting.command.to_u128()),
                cause: posting.cause.as_str(),
                amount: text::signed(posting.amount),
                balance: text::signed(posting.balance),
                at: posting.at.to_micros(),
            }
        })
        .collect();
    let lines = serde_json::to_string(&lines).expect("texts and numbers are always JSON");
    sqlx::query!(
        "INSERT INTO postings (holder, owner_id, coin_id, seq, command_id, cause, amount, balance, posted_at)
        SELECT value ->> 'holder', value ->> 'owner', value ->> 'coin', value ->> 'seq', unhex(value ->> 'command'),
            value ->> 'cause', value ->> 'amount', value ->> 'balance', value ->> 'at'
        FROM json_each(?1)",
        lines
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot append the postings"))?;
    Ok(())
}
