//! Mutes groups as a whole.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::Cloud,
};

pub(in crate::api) const ADD: Endpoint =
    Endpoint { path: "/group/ban/add.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    cloud.mutes.mute_groups(super::read(form)?, moment.now)?;
    Ok(done())
}
