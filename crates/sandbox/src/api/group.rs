//! `/group/*`: groups. The cloud knows no owner: any server call may change any group.

pub(super) mod ban;
mod bound;
mod create;
mod dismiss;
pub(super) mod gag;
mod join;
mod query_users;
mod quit;
mod refresh;
mod sync;
pub(super) mod whitelist;

pub(super) use {
    create::CREATE, dismiss::DISMISS, join::JOIN, query_users::QUERY_USERS, quit::QUIT, refresh::REFRESH, sync::SYNC,
};

use serde_json::Value;

use self::bound::Notice;
use super::{CloudError, Form, Moment, limit};
use crate::cloud::{Cloud, Crowded, JoinRefusal, Joining};

const MAX_USERS_PER_CALL: usize = 1_000;

/// Adds users to a group that is made if there is none. Both creating and joining are this.
///
/// The documentation requires a name, yet the live cloud has been seen to do without one, and an official SDK may send
/// none.
fn enter(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
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

fn refuse(refusal: &JoinRefusal, moment: &Moment<'_>) -> CloudError {
    match refusal {
        JoinRefusal::GroupFull => CloudError::GroupFull { code: moment.unverified.group_full_code },
        JoinRefusal::Crowded(Crowded) => CloudError::Crowded,
    }
}
