//! What every kind of publishing has in common.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::types;
use crate::{
    api::{CloudError, Form, Moment, limit},
    cloud::{Letter, Posting, Receipt, Target},
};

const MAX_OBJECT_NAME_CHARS: usize = 32;
const MAX_CONTENT_BYTES: usize = 128 * 1024;

/// Reads what is sent, to whichever receivers. Of the optional parameters only `effective` ones are heeded and kept.
pub(in crate::api) fn read(
    form: &Form,
    effective: impl IntoIterator<Item = &'static str>,
) -> Result<Posting, CloudError> {
    let from_user_id = limit::user_id(form, "fromUserId")?;
    let object_name = limit::chars("objectName", form.required("objectName")?, MAX_OBJECT_NAME_CHARS)?;
    if !types::may_be_sent(object_name) {
        return Err(CloudError::Malformed("objectName"));
    }
    let content = limit::bytes("content", form.required("content")?, MAX_CONTENT_BYTES)?;
    let given = |parameter| form.optional(parameter).map(|value| (parameter, value.to_owned()));
    let parameters: BTreeMap<&'static str, String> = effective.into_iter().filter_map(given).collect();
    let flag = |parameter| parameters.contains_key(parameter) && form.flag(parameter);
    Ok(Posting {
        include_sender: flag("isIncludeSender"),
        verify_blacklist: flag("verifyBlacklist"),
        letter: Letter {
            from_user_id: from_user_id.to_owned(),
            object_name: object_name.to_owned(),
            content: content.to_owned(),
            parameters,
        },
    })
}

/// Tells the sender the id of each message.
pub(super) fn published(receipts: &[Receipt], moment: &Moment<'_>) -> Value {
    if !moment.unverified.message_uids {
        return json!({ "code": 200 });
    }
    let message_uids: Vec<Value> = receipts.iter().map(write).collect();
    json!({ "code": 200, "messageUIDs": message_uids })
}

fn write(Receipt { to, message_uid }: &Receipt) -> Value {
    match to {
        Target::User(id) => json!({ "userId": id, "messageUID": message_uid }),
        Target::Group(id) => json!({ "groupId": id, "messageUID": message_uid }),
    }
}
