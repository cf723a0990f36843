//! Journal entries: appended, read for the audit, never changed.

use hongbao_domain::ledger::Posting;
use hongbao_ports::Fault;
use sqlx::PgConnection;

use crate::{amount, batch::signed, fault, row, transaction::uuid};

/// Appends postings. Each goes to a place in its holder's chain that must be free.
pub(crate) async fn append(tx: &mut PgConnection, postings: &[Posting]) -> Result<(), Fault> {
    if postings.is_empty() {
        return Ok(());
    }
    let (mut holders, mut owners, mut coins, mut seqs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for posting in postings {
        let (holder, owner) = row::holder(posting.holder);
        holders.push(holder.to_owned());
        owners.push(owner);
        coins.push(posting.coin.to_string());
        seqs.push(signed(posting.seq)?);
    }
    let commands: Vec<_> = postings.iter().map(|posting| uuid(posting.command.to_u128())).collect();
    let causes: Vec<_> = postings.iter().map(|posting| posting.cause.as_str().to_owned()).collect();
    let amounts: Vec<_> = postings.iter().map(|posting| amount::signed(posting.amount)).collect();
    let balances: Vec<_> = postings.iter().map(|posting| amount::signed(posting.balance)).collect();
    let times: Vec<_> = postings.iter().map(|posting| posting.at.to_micros()).collect();
    sqlx::query!(
        "INSERT INTO postings (owner_id, holder, coin_id, seq, command_id, cause, amount, balance, posted_at)
        SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::BIGINT[], $5::UUID[], $6::TEXT[], $7::NUMERIC[],
            $8::NUMERIC[], $9::BIGINT[])",
        &owners,
        &holders,
        &coins,
        &seqs,
        &commands,
        &causes,
        &amounts,
        &balances,
        &times
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot append the postings"))?;
    Ok(())
}
