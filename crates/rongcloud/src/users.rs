//! Users: registered, changed and asked about.

use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudRefusal, Token},
    profile::{Name, PortraitUri, Profile, ProfileChange},
};
use hongbao_ports::CloudUser;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    answer,
    call::{Call, Form, Quota, Repeat, Reply},
};

/// Writes the call that registers a user: <https://docs.rongcloud.cn/platform-chat-api/user/register>.
///
/// An empty field is left out, so that nothing is overwritten with it. The documentation requires a name, yet the live
/// cloud has been seen to do without one.
pub(crate) fn get_token(profile: &Profile) -> Call {
    let optional = [("name", profile.name.for_cloud()), ("portraitUri", profile.portrait_uri.as_str())];
    let given = optional.into_iter().filter(|(_, value)| !value.is_empty());
    Call {
        path: "/user/getToken.json",
        form: Form::of([("userId", profile.user.as_str())].into_iter().chain(given)),
        repeat: Repeat::Harmless,
        quota: Quota::GetToken,
    }
}

/// Writes the call that changes a user: <https://docs.rongcloud.cn/platform-chat-api/user/modify>.
pub(crate) fn refresh(user: UserId, change: &ProfileChange) -> Call {
    let name = change.name.as_ref().map(|name| ("name", name.for_cloud()));
    let portrait_uri = change.portrait_uri.as_ref().map(|uri| ("portraitUri", uri.as_str()));
    Call {
        path: "/user/refresh.json",
        form: Form::of([("userId", user.as_str())].into_iter().chain(name).chain(portrait_uri)),
        repeat: Repeat::Harmless,
        quota: Quota::RefreshUser,
    }
}

/// Writes the call that asks about a user: <https://docs.rongcloud.cn/platform-chat-api/user/get>.
pub(crate) fn info(user: UserId) -> Call {
    Call {
        path: "/user/info.json",
        form: Form::of([("userId", user.as_str())]),
        repeat: Repeat::Harmless,
        quota: Quota::UserInfo,
    }
}

#[derive(Deserialize)]
struct TokenReply {
    token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InfoReply {
    user_name: Option<String>,
    user_portrait: Option<String>,
}

/// Reads the token. A yes without one is no yes.
pub(crate) fn token(reply: &Reply) -> Result<Token, CloudRefusal> {
    read::<TokenReply>(reply)?.token.parse().map_err(|_| garbled(reply))
}

/// Reads what the cloud holds. Others than we may write there too: what is longer than our sizes is passed over.
pub(crate) fn user(reply: &Reply) -> Result<CloudUser, CloudRefusal> {
    let info: InfoReply = read(reply)?;
    let name: Option<Name> = info.user_name.and_then(|name| name.parse().ok());
    let portrait_uri: Option<PortraitUri> = info.user_portrait.and_then(|uri| uri.parse().ok());
    Ok(CloudUser { name: name.unwrap_or_default(), portrait_uri: portrait_uri.unwrap_or_default() })
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, CloudRefusal> {
    serde_json::from_slice(&reply.0).map_err(|_| garbled(reply))
}

fn garbled(reply: &Reply) -> CloudRefusal {
    CloudRefusal::Unknown(Some(answer::read(200, &reply.0)))
}

/// Says whether the cloud refused because it does not know the user: with the code 400 as documented, or with 1002 and
/// the words `userId… is not exist.` as observed.
pub(crate) fn is_unknown(refusal: &CloudRefusal) -> bool {
    let CloudRefusal::Rejected(Some(answer)) = refusal else { return false };
    match answer.code {
        Some(400) => true,
        Some(1002) => answer.message.contains("not exist"),
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use hongbao_domain::im_cloud::CloudAnswer;

    use super::*;

    fn reply(json: &str) -> Reply {
        Reply(json.as_bytes().to_vec())
    }

    #[test]
    fn a_yes_without_a_token_tells_nothing() {
        assert_eq!(token(&reply(r#"{"code":200,"userId":"a","token":"t="}"#)).unwrap().as_str(), "t=");
        for garbled in [r#"{"code":200}"#, r#"{"code":200,"token":""}"#, r#"{"code":200,"token":7}"#] {
            assert!(matches!(token(&reply(garbled)), Err(CloudRefusal::Unknown(Some(_)))), "{garbled}");
        }
    }

    #[test]
    fn what_the_cloud_holds_may_be_nothing_or_too_long_for_us() {
        let held = |json: &str| user(&reply(json)).map(|user| (user.name.to_string(), user.portrait_uri.to_string()));
        let both = r#"{"code":200,"userName":"张三","userPortrait":"http://a","createTime":"2016-05-24 10:38:19"}"#;
        assert_eq!(held(both), Ok(("张三".to_owned(), "http://a".to_owned())));
        let nothing = Ok((String::new(), String::new()));
        assert_eq!(held(r#"{"code":200,"userName":"","userPortrait":null}"#), nothing);
        assert_eq!(held(&format!(r#"{{"code":200,"userPortrait":"{}"}}"#, "x".repeat(256))), nothing);
        assert!(held(r#"{"code":200,"userName":7}"#).is_err());
    }

    #[test]
    fn an_unknown_user_is_told_from_any_other_no() {
        let refusal = |code, message: &str| {
            CloudRefusal::Rejected(Some(CloudAnswer {
                http_status: 400,
                code: Some(code),
                message: message.to_owned(),
            }))
        };
        assert!(is_unknown(&refusal(400, "whatever")));
        assert!(is_unknown(&refusal(1002, "userIdunexistedUserId is not exist.")));
        assert!(!is_unknown(&refusal(1002, "userId is required.")));
        assert!(!is_unknown(&refusal(1004, "is not exist.")));
        assert!(!is_unknown(&CloudRefusal::Rejected(None)));
    }
}
