//! What every kind of publishing has in common.

use serde_json::{Value, json};

use crate::{
    api::{CloudError, Form, limit},
    cloud::{Letter, Receipt},
};

const MAX_OBJECT_NAME_CHARS: usize = 32;
const MAX_CONTENT_BYTES: usize = 128 * 1024;

/// Reads what is sent, whoever receives it. Parameters about push, storage and counters change no inbox.
///
/// `isIncludeSender` is ignored too: it shows the sender's other devices what was sent, which nobody receives.
pub(super) fn read(form: &Form) -> Result<Letter, CloudError> {
    let from_user_id = limit::user_id(form, "fromUserId")?;
    let object_name = form.required("objectName")?;
    let object_name = limit::chars("objectName", object_name, MAX_OBJECT_NAME_CHARS)?;
    let content = limit::bytes("content", form.required("content")?, MAX_CONTENT_BYTES)?;
    Ok(Letter {
        from_user_id: from_user_id.to_owned(),
        object_name: object_name.to_owned(),
        content: content.to_owned(),
    })
}

/// Tells the sender the id of each receiver's copy.
pub(super) fn published(receipts: &[Receipt]) -> Value {
    let message_uids: Vec<Value> = receipts
        .iter()
        .map(|receipt| json!({ "userId": receipt.user_id, "messageUID": receipt.message_uid }))
        .collect();
    json!({ "code": 200, "messageUIDs": message_uids })
}
