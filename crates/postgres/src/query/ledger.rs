//! The ledger: accounts, packets, and the proof that the money holds.

use std::collections::BTreeSet;

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{Audit, Holding},
    money::{Coin, Money},
    red_packet::{Packet, PacketRef, Viewed},
    time::CLOCK_SLACK,
};
use hongbao_ports::{
    Fault,
    query::{ClaimRef, Except, LedgerQueries, Overdue, Page},
};
use hongbao_store::{
    read,
    rows::{CoinRow, amount, parse, scale, version},
};
use sqlx::{query, query_as, query_scalar};
use uuid::Uuid;

use crate::{
    PostgresStore, audit,
    codec::{Minor, uuid},
    fault,
    tables::packets,
    transaction::Tx,
};

#[async_trait]
impl LedgerQueries for PostgresStore {
    async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        self.read(|tx| Box::pin(coins(tx))).await
    }

    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault> {
        self.read(|tx| Box::pin(holdings(tx, user))).await
    }

    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault> {
        // One snapshot, so that the packet and its claims are of one moment.
        self.snapshot(|mut tx| Box::pin(async move { Ok(packets(&mut tx, &[id].into()).await?.pop()) })).await
    }

    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault> {
        let viewed = self.snapshot(|mut tx| {
            Box::pin(async move {
                let Some(packet) = packets(&mut tx, &[id].into()).await?.pop() else { return Ok(None) };
                Ok(Some(Viewed::at(packet, tx.now().await?)))
            })
        });
        viewed.await
    }

    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault> {
        self.snapshot(|tx| Box::pin(find_overdue(tx, limit.into(), except))).await
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        audit::run(self).await
    }

    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        self.snapshot(|tx| Box::pin(packets_of(tx, user, page))).await
    }
}

