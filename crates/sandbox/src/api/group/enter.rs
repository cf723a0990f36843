//! Joining a group, which makes it if there is none.

use serde_json::Value;

use super::bound::{self, Notice};
use crate::{
    api::{CloudError, Form, Moment, limit},
    cloud::{Cloud, Crowded, JoinRefusal, Joining},
};

/// The most users of one call.
pub(super) const MAX_USERS_PER_CALL: usize = 1_000;

/// Adds users to a group that is made if there is none. Both creating and joining are this.
///
/// The documentation requires a name, yet the live cloud has been seen to do without one, and an official SDK may send
/// none.
pub(super) fn enter(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = limit::user_ids(form, "userId", MAX_USERS_PER_CALL)?;
    let group_id = limit::group_id(form, "groupId")?;
    let name = limit::name(form, "groupName")?;
    let max_members = limit::max_members(form)?;
    let notice = Notice::read(form)?;
    let joining = Joining { group_id, name, users, max_members };
    cloud.join(joining).map_err(|refusal| refuse(&refusal, moment))?;
    let message_uid = notice.send(group_id, cloud, moment);
    Ok(bound::outcome(group_id, message_uid, cloud))
}

/// Says why users cannot join.
pub(super) fn refuse(refusal: &JoinRefusal, moment: &Moment<'_>) -> CloudError {
    match refusal {
        JoinRefusal::GroupFull => CloudError::GroupFull { code: moment.unverified.group_full_code },
        JoinRefusal::Crowded(Crowded) => CloudError::Crowded,
    }
}
