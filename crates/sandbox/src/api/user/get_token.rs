//! Registers a user: <https://docs.rongcloud.cn/platform-chat-api/user/register>.

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{
    api::{CloudError, Endpoint, Form, limit},
    cloud::{Cloud, Crowded, Registration},
};

pub(in crate::api) const GET_TOKEN: Endpoint = Endpoint { path: "/user/getToken.json", answer };

const MAX_NAME_CHARS: usize = 64;
const MAX_PORTRAIT_URI_BYTES: usize = 1024;

/// The documentation requires a name, yet the live cloud has been seen to do without one.
fn answer(form: &Form, cloud: &mut Cloud, _now: OffsetDateTime) -> Result<Value, CloudError> {
    let user_id = limit::user_id(form, "userId")?;
    let name = form.optional("name").map(|name| limit::chars("name", name, MAX_NAME_CHARS)).transpose()?;
    let portrait_uri =
        form.optional("portraitUri").map(|uri| limit::bytes("portraitUri", uri, MAX_PORTRAIT_URI_BYTES)).transpose()?;

    let token = cloud
        .register(Registration {
            user_id: user_id.to_owned(),
            name: name.map(str::to_owned),
            portrait_uri: portrait_uri.map(str::to_owned),
        })
        .map_err(|Crowded| CloudError::TooManyUsers)?;
    Ok(json!({ "code": 200, "userId": user_id, "token": token }))
}
