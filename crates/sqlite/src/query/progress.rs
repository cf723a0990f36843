//! What has begun and not ended, in numbers.

use async_trait::async_trait;
use hongbao_domain::time::CLOCK_SLACK;
use hongbao_ports::{
    Fault,
    query::{InProgress, ProgressQueries},
};
use hongbao_store::rows::{ProgressRow, in_progress};
use sqlx::query_as;

use crate::{SqliteStore, fault};

#[async_trait]
impl ProgressQueries for SqliteStore {
    async fn in_progress(&self) -> Result<InProgress, Fault> {
        let cannot = |error| fault::of(error, "cannot count what is in progress");
        let now = self.clock.now();
        // What a clock that was ahead has set is over as well: see `Term`.
        let rows = query_as!(
            ProgressRow,
            r#"SELECT kind AS "kind!: String", open AS "open!: i64", overdue AS "overdue!: i64", since AS "since?: i64"
            FROM (
                SELECT 'sending' AS kind, count(*) AS open,
                    count(*) FILTER (WHERE lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at) AS overdue, NULL AS since
                FROM (
                    SELECT lease_until, changed_at FROM packets WHERE state = 'sending' ORDER BY lease_until LIMIT ?3
                ) AS sending
                UNION ALL
                SELECT 'claiming' AS kind, count(*) AS open,
                    count(*) FILTER (WHERE lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at) AS overdue, NULL AS since
                FROM (
                    SELECT lease_until, changed_at FROM claims WHERE state = 'claiming' ORDER BY lease_until LIMIT ?3
                ) AS claiming
                UNION ALL
                SELECT 'preparing' AS kind, count(*) AS open,
                    count(*) FILTER (WHERE lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at) AS overdue, NULL AS since
                FROM (
                    SELECT lease_until, changed_at FROM groups WHERE state = 'preparing' ORDER BY lease_until LIMIT ?3
                ) AS preparing
                UNION ALL
                SELECT 'joining' AS kind, count(*) AS open,
                    count(*) FILTER (WHERE lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at) AS overdue, NULL AS since
                FROM (
                    SELECT lease_until, changed_at FROM memberships WHERE state = 'joining' ORDER BY lease_until LIMIT ?3
                ) AS joining
                UNION ALL
                SELECT 'delivering', count(*),
                    count(*) FILTER (WHERE due_at <= ?1 OR changed_at > ?2 AND due_at >= changed_at), min(created_at)
                FROM (
                    SELECT due_at, changed_at, created_at FROM outbox WHERE state = 'sending' ORDER BY changed_at LIMIT ?3
                ) AS delivering
                UNION ALL
                SELECT 'waiting', count(*), 0, min(created_at)
                FROM (SELECT created_at FROM outbox WHERE state = 'waiting' ORDER BY changed_at LIMIT ?3) AS waiting
                UNION ALL
                SELECT 'parked', count(*), 0, NULL
                FROM (SELECT 1 FROM outbox WHERE state = 'parked' LIMIT ?3) AS parked
                UNION ALL
                SELECT 'refunds', 0, count(*), min(expires_at)
                FROM (
                    SELECT p.expires_at
                    FROM packets AS p
                    WHERE p.state = 'open' AND p.expires_at <= ?1
                        AND NOT EXISTS (SELECT * FROM claims AS l WHERE l.packet_id = p.id AND l.state = 'claiming')
                    ORDER BY p.expires_at
                    LIMIT ?3
                ) AS refunds
            ) AS counted"#,
            now.to_micros(),
            now.after(CLOCK_SLACK).to_micros(),
            InProgress::MOST
        );
        let mut tx = self.sweeps.begin().await.map_err(cannot)?;
        Ok(in_progress(rows.fetch_all(&mut *tx).await.map_err(cannot)?, now)?)
    }
}
