//! Reading groups and memberships, and locking them.

use hongbao_domain::{
    group::{Check, Group, GroupState, Membership, MembershipState},
    id::{GroupId, UserId},
    time::{CLOCK_SLACK, Timestamp},
};
use hongbao_ports::{Due, Fault, Stuck};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    fault::{self, Unreadable},
    row,
    transaction::{Tx, uuid},
};

struct GroupRow {
    id: Uuid,
    name: String,
    memo: String,
    owner_id: String,
    state: String,
    lease_until: Option<i64>,
    checks_left: Option<i16>,
    next_check_at: Option<i64>,
    is_held: bool,
    checks_failed: i32,
    created_at: i64,
    changed_at: i64,
    version: i64,
}

struct MembershipRow {
    group_id: Uuid,
    user_id: String,
    state: String,
    lease_until: Option<i64>,
    after_undo: bool,
    joined: Option<i64>,
    checks_left: Option<i16>,
    next_check_at: Option<i64>,
    is_held: bool,
    checks_failed: i32,
    changed_at: i64,
    version: i64,
}

fn group_id(id: Uuid) -> GroupId {
    GroupId::from_u128(id.as_u128())
}

fn check(left: Option<i16>, next_at: Option<i64>, is_held: bool, failed: i32) -> Result<Option<Check>, Unreadable> {
    let (Some(left), Some(next_at)) = (left, next_at) else { return Ok(None) };
    let left = u8::try_from(left).map_err(|_| Unreadable("a number of checks"))?;
    let failed = u32::try_from(failed).map_err(|_| Unreadable("a number of failed checks"))?;
    Ok(Some(Check { left, due_at: Timestamp::from_micros(next_at), is_held, failed }))
}

impl TryFrom<GroupRow> for Group {
    type Error = Unreadable;

    fn try_from(row: GroupRow) -> Result<Self, Unreadable> {
        let check = check(row.checks_left, row.next_check_at, row.is_held, row.checks_failed)?;
        let state = match (row.state.as_str(), row.lease_until, check) {
            ("preparing", Some(until), None) => GroupState::Preparing { lease_until: Timestamp::from_micros(until) },
            ("active", None, None) => GroupState::Active,
            ("discarded", None, check) => GroupState::Discarded { check },
            _ => return Err(Unreadable("a group's state")),
        };
        Ok(Self {
            id: group_id(row.id),
            name: row::id(&row.name, "a group's name")?,
            memo: row::id(&row.memo, "a group's memo")?,
            owner: row::id(&row.owner_id, "a user id")?,
            state,
            created_at: Timestamp::from_micros(row.created_at),
            changed_at: Timestamp::from_micros(row.changed_at),
            version: row::version(row.version)?,
        })
    }
}

impl TryFrom<MembershipRow> for Membership {
    type Error = Unreadable;

    fn try_from(row: MembershipRow) -> Result<Self, Unreadable> {
        let check = check(row.checks_left, row.next_check_at, row.is_held, row.checks_failed)?;
        let state = match (row.state.as_str(), row.lease_until, row.joined, check) {
            ("joining", Some(until), None, None) => {
                MembershipState::Joining { lease_until: Timestamp::from_micros(until), after_undo: row.after_undo }
            }
            ("member", None, Some(joined), check) => MembershipState::Member { joined: row::version(joined)?, check },
            ("leaving", None, None, Some(check)) => MembershipState::Leaving { check },
            ("gone", None, None, None) => MembershipState::Gone,
            _ => return Err(Unreadable("a membership's state")),
        };
        Ok(Self {
            group: group_id(row.group_id),
            user: row::id(&row.user_id, "a user id")?,
            state,
            changed_at: Timestamp::from_micros(row.changed_at),
            version: row::version(row.version)?,
        })
    }
}

