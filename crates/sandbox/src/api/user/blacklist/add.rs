//! Adds users to the blacklist of another. Those who stand there already stay where they are.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done},
    cloud::{BlacklistRefusal, Cloud, Crowded, MAX_BLACKLIST},
};

pub(in crate::api) const ADD: Endpoint =
    Endpoint { path: "/user/blacklist/add.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let (user_id, others) = super::read(form)?;
    cloud.blacklist(user_id, others).map_err(|refusal| match refusal {
        BlacklistRefusal::TooMany => CloudError::TooMany { parameter: "blackUserId", limit: MAX_BLACKLIST },
        BlacklistRefusal::Crowded(Crowded) => CloudError::Crowded,
    })?;
    Ok(done())
}
