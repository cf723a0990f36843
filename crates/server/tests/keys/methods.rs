//! The methods that change something, and what each does step by step.

use hongbao_app::OpenedNotice;
use hongbao_testkit::{Moment, Step, server::TestServer};
use reqwest::RequestBuilder;

/// What only reads, or waits for a turn: dying there leaves nothing behind.
pub(crate) const READS: &[Step] = &[
    Step::IS_IN_USE,
    Step::STATUS,
    Step::TURN,
    Step::GROUP_TURN,
    Step::CACHED,
    Step::TOKEN,
    Step::PACKET,
    Step::CLOUD_INFO,
];

/// A method as one user calls it.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) user: &'static str,
    /// `{packet}` and `{group}` stand for what is there at the start.
    pub(crate) form: &'static [(&'static str, &'static str)],
    /// What it changes, here and at the cloud.
    pub(crate) steps: &'static [Step],
    /// How senders are told of claims.
    pub(crate) opened_notice: OpenedNotice,
}

/// As it is unless it is set otherwise.
const REQUIRED: OpenedNotice = OpenedNotice::Required;

pub(crate) const PUBLISH: Method = Method {
    name: "msg_redpack_publish",
    user: "alice",
    form: &[("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "8.88"), ("content", "恭喜发财")],
    steps: &[Step::RESERVE, Step::NOTIFY, Step::CONFIRM],
    opened_notice: REQUIRED,
};
pub(crate) const ACCEPT: Method = Method {
    name: "msg_redpack_accept",
    user: "bob",
    form: &[("transfer_id", "{packet}")],
    steps: &[Step::BEGIN_CLAIM, Step::NOTIFY, Step::SETTLE_CLAIM],
    opened_notice: REQUIRED,
};
/// The same where the sender is told later, or not at all: no call is waited for.
pub(crate) const ACCEPT_DEFERRED: Method =
    Method { steps: &[Step::BEGIN_CLAIM, Step::SETTLE_CLAIM], opened_notice: OpenedNotice::Deferred, ..ACCEPT };
pub(crate) const ACCEPT_OFF: Method = Method { opened_notice: OpenedNotice::Off, ..ACCEPT_DEFERRED };
pub(crate) const CREATE: Method = Method {
    name: "group_create",
    user: "alice",
    form: &[("group_name", "好友")],
    steps: &[Step::PREPARE_GROUP, Step::CLOUD_CREATE, Step::ACTIVATE_GROUP],
    opened_notice: REQUIRED,
};
pub(crate) const JOIN: Method = Method {
    name: "group_join",
    user: "bob",
    form: &[("group_id", "{group}")],
    steps: &[Step::PREPARE_JOIN, Step::CLOUD_JOIN, Step::ACTIVATE_JOIN],
    opened_notice: REQUIRED,
};
pub(crate) const ADD: Method = Method {
    name: "friend_add",
    user: "alice",
    form: &[("user_id", "bob")],
    steps: &[Step::command("AddFriend")],
    opened_notice: REQUIRED,
};
pub(crate) const DELETE: Method = Method {
    name: "friend_delete",
    user: "alice",
    form: &[("user_id", "carol")],
    steps: &[Step::command("DeleteFriend")],
    opened_notice: REQUIRED,
};
pub(crate) const MESSAGE: Method = Method {
    name: "msg_private_publish",
    user: "alice",
    form: &[("toUserId", "bob"), ("objectName", "RC:TxtMsg"), ("content", "{\"content\":\"你好\"}")],
    steps: &[Step::BEGIN_CALL, Step::SEND, Step::END_CALL],
    opened_notice: REQUIRED,
};
pub(crate) const REFRESH: Method = Method {
    name: "refresh",
    user: "alice",
    form: &[("name", "爱丽丝")],
    steps: &[
        Step::BEGIN_CALL,
        Step::CLOUD_TOKEN,
        Step::KEEP_TOKEN,
        Step::INVALIDATE_PROFILE,
        Step::CLOUD_REFRESH,
        Step::CONFIRM_PROFILE,
        Step::END_CALL,
    ],
    opened_notice: REQUIRED,
};

pub(crate) const ALL: &[Method] = &[PUBLISH, ACCEPT, CREATE, JOIN, ADD, DELETE, MESSAGE, REFRESH];

/// Gives the group that is there at the start.
pub(crate) fn group_id(server: &TestServer) -> String {
    server.outside.ids.groups().next().expect("a group was made").to_string()
}

impl Method {
    /// Says whether the first step is done and the last one is not, so that a repeat is told to wait.
    pub(crate) fn is_running_at(&self, moment: Moment) -> bool {
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else { return false };
        first != last && ![Moment::Before(*first), Moment::After(*last)].contains(&moment)
    }

    pub(crate) fn path(&self) -> String {
        format!("/im/{}", self.name)
    }

    pub(crate) fn request(&self, server: &TestServer) -> RequestBuilder {
        let packet = server.outside.ids.transfers().next().expect("a packet was made").to_string();
        let group = group_id(server);
        let value = |text: &str| text.replace("{packet}", &packet).replace("{group}", &group);
        let form: Vec<_> = self.form.iter().map(|(name, text)| (*name, value(text))).collect();
        let form: Vec<_> = form.iter().map(|(name, text)| (*name, text.as_str())).collect();
        server.form(self.user, self.name, &form)
    }
}
