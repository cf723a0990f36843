//! Removes users from the blacklist of another, whether they stand there or not.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::Cloud,
};

pub(in crate::api) const REMOVE: Endpoint =
    Endpoint { path: "/user/blacklist/remove.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let (user_id, others) = super::read(form)?;
    cloud.forgive(user_id, &others);
    Ok(done())
}
