//! Limits on parameters that several endpoints share.

use super::{CloudError, Form};

/// The longest user id, in bytes: <https://docs.rongcloud.cn/platform-chat-api/user/register>.
const MAX_USER_ID_BYTES: usize = 64;

/// The longest group id: <https://docs.rongcloud.cn/platform-chat-api/group/create-group>.
const MAX_GROUP_ID_CHARS: usize = 64;

/// The longest name of a user or group, in characters of any script.
const MAX_NAME_CHARS: usize = 64;

/// The longest address of a portrait.
const MAX_PORTRAIT_URI_BYTES: usize = 1024;

/// Finds the id of one user, which must be there.
pub(super) fn user_id<'a>(form: &'a Form, parameter: &'static str) -> Result<&'a str, CloudError> {
    check_user_id(parameter, form.required(parameter)?)
}

/// Lists the ids of at least one and at most `limit` users, each once.
///
/// The limit counts repetitions too, as the cloud can only count what it is sent.
pub(super) fn user_ids(form: &Form, parameter: &'static str, limit: usize) -> Result<Vec<String>, CloudError> {
    let sent = form.repeated(parameter)?;
    if sent.len() > limit {
        return Err(CloudError::TooMany { parameter, limit });
    }
    distinct(sent, |id| check_user_id(parameter, id))
}

/// Finds the id of one group, which must be there.
pub(super) fn group_id<'a>(form: &'a Form, parameter: &'static str) -> Result<&'a str, CloudError> {
    check_group_id(parameter, form.required(parameter)?)
}

/// Lists the ids of at least one and at most `limit` groups, each once.
///
/// Of too many the cloud complains as if they were users.
pub(super) fn group_ids(form: &Form, parameter: &'static str, limit: usize) -> Result<Vec<String>, CloudError> {
    let sent = form.repeated(parameter)?;
    if sent.len() > limit {
        return Err(CloudError::TooMany { parameter: "toUserId", limit });
    }
    distinct(sent, |id| check_group_id(parameter, id))
}

/// Finds the name of a user or group, if there is one.
pub(super) fn name<'a>(form: &'a Form, parameter: &'static str) -> Result<Option<&'a str>, CloudError> {
    form.optional(parameter).map(|name| chars(parameter, name, MAX_NAME_CHARS)).transpose()
}

/// Finds the address of a portrait, if there is one.
pub(super) fn portrait_uri(form: &Form) -> Result<Option<&str>, CloudError> {
    form.optional("portraitUri").map(|uri| bytes("portraitUri", uri, MAX_PORTRAIT_URI_BYTES)).transpose()
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

/// Letters and digits, and the marks that the official Python SDK documents besides.
fn check_user_id<'a>(parameter: &'static str, id: &'a str) -> Result<&'a str, CloudError> {
    let id = bytes(parameter, id, MAX_USER_ID_BYTES)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=-_".contains(&byte);
    if id.bytes().all(allowed) { Ok(id) } else { Err(CloudError::Malformed(parameter)) }
}

/// Letters and digits; no source documents any mark.
fn check_group_id<'a>(parameter: &'static str, id: &'a str) -> Result<&'a str, CloudError> {
    let id = chars(parameter, id, MAX_GROUP_ID_CHARS)?;
    if id.bytes().all(|byte| byte.is_ascii_alphanumeric()) { Ok(id) } else { Err(CloudError::Malformed(parameter)) }
}

fn distinct<'a>(
    sent: Vec<&'a str>,
    check: impl Fn(&'a str) -> Result<&'a str, CloudError>,
) -> Result<Vec<String>, CloudError> {
    let mut ids: Vec<String> = Vec::with_capacity(sent.len());
    for id in sent {
        let id = check(id)?;
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    Ok(ids)
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

    #[test]
    fn the_marks_of_a_user_id_are_none_of_a_group_id() {
        for id in ["Az09", "a+b", "a=b", "a-b", "a_b"] {
            assert_eq!(check_user_id("userId", id), Ok(id));
            assert_eq!(check_group_id("groupId", id).is_ok(), id == "Az09", "{id}");
        }
        for id in ["a b", "a@b", "a.b", "红", "a/b", "a\n"] {
            assert_eq!(check_user_id("userId", id), Err(CloudError::Malformed("userId")));
            assert_eq!(check_group_id("groupId", id), Err(CloudError::Malformed("groupId")));
        }
    }
}
