//! Limits on parameters that several endpoints share.

use std::ops::RangeInclusive;

use time::Duration;

use super::{CloudError, Form};
use crate::cloud::MAX_MEMBERS;

/// The longest id of a user or group, in bytes: <https://docs.rongcloud.cn/platform-chat-api/user/register> and
/// <https://docs.rongcloud.cn/platform-chat-api/group/create-group>.
const MAX_ID_BYTES: usize = 64;

/// The longest name of a user or group, in characters of any script.
pub(super) const MAX_NAME_CHARS: usize = 64;

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

/// Lists the ids of at least one and at most `limit` groups, each once, as [`user_ids`] does those of users.
pub(super) fn group_ids(form: &Form, parameter: &'static str, limit: usize) -> Result<Vec<String>, CloudError> {
    user_ids(form, parameter, limit)
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

/// Finds for how many minutes something shall hold, which must be said: at least `least`, and at most 30 days.
pub(super) fn minutes(form: &Form, least: u16) -> Result<Duration, CloudError> {
    /// Of blocks and mutes alike: <https://docs.rongcloud.cn/platform-chat-api/user/block>.
    const MAX_MINUTES: u16 = 43_200;

    let minutes = form.required("minute")?.parse().ok().filter(|minutes| (least..=MAX_MINUTES).contains(minutes));
    minutes.map(|minutes| Duration::minutes(minutes.into())).ok_or(CloudError::Malformed("minute"))
}

/// A part of a list, as `page` and `size` name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    skip: usize,
    take: usize,
}

impl Page {
    /// Reads which page is wanted; none if nothing is said, or 0.
    pub(super) fn read(form: &Form, default_size: usize, max_size: usize) -> Result<Option<Self>, CloudError> {
        let Self { take, .. } = Self::first(form, default_size, max_size)?;
        let page = number(form, "page", 0..=usize::MAX)?.filter(|page| *page > 0);
        Ok(page.map(|page| Self { skip: (page - 1).saturating_mul(take), take }))
    }

    /// Reads how large the first page shall be.
    pub(super) fn first(form: &Form, default_size: usize, max_size: usize) -> Result<Self, CloudError> {
        number(form, "size", 1..=max_size).map(|size| Self::of_first(size.unwrap_or(default_size)))
    }

    /// The first `take` of a list.
    pub(super) const fn of_first(take: usize) -> Self {
        Self { skip: 0, take }
    }

    /// Gives that part of a list.
    pub(super) fn of<T>(self, list: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        list.skip(self.skip).take(self.take)
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
    if !id.is_empty() && id.bytes().all(allowed) { Ok(id) } else { Err(CloudError::Malformed(parameter)) }
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
        for id in ["", "a b", "a@b", "a.b", "红", "a/b", "a\n"] {
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
    fn a_page_is_counted_from_one_and_0_is_none() {
        let read = |form: &str| Page::read(&Form::parse(form.as_bytes()), 50, 200);

        assert_eq!([read(""), read("page=0"), read("size=7")], [Ok(None), Ok(None), Ok(None)]);
        assert_eq!(read("page=1"), Ok(Some(Page { skip: 0, take: 50 })));
        assert_eq!(read("page=3&size=200"), Ok(Some(Page { skip: 400, take: 200 })));
        assert_eq!(read("page=18446744073709551615"), Ok(Some(Page { skip: usize::MAX, take: 50 })));
        for (form, parameter) in [("page=x", "page"), ("page=1&size=0", "size"), ("size=201", "size")] {
            assert_eq!(read(form), Err(CloudError::Malformed(parameter)));
        }
        assert!(Page { skip: 1, take: 2 }.of("abcde".chars()).eq("bc".chars()));
    }

    #[test]
    fn minutes_end_after_30_days() {
        let read = |minute: &str, least| minutes(&Form::parse(format!("minute={minute}").as_bytes()), least);

        assert_eq!([read("0", 0), read("43200", 1)], [Ok(Duration::ZERO), Ok(Duration::days(30))]);
        for (minute, least) in [("0", 1), ("43201", 0), ("-1", 0), ("1.5", 0), ("x", 0)] {
            assert_eq!(read(minute, least), Err(CloudError::Malformed("minute")));
        }
        assert_eq!(read("", 0), Err(CloudError::Missing("minute")));
    }

    #[test]
    fn a_call_may_lower_the_number_of_members_and_never_raise_it() {
        for (form, most) in [("", 3_000), ("maxMember=0", 3_000), ("maxMember=5", 5), ("maxMember=5000", 3_000)] {
            assert_eq!(max_members(&Form::parse(form.as_bytes())), Ok(most));
        }
        assert_eq!(max_members(&Form::parse(b"maxMember=many")), Err(CloudError::Malformed("maxMember")));
    }
}
