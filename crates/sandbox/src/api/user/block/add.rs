//! Blocks users and disconnects their clients. There is no block for ever.

use serde_json::Value;

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::{Block, Cloud},
};

pub(in crate::api) const BLOCK: Endpoint =
    Endpoint { path: "/user/block.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = super::read(form)?;
    let until = moment.now + limit::minutes(form, 1)?;
    cloud.block(&users, Block { since: moment.now, until })?;
    Ok(done())
}
