//! A message bound to a change of a group: the cloud sends it when it makes the change.
//!
//! The official SDKs for Go and Java document the parameters; no page says to whom the message goes. Here it goes to
//! everyone who is a member before or after the change, and, as any group message, to the sender only on request.

use serde_json::{Value, json};

use crate::{
    api::{
        CloudError, Form, Moment, done,
        message::{parameters, posting},
    },
    cloud::{Cloud, Posting},
};

/// The message to send, if the caller binds one.
pub(super) struct Notice(Option<Posting>);

impl Notice {
    /// Reads the message. Without `bindNotifyMsg` its parameters mean nothing; with it, they are those of any message.
    pub(super) fn read(form: &Form) -> Result<Self, CloudError> {
        let bound = form.flag("bindNotifyMsg");
        bound.then(|| posting::read(form, parameters::bound())).transpose().map(Self)
    }

    /// Sends the message to who is a member now, and gives its id.
    pub(super) fn send(self, group_id: &str, cloud: &mut Cloud, moment: &Moment<'_>) -> Option<String> {
        let receipts = cloud.send_to_groups(self.0?, vec![group_id.to_owned()], None, moment.now);
        receipts.into_iter().next().map(|receipt| receipt.message_uid)
    }
}

/// What the caller is told after the change: more only if a message was bound.
pub(super) fn outcome(group_id: &str, message_uid: Option<String>, cloud: &Cloud) -> Value {
    let Some(message_uid) = message_uid else {
        return done();
    };
    let members = cloud.group(group_id).map_or(0, |group| group.members.len());
    json!({ "code": 200, "messageUID": message_uid, "memberCount": members })
}
