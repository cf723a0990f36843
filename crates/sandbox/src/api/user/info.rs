//! Shows what a user registered with: <https://docs.rongcloud.cn/platform-chat-api/user/get>.

use serde_json::{Value, json};
use time::{OffsetDateTime, UtcOffset};

use crate::{
    api::{CloudError, Endpoint, Form, Moment, Quota, limit},
    cloud::Cloud,
};

pub(in crate::api) const INFO: Endpoint =
    Endpoint { path: "/user/info.json", quota: Quota::calls_per_second(100), answer };

fn answer(form: &Form, cloud: &mut Cloud, moment: &Moment<'_>) -> Result<Value, CloudError> {
    let user_id = limit::user_id(form, "userId")?;
    let Some(account) = cloud.account(user_id) else {
        return Err(CloudError::UnknownUser { http_status: moment.unverified.unknown_user_http_status });
    };
    Ok(json!({
        "code": 200,
        "userName": account.user.name,
        "userPortrait": account.user.portrait_uri,
        "createTime": wall_clock(account.registered_at, moment.unverified.create_time_offset),
    }))
}

/// Writes a time as `YYYY-MM-DD HH:MM:SS`, without its zone.
fn wall_clock(at: OffsetDateTime, offset: UtcOffset) -> String {
    let at = at.to_offset(offset);
    let ((year, month, day), (hour, minute, second)) = (at.date().to_calendar_date(), at.time().as_hms());
    format!("{year:04}-{:02}-{day:02} {hour:02}:{minute:02}:{second:02}", u8::from(month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_the_given_zone_with_leading_zeros() {
        let at = OffsetDateTime::from_unix_timestamp(1_464_057_499).unwrap();

        assert_eq!(wall_clock(at, UtcOffset::UTC), "2016-05-24 02:38:19");
        assert_eq!(wall_clock(at, UtcOffset::from_hms(8, 0, 0).unwrap()), "2016-05-24 10:38:19");
    }
}