pub(super) async fn group(tx: &mut PgConnection, id: GroupId) -> Result<Option<Group>, Fault> {
    let found = sqlx::query_as!(
        GroupRow,
        "SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held, checks_failed, created_at, changed_at,
            version
        FROM groups
        WHERE id = $1",
        uuid(id.to_u128())
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot read the group"))?;
    Ok(found.map(Group::try_from).transpose()?)
}

pub(super) async fn locked_group(tx: &mut PgConnection, id: GroupId) -> Result<Option<Group>, Fault> {
    let found = sqlx::query_as!(
        GroupRow,
        "SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held, checks_failed, created_at, changed_at,
            version
        FROM groups
        WHERE id = $1
        FOR NO KEY UPDATE",
        uuid(id.to_u128())
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot lock the group"))?;
    Ok(found.map(Group::try_from).transpose()?)
}

pub(super) async fn locked_membership(
    tx: &mut PgConnection,
    group: GroupId,
    user: UserId,
) -> Result<Option<Membership>, Fault> {
    let found = sqlx::query_as!(
        MembershipRow,
        "SELECT group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at, is_held, checks_failed,
            changed_at, version
        FROM memberships
        WHERE group_id = $1 AND user_id = $2
        FOR NO KEY UPDATE",
        uuid(group.to_u128()),
        user.as_str()
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot lock the membership"))?;
    Ok(found.map(Membership::try_from).transpose()?)
}

pub(super) async fn memberships(mut tx: Tx<'_, '_>, id: GroupId) -> Result<Vec<Membership>, Fault> {
    let found = sqlx::query_as!(
        MembershipRow,
        "SELECT group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at, is_held, checks_failed,
            changed_at, version
        FROM memberships
        WHERE group_id = $1
        ORDER BY user_id",
        uuid(id.to_u128())
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot read the memberships"))?;
    Ok(found.into_iter().map(Membership::try_from).collect::<Result<_, _>>()?)
}

/// Locks and loads groups that were never finished, longest overdue first, but for those that somebody else holds.
pub(super) async fn lapsed_groups(tx: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<Group>, Fault> {
    let found = sqlx::query_as!(
        GroupRow,
        "SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held, checks_failed, created_at, changed_at,
            version
        FROM groups
        WHERE state = 'preparing' AND (lease_until <= $1 OR changed_at > $2 AND lease_until >= changed_at)
        ORDER BY lease_until, id
        LIMIT $3
        FOR NO KEY UPDATE SKIP LOCKED",
        now.to_micros(),
        now.after(CLOCK_SLACK).to_micros(),
        limit
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot look for groups that were never finished"))?;
    Ok(found.into_iter().map(Group::try_from).collect::<Result<_, _>>()?)
}

/// Locks and loads joins that were never finished, longest overdue first, but for those that somebody else holds.
pub(super) async fn lapsed_joins(tx: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<Membership>, Fault> {
    let found = sqlx::query_as!(
        MembershipRow,
        "SELECT group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at, is_held, checks_failed,
            changed_at, version
        FROM memberships
        WHERE state = 'joining' AND (lease_until <= $1 OR changed_at > $2 AND lease_until >= changed_at)
        ORDER BY lease_until, group_id, user_id
        LIMIT $3
        FOR NO KEY UPDATE SKIP LOCKED",
        now.to_micros(),
        now.after(CLOCK_SLACK).to_micros(),
        limit
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot look for joins that were never finished"))?;
    Ok(found.into_iter().map(Membership::try_from).collect::<Result<_, _>>()?)
}

pub(super) async fn member_count(tx: &mut PgConnection, id: GroupId) -> Result<u64, Fault> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM memberships WHERE group_id = $1 AND state = 'member'"#,
        uuid(id.to_u128())
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot count the members"))?;
    Ok(row::version(count)?)
}

/// Gives what is due. Each index is read from its beginning, and no further than the limit, however much more is due.
pub(super) async fn due(mut tx: Tx<'_, '_>, limit: i64) -> Result<Vec<Due>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is due");
    let now = tx.now().await?;
    // What a clock that was ahead has set is due as well: see `Term`.
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let groups = sqlx::query_scalar!(
        r#"SELECT id AS "id!"
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
    let groups = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let memberships = sqlx::query!(
        r#"SELECT group_id AS "group_id!", user_id AS "user_id!"
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
    let memberships = memberships.fetch_all(&mut *tx).await.map_err(cannot)?;
    let mut due: Vec<Due> = groups.into_iter().map(|id| Due::Group(group_id(id))).collect();
    for found in memberships {
        due.push(Due::Membership(group_id(found.group_id), row::id(&found.user_id, "a user id")?));
    }
    Ok(due)
}

/// Loads what the cloud has not come to agree on for long.
pub(super) async fn stuck(mut tx: Tx<'_, '_>, limit: i64) -> Result<Vec<Stuck>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is stuck");
    let failed = i32::try_from(Check::STUCK_AFTER).unwrap_or(i32::MAX);
    let groups = sqlx::query_as!(
        GroupRow,
        "SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at, is_held, checks_failed,
            created_at, changed_at, version
        FROM groups
        WHERE next_check_at IS NOT NULL AND checks_failed >= $1
        ORDER BY checks_failed DESC, id
        LIMIT $2",
        failed,
        limit
    );
    let groups = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let memberships = sqlx::query_as!(
        MembershipRow,
        "SELECT group_id, user_id, state, lease_until, after_undo, joined, checks_left, next_check_at, is_held,
            checks_failed, changed_at, version
        FROM memberships
        WHERE next_check_at IS NOT NULL AND checks_failed >= $1
        ORDER BY checks_failed DESC, group_id, user_id
        LIMIT $2",
        failed,
        limit
    );
    let memberships = memberships.fetch_all(&mut *tx).await.map_err(cannot)?;
    let mut stuck = Vec::with_capacity(groups.len() + memberships.len());
    for row in groups {
        stuck.extend(Stuck::group(&row.try_into()?));
    }
    for row in memberships {
        stuck.extend(Stuck::membership(&row.try_into()?));
    }
    Ok(stuck)
}
