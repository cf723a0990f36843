//! Reading groups and memberships.

use hongbao_domain::{
    group::{Check, Group, GroupState, Membership, MembershipState},
    id::{GroupId, UserId},
    time::{CLOCK_SLACK, Timestamp},
};
use hongbao_ports::{Due, Fault, Stuck};
use sqlx::SqliteConnection;

use crate::{SqliteStore, fault, fault::Unreadable, row};

struct GroupRow {
    id: Vec<u8>,
    name: String,
    memo: String,
    owner_id: String,
    state: String,
    lease_until: Option<i64>,
    checks_left: Option<i64>,
    next_check_at: Option<i64>,
    is_held: bool,
    checks_failed: i64,
    created_at: i64,
    changed_at: i64,
    version: i64,
}

struct MembershipRow {
    group_id: Vec<u8>,
    user_id: String,
    state: String,
    lease_until: Option<i64>,
    after_undo: bool,
    joined: Option<i64>,
    checks_left: Option<i64>,
    next_check_at: Option<i64>,
    is_held: bool,
    checks_failed: i64,
    changed_at: i64,
    version: i64,
}

fn group_id(bytes: &[u8]) -> Result<GroupId, Unreadable> {
    row::bits(bytes).map(GroupId::from_u128)
}

fn check(left: Option<i64>, next_at: Option<i64>, is_held: bool, failed: i64) -> Result<Option<Check>, Unreadable> {
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
            id: group_id(&row.id)?,
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
            group: group_id(&row.group_id)?,
            user: row::id(&row.user_id, "a user id")?,
            state,
            changed_at: Timestamp::from_micros(row.changed_at),
            version: row::version(row.version)?,
        })
    }
}

