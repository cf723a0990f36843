//! Users: registered, changed and asked about.

use std::{num::NonZeroU32, time::Duration};

use hongbao_domain::{
    im_cloud::CloudRefusal,
    profile::{Profile, ProfileChange},
};
use hongbao_ports::{CloudUsers, Refreshed};
use hongbao_rongcloud::{RongCloud, Settings};

use crate::{
    cloud::{Answer, Cloud},
    fixture::{APP_KEY, APP_SECRET, adapter, settings},
};

const NOW: Duration = Duration::ZERO;
const TOKEN: Answer = Answer::Says(200, r#"{"code":200,"userId":"alice","token":"t+/=@id1.cn.rongnav.com;"}"#);
const UNKNOWN_USER: Answer = Answer::Says(400, r#"{"code":1002,"errorMessage":"userIdalice is not exist."}"#);

fn alice(name: &str, portrait_uri: &str) -> Profile {
    let (name, portrait_uri) = (name.parse().expect("a name"), portrait_uri.parse().expect("a portrait"));
    Profile { user: "alice".parse().expect("an id"), name, portrait_uri }
}

fn new_name(name: &str) -> ProfileChange {
    ProfileChange { name: name.parse().ok(), portrait_uri: None }
}

async fn cloud(next: &[Answer], then: Answer) -> (Cloud, RongCloud) {
    let cloud = Cloud::start(next.iter().copied(), then).await;
    let adapter = adapter(&settings(cloud.url(), None));
    (cloud, adapter)
}

/// The line and the form of the only request.
fn asked(cloud: &Cloud) -> (String, Vec<(String, String)>) {
    let [request] = cloud.requests().try_into().expect("there was one request");
    (request.line, request.form)
}

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_registration_carries_the_beginning_of_the_name_and_gives_a_token() {
    let (cloud, adapter) = cloud(&[], TOKEN).await;

    let token = adapter.get_token(&alice(&"😀".repeat(255), "http://a/1.png?a=1&b=2"), NOW).await.unwrap();

    assert_eq!(token.as_str(), "t+/=@id1.cn.rongnav.com;");
    let fields = [("userId", "alice"), ("name", &"😀".repeat(64)), ("portraitUri", "http://a/1.png?a=1&b=2")];
    assert_eq!(asked(&cloud), ("POST /user/getToken.json HTTP/1.1".to_owned(), form(&fields)));
}

#[tokio::test]
async fn what_is_empty_overwrites_nothing() {
    let (cloud, adapter) = cloud(&[], TOKEN).await;
    adapter.get_token(&alice("", ""), NOW).await.unwrap();
    assert_eq!(asked(&cloud).1, form(&[("userId", "alice")]));
}

#[tokio::test]
async fn a_yes_without_a_token_is_unknown() {
    let (_cloud, adapter) = cloud(&[], Answer::DONE).await;
    let refusal = adapter.get_token(&alice("Alice", ""), NOW).await.unwrap_err();
    assert!(matches!(refusal, CloudRefusal::Unknown(Some(answer)) if answer.code == Some(200)));
}

#[tokio::test]
async fn a_change_carries_only_what_changes() {
    let (cloud, adapter) = cloud(&[], Answer::DONE).await;

    let name = new_name(&"福".repeat(65));
    assert_eq!(adapter.refresh("alice".parse().unwrap(), &name, NOW).await, Ok(Refreshed::Done));

    let fields = [("userId", "alice"), ("name", &"福".repeat(64))];
    assert_eq!(asked(&cloud), ("POST /user/refresh.json HTTP/1.1".to_owned(), form(&fields)));
}

#[tokio::test]
async fn what_the_cloud_holds_is_read() {
    let held = r#"{"code":200,"userName":"张三","userPortrait":"http://a","createTime":"2016-05-24 10:38:19"}"#;
    let (cloud, adapter) = cloud(&[], Answer::Says(200, held)).await;

    let user = adapter.info("alice".parse().unwrap(), NOW).await.unwrap().unwrap();

    assert_eq!((user.name.as_str(), user.portrait_uri.as_str()), ("张三", "http://a"));
    assert_eq!(asked(&cloud), ("POST /user/info.json HTTP/1.1".to_owned(), form(&[("userId", "alice")])));
}

#[tokio::test]
async fn a_user_whom_the_cloud_does_not_know_is_no_failure() {
    for unknown in [UNKNOWN_USER, Answer::Says(200, r#"{"code":400}"#), Answer::Says(404, r#"{"code":400}"#)] {
        let (_cloud, adapter) = cloud(&[], unknown).await;
        let user = "alice".parse().unwrap();
        assert_eq!(adapter.info(user, NOW).await, Ok(None), "{unknown:?}");
        assert_eq!(adapter.refresh(user, &new_name("Alice"), NOW).await, Ok(Refreshed::UnknownUser), "{unknown:?}");
    }
}

#[tokio::test]
async fn a_stranger_after_a_doubt_leaves_the_doubt() {
    let (_cloud, adapter) = cloud(&[Answer::BROKEN], UNKNOWN_USER).await;
    let refusal = adapter.refresh("alice".parse().unwrap(), &new_name("Alice"), NOW).await.unwrap_err();
    assert!(matches!(refusal, CloudRefusal::Unknown(_)));
}

#[tokio::test]
async fn each_of_them_is_asked_again_while_nobody_knows() {
    for failure in [Answer::BROKEN, Answer::HTML, Answer::CUT] {
        let (cloud, adapter) = cloud(&[failure, TOKEN, failure, Answer::DONE, failure], Answer::DONE).await;
        let user = "alice".parse().unwrap();
        adapter.get_token(&alice("Alice", ""), NOW).await.unwrap();
        adapter.refresh(user, &new_name("Ali"), NOW).await.unwrap();
        adapter.info(user, NOW).await.unwrap();
        assert_eq!(cloud.requests().len(), 6, "{failure:?}");
    }
}

#[tokio::test]
async fn each_of_them_has_a_quota_of_its_own() {
    let one = NonZeroU32::new(1);
    let cloud = Cloud::start([TOKEN], Answer::DONE).await;
    let adapter = adapter(&Settings {
        get_token_per_second: one,
        refresh_user_per_second: one,
        user_info_per_second: one,
        ..settings(cloud.url(), None)
    });
    let user = "alice".parse().unwrap();
    adapter.get_token(&alice("Alice", ""), NOW).await.unwrap();
    adapter.refresh(user, &new_name("Ali"), NOW).await.unwrap();
    adapter.info(user, NOW).await.unwrap();
    assert_eq!(cloud.requests().len(), 3);
}

#[test]
fn an_app_is_told_by_its_key_and_secrets_by_a_fingerprint() {
    let at_home = || settings("http://127.0.0.1:1".to_owned(), None);
    let app = adapter(&at_home()).app();
    assert_eq!(app, adapter(&at_home()).app());
    assert_eq!(app.key, APP_KEY);
    assert!(!format!("{app:?}").contains(APP_SECRET));
    let other = adapter(&Settings { app_secret: "another".into(), ..at_home() }).app();
    assert_ne!(app.secret_fingerprint, other.secret_fingerprint);
}
