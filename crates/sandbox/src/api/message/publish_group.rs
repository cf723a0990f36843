//! Sends a message to groups: <https://docs.rongcloud.cn/platform-chat-api/message/send-group>.

use serde_json::Value;

use super::{parameters, posting};
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::{Cloud, MAX_MEMBERS},
};

pub(in crate::api) const PUBLISH_GROUP: Endpoint =
    Endpoint { path: "/message/group/publish.json", quota: Quota::messages_per_second(20, "toGroupId"), answer };

const MAX_GROUPS: usize = 3;

/// A message for some members only, those of `toUserId`, has exactly one group. Of too many groups the cloud complains as
/// if they were users.
fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    if form.count("toGroupId") > MAX_GROUPS {
        return Err(CloudError::TooMany { parameter: "toUserId", limit: MAX_GROUPS });
    }
    let groups = limit::group_ids(form, "toGroupId", MAX_GROUPS)?;
    let only = match form.count("toUserId") {
        0 => None,
        _ => Some(limit::user_ids(form, "toUserId", MAX_MEMBERS)?),
    };
    if only.is_some() && groups.len() > 1 {
        return Err(CloudError::TooMany { parameter: "toGroupId", limit: 1 });
    }
    let posting = posting::read(form, parameters::group(only.is_none() && groups.len() == 1))?;
    let receipts = cloud.send_to_groups(posting, groups, only.as_deref(), moment.now);
    Ok(posting::published(&receipts, moment))
}