pub(super) async fn group(tx: &mut SqliteConnection, id: GroupId) -> Result<Option<Group>, Fault> {
    let id = id.to_u128().to_be_bytes().to_vec();
    let found = sqlx::query_as!(
        GroupRow,
        r#"SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at,
            is_held AS "is_held: bool", checks_failed, created_at, changed_at, version
        FROM groups
        WHERE id = ?1"#,
        id
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot read the group"))?;
    Ok(found.map(Group::try_from).transpose()?)
}

pub(super) async fn membership(
    tx: &mut SqliteConnection,
    group: GroupId,
    user: UserId,
) -> Result<Option<Membership>, Fault> {
    let (group, user) = (group.to_u128().to_be_bytes().to_vec(), user.to_string());
    let found = sqlx::query_as!(
        MembershipRow,
        r#"SELECT group_id, user_id, state, lease_until, after_undo AS "after_undo: bool", joined, checks_left,
            next_check_at, is_held AS "is_held: bool", checks_failed, changed_at, version
        FROM memberships
        WHERE group_id = ?1 AND user_id = ?2"#,
        group,
        user
    )
    .fetch_optional(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot read the membership"))?;
    Ok(found.map(Membership::try_from).transpose()?)
}

pub(super) async fn memberships(store: &SqliteStore, id: GroupId) -> Result<Vec<Membership>, Fault> {
    let id = id.to_u128().to_be_bytes().to_vec();
    let found = sqlx::query_as!(
        MembershipRow,
        r#"SELECT group_id, user_id, state, lease_until, after_undo AS "after_undo: bool", joined, checks_left,
            next_check_at, is_held AS "is_held: bool", checks_failed, changed_at, version
        FROM memberships
        WHERE group_id = ?1
        ORDER BY user_id"#,
        id
    )
    .fetch_all(&store.readers)
    .await
    .map_err(|error| fault::of(error, "cannot read the memberships"))?;
    Ok(found.into_iter().map(Membership::try_from).collect::<Result<_, _>>()?)
}

/// Loads groups that were never finished, longest overdue first.
pub(super) async fn lapsed_groups(tx: &mut SqliteConnection, now: Timestamp, limit: u32) -> Result<Vec<Group>, Fault> {
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let found = sqlx::query_as!(
        GroupRow,
        r#"SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at,
            is_held AS "is_held: bool", checks_failed, created_at, changed_at, version
        FROM groups
        WHERE state = 'preparing' AND (lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at)
        ORDER BY lease_until, id
        LIMIT ?3"#,
        now,
        ahead,
        limit
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot look for groups that were never finished"))?;
    Ok(found.into_iter().map(Group::try_from).collect::<Result<_, _>>()?)
}

/// Loads joins that were never finished, longest overdue first.
pub(super) async fn lapsed_joins(
    tx: &mut SqliteConnection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Membership>, Fault> {
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let found = sqlx::query_as!(
        MembershipRow,
        r#"SELECT group_id, user_id, state, lease_until, after_undo AS "after_undo: bool", joined, checks_left,
            next_check_at, is_held AS "is_held: bool", checks_failed, changed_at, version
        FROM memberships
        WHERE state = 'joining' AND (lease_until <= ?1 OR changed_at > ?2 AND lease_until >= changed_at)
        ORDER BY lease_until, group_id, user_id
        LIMIT ?3"#,
        now,
        ahead,
        limit
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(|error| fault::of(error, "cannot look for joins that were never finished"))?;
    Ok(found.into_iter().map(Membership::try_from).collect::<Result<_, _>>()?)
}

pub(super) async fn member_count(tx: &mut SqliteConnection, id: GroupId) -> Result<u64, Fault> {
    let id = id.to_u128().to_be_bytes().to_vec();
    let count = sqlx::query_scalar!("SELECT COUNT(*) FROM memberships WHERE group_id = ?1 AND state = 'member'", id)
        .fetch_one(&mut *tx)
        .await
        .map_err(|error| fault::of(error, "cannot count the members"))?;
    Ok(row::version(count)?)
}

/// Gives what is due. Each index is read from its beginning, and no further than the limit, however much more is due.
pub(super) async fn due(store: &SqliteStore, limit: u32) -> Result<Vec<Due>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is due");
    let now = store.clock.now();
    // What a clock that was ahead has set is due as well: see `Term`.
    let (now, ahead) = (now.to_micros(), now.after(CLOCK_SLACK).to_micros());
    let mut tx = store.sweeps.begin().await.map_err(cannot)?;
    let groups = sqlx::query_scalar!(
        r#"SELECT id AS "id!: Vec<u8>"
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
    let groups = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let memberships = sqlx::query!(
        r#"SELECT group_id AS "group_id!: Vec<u8>", user_id AS "user_id!: String"
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
    let memberships = memberships.fetch_all(&mut *tx).await.map_err(cannot)?;
    let mut due = Vec::with_capacity(groups.len() + memberships.len());
    for id in groups {
        due.push(Due::Group(group_id(&id)?));
    }
    for found in memberships {
        due.push(Due::Membership(group_id(&found.group_id)?, row::id(&found.user_id, "a user id")?));
    }
    Ok(due)
}

/// Loads what the cloud has not come to agree on for long.
pub(super) async fn stuck(store: &SqliteStore, limit: u32) -> Result<Vec<Stuck>, Fault> {
    let cannot = |error| fault::of(error, "cannot look for what is stuck");
    let mut tx = store.readers.begin().await.map_err(cannot)?;
    let groups = sqlx::query_as!(
        GroupRow,
        r#"SELECT id, name, memo, owner_id, state, lease_until, checks_left, next_check_at,
            is_held AS "is_held: bool", checks_failed, created_at, changed_at, version
        FROM groups
        WHERE next_check_at IS NOT NULL AND checks_failed >= ?1
        ORDER BY checks_failed DESC, id
        LIMIT ?2"#,
        Check::STUCK_AFTER,
        limit
    );
    let groups = groups.fetch_all(&mut *tx).await.map_err(cannot)?;
    let memberships = sqlx::query_as!(
        MembershipRow,
        r#"SELECT group_id, user_id, state, lease_until, after_undo AS "after_undo: bool", joined, checks_left,
            next_check_at, is_held AS "is_held: bool", checks_failed, changed_at, version
        FROM memberships
        WHERE next_check_at IS NOT NULL AND checks_failed >= ?1
        ORDER BY checks_failed DESC, group_id, user_id
        LIMIT ?2"#,
        Check::STUCK_AFTER,
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
