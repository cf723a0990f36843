//! Removes exceptions from the mute of a group, whether there are any or not.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::Cloud,
};

pub(in crate::api) const ROLLBACK: Endpoint =
    Endpoint { path: "/group/user/ban/whitelist/rollback.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let (group_id, users) = super::read(form)?;
    cloud.mutes.end_exceptions(group_id, &users);
    Ok(done())
}
