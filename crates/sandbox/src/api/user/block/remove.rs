//! Lets users in again, whether they are blocked or not.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::Cloud,
};

pub(in crate::api) const UNBLOCK: Endpoint =
    Endpoint { path: "/user/unblock.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    cloud.unblock(&super::read(form)?);
    Ok(done())
}
