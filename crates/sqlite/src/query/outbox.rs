//! What the outside is told.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    id::{EndpointId, EventId},
    outbox::{Delivery, Target},
    time::{CLOCK_SLACK, Timestamp},
    webhook::Endpoint,
};
use hongbao_ports::{
    Fault,
    query::{Backlog, Listed, OutboxQueries, WaitingPlace},
};
use hongbao_store::read;
use sqlx::query;

use crate::{
    SqliteStore,
    codec::Bits,
    fault,
    tables::{endpoints, outbox},
};

#[async_trait]
impl OutboxQueries for SqliteStore {
    async fn due_deliveries(&self, target: Target, overdue_by: Duration, limit: u32) -> Result<Vec<EventId>, Fault> {
        let cannot = |error| fault::of(error, "cannot look for what is to be delivered");
        let now = self.clock.now();
        // What a clock that was ahead has set is due as well: see `Term`.
        let rows = query!(
            r#"SELECT id AS "id!: Bits"
            FROM (
                SELECT * FROM (
                    SELECT id, due_at FROM outbox WHERE target = ?1 AND due_at <= ?2 ORDER BY due_at LIMIT ?4
                )
                UNION
                SELECT * FROM (
                    SELECT id, due_at
                    FROM outbox
                    WHERE state IN ('waiting', 'sending') AND changed_at > ?3 AND due_at >= changed_at AND target = ?1
                    ORDER BY changed_at
                    LIMIT ?4
                )
            )
            ORDER BY due_at, id
            LIMIT ?4"#,
            target.to_string(),
            now.before(overdue_by).to_micros(),
            now.after(CLOCK_SLACK).to_micros(),
            limit
        );
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let rows = rows.fetch_all(&mut *tx).await.map_err(cannot)?;
        Ok(rows.into_iter().map(|row| EventId::from_u128(row.id.into())).collect())
    }

    async fn deliveries(&self, listed: Listed, limit: u32) -> Result<Vec<Delivery>, Fault> {
        let mut tx = self.sweeps.begin().await.map_err(cannot_list)?;
        let rows = match listed {
            Listed::Waiting { after } => {
                let (state, changed_at, id) = behind(after.map(|after| (word(after), after.changed_at, after.id)));
                outbox::select!(
                    "WHERE state IN ('waiting', 'sending') AND (state, changed_at, id) > (?1, ?2, ?3)
                    ORDER BY state, changed_at, id
                    LIMIT ?4",
                    state,
                    changed_at,
                    id,
                    limit
                )
                .fetch_all(&mut *tx)
                .await
            }
            Listed::Parked { after } => {
                let (_, changed_at, id) = behind(after.map(|(changed_at, id)| ("parked", changed_at, id)));
                outbox::select!(
                    "WHERE state = 'parked' AND (changed_at, id) > (?1, ?2) ORDER BY changed_at, id LIMIT ?3",
                    changed_at,
                    id,
                    limit
                )
                .fetch_all(&mut *tx)
                .await
            }
            Listed::About { target, packet, from, until } => {
                outbox::select!(
                    "WHERE target = ?1 AND created_at BETWEEN ?2 AND ?3 AND instr(event, ?4) > 0
                    ORDER BY created_at, id
                    LIMIT ?5",
                    target.to_string(),
                    from.to_micros(),
                    until.to_micros(),
                    packet.to_string(),
                    limit
                )
                .fetch_all(&mut *tx)
                .await
            }
            Listed::To { endpoint, from, after } => {
                let (before, id) = after.unwrap_or((Timestamp::from_micros(i64::MAX), EventId::from_u128(0)));
                let id = id.to_u128().to_be_bytes();
                outbox::select!(
                    "WHERE target = ?1 AND created_at >= ?2 AND (created_at, id) < (?3, ?4)
                    ORDER BY created_at DESC, id DESC
                    LIMIT ?5",
                    endpoint.to_string(),
                    from.to_micros(),
                    before.to_micros(),
                    id.as_slice(),
                    limit
                )
                .fetch_all(&mut *tx)
                .await
            }
        };
        Ok(read(rows.map_err(cannot_list)?)?)
    }

    async fn has_taken(&self, endpoint: EndpointId, since: Timestamp) -> Result<Option<bool>, Fault> {
        let cannot = |error| fault::of(error, "cannot look for what an endpoint has taken");
        let taken = query!(
            r#"SELECT EXISTS (SELECT 1 FROM outbox WHERE target = ?1 AND created_at > ?2) AS "told!: bool",
                EXISTS (
                    SELECT 1 FROM outbox WHERE target = ?1 AND created_at > ?2 AND state = 'delivered'
                ) AS "taken!: bool""#,
            endpoint.to_string(),
            since.to_micros()
        );
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let row = taken.fetch_one(&mut *tx).await.map_err(cannot)?;
        Ok(row.told.then_some(row.taken))
    }

    async fn backlog(&self) -> Result<Backlog, Fault> {
        let cannot = |error| fault::of(error, "cannot count what is not delivered");
        let counted = query!(
            r#"SELECT
                (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending') LIMIT ?1)) AS "waiting!: i64",
                (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'parked' LIMIT ?1)) AS "parked!: i64""#,
            Backlog::MOST
        );
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let row = counted.fetch_one(&mut *tx).await.map_err(cannot)?;
        Ok(Backlog { waiting: row.waiting.unsigned_abs(), parked: row.parked.unsigned_abs() })
    }

    async fn endpoints(&self) -> Result<Vec<Endpoint>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the endpoints");
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        let rows = endpoints::select!("ORDER BY created_at, id").fetch_all(&mut *tx).await;
        Ok(read(rows.map_err(cannot)?)?)
    }
}

fn cannot_list(error: sqlx::Error) -> Fault {
    fault::of(error, "cannot list what the outside is told")
}

/// Gives the word for the state, when it last changed, and the id, of the last one of the page before; what comes before all.
fn behind(after: Option<(&'static str, Timestamp, EventId)>) -> (&'static str, i64, Vec<u8>) {
    let (state, changed_at, id) = after.unwrap_or(("", Timestamp::from_micros(i64::MIN), EventId::from_u128(0)));
    (state, changed_at.to_micros(), id.to_u128().to_be_bytes().to_vec())
}

const fn word(place: WaitingPlace) -> &'static str {
    if place.is_waiting { "waiting" } else { "sending" }
}
