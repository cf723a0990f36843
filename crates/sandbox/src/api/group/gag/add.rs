//! Mutes members. Zero minutes are for ever.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::{Cloud, Silence},
};

pub(in crate::api) const ADD: Endpoint =
    Endpoint { path: "/group/user/gag/add.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = super::users(form)?;
    let minutes = limit::minutes(form, 0)?;
    let until = (!minutes.is_zero()).then(|| moment.now + minutes);
    cloud.mutes.mute_members(super::group(form)?, users, Silence { since: moment.now, until })?;
    Ok(done())
}
