//! Adds exceptions to the mute of a group.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::Cloud,
};

pub(in crate::api) const ADD: Endpoint =
    Endpoint { path: "/group/user/ban/whitelist/add.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let (group_id, users) = super::read(form)?;
    cloud.mutes.except(group_id, users, moment.now)?;
    Ok(done())
}
