//! The ledger: accounts, packets, and the proof that the money holds.

use std::{collections::BTreeSet, ops::Range};

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{AccountKey, Audit, Holding, Posting},
    money::Coin,
    red_packet::{Packet, Viewed},
    time::{CLOCK_SLACK, Timestamp},
};
use hongbao_ports::{
    Fault,
    query::{Except, LedgerQueries, Overdue, Page},
};
use hongbao_store::{
    read,
    rows::{ClaimRefRow, HoldingRow, PacketRefRow},
};
use sqlx::{query_as, query_scalar};

use crate::{
    SqliteStore, audit,
    codec::{Bits, Minor, bytes, hex, json},
    fault,
    tables::{coins, packets, postings},
};

#[async_trait]
impl LedgerQueries for SqliteStore {
    async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        let rows = coins::select!("ORDER BY id");
        Ok(read(rows.fetch_all(&self.readers).await.map_err(|error| fault::of(error, "cannot read the coins"))?)?)
    }

    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault> {
        let rows = query_as!(
            HoldingRow,
            r#"SELECT a.coin_id, a.balance AS "balance: Minor", a.held AS "held: Minor", c.scale
            FROM accounts AS a
            JOIN coins AS c ON c.id = a.coin_id
            WHERE a.user_id = ?1
            ORDER BY a.coin_id"#,
            user.as_str()
        );
        Ok(read(rows.fetch_all(&self.readers).await.map_err(|error| fault::of(error, "cannot read the accounts"))?)?)
    }

    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault> {
        Ok(self.packets_with(&[id].into()).await?.pop())
    }

    async fn packets_with(&self, ids: &BTreeSet<TransferId>) -> Result<Vec<Packet>, Fault> {
        // One transaction, so that packets and their claims are of one moment.
        let mut tx = self.readers.begin().await.map_err(|error| fault::of(error, "cannot read packets"))?;
        packets(&mut tx, ids).await
    }

    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault> {
        let packet = self.packet(id).await?;
        Ok(packet.map(|packet| Viewed::at(packet, self.clock.now())))
    }

    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault> {
        overdue(self, limit, except).await
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        audit::run(self).await
    }

    async fn packets(&self, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the packets");
        let before = bytes(page.after.map_or(u128::MAX, TransferId::to_u128));
        let mut tx = self.readers.begin().await.map_err(cannot)?;
        let ids = query_scalar!(
            r#"SELECT id AS "id: Bits" FROM packets WHERE id < ?1 ORDER BY id DESC LIMIT ?2"#,
            before,
            page.limit
        );
        let ids = ids.fetch_all(&mut *tx).await.map_err(cannot)?;
        let ids = ids.into_iter().map(|id| TransferId::from_u128(id.into())).collect();
        let found = packets(&mut tx, &ids).await?;
        let now = self.clock.now();
        Ok(found.into_iter().rev().map(|packet| Viewed::at(packet, now)).collect())
    }

    async fn postings_of(&self, packet: TransferId) -> Result<Vec<Posting>, Fault> {
        let rows = postings::select!("WHERE holder = 'packet' AND owner_id = ?1 ORDER BY seq", packet.to_string());
        let rows = rows.fetch_all(&self.readers).await;
        Ok(read(rows.map_err(|error| fault::of(error, "cannot read the journal of the packet"))?)?)
    }

    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the packets");
        let (user, before) = (user.as_str(), bytes(page.after.map_or(u128::MAX, TransferId::to_u128)));
        let mut tx = self.readers.begin().await.map_err(cannot)?;
        let sent = query_scalar!(
            r#"SELECT id AS "id: Bits" FROM packets WHERE sender_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"#,
            user,
            before,
            page.limit
        );
        let mut ids = sent.fetch_all(&mut *tx).await.map_err(cannot)?;
        let received = query_scalar!(
            r#"SELECT packet_id AS "packet_id: Bits" FROM shares WHERE receiver_id = ?1 AND packet_id < ?2 ORDER BY packet_id DESC LIMIT ?3"#,
            user,
            before,
            page.limit
        );
        ids.extend(received.fetch_all(&mut *tx).await.map_err(cannot)?);
        let ids: BTreeSet<_> = ids.into_iter().map(|id| TransferId::from_u128(id.into())).collect();
        let newest = ids.into_iter().rev().take(usize::try_from(page.limit).unwrap_or(usize::MAX)).collect();
        let found = packets(&mut tx, &newest).await?;
        let now = self.clock.now();
        Ok(found.into_iter().rev().map(|packet| Viewed::at(packet, now)).collect())
    }

    async fn statement(
        &self,
        account: AccountKey,
        times: Range<Timestamp>,
        page: Page<u64>,
    ) -> Result<Vec<Posting>, Fault> {
        let before = page.after.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let rows = postings::select!(
            "WHERE holder = 'account' AND owner_id = ?1 AND coin_id = ?2 AND seq < ?3 AND posted_at >= ?4 AND posted_at < ?5
            ORDER BY seq DESC LIMIT ?6",
            account.user.as_str(),
            account.coin.as_str(),
            before,
            times.start.to_micros(),
            times.end.to_micros(),
            page.limit
        );
        let rows = rows.fetch_all(&self.readers).await;
        Ok(read(rows.map_err(|error| fault::of(error, "cannot read the journal"))?)?)
    }
}

