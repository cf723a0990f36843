//! What could not be confirmed from outside the cloud.

use std::time::Duration;

use time::UtcOffset;

/// The cloud's behaviour where neither documentation nor observation settles it.
///
/// A caller must cope with every possibility; a test picks one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// The HTTP status with which `/user/info.json` says that it does not know a user; the code is 400. 400 here.
    pub unknown_user_http_status: u16,
    /// The business code of a group that is full; the HTTP status is 405. 405 here.
    pub group_full_code: u16,
    /// The time zone of `createTime`. That of Beijing here, as other times of the data centre in China are documented;
    /// those are written in the same zone.
    pub create_time_offset: UtcOffset,
    /// Whether publishing tells the message ids. Older accounts are told nothing but the code. True here.
    pub message_uids: bool,
    /// What stands for the end of a mute that has none. The last second of the year 9999 here.
    pub end_of_a_mute_for_ever: String,
    /// How far a `Timestamp` may be from the cloud's clock; nothing here: an official SDK signs once per process.
    pub max_skew: Option<Duration>,
}

const BEIJING: UtcOffset = match UtcOffset::from_hms(8, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

impl Default for Unverified {
    fn default() -> Self {
        Self {
            unknown_user_http_status: 400,
            group_full_code: 405,
            create_time_offset: BEIJING,
            message_uids: true,
            end_of_a_mute_for_ever: "9999-12-31 23:59:59".to_owned(),
            max_skew: None,
        }
    }
}
