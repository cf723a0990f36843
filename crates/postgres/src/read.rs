//! Reads, and the coins.

use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::Holding,
    money::{Coin, Money},
    red_packet::{Packet, PacketRef, Viewed},
    time::CLOCK_SLACK,
};
use hongbao_ports::{AddCoinRefusal, ClaimRef, Except, Failure, Fault, Overdue};
use uuid::Uuid;

use crate::{
    PostgresStore, amount,
    batch::{Locking, packets},
    fault,
    row::{self, CoinRow},
    transaction::{Tx, uuid},
};

pub(crate) async fn add_coin(store: &PostgresStore, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
    store.step(move |tx| Box::pin(store_coin(tx, coin))).await
}

async fn store_coin(mut tx: Tx<'_, '_>, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
    let id = coin.id();
    let written = sqlx::query!(
        "INSERT INTO coins (id, scale, min_amount, max_amount)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE
        SET min_amount = excluded.min_amount, max_amount = excluded.max_amount
        WHERE coins.scale = excluded.scale",
        id.as_str(),
        i16::from(coin.scale().places()),
        amount::unsigned(coin.min_amount()),
        amount::unsigned(coin.max_amount())
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot store the coin"))?;
    if written.rows_affected() == 0 { Err(Failure::Refused(AddCoinRefusal::ScaleDiffers)) } else { Ok(()) }
}

pub(crate) async fn coins(store: &PostgresStore) -> Result<Vec<Coin>, Fault> {
    let rows = store.read(|mut tx| {
        Box::pin(async move {
            sqlx::query_as!(CoinRow, "SELECT id, scale, min_amount, max_amount FROM coins ORDER BY id")
                .fetch_all(&mut *tx)
                .await
                .map_err(|error| fault::of(error, "cannot read the coins"))
        })
    });
    rows.await?.into_iter().map(|row| Coin::try_from(row).map_err(Fault::from)).collect()
}

pub(crate) async fn packet(store: &PostgresStore, id: TransferId) -> Result<Option<Packet>, Fault> {
    // One snapshot, so that the packet and its claims are of one moment.
    store.snapshot(|mut tx| Box::pin(async move { find(&mut tx, id).await })).await
}

pub(crate) async fn view(store: &PostgresStore, id: TransferId) -> Result<Option<Viewed>, Fault> {
    let viewed = store.snapshot(|mut tx| {
        Box::pin(async move {
            let Some(packet) = find(&mut tx, id).await? else { return Ok(None) };
            Ok(Some(Viewed::at(packet, tx.now().await?)))
        })
    });
    viewed.await
}

async fn find(tx: &mut Tx<'_, '_>, id: TransferId) -> Result<Option<Packet>, Fault> {
    Ok(packets(&mut *tx, &[id].into(), Locking::None).await?.pop())
}

pub(crate) async fn holdings(store: &PostgresStore, user: UserId) -> Result<Vec<Holding>, Fault> {
    let rows = store.read(|mut tx| {
        Box::pin(async move {
            sqlx::query!(
                "SELECT a.coin_id, a.balance, a.held, c.scale
                FROM accounts AS a
                JOIN coins AS c ON c.id = a.coin_id
                WHERE a.user_id = $1
                ORDER BY a.coin_id",
                user.as_str()
            )
            .fetch_all(&mut *tx)
            .await
            .map_err(|error| fault::of(error, "cannot read the accounts"))
        })
    });
    rows.await?
        .into_iter()
        .map(|row| {
            let (coin, scale) = (row::id(&row.coin_id, "a coin id")?, row::scale(row.scale)?);
            let balance = Money { coin, scale, amount: amount::to_amount(row.balance)? };
            Ok(Holding { balance, held: amount::to_amount(row.held)? })
        })
        .collect()
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
        let (sender, coin) = (row::id(&row.sender_id, "a user id")?, row::id(&row.coin_id, "a coin id")?);
        Ok(Self { id: row::transfer_id(row.id), sender, coin })
    }
}

pub(crate) async fn overdue(store: &PostgresStore, limit: u32, except: &Except) -> Result<Overdue, Fault> {
    store.snapshot(|tx| Box::pin(find_overdue(tx, i64::from(limit), except))).await
}

async fn find_overdue(mut tx: Tx<'_, '_>, limit: i64, except: &Except) -> Result<Overdue, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is overdue");
    let now = tx.now().await?;
    // A lease whose row was changed later than this was given by a clock that was ahead: see `Term`.
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let users: Vec<String> = except.accounts.iter().map(|key| key.user.to_string()).collect();
    let coins: Vec<String> = except.accounts.iter().map(|key| key.coin.to_string()).collect();
    let ids: Vec<Uuid> = except.packets.iter().map(|id| uuid(id.to_u128())).collect();
    let sending = sqlx::query_as!(
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
    let claiming = sqlx::query!(
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
    let expired = sqlx::query_as!(
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
                let (taker, fence) = (row::id(&claim.taker_id, "a user id")?, row::version(claim.version)?);
                let packet = ReferenceRow { id: claim.id, sender_id: claim.sender_id, coin_id: claim.coin_id };
                Ok(ClaimRef { packet: packet.try_into()?, taker, fence })
            })
            .collect::<Result<_, Fault>>()?,
        expired: packets(expired)?,
    })
}