async fn overdue(store: &SqliteStore, limit: u32, except: &Except) -> Result<Overdue, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is overdue");
    // A lease whose row was changed later than this was given by a clock that was ahead: see `Term`.
    let now = store.clock.now();
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let accounts = json(except.accounts.iter().map(|key| (key.user.to_string(), key.coin.to_string())));
    let ids = json(except.packets.iter().map(|id| hex(id.to_u128())));
    let mut tx = store.sweeps.begin().await.map_err(cannot)?;
    let sending = query_as!(
        PacketRefRow,
        r#"SELECT id AS "id: Bits", sender_id, coin_id
        FROM packets
        WHERE state = 'sending' AND (lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at)
            AND (sender_id, coin_id) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?4))
            AND id NOT IN (SELECT unhex(value) FROM json_each(?5))
        ORDER BY lease_until
        LIMIT ?3"#,
        now,
        ahead,
        limit,
        accounts,
        ids
    );
    let sending = sending.fetch_all(&mut *tx).await.map_err(cannot)?;
    let claiming = query_as!(
        ClaimRefRow,
        r#"SELECT p.id AS "id: Bits", p.sender_id, p.coin_id, l.taker_id, l.version
        FROM claims AS l
        JOIN packets AS p ON p.id = l.packet_id
        WHERE l.state = 'claiming' AND (l.lease_until <= ?1 OR l.changed_at > ?2 AND l.lease_until >= l.changed_at)
            AND (p.sender_id, p.coin_id) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?4))
            AND p.id NOT IN (SELECT unhex(value) FROM json_each(?5))
        ORDER BY l.lease_until
        LIMIT ?3"#,
        now,
        ahead,
        limit,
        accounts,
        ids
    );
    let claiming = claiming.fetch_all(&mut *tx).await.map_err(cannot)?;
    let expired = query_as!(
        PacketRefRow,
        r#"SELECT p.id AS "id: Bits", p.sender_id, p.coin_id
        FROM packets AS p
        WHERE p.state = 'open' AND p.expires_at <= ?1
            AND NOT EXISTS (SELECT * FROM claims AS l WHERE l.packet_id = p.id AND l.state = 'claiming')
            AND (p.sender_id, p.coin_id) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?3))
            AND p.id NOT IN (SELECT unhex(value) FROM json_each(?4))
        ORDER BY p.expires_at
        LIMIT ?2"#,
        now,
        limit,
        accounts,
        ids
    );
    let expired = expired.fetch_all(&mut *tx).await.map_err(cannot)?;
    Ok(Overdue { sending: read(sending)?, claiming: read(claiming)?, expired: read(expired)? })
}
