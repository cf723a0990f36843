//! Lists a blacklist, newest first, in pages. Its `users` are plain ids, unlike those of a group.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const QUERY: Endpoint =
    Endpoint { path: "/user/blacklist/query.json", quota: Quota::calls_per_second(100), answer };

/// The largest page, and the page of a caller who does not say how large it shall be.
const MAX_SIZE: usize = 1_000;

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let user_id = limit::user_id(form, "userId")?;
    let before = form.optional("pageToken").map(read_token).transpose()?;
    let size = form.optional("size").map_or(Ok(MAX_SIZE), read_size)?;

    let page = cloud.blacklist_page(user_id, before, size);
    let mut answer = json!({ "code": 200, "users": page.users });
    if let Some(next) = page.next {
        answer["next"] = write_token(next).into();
    }
    Ok(answer)
}

fn read_size(text: &str) -> Result<usize, CloudError> {
    let size = text.parse().ok().filter(|size| (1..=MAX_SIZE).contains(size));
    size.ok_or(CloudError::Malformed("size"))
}

/// Callers must carry a token without reading it.
fn write_token(before: u64) -> String {
    format!("B{before:x}")
}

fn read_token(token: &str) -> Result<u64, CloudError> {
    let before = token.strip_prefix('B').and_then(|hex| u64::from_str_radix(hex, 16).ok());
    before.ok_or(CloudError::Malformed("pageToken"))
}
