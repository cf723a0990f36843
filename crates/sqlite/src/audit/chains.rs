//! The chains of a page of holders, read a bounded number of postings at a time.

use std::{collections::BTreeMap, mem};

use hongbao_domain::{
    id::CoinId,
    ledger::{Chain, Holder, Posting},
};
use hongbao_ports::Fault;
use hongbao_store::rows::PostingRow;
use serde::Serialize;
use sqlx::SqliteConnection;
use tokio::time::Instant;

use super::pace::{Pace, cannot};
use crate::codec::{Bits, Minor};

/// How many postings are read in one statement: about as many as a few hundredths of a second allow.
const ROWS: i64 = 2_000;

/// A part of a chain: whose, in which coin, and the postings after one and up to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    owner: String,
    coin: String,
    after: i64,
    last: i64,
    /// Whether each number up to the last has its posting. A chain with a gap is broken; how far it goes bounds nothing.
    is_whole: bool,
}

/// Says how long the chains of holders of one kind are now. What comes later is not theirs at this moment.
pub(super) async fn lengths(
    tx: &mut SqliteConnection,
    holder: &str,
    names: impl Iterator<Item = (String, CoinId)>,
) -> Result<Vec<Part>, Fault> {
    let mut parts: Vec<_> =
        names.map(|(owner, coin)| Part { owner, coin: coin.to_string(), after: 0, last: 0, is_whole: true }).collect();
    let names = serde_json::to_string(&parts).expect("texts and numbers are always JSON");
    let found = sqlx::query!(
        r#"SELECT count(p.seq) AS "count!: i64", coalesce(max(p.seq), 0) AS "last!: i64"
        FROM json_each(?1) AS k
        LEFT JOIN postings AS p
            ON p.holder = ?2 AND p.owner_id = k.value ->> 'owner' AND p.coin_id = k.value ->> 'coin'
        GROUP BY k.key
        ORDER BY k.key"#,
        names,
        holder
    );
    for (part, found) in parts.iter_mut().zip(found.fetch_all(tx).await.map_err(cannot)?) {
        part.last = found.last;
        part.is_whole = found.count == found.last;
    }
    Ok(parts)
}

/// Cuts chains so that no statement has to read more than its share, however long one of them is.
fn shares(parts: Vec<Part>) -> Vec<Vec<Part>> {
    let (mut shares, mut share, mut room) = (Vec::new(), Vec::new(), ROWS);
    for mut part in parts {
        while part.is_whole && part.last - part.after > room {
            let cut = part.after + room;
            share.push(Part { last: cut, ..part.clone() });
            part.after = cut;
            shares.push(mem::take(&mut share));
            room = ROWS;
        }
        room = if part.is_whole { room - (part.last - part.after) } else { 0 };
        share.push(part);
    }
    shares.push(share);
    shares
}

/// Follows the postings of a page of holders of one kind.
pub(super) async fn chains(
    connection: &mut SqliteConnection,
    holder: &str,
    parts: Vec<Part>,
    pace: Pace,
) -> Result<BTreeMap<(Holder, CoinId), Chain>, Fault> {
    let mut chains: BTreeMap<(Holder, CoinId), Chain> = BTreeMap::new();
    for share in shares(parts) {
        let begun = Instant::now();
        let names = serde_json::to_string(&share).expect("texts and numbers are always JSON");
        let postings = sqlx::query_as!(
            PostingRow,
            r#"SELECT p.holder, p.owner_id, p.coin_id, p.seq AS "seq!", p.command_id AS "command_id: Bits", p.cause,
                p.amount AS "amount: Minor", p.balance AS "balance: Minor", p.posted_at
            FROM json_each(?1) AS k
            CROSS JOIN postings AS p
                ON p.holder = ?2 AND p.owner_id = k.value ->> 'owner' AND p.coin_id = k.value ->> 'coin'
                    AND p.seq > k.value ->> 'after' AND p.seq <= k.value ->> 'last'
            ORDER BY k.key, p.seq"#,
            names,
            holder
        );
        for posting in postings.fetch_all(&mut *connection).await.map_err(cannot)? {
            let posting = Posting::try_from(posting)?;
            chains.entry((posting.holder, posting.coin)).or_default().follow(&posting);
        }
        pace.rest(begun).await;
    }
    Ok(chains)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(owner: &str, after: i64, last: i64) -> Part {
        Part { owner: owner.to_owned(), coin: "CNY".to_owned(), after, last, is_whole: true }
    }

    #[test]
    fn chains_are_cut_where_a_statement_would_read_too_much_and_nothing_is_left_out() {
        let parts = vec![part("a", 0, 5), part("long", 0, 2 * ROWS), part("none", 0, 0), part("b", 0, 1)];
        let first = vec![part("a", 0, 5), part("long", 0, ROWS - 5)];
        let second = vec![part("long", ROWS - 5, 2 * ROWS - 5)];
        let third = vec![part("long", 2 * ROWS - 5, 2 * ROWS), part("none", 0, 0), part("b", 0, 1)];
        assert_eq!(shares(parts), [first, second, third]);
    }

    #[test]
    fn a_chain_with_a_gap_is_read_at_once_however_far_it_goes() {
        let broken = Part { is_whole: false, ..part("a", 0, i64::MAX) };
        assert_eq!(shares(vec![broken.clone(), part("b", 0, 1)]).concat().len(), 3);
        assert!(shares(vec![broken.clone()]).concat() == [broken]);
    }
}
