//! Writing a group or a membership that has changed.
//!
//! Every update names the version that was loaded; if the row is not as it was loaded, the step must not commit.

use hongbao_domain::{
    group::{Check, Group, GroupState, Membership, MembershipState},
    time::Timestamp,
};
use hongbao_ports::Fault;
use sqlx::SqliteConnection;

use crate::{batch::exactly, fault};

/// The columns of an appointment.
struct Appointment {
    left: Option<i64>,
    next_at: Option<i64>,
    is_held: bool,
    failed: i64,
}

impl From<Option<Check>> for Appointment {
    fn from(check: Option<Check>) -> Self {
        Self {
            left: check.map(|check| i64::from(check.left)),
            next_at: check.map(|check| check.due_at.to_micros()),
            is_held: check.is_some_and(|check| check.is_held),
            failed: check.map_or(0, |check| i64::from(check.failed)),
        }
    }
}

fn signed(version: u64) -> Result<i64, Fault> {
    i64::try_from(version).map_err(|error| Fault::internal("cannot count versions any further").because(error))
}

pub(super) async fn group(tx: &mut SqliteConnection, before: Option<&Group>, after: &Group) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot write the group");
    let (state, lease_until, check) = match after.state {
        GroupState::Preparing { lease_until } => ("preparing", Some(lease_until.to_micros()), None),
        GroupState::Active => ("active", None, None),
        GroupState::Discarded { check } => ("discarded", None, check),
    };
    let Appointment { left, next_at, is_held, failed } = check.into();
    let id = after.id.to_u128().to_be_bytes().to_vec();
    let (changed_at, version) = (after.changed_at.to_micros(), signed(after.version)?);
    let written = if let Some(before) = before {
        let loaded = signed(before.version)?;
        sqlx::query!(
            "UPDATE groups
            SET state = ?2, lease_until = ?3, checks_left = ?4, next_check_at = ?5, is_held = ?6, checks_failed = ?7,
                changed_at = ?8, version = ?9
            WHERE id = ?1 AND version = ?10",
            id,
            state,
            lease_until,
            left,
            next_at,
            is_held,
            failed,
            changed_at,
            version,
            loaded
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?
    } else {
        let (name, memo, owner) = (after.name.as_str(), after.memo.as_str(), after.owner.to_string());
        let created_at = after.created_at.to_micros();
        sqlx::query!(
            "INSERT INTO groups (id, name, memo, owner_id, state, lease_until, created_at, changed_at, version)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            id,
            name,
            memo,
            owner,
            state,
            lease_until,
            created_at,
            changed_at,
            version
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?
    };
    exactly(written.rows_affected(), 1, "cannot update the group: it has changed since it was loaded")
}

pub(super) async fn membership(
    tx: &mut SqliteConnection,
    before: Option<&Membership>,
    after: &Membership,
) -> Result<(), Fault> {
    let cannot = |error| fault::of(error, "cannot write the membership");
    let mut row = Columns { state: "gone", lease_until: None, after_undo: false, joined: None, check: None };
    match after.state {
        MembershipState::Joining { lease_until, after_undo } => {
            row = Columns { state: "joining", lease_until: Some(lease_until), after_undo, ..row };
        }
        MembershipState::Member { joined, check } => {
            row = Columns { state: "member", joined: Some(signed(joined)?), check, ..row };
        }
        MembershipState::Leaving { check } => row = Columns { state: "leaving", check: Some(check), ..row },
        MembershipState::Gone => {}
    }
    let Columns { state, lease_until, after_undo, joined, check } = row;
    let lease_until = lease_until.map(Timestamp::to_micros);
    let Appointment { left, next_at, is_held, failed } = check.into();
    let (group, user) = (after.group.to_u128().to_be_bytes().to_vec(), after.user.to_string());
    let (changed_at, version) = (after.changed_at.to_micros(), signed(after.version)?);
    let written = if let Some(before) = before {
        let loaded = signed(before.version)?;
        sqlx::query!(
            "UPDATE memberships
            SET state = ?3, lease_until = ?4, after_undo = ?5, joined = ?6, checks_left = ?7, next_check_at = ?8,
                is_held = ?9, checks_failed = ?10, changed_at = ?11, version = ?12
            WHERE group_id = ?1 AND user_id = ?2 AND version = ?13",
            group,
            user,
            state,
            lease_until,
            after_undo,
            joined,
            left,
            next_at,
            is_held,
            failed,
            changed_at,
            version,
            loaded
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?
    } else {
        sqlx::query!(
            "INSERT INTO memberships (group_id, user_id, state, lease_until, joined, changed_at, version)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            group,
            user,
            state,
            lease_until,
            joined,
            changed_at,
            version
        )
        .execute(&mut *tx)
        .await
        .map_err(cannot)?
    };
    exactly(written.rows_affected(), 1, "cannot update the membership: it has changed since it was loaded")
}

/// The columns of a state.
struct Columns {
    state: &'static str,
    lease_until: Option<Timestamp>,
    after_undo: bool,
    joined: Option<i64>,
    check: Option<Check>,
}
