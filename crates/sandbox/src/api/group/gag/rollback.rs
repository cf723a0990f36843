//! Lets members speak again, whether they are muted or not. Without a group, they are muted nowhere afterwards.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::Cloud,
};

pub(in crate::api) const ROLLBACK: Endpoint =
    Endpoint { path: "/group/user/gag/rollback.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = super::users(form)?;
    cloud.mutes.unmute_members(super::group(form)?, &users);
    Ok(done())
}
