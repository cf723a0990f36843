//! Sends a message from one user to others as the SDKs of 2015 and 2016 do; `/message/private/publish.json` has replaced
//! it.
//!
//! Apps of that time still call it, the server of the demo app `SealTalk` among them. No page of today names it. It
//! answers with the code alone, as the call that it is did then.

use serde_json::Value;

use super::{parameters, posting, publish_private::MAX_RECEIVERS};
use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::Cloud,
};

pub(in crate::api) const PUBLISH_LEGACY: Endpoint =
    Endpoint { path: "/message/publish.json", quota: Quota::messages_per_minute(6_000, "toUserId"), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let receivers = limit::user_ids(form, "toUserId", MAX_RECEIVERS)?;
    let posting = posting::read(form, parameters::legacy())?;
    cloud.send_to_users(posting, receivers, moment.now);
    Ok(done())
}
