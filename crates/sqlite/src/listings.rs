//! Users and packets, a page at a time.

use std::collections::BTreeSet;

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    red_packet::Viewed,
};
use hongbao_ports::{Fault, ListedUser, Listings, Page, Standing};

use crate::{SqliteStore, batch::packets, fault, row};

/// Lies behind every character of an id.
const BEHIND: char = '\u{7f}';

/// Lies before every character of an id.
const BEFORE: char = '\u{1}';

#[async_trait]
impl Listings for SqliteStore {
    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        let after = page.after.map(|user| format!("{user}{BEFORE}")).unwrap_or_default();
        let (from, until) = (after.max(prefix.to_owned()), format!("{prefix}{BEHIND}"));
        let rows = sqlx::query!(
            r#"SELECT id, is_active AS "is_active: bool", takes_friend_requests AS "takes_friend_requests: bool"
            FROM users
            WHERE id >= ?1 AND id < ?2
            ORDER BY id
            LIMIT ?3"#,
            from,
            until,
            page.limit
        )
        .fetch_all(&self.readers)
        .await
        .map_err(|error| fault::of(error, "cannot list the users"))?;
        let listed = rows.into_iter().map(|row| {
            let standing = Standing { is_active: row.is_active, takes_friend_requests: row.takes_friend_requests };
            Ok(ListedUser { id: row::id(&row.id, "a user id")?, standing })
        });
        listed.collect()
    }

    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        let cannot = |error| fault::of(error, "cannot list the packets");
        let (user, before) = (user.as_str(), page.after.map_or(u128::MAX, TransferId::to_u128).to_be_bytes().to_vec());
        let mut tx = self.readers.begin().await.map_err(cannot)?;
        let sent = sqlx::query_scalar!(
            "SELECT id FROM packets WHERE sender_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            user,
            before,
            page.limit
        );
        let mut ids = sent.fetch_all(&mut *tx).await.map_err(cannot)?;
        let received = sqlx::query_scalar!(
            "SELECT packet_id FROM shares WHERE receiver_id = ?1 AND packet_id < ?2 ORDER BY packet_id DESC LIMIT ?3",
            user,
            before,
            page.limit
        );
        ids.extend(received.fetch_all(&mut *tx).await.map_err(cannot)?);
        let ids = ids.iter().map(|id| row::transfer_id(id)).collect::<Result<BTreeSet<_>, _>>()?;
        let newest = ids.into_iter().rev().take(usize::try_from(page.limit).unwrap_or(usize::MAX)).collect();
        let found = packets(&mut tx, &newest).await?;
        let now = self.clock.now();
        Ok(found.into_iter().rev().map(|packet| Viewed::at(packet, now)).collect())
    }
}
