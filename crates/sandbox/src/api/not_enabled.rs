//! Calls that the cloud documents and the sandbox does not serve: services that this app has not enabled.
//!
//! The cloud documents 1009 for such a service, and 1008 for a caller who asks for it too often
//! (<https://docs.rongcloud.cn/platform-chat-api/chatroom/mute/gag-user-globally>). Many of these really are opened by
//! ticket; of the others this is the nearest honest answer: the path is right, and here is nothing behind it.

use serde_json::Value;

use super::{CloudError, Endpoint, Form, Moment, Quota};
use crate::cloud::Cloud;

/// An endpoint for each of [`PATHS`].
pub(crate) static NOT_ENABLED: [Endpoint; PATHS.len()] = {
    let mut endpoints = [not_enabled(""); PATHS.len()];
    let mut index = 0;
    while index < PATHS.len() {
        endpoints[index] = not_enabled(PATHS[index]);
        index += 1;
    }
    endpoints
};

const fn not_enabled(path: &'static str) -> Endpoint {
    Endpoint { path, quota: Quota::calls_per_second(100), answer: refuse }
}

fn refuse(_form: &Form, _cloud: &mut Cloud, _moment: &Moment<'_>) -> Result<Value, CloudError> {
    Err(CloudError::NotEnabled)
}

