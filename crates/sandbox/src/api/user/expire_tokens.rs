//! Lets the tokens of users expire that were given out before a time: <https://docs.rongcloud.cn/platform-chat-api/user/expire>.
//!
//! A client that is connected stays so, and cannot connect again.

use serde_json::Value;
use time::{Duration, OffsetDateTime};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, done, limit},
    cloud::Cloud,
};

pub(in crate::api) const EXPIRE_TOKENS: Endpoint =
    Endpoint { path: "/user/token/expire.json", quota: Quota::calls_per_second(100), answer };

const MAX_PER_CALL: usize = 20;

fn answer(form: &Form, cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    let users = limit::user_ids(form, "userId", MAX_PER_CALL)?;
    let before = read_time(form.required("time")?)?;
    cloud.expire_tokens(&users, before);
    Ok(done())
}

/// Reads milliseconds since 1970.
fn read_time(text: &str) -> Result<OffsetDateTime, CloudError> {
    let milliseconds = text.parse().ok().filter(|milliseconds| *milliseconds > 0);
    let at = milliseconds.and_then(|ms| OffsetDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(ms)));
    at.ok_or(CloudError::Malformed("time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_milliseconds_and_within_what_a_calendar_has() {
        assert_eq!(read_time("1615362955344").map(OffsetDateTime::unix_timestamp), Ok(1_615_362_955));
        for text in ["0", "-1", "x", "1.5", "9223372036854775807", "9223372036854775808"] {
            assert_eq!(read_time(text), Err(CloudError::Malformed("time")), "{text}");
        }
    }
}
