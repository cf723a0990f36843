//! Tells the cloud every group of one user: <https://docs.rongcloud.cn/platform-chat-api/group/sync-group>.
//!
//! The user leaves whatever is not named. A group that exists is renamed, one that does not is made.

use serde_json::Value;

use super::enter::refuse;
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::Cloud,
};

pub(in crate::api) const SYNC: Endpoint =
    Endpoint { path: "/group/sync.json", quota: Quota::calls_per_second(100), answer };

/// Each group is a parameter `group[ID]` whose value is the name.
fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let user_id = limit::user_id(form, "userId")?;
    let groups = form.keyed("group").map(|(id, name)| read(id, name)).collect::<Result<Vec<_>, _>>()?;
    cloud.sync_groups(user_id, &groups).map_err(|refusal| refuse(&refusal, moment))?;
    Ok(done())
}

fn read<'a>(id: &'a str, name: &'a str) -> Result<(&'a str, &'a str), CloudError> {
    let id = limit::check_id("group", id)?;
    Ok((id, limit::chars("group", name, limit::MAX_NAME_CHARS)?))
}
