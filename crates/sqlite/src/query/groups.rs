//! Groups and who is in them.

use async_trait::async_trait;
use hongbao_domain::{
    group::{Check, Due, Group, Membership, Stuck},
    id::{GroupId, UserId},
    time::CLOCK_SLACK,
};
use hongbao_ports::{
    Fault,
    query::{GroupQueries, Page},
};
use hongbao_store::{read, rows::DueRow};
use sqlx::query_as;

use crate::{
    SqliteStore,
    codec::{Bits, bytes},
    fault,
    tables::{groups, memberships},
};

#[async_trait]
impl GroupQueries for SqliteStore {
    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        due(self, limit).await
    }

    async fn lapsed(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        lapsed(self, limit).await
    }

    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault> {
        stuck(self, limit).await
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault> {
        let found = groups::select!("WHERE id = ?1", bytes(id.to_u128()));
        let found = found.fetch_optional(&self.readers).await;
        let found = found.map_err(|error| fault::of(error, "cannot read the group"))?;
        Ok(found.map(Group::try_from).transpose()?)
    }

    async fn groups_of(&self, user: UserId, page: Page<GroupId>) -> Result<Vec<Group>, Fault> {
        let found = groups::select!(
            "WHERE id IN (
                SELECT group_id FROM memberships
                WHERE user_id = ?1 AND state = 'member' AND group_id > ?2
                ORDER BY group_id
                LIMIT ?3
            )
            ORDER BY id",
            user.as_str(),
            bytes(page.after.map_or(0, GroupId::to_u128)),
            page.limit
        );
        let found = found.fetch_all(&self.readers).await;
        Ok(read(found.map_err(|error| fault::of(error, "cannot read the groups"))?)?)
    }

    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault> {
        let found =
            memberships::select!("memberships AS m WHERE m.group_id = ?1 ORDER BY m.user_id", bytes(id.to_u128()));
        let found = found.fetch_all(&self.readers).await;
        Ok(read(found.map_err(|error| fault::of(error, "cannot read the memberships"))?)?)
    }
}

/// Gives what is due. Each index is read from its beginning, and no further than the limit, however much more is due.
async fn due(store: &SqliteStore, limit: u32) -> Result<Vec<Due>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is due");
    let now = store.clock.now();
    // What a clock that was ahead has set is due as well: see `Term`.
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let mut tx = store.sweeps.begin().await.map_err(cannot)?;
    let groups = query_as!(
        DueRow,
        r#"SELECT id AS "group_id!: Bits", NULL AS "user_id: String"
        FROM (
            SELECT * FROM (
                SELECT id, lease_until AS due_at
                FROM groups
                WHERE state = 'preparing' AND (lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at)
                ORDER BY lease_until
                LIMIT ?3
            )
            UNION ALL
            SELECT * FROM (
                SELECT id, next_check_at AS due_at
                FROM groups
                WHERE next_check_at <= ?1
                ORDER BY next_check_at
                LIMIT ?3
            )
            UNION ALL
            SELECT * FROM (
                SELECT id, next_check_at AS due_at
                FROM groups
                WHERE next_check_at IS NOT NULL AND changed_at > ?2 AND next_check_at >= changed_at
                ORDER BY changed_at
                LIMIT ?3
            )
        )
        ORDER BY due_at, id
        LIMIT ?3"#,
        now,
        ahead,
        limit
    );
    let mut found = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let memberships = query_as!(
        DueRow,
        r#"SELECT group_id AS "group_id!: Bits", user_id AS "user_id?: String"
        FROM (
            SELECT * FROM (
                SELECT group_id, user_id, lease_until AS due_at
                FROM memberships
                WHERE state = 'joining' AND (lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at)
                ORDER BY lease_until
                LIMIT ?3
            )
            UNION ALL
            SELECT * FROM (
                SELECT group_id, user_id, next_check_at AS due_at
                FROM memberships
                WHERE next_check_at <= ?1
                ORDER BY next_check_at
                LIMIT ?3
            )
            UNION ALL
            SELECT * FROM (
                SELECT group_id, user_id, next_check_at AS due_at
                FROM memberships
                WHERE next_check_at IS NOT NULL AND changed_at > ?2 AND next_check_at >= changed_at
                ORDER BY changed_at
                LIMIT ?3
            )
        )
        ORDER BY due_at, group_id, user_id
        LIMIT ?3"#,
        now,
        ahead,
        limit
    );
    found.extend(memberships.fetch_all(&mut *tx).await.map_err(cannot)?);
    Ok(read(found)?)
}

/// Gives what was never finished.
async fn lapsed(store: &SqliteStore, limit: u32) -> Result<Vec<Due>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what was never finished");
    let now = store.clock.now();
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let mut tx = store.sweeps.begin().await.map_err(cannot)?;
    let groups = query_as!(
        DueRow,
        r#"SELECT id AS "group_id!: Bits", NULL AS "user_id: String"
        FROM groups
        WHERE state = 'preparing' AND (lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at)
        ORDER BY lease_until, id
        LIMIT ?3"#,
        now,
        ahead,
        limit
    );
    let mut found = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let joins = query_as!(
        DueRow,
        r#"SELECT group_id AS "group_id!: Bits", user_id AS "user_id?: String"
        FROM memberships
        WHERE state = 'joining' AND (lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at)
        ORDER BY lease_until, group_id, user_id
        LIMIT ?3"#,
        now,
        ahead,
        limit
    );
    found.extend(joins.fetch_all(&mut *tx).await.map_err(cannot)?);
    Ok(read(found)?)
}

/// Gives what the cloud has not come to agree on for long.
async fn stuck(store: &SqliteStore, limit: u32) -> Result<Vec<Stuck>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is stuck");
    let mut tx = store.readers.begin().await.map_err(cannot)?;
    let groups = groups::select!(
        "WHERE next_check_at IS NOT NULL AND checks_failed >= ?1 ORDER BY checks_failed DESC, id LIMIT ?2",
        Check::STUCK_AFTER,
        limit
    );
    let groups: Vec<Group> = read(groups.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    let memberships = memberships::select!(
        "memberships AS m
        WHERE m.next_check_at IS NOT NULL AND m.checks_failed >= ?1
        ORDER BY m.checks_failed DESC, m.group_id, m.user_id
        LIMIT ?2",
        Check::STUCK_AFTER,
        limit
    );
    let memberships: Vec<Membership> = read(memberships.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    let groups = groups.iter().filter_map(Stuck::group);
    Ok(groups.chain(memberships.iter().filter_map(Stuck::membership)).collect())
}
