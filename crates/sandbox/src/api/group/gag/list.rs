//! Lists the members who are muted: <https://docs.rongcloud.cn/platform-chat-api/group/mute/query-gagged-user>. Without a
//! group, those who are muted in all of them.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota},
    cloud::{Cloud, Mute},
};

pub(in crate::api) const LIST: Endpoint =
    Endpoint { path: "/group/user/gag/list.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let muted = cloud.mutes.members(super::group(form)?, moment.now);
    let users: Vec<Value> = muted.iter().map(|mute| write(mute, moment)).collect();
    Ok(json!({ "code": 200, "users": users }))
}

fn write(mute: &Mute, moment: &Moment<'_>) -> Value {
    let end =
        mute.until.map_or_else(|| moment.unverified.end_of_a_mute_for_ever.clone(), |until| moment.wall_clock(until));
    json!({ "userId": mute.user_id, "startTime": moment.wall_clock(mute.since), "time": end })
}
