//! Makes a group: <https://docs.rongcloud.cn/platform-chat-api/group/create-group>. One that exists is joined.

use super::enter::enter;
use crate::api::{Endpoint, Quota};

pub(in crate::api) const CREATE: Endpoint =
    Endpoint { path: "/group/create.json", quota: Quota::calls_per_second(100), answer: enter };
