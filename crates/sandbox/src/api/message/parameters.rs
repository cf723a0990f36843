//! The optional parameters of each kind of message, as its page and the official SDKs document them.
//!
//! What a kind does not have means nothing to the cloud there, and is not kept. What these do to push, storage and
//! counters happens at clients. `msgRandom` is kept and no more: the cloud heeds it only for apps that asked for it.

/// What every kind has.
const COMMON: [&str; 8] = [
    "contentAvailable",
    "disablePush",
    "disableUpdateLastMsg",
    "isCounted",
    "isPersisted",
    "msgRandom",
    "pushContent",
    "pushData",
];

/// What has an effect in no message to several groups, and in none to some members of a group.
const TO_ONE_WHOLE_GROUP: [&str; 4] = ["disablePush", "expansion", "extraContent", "pushExt"];

/// What has an effect with a single receiver only.
const TO_ONE_USER: [&str; 2] = ["count", "isIncludeSender"];

/// Of a message to users: <https://docs.rongcloud.cn/platform-chat-api/message/send-private>.
pub(super) fn private(receivers: usize) -> impl Iterator<Item = &'static str> {
    let own =
        ["count", "expansion", "extraContent", "isIncludeSender", "needReadReceipt", "pushExt", "verifyBlacklist"];
    COMMON.into_iter().chain(own).filter(move |parameter| receivers == 1 || !TO_ONE_USER.contains(parameter))
}

/// Of a message to groups: <https://docs.rongcloud.cn/platform-chat-api/message/send-group>.
pub(super) fn group(one_whole_group: bool) -> impl Iterator<Item = &'static str> {
    let own = ["expansion", "extraContent", "isIncludeSender", "isMentioned", "needReadReceipt", "pushExt"];
    COMMON.into_iter().chain(own).filter(move |parameter| one_whole_group || !TO_ONE_WHOLE_GROUP.contains(parameter))
}

/// Of a message from the app itself, which has no other devices and which no blacklist keeps off:
/// <https://docs.rongcloud.cn/platform-chat-api/message/send-system>.
pub(super) fn system(receivers: usize) -> impl Iterator<Item = &'static str> {
    COMMON.into_iter().chain(["pushExt"]).chain((receivers == 1).then_some("count"))
}

/// Of a message that is bound to a change of a group.
pub(in crate::api) fn bound() -> impl Iterator<Item = &'static str> {
    ["disableUpdateLastMsg", "isIncludeSender", "isPersisted", "pushContent", "pushData", "pushExt"].into_iter()
}

/// Of the call that `/message/private/publish.json` has replaced.
pub(super) fn legacy() -> impl Iterator<Item = &'static str> {
    ["pushContent", "pushData"].into_iter()
}
