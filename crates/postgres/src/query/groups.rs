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
    PostgresStore,
    codec::{Bits, uuid},
    fault,
    tables::{groups, memberships},
    transaction::Tx,
};

#[async_trait]
impl GroupQueries for PostgresStore {
    async fn due(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        self.snapshot(move |tx| Box::pin(due(tx, limit.into()))).await
    }

    async fn lapsed(&self, limit: u32) -> Result<Vec<Due>, Fault> {
        self.snapshot(move |tx| Box::pin(lapsed(tx, limit.into()))).await
    }

    async fn stuck(&self, limit: u32) -> Result<Vec<Stuck>, Fault> {
        self.snapshot(move |tx| Box::pin(stuck(tx, limit.into()))).await
    }

    async fn group(&self, id: GroupId) -> Result<Option<Group>, Fault> {
        self.read(|tx| Box::pin(find(tx, id))).await
    }

    async fn groups_of(&self, user: UserId, page: Page<GroupId>) -> Result<Vec<Group>, Fault> {
        self.read(|tx| Box::pin(groups_of(tx, user, page))).await
    }

    async fn memberships(&self, id: GroupId) -> Result<Vec<Membership>, Fault> {
        self.read(|tx| Box::pin(memberships(tx, id))).await
    }
}

async fn find(mut tx: Tx<'_, '_>, id: GroupId) -> Result<Option<Group>, Fault> {
    let found = groups::select!("WHERE id = $1", uuid(id.to_u128()));
    let found = found.fetch_optional(&mut *tx).await.map_err(|error| fault::of(error, "cannot read the group"))?;
    Ok(found.map(Group::try_from).transpose()?)
}

async fn groups_of(mut tx: Tx<'_, '_>, user: UserId, page: Page<GroupId>) -> Result<Vec<Group>, Fault> {
    let found = groups::select!(
        "WHERE id IN (
            SELECT group_id FROM memberships
            WHERE user_id = $1 AND state = 'member' AND group_id > $2
            ORDER BY group_id
            LIMIT $3
        )
        ORDER BY id",
        user.as_str(),
        uuid(page.after.map_or(0, GroupId::to_u128)),
        i64::from(page.limit)
    );
    let found = found.fetch_all(&mut *tx).await;
    Ok(read(found.map_err(|error| fault::of(error, "cannot read the groups"))?)?)
}

async fn memberships(mut tx: Tx<'_, '_>, id: GroupId) -> Result<Vec<Membership>, Fault> {
    let found = memberships::select!("WHERE group_id = $1 ORDER BY user_id", uuid(id.to_u128()));
    let found = found.fetch_all(&mut *tx).await;
    Ok(read(found.map_err(|error| fault::of(error, "cannot read the memberships"))?)?)
}

/// Gives what is due. Each index is read from its beginning, and no further than the limit, however much more is due.
async fn due(mut tx: Tx<'_, '_>, limit: i64) -> Result<Vec<Due>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is due");
    let now = tx.now().await?;
    // What a clock that was ahead has set is due as well: see `Term`.
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let groups = query_as!(
        DueRow,
        r#"SELECT id AS "group_id!: Bits", NULL::TEXT AS user_id
        FROM (
            (
                SELECT id, lease_until AS due_at
                FROM groups
                WHERE state = 'preparing' AND (lease_until <= $1 OR changed_at > $2 AND lease_until >= changed_at)
                ORDER BY lease_until
                LIMIT $3
            )
            UNION ALL
            (
                SELECT id, next_check_at AS due_at
                FROM groups
                WHERE next_check_at <= $1
                ORDER BY next_check_at
                LIMIT $3
            )
            UNION ALL
            (
                SELECT id, next_check_at AS due_at
                FROM groups
                WHERE next_check_at IS NOT NULL AND changed_at > $2 AND next_check_at >= changed_at
                ORDER BY changed_at
                LIMIT $3
            )
        ) AS due
        ORDER BY due_at, id
        LIMIT $3"#,
        now,
        ahead,
        limit
    );
    let mut found = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let memberships = query_as!(
        DueRow,
        r#"SELECT group_id AS "group_id!: Bits", user_id AS "user_id?"
        FROM (
            (
                SELECT group_id, user_id, lease_until AS due_at
                FROM memberships
                WHERE state = 'joining' AND (lease_until <= $1 OR changed_at > $2 AND lease_until >= changed_at)
                ORDER BY lease_until
                LIMIT $3
            )
            UNION ALL
            (
                SELECT group_id, user_id, next_check_at AS due_at
                FROM memberships
                WHERE next_check_at <= $1
                ORDER BY next_check_at
                LIMIT $3
            )
            UNION ALL
            (
                SELECT group_id, user_id, next_check_at AS due_at
                FROM memberships
                WHERE next_check_at IS NOT NULL AND changed_at > $2 AND next_check_at >= changed_at
                ORDER BY changed_at
                LIMIT $3
            )
        ) AS due
        ORDER BY due_at, group_id, user_id
        LIMIT $3"#,
        now,
        ahead,
        limit
    );
    found.extend(memberships.fetch_all(&mut *tx).await.map_err(cannot)?);
    Ok(read(found)?)
}

/// Gives what was never finished.
async fn lapsed(mut tx: Tx<'_, '_>, limit: i64) -> Result<Vec<Due>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what was never finished");
    let now = tx.now().await?;
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let groups = query_as!(
        DueRow,
        r#"SELECT id AS "group_id!: Bits", NULL::TEXT AS user_id
        FROM groups
        WHERE state = 'preparing' AND (lease_until <= $1 OR changed_at > $2 AND lease_until >= changed_at)
        ORDER BY lease_until, id
        LIMIT $3"#,
        now,
        ahead,
        limit
    );
    let mut found = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let joins = query_as!(
        DueRow,
        r#"SELECT group_id AS "group_id!: Bits", user_id AS "user_id?"
        FROM memberships
        WHERE state = 'joining' AND (lease_until <= $1 OR changed_at > $2 AND lease_until >= changed_at)
        ORDER BY lease_until, group_id, user_id
        LIMIT $3"#,
        now,
        ahead,
        limit
    );
    found.extend(joins.fetch_all(&mut *tx).await.map_err(cannot)?);
    Ok(read(found)?)
}

/// Gives what the cloud has not come to agree on for long.
async fn stuck(mut tx: Tx<'_, '_>, limit: i64) -> Result<Vec<Stuck>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is stuck");
    let failed = i32::try_from(Check::STUCK_AFTER).unwrap_or(i32::MAX);
    let groups = groups::select!(
        "WHERE next_check_at IS NOT NULL AND checks_failed >= $1 ORDER BY checks_failed DESC, id LIMIT $2",
        failed,
        limit
    );
    let groups: Vec<Group> = read(groups.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    let memberships = memberships::select!(
        "WHERE next_check_at IS NOT NULL AND checks_failed >= $1
        ORDER BY checks_failed DESC, group_id, user_id
        LIMIT $2",
        failed,
        limit
    );
    let memberships: Vec<Membership> = read(memberships.fetch_all(&mut *tx).await.map_err(cannot)?)?;
    let groups = groups.iter().filter_map(Stuck::group);
    Ok(groups.chain(memberships.iter().filter_map(Stuck::membership)).collect())
}
