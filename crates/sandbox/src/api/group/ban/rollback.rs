//! Lets groups speak again, whether they are muted or not.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::Cloud,
};

pub(in crate::api) const ROLLBACK: Endpoint =
    Endpoint { path: "/group/ban/rollback.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    cloud.mutes.unmute_groups(&super::read(form)?);
    Ok(done())
}
