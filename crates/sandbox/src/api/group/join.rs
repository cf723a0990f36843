//! Adds users to a group. One that does not exist is made: the live cloud has been seen to answer 200.

use super::enter::enter;
use crate::api::{Endpoint, Quota};

pub(in crate::api) const JOIN: Endpoint =
    Endpoint { path: "/group/join.json", quota: Quota::calls_per_second(100), answer: enter };
