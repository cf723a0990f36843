//! What the cloud is asked, and how.

use hongbao_domain::im_cloud::CloudRefusal;
use hongbao_ports::{ImCloud, Notice, NoticeKind, Turn};
use hongbao_rongcloud::{PushTexts, Settings};

use crate::{
    cloud::{Answer, Cloud},
    fixture::{adapter, notice, notify, settings},
};

#[tokio::test]
async fn a_published_packet_is_told_in_a_signed_form() {
    let cloud = Cloud::start([], Answer::DONE).await;

    notify(&settings(cloud.url(), None)).await.unwrap();

    let [request] = cloud.requests().try_into().unwrap();
    assert_eq!(request.line, "POST /message/private/publish.json HTTP/1.1");
    assert_eq!(request.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(request.header("app-key"), "testAppKey");
    assert_eq!(request.header("nonce"), "8000000000000001");
    assert_eq!(request.header("timestamp"), "1795392377123");
    assert_eq!(request.header("signature"), "174ca2253c4fc8bbc209099e4d0bfb1036f5f627");
    assert_eq!(request.header("x-request-id"), "01930000000070008000000000000001");
    let fields: Vec<(&str, &str)> = request.form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("fromUserId", "alice"),
            ("toUserId", "bob"),
            ("objectName", "HB:RedPacket"),
            (
                "content",
                r#"{"event_id":"000000000000000000000E","transfer_id":"000000000000000000000F","content":"恭喜发财 & 1+1=2 \"大吉\""}"#
            ),
            ("pushContent", "[红包] 恭喜发财 & 1+1=2 \"大吉\""),
        ]
    );
}

#[tokio::test]
async fn an_opened_packet_is_told_under_another_name_and_without_words() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let settings = Settings { notice_prefix: "My:".to_owned(), ..settings(cloud.url(), None) };
    let notice = Notice { kind: NoticeKind::Opened, ..notice() };

    adapter(&settings).notify(Turn::grant(), &notice).await.unwrap();

    let [request] = cloud.requests().try_into().unwrap();
    assert_eq!(request.field("objectName"), "My:RedPacketOpened");
    assert_eq!(request.field("pushContent"), "您的红包已被领取");
    assert_eq!(
        request.field("content"),
        r#"{"event_id":"000000000000000000000E","transfer_id":"000000000000000000000F"}"#
    );
}

#[tokio::test]
async fn what_is_set_to_be_silent_has_no_text_for_the_phone_and_a_copy_is_asked_for_where_it_is_set() {
    let cloud = Cloud::start([], Answer::DONE).await;
    let silent = PushTexts { red_packet: String::new(), opened: String::new(), refunded: String::new() };
    let adapter = adapter(&Settings { push: silent, include_sender: true, ..settings(cloud.url(), None) });

    for kind in [notice().kind, NoticeKind::Opened] {
        adapter.notify(Turn::grant(), &Notice { kind, ..notice() }).await.unwrap();
    }

    for request in cloud.requests() {
        let names: Vec<_> = request.form.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["fromUserId", "toUserId", "objectName", "content", "isIncludeSender"]);
        assert_eq!(request.field("isIncludeSender"), "1");
    }
}

#[tokio::test]
async fn a_repeat_says_the_same_but_is_signed_anew() {
    let cloud = Cloud::start([Answer::BROKEN], Answer::DONE).await;

    notify(&settings(cloud.url(), None)).await.unwrap();

    let [first, second] = cloud.requests().try_into().unwrap();
    assert_eq!(first.form, second.form);
    for header in ["nonce", "signature", "x-request-id"] {
        assert_ne!(first.header(header), second.header(header), "{header}");
    }
}

#[tokio::test]
async fn a_path_of_the_host_becomes_a_prefix() {
    let cloud = Cloud::start([], Answer::DONE).await;

    notify(&settings(format!("{}/cloud/", cloud.url()), None)).await.unwrap();

    assert_eq!(cloud.requests()[0].line, "POST /cloud/message/private/publish.json HTTP/1.1");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let redirect = Answer::Writes("HTTP/1.1 307 -\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    let cloud = Cloud::start([], redirect).await;

    let refusal = notify(&settings(cloud.url(), None)).await.unwrap_err();

    assert!(matches!(refusal, CloudRefusal::Unknown(Some(answer)) if answer.http_status == 307));
    assert!(cloud.requests().iter().all(|request| request.line.starts_with("POST /message/")));
}