async fn coins(mut tx: Tx<'_, '_>) -> Result<Vec<Coin>, Fault> {
    let rows = query_as!(
        CoinRow,
        r#"SELECT id, scale, min_amount AS "min_amount: Minor", max_amount AS "max_amount: Minor" FROM coins ORDER BY id"#
    );
    Ok(read(rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the coins"))?)?)
}

async fn holdings(mut tx: Tx<'_, '_>, user: UserId) -> Result<Vec<Holding>, Fault> {
    let rows = query!(
        r#"SELECT a.coin_id, a.balance AS "balance: Minor", a.held AS "held: Minor", c.scale
        FROM accounts AS a
        JOIN coins AS c ON c.id = a.coin_id
        WHERE a.user_id = $1
        ORDER BY a.coin_id"#,
        user.as_str()
    );
    let rows = rows.fetch_all(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the accounts"))?;
    let holding = |coin: &str, places, balance: i128, held: i128| {
        let balance = Money { coin: parse(coin, "a coin id")?, scale: scale(places)?, amount: amount(balance)? };
        Ok(Holding { balance, held: amount(held)? })
    };
    rows.into_iter().map(|row| holding(&row.coin_id, row.scale.into(), row.balance.into(), row.held.into())).collect()
}

async fn packets_of(mut tx: Tx<'_, '_>, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
    let cannot = |error| fault::of(error, "cannot list the packets");
    let before = uuid(page.after.map_or(u128::MAX, TransferId::to_u128));
    let sent = query_scalar!(
        "SELECT id FROM packets WHERE sender_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        user.as_str(),
        before,
        i64::from(page.limit)
    );
    let mut ids = sent.fetch_all(&mut *tx).await.map_err(cannot)?;
    let received = query_scalar!(
        "SELECT packet_id FROM shares WHERE receiver_id = $1 AND packet_id < $2 ORDER BY packet_id DESC LIMIT $3",
        user.as_str(),
        before,
        i64::from(page.limit)
    );
    ids.extend(received.fetch_all(&mut *tx).await.map_err(cannot)?);
    let ids: BTreeSet<_> = ids.into_iter().map(|id| TransferId::from_u128(id.as_u128())).collect();
    let newest = ids.into_iter().rev().take(usize::try_from(page.limit).unwrap_or(usize::MAX)).collect();
    let found = packets(&mut tx, &newest).await?;
    let now = tx.now().await?;
    Ok(found.into_iter().rev().map(|packet| Viewed::at(packet, now)).collect())
}

/// A packet's name, sender and coin.
struct ReferenceRow {
    id: Uuid,
    sender_id: String,
    coin_id: String,
}

impl TryFrom<ReferenceRow> for PacketRef {
    type Error = Fault;

    fn try_from(row: ReferenceRow) -> Result<Self, Fault> {
        let (sender, coin) = (parse(&row.sender_id, "a user id")?, parse(&row.coin_id, "a coin id")?);
        Ok(Self { id: TransferId::from_u128(row.id.as_u128()), sender, coin })
    }
}

async fn find_overdue(mut tx: Tx<'_, '_>, limit: i64, except: &Except) -> Result<Overdue, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is overdue");
    let now = tx.now().await?;
    // A lease whose row was changed later than this was given by a clock that was ahead: see `Term`.
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let users: Vec<String> = except.accounts.iter().map(|key| key.user.to_string()).collect();
    let coins: Vec<String> = except.accounts.iter().map(|key| key.coin.to_string()).collect();
    let ids: Vec<Uuid> = except.packets.iter().map(|id| uuid(id.to_u128())).collect();
    let sending = query_as!(
        ReferenceRow,
        "SELECT id, sender_id, coin_id
        FROM packets
        WHERE state = 'sending' AND (lease_until <= $1 OR changed_at > $2 AND lease_until >= changed_at)
            AND (sender_id, coin_id) NOT IN (SELECT * FROM unnest($4::TEXT[], $5::TEXT[]))
            AND id NOT IN (SELECT unnest($6::UUID[]))
        ORDER BY lease_until
        LIMIT $3",
        now,
        ahead,
        limit,
        &users,
        &coins,
        &ids
    );
    let sending = sending.fetch_all(&mut *tx).await.map_err(cannot)?;
    let claiming = query!(
        "SELECT p.id, p.sender_id, p.coin_id, l.taker_id, l.version
        FROM claims AS l
        JOIN packets AS p ON p.id = l.packet_id
        WHERE l.state = 'claiming' AND (l.lease_until <= $1 OR l.changed_at > $2 AND l.lease_until >= l.changed_at)
            AND (p.sender_id, p.coin_id) NOT IN (SELECT * FROM unnest($4::TEXT[], $5::TEXT[]))
            AND p.id NOT IN (SELECT unnest($6::UUID[]))
        ORDER BY l.lease_until
        LIMIT $3",
        now,
        ahead,
        limit,
        &users,
        &coins,
        &ids
    );
    let claiming = claiming.fetch_all(&mut *tx).await.map_err(cannot)?;
    let expired = query_as!(
        ReferenceRow,
        "SELECT p.id, p.sender_id, p.coin_id
        FROM packets AS p
        WHERE p.state = 'open' AND p.expires_at <= $1
            AND NOT EXISTS (SELECT FROM claims AS l WHERE l.packet_id = p.id AND l.state = 'claiming')
            AND (p.sender_id, p.coin_id) NOT IN (SELECT * FROM unnest($3::TEXT[], $4::TEXT[]))
            AND p.id NOT IN (SELECT unnest($5::UUID[]))
        ORDER BY p.expires_at
        LIMIT $2",
        now,
        limit,
        &users,
        &coins,
        &ids
    );
    let expired = expired.fetch_all(&mut *tx).await.map_err(cannot)?;
    let packets = |rows: Vec<ReferenceRow>| rows.into_iter().map(PacketRef::try_from).collect::<Result<Vec<_>, _>>();
    Ok(Overdue {
        sending: packets(sending)?,
        claiming: claiming
            .into_iter()
            .map(|claim| {
                let (taker, fence) = (parse(&claim.taker_id, "a user id")?, version(claim.version)?);
                let packet = ReferenceRow { id: claim.id, sender_id: claim.sender_id, coin_id: claim.coin_id };
                Ok(ClaimRef { packet: packet.try_into()?, taker, fence })
            })
            .collect::<Result<_, Fault>>()?,
        expired: packets(expired)?,
    })
}
