//! Limits on parameters that several endpoints share.

use super::{CloudError, Form};

/// The longest user id, in bytes: <https://docs.rongcloud.cn/platform-chat-api/user/register>.
const MAX_USER_ID_BYTES: usize = 64;

/// Finds the id of one user, which must be there.
pub(super) fn user_id<'a>(form: &'a Form, parameter: &'static str) -> Result<&'a str, CloudError> {
    bytes(parameter, form.required(parameter)?, MAX_USER_ID_BYTES)
}

/// Lists the ids of at least one and at most `limit` users, each once.
///
/// The limit counts repetitions too, as the cloud can only count what it is sent.
pub(super) fn user_ids(form: &Form, parameter: &'static str, limit: usize) -> Result<Vec<String>, CloudError> {
    let sent = form.repeated(parameter)?;
    if sent.len() > limit {
        return Err(CloudError::TooMany { parameter, limit });
    }
    let mut ids: Vec<String> = Vec::with_capacity(sent.len());
    for id in sent {
        let id = bytes(parameter, id, MAX_USER_ID_BYTES)?;
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    Ok(ids)
}

/// Passes a value of at most `limit` bytes.
pub(super) fn bytes<'a>(parameter: &'static str, value: &'a str, limit: usize) -> Result<&'a str, CloudError> {
    if value.len() > limit {
        return Err(CloudError::TooLong(parameter));
    }
    Ok(value)
}

/// Passes a value of at most `limit` characters of any script.
pub(super) fn chars<'a>(parameter: &'static str, value: &'a str, limit: usize) -> Result<&'a str, CloudError> {
    if value.chars().count() > limit {
        return Err(CloudError::TooLong(parameter));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_measured_in_characters_and_an_id_in_bytes() {
        let text = "红".repeat(64);

        assert_eq!(chars("name", &text, 64), Ok(text.as_str()));
        assert_eq!(bytes("userId", &text, 64), Err(CloudError::TooLong("userId")));
    }

    #[test]
    fn a_user_named_twice_counts_once() {
        let form = Form::parse(b"toUserId=bob&toUserId=carol&toUserId=bob");

        let ids = user_ids(&form, "toUserId", 3).unwrap();

        assert_eq!(ids, ["bob", "carol"]);
    }
}