/// What the official SDKs for Go, Java, Node, PHP and Python call, and the documentation names besides.
const PATHS: [&str; 199] = [
    "/chatroom/ban/add.json",
    "/chatroom/ban/check.json",
    "/chatroom/ban/query.json",
    "/chatroom/ban/rollback.json",
    "/chatroom/create.json",
    "/chatroom/create_new.json",
    "/chatroom/destroy.json",
    "/chatroom/destroy/set.json",
    "/chatroom/entry/batch/set.json",
    "/chatroom/entry/query.json",
    "/chatroom/entry/remove.json",
    "/chatroom/entry/set.json",
    "/chatroom/get.json",
    "/chatroom/join.json",
    "/chatroom/keepalive/add.json",
    "/chatroom/keepalive/query.json",
    "/chatroom/keepalive/remove.json",
    "/chatroom/message/priority/add.json",
    "/chatroom/message/priority/query.json",
    "/chatroom/message/priority/remove.json",
    "/chatroom/message/resumeDistribution.json",
    "/chatroom/message/stopDistribution.json",
    "/chatroom/query.json",
    "/chatroom/user/ban/add.json",
    "/chatroom/user/ban/query.json",
    "/chatroom/user/ban/remove.json",
    "/chatroom/user/ban/whitelist/add.json",
    "/chatroom/user/ban/whitelist/query.json",
    "/chatroom/user/ban/whitelist/rollback.json",
    "/chatroom/user/block/add.json",
    "/chatroom/user/block/list.json",
    "/chatroom/user/block/rollback.json",
    "/chatroom/user/exist.json",
    "/chatroom/user/gag/add.json",
    "/chatroom/user/gag/list.json",
    "/chatroom/user/gag/rollback.json",
    "/chatroom/user/query.json",
    "/chatroom/user/whitelist/add.json",
    "/chatroom/user/whitelist/query.json",
    "/chatroom/user/whitelist/remove.json",
    "/chatroom/users/exist.json",
    "/chatroom/whitelist/add.json",
    "/chatroom/whitelist/delete.json",
    "/chatroom/whitelist/query.json",
    "/conversation/attribute/get.json",
    "/conversation/message/history/clean.json",
    "/conversation/notification/get.json",
    "/conversation/notification/set.json",
    "/conversation/top/set.json",
    "/conversation/type/notification/get.json",
    "/conversation/type/notification/set.json",
    "/entrust/group/create.json",
    "/entrust/group/dismiss.json",
    "/entrust/group/import.json",
    "/entrust/group/join.json",
    "/entrust/group/manager/add.json",
    "/entrust/group/manager/remove.json",
    "/entrust/group/member/follow.json",
    "/entrust/group/member/followed/get.json",
    "/entrust/group/member/kick.json",
    "/entrust/group/member/kick/all.json",
    "/entrust/group/member/query.json",
    "/entrust/group/member/set.json",
    "/entrust/group/member/specific/query.json",
    "/entrust/group/member/unfollow.json",
    "/entrust/group/profile/query.json",
    "/entrust/group/profile/update.json",
    "/entrust/group/query.json",
    "/entrust/group/quit.json",
    "/entrust/group/remarkname/delete.json",
    "/entrust/group/remarkname/query.json",
    "/entrust/group/remarkname/set.json",
    "/entrust/group/transfer/owner.json",
    "/entrust/joined/group/query.json",
    "/friend/add.json",
    "/friend/check.json",
    "/friend/clean.json",
    "/friend/delete.json",
    "/friend/get.json",
    "/friend/permission/get.json",
    "/friend/permission/set.json",
    "/friend/profile/set.json",
    "/group/remarks/del.json",
    "/group/remarks/get.json",
    "/group/remarks/set.json",
    "/message/broadcast.json",
    "/message/broadcast/recall.json",
    "/message/chatroom/broadcast.json",
    "/message/chatroom/publish.json",
    "/message/discussion/publish.json",
    "/message/expansion/delete.json",
    "/message/expansion/query.json",
    "/message/expansion/set.json",
    "/message/group/modify.json",
    "/message/history.json",
    "/message/history/delete.json",
    "/message/online/broadcast.json",
    "/message/private/modify.json",
    "/message/private/publish_template.json",
    "/message/system/publish_template.json",
    "/message/ultragroup/publish.json",
    "/push.json",
    "/push/custom.json",
    "/push/user.json",
    "/sensitiveword/add.json",
    "/sensitiveword/batch/add.json",
    "/sensitiveword/batch/delete.json",
    "/sensitiveword/delete.json",
    "/sensitiveword/list.json",
    "/statusmessage/group/publish.json",
    "/statusmessage/private/publish.json",
    "/tag/conversation/del.json",
    "/tag/conversation/get.json",
    "/tag/conversation/set.json",
    "/ultragroup/banned/whitelist/add.json",
    "/ultragroup/banned/whitelist/del.json",
    "/ultragroup/banned/whitelist/get.json",
    "/ultragroup/channel/create.json",
    "/ultragroup/channel/del.json",
    "/ultragroup/channel/get.json",
    "/ultragroup/channel/private/users/add.json",
    "/ultragroup/channel/private/users/del.json",
    "/ultragroup/channel/private/users/get.json",
    "/ultragroup/channel/type/change.json",
    "/ultragroup/channel/usergroup/query.json",
    "/ultragroup/create.json",
    "/ultragroup/dis.json",
    "/ultragroup/globalbanned/get.json",
    "/ultragroup/globalbanned/set.json",
    "/ultragroup/hismsg/msgid/query.json",
    "/ultragroup/hismsg/query.json",
    "/ultragroup/join.json",
    "/ultragroup/member/exist.json",
    "/ultragroup/message/expansion/delete.json",
    "/ultragroup/message/expansion/query.json",
    "/ultragroup/message/expansion/set.json",
    "/ultragroup/msg/get.json",
    "/ultragroup/msg/modify.json",
    "/ultragroup/notdisturb/get.json",
    "/ultragroup/notdisturb/set.json",
    "/ultragroup/quit.json",
    "/ultragroup/refresh.json",
    "/ultragroup/userbanned/add.json",
    "/ultragroup/userbanned/del.json",
    "/ultragroup/userbanned/get.json",
    "/user/activate.json",
    "/user/blockPushPeriod/delete.json",
    "/user/blockPushPeriod/get.json",
    "/user/blockPushPeriod/set.json",
    "/user/blocklist/add.json",
    "/user/blocklist/query.json",
    "/user/blocklist/remove.json",
    "/user/chat/fb/querylist.json",
    "/user/chat/fb/set.json",
    "/user/conversation/tag/del.json",
    "/user/conversation/tag/get.json",
    "/user/conversation/tag/set.json",
    "/user/deactivate.json",
    "/user/deactivate/query.json",
    "/user/delusers.json",
    "/user/profile/batch/query.json",
    "/user/profile/clean.json",
    "/user/profile/query.json",
    "/user/profile/set.json",
    "/user/query.json",
    "/user/reactivate.json",
    "/user/remarks/del.json",
    "/user/remarks/get.json",
    "/user/remarks/set.json",
    "/user/tag/batch/set.json",
    "/user/tag/set.json",
    "/user/tags/get.json",
    "/user/whitelist/add.json",
    "/user/whitelist/query.json",
    "/user/whitelist/remove.json",
    "/user/whitesetting/query.json",
    "/user/whitesetting/set.json",
    "/v3/agent/create.json",
    "/v3/agent/delete.json",
    "/v3/agent/get.json",
    "/v3/agent/query.json",
    "/v3/agent/update.json",
    "/v3/bot/create.json",
    "/v3/bot/delete.json",
    "/v3/bot/get.json",
    "/v3/bot/integration/create.json",
    "/v3/bot/integration/delete.json",
    "/v3/bot/integration/update.json",
    "/v3/bot/query.json",
    "/v3/bot/update.json",
    "/v3/chat/generate.json",
    "/v3/message/chatroom/query.json",
    "/v3/message/group/query.json",
    "/v3/message/private/publish_stream.json",
    "/v3/message/private/query.json",
    "/v3/message/ultragroup/query.json",
    "/wordfilter/add.json",
    "/wordfilter/delete.json",
    "/wordfilter/list.json",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{super::documented, *};

    #[test]
    fn a_path_is_documented_once_and_ends_in_json() {
        let mut seen = HashSet::new();

        for endpoint in documented() {
            assert!(seen.insert(endpoint.path), "{}", endpoint.path);
            let name = endpoint.path.strip_prefix('/').and_then(|path| path.strip_suffix(".json"));
            assert!(name.is_some(), "{}", endpoint.path);
        }
        assert!(PATHS.is_sorted());
    }
}
