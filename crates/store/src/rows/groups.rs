//! Groups and memberships.

use hongbao_domain::{
    group::{Check, Group, GroupState, Membership, MembershipState},
    id::GroupId,
    time::Timestamp,
};

use super::{
    row::row,
    text::{number, parse, stored, version},
    unreadable::Unreadable,
};

row! {
    /// A group.
    GroupRow {
        id: u128,
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
            id: GroupId::from_u128(row.id),
            name: parse(&row.name, "a group's name")?,
            memo: parse(&row.memo, "a group's memo")?,
            owner: parse(&row.owner_id, "a user id")?,
            state,
            created_at: Timestamp::from_micros(row.created_at),
            changed_at: Timestamp::from_micros(row.changed_at),
            version: version(row.version)?,
        })
    }
}

impl From<&Group> for GroupRow {
    fn from(group: &Group) -> Self {
        let (state, lease_until, check) = match group.state {
            GroupState::Preparing { lease_until } => ("preparing", Some(lease_until.to_micros()), None),
            GroupState::Active => ("active", None, None),
            GroupState::Discarded { check } => ("discarded", None, check),
        };
        let Appointment { checks_left, next_check_at, is_held, checks_failed } = check.into();
        Self {
            id: group.id.to_u128(),
            name: group.name.to_string(),
            memo: group.memo.to_string(),
            owner_id: group.owner.to_string(),
            state: state.to_owned(),
            lease_until,
            checks_left,
            next_check_at,
            is_held,
            checks_failed,
            created_at: group.created_at.to_micros(),
            changed_at: group.changed_at.to_micros(),
            version: stored(group.version),
        }
    }
}

row! {
    /// A user in a group.
    MembershipRow {
        group_id: u128,
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
}

impl TryFrom<MembershipRow> for Membership {
    type Error = Unreadable;

    fn try_from(row: MembershipRow) -> Result<Self, Unreadable> {
        let check = check(row.checks_left, row.next_check_at, row.is_held, row.checks_failed)?;
        let state = match (row.state.as_str(), row.lease_until, row.joined, check) {
            ("joining", Some(until), None, None) => {
                MembershipState::Joining { lease_until: Timestamp::from_micros(until), after_undo: row.after_undo }
            }
            ("member", None, Some(joined), check) => MembershipState::Member { joined: version(joined)?, check },
            ("leaving", None, None, Some(check)) => MembershipState::Leaving { check },
            ("gone", None, None, None) => MembershipState::Gone,
            _ => return Err(Unreadable("a membership's state")),
        };
        Ok(Self {
            group: GroupId::from_u128(row.group_id),
            user: parse(&row.user_id, "a user id")?,
            state,
            changed_at: Timestamp::from_micros(row.changed_at),
            version: version(row.version)?,
        })
    }
}

impl From<&Membership> for MembershipRow {
    fn from(row: &Membership) -> Self {
        let (state, lease_until, after_undo, joined, check) = match row.state {
            MembershipState::Joining { lease_until, after_undo } => {
                ("joining", Some(lease_until.to_micros()), after_undo, None, None)
            }
            MembershipState::Member { joined, check } => ("member", None, false, Some(stored(joined)), check),
            MembershipState::Leaving { check } => ("leaving", None, false, None, Some(check)),
            MembershipState::Gone => ("gone", None, false, None, None),
        };
        let Appointment { checks_left, next_check_at, is_held, checks_failed } = check.into();
        Self {
            group_id: row.group.to_u128(),
            user_id: row.user.to_string(),
            state: state.to_owned(),
            lease_until,
            after_undo,
            joined,
            checks_left,
            next_check_at,
            is_held,
            checks_failed,
            changed_at: row.changed_at.to_micros(),
            version: stored(row.version),
        }
    }
}

/// The columns of an appointment with the cloud.
struct Appointment {
    checks_left: Option<i64>,
    next_check_at: Option<i64>,
    is_held: bool,
    checks_failed: i64,
}

impl From<Option<Check>> for Appointment {
    fn from(check: Option<Check>) -> Self {
        Self {
            checks_left: check.map(|check| check.left.into()),
            next_check_at: check.map(|check| check.due_at.to_micros()),
            is_held: check.is_some_and(|check| check.is_held),
            checks_failed: check.map_or(0, |check| check.failed.into()),
        }
    }
}

fn check(left: Option<i64>, next_at: Option<i64>, is_held: bool, failed: i64) -> Result<Option<Check>, Unreadable> {
    let (Some(left), Some(next_at)) = (left, next_at) else { return Ok(None) };
    let (left, failed) = (number(left, "a number of checks")?, number(failed, "a number of failed checks")?);
    Ok(Some(Check { left, due_at: Timestamp::from_micros(next_at), is_held, failed }))
}
