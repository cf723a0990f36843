//! Limits on parameters that several endpoints share.

use std::ops::RangeInclusive;

use super::{CloudError, Form};
use crate::cloud::MAX_MEMBERS;

/// The longest id of a user or group, in bytes: <https://docs.rongcloud.cn/platform-chat-api/user/register> and
/// <https://docs.rongcloud.cn/platform-chat-api/group/create-group>.
const MAX_ID_BYTES: usize = 64;

/// The longest name of a user or group, in characters of any script.
const MAX_NAME_CHARS: usize = 64;

/// The longest address of a portrait.
const MAX_PORTRAIT_URI_BYTES: usize = 1024;

/// Finds the id of one user, which must be there.
pub(super) fn user_id<'a>(form: &'a Form, parameter: &'static str) -> Result<&'a str, CloudError> {
    check_id(parameter, form.required(parameter)?)
}

/// Lists the ids of at least one and at most `limit` users, each once.
///
/// The limit counts repetitions too, as the cloud can only count what it is sent.
pub(super) fn user_ids(form: &Form, parameter: &'static str, limit: usize) -> Result<Vec<String>, CloudError> {
    let sent = form.repeated(parameter)?;
    if sent.len() > limit {
        return Err(CloudError::TooMany { parameter, limit });
    }
    distinct(sent, |id| check_id(parameter, id))
}

/// Finds the id of one group, which must be there.
pub(super) fn group_id<'a>(form: &'a Form, parameter: &'static str) -> Result<&'a str, CloudError> {
    check_id(parameter, form.required(parameter)?)
}

/// Lists the ids of at least one and at most `limit` groups, each once.
///
/// Of too many the cloud complains as if they were users.
pub(super) fn group_ids(form: &Form, parameter: &'static str, limit: usize) -> Result<Vec<String>, CloudError> {
    let sent = form.repeated(parameter)?;
    if sent.len() > limit {
        return Err(CloudError::TooMany { parameter: "toUserId", limit });
    }
    distinct(sent, |id| check_id(parameter, id))
}

/// Finds how many members a group may have after this call: <https://docs.rongcloud.cn/platform-chat-api/group>.
///
/// The official SDK for Java documents that `maxMember` holds for one call and never raises the limit of the app. The
/// one for Go sends 0 where its caller said nothing.
pub(super) fn max_members(form: &Form) -> Result<usize, CloudError> {
    match number(form, "maxMember", 0..=usize::MAX)? {
        None | Some(0) => Ok(MAX_MEMBERS),
        Some(most) => Ok(most.min(MAX_MEMBERS)),
    }
}

/// Finds a whole number within `range`, if there is one.
pub(super) fn number(
    form: &Form,
    parameter: &'static str,
    range: RangeInclusive<usize>,
) -> Result<Option<usize>, CloudError> {
    let Some(text) = form.optional(parameter) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.map(Some).ok_or(CloudError::Malformed(parameter))
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

/// Passes the id of a user or group: letters and digits, and the marks that older pages document besides.
///
/// The tests that the official SDKs run against the live cloud use them for groups too: `group_test` in Python, and
/// ids with `_` in Go.
pub(super) fn check_id<'a>(parameter: &'static str, id: &'a str) -> Result<&'a str, CloudError> {
    let id = bytes(parameter, id, MAX_ID_BYTES)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=-_".contains(&byte);
    if id.bytes().all(allowed) { Ok(id) } else { Err(CloudError::Malformed(parameter)) }
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
    fn an_id_has_letters_digits_and_four_marks() {
        for id in ["Az09", "a+b", "a=b", "a-b", "a_b", "group_test", "cYgiKZzRSUsrfrx6C3u_GI", "__system__"] {
            assert_eq!(check_id("groupId", id), Ok(id));
        }
        for id in ["a b", "a@b", "a.b", "红", "a/b", "a\n"] {
            assert_eq!(check_id("groupId", id), Err(CloudError::Malformed("groupId")));
        }
    }

    #[test]
    fn a_number_is_whole_and_within_its_range() {
        let form = Form::parse(b"a=1&b=0&c=x&d=1.5&e=-1&f=&g=43201");

        let numbers = ["a", "b", "f", "h"].map(|parameter| number(&form, parameter, 0..=43_200));
        assert_eq!(numbers, [Ok(Some(1)), Ok(Some(0)), Ok(None), Ok(None)]);
        for parameter in ["c", "d", "e", "g"] {
            assert_eq!(number(&form, parameter, 0..=43_200), Err(CloudError::Malformed(parameter)));
        }
    }

    #[test]
    fn a_call_may_lower_the_number_of_members_and_never_raise_it() {
        for (form, most) in [("", 3_000), ("maxMember=0", 3_000), ("maxMember=5", 5), ("maxMember=5000", 3_000)] {
            assert_eq!(max_members(&Form::parse(form.as_bytes())), Ok(most));
        }
        assert_eq!(max_members(&Form::parse(b"maxMember=many")), Err(CloudError::Malformed("maxMember")));
    }
}
