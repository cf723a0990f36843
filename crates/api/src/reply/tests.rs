//! The shapes on the wire.

use hongbao_domain::{
    id::TransferId,
    im_cloud::{CloudAnswer, CloudRefusal},
    money::{Amount, Money, Scale},
    red_packet::{AcceptRefusal, PacketRef, PublishRefusal, Receipt},
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::{
    CloudCodes, Denial, FailureKind, Invalid, Language, RateLimit, Rendered, Reply,
    red_packet::{Accept, Accepted, Publish, Published},
};

const ID: &str = "0000000000000000000001";

fn body(rendered: &Rendered) -> Value {
    serde_json::from_str(&rendered.json).unwrap()
}

fn denied(denial: Denial<PublishRefusal>) -> Rendered {
    Reply::<Publish>::Denied(denial).render(Language::English)
}

fn money() -> Money {
    let (coin, scale) = ("CNY".parse().unwrap(), Scale::new(2).unwrap());
    Money { coin, scale, amount: Amount::from_minor(8880).unwrap() }
}

fn receipt() -> Receipt {
    Receipt {
        packet: PacketRef { id: TransferId::from_u128(1), sender: "alice".parse().unwrap(), coin: money().coin },
        taker: "bob".parse().unwrap(),
        money: money(),
        remark: "恭喜".parse().unwrap(),
        claimed_at: Timestamp::from_micros(1_795_400_428_123_456),
    }
}

#[test]
fn a_published_packet_is_status_0_with_texts() {
    let reply = Reply::<Publish>::Done(Published {
        transfer_id: TransferId::from_u128(1),
        to_user_id: "bob".parse().unwrap(),
        coin_id: "CNY".parse().unwrap(),
        amount: money(),
        expires_at: Timestamp::from_micros(1_795_400_428_123_456),
    });
    let rendered = reply.render(Language::Chinese);
    assert_eq!((rendered.status, rendered.http_status, rendered.retry_after_s), (0, 200, None));
    let data = json!({
        "transfer_id": ID, "to_user_id": "bob", "coin_id": "CNY", "amount": "88.8",
        "expires_at": "2026-11-23T02:20:28.123Z",
    });
    assert_eq!(body(&rendered), json!({ "status": 0, "data": data }));
}

#[test]
fn an_accepted_packet_and_one_that_the_caller_has_already_show_the_same_fields() {
    let receipt = receipt();
    let fields = json!({
        "transfer_id": ID, "coin_id": "CNY", "amount": "88.8", "from_user_id": "alice", "content": "恭喜",
        "claimed_at": "2026-11-23T02:20:28.123Z",
    });

    let done = Reply::<Accept>::Done(Accepted::from(&receipt)).render(Language::English);
    assert_eq!(body(&done), json!({ "status": 0, "data": fields }));

    let again = Denial::Refused(AcceptRefusal::ClaimedByYou(Box::new(receipt))).render(Language::English);
    let mut beside = fields;
    beside["code"] = json!("claimed_by_you");
    beside["detail"] = json!("You have this red packet already.");
    beside["retryable"] = json!(false);
    assert_eq!(body(&again), json!({ "status": 4, "data": beside }));
}

#[test]
fn the_words_of_the_cloud_are_shown_where_it_spoke() {
    let answer = CloudAnswer { http_status: 200, code: Some(1002), message: "no such user".to_owned() };
    let spoken = denied(Denial::Refused(PublishRefusal::ImCloud(CloudRefusal::Rejected(Some(answer)))));
    assert_eq!(spoken.http_status, 200);
    let data = json!({
        "code": "im_cloud_rejected", "detail": "The IM cloud refused; nothing has changed.", "retryable": true,
        "im_cloud": { "http_status": 200, "code": 1002, "message": "no such user" },
    });
    assert_eq!(body(&spoken), json!({ "status": 3, "data": data }));

    let silent = denied(Denial::Refused(PublishRefusal::ImCloud(CloudRefusal::Unknown(None))));
    assert_eq!(body(&silent)["data"].get("im_cloud"), None);
    assert_eq!(body(&silent)["data"]["retryable"], json!(true));
}

#[test]
fn a_detail_speaks_the_callers_language_and_the_code_does_not() {
    let denial = Denial::<PublishRefusal>::Invalid(Invalid::TooLong("content"));
    let rendered = denial.render(Language::Chinese);
    let data = json!({
        "code": "invalid_request", "detail": "参数content过长。", "retryable": false, "parameter": "content",
    });
    assert_eq!(body(&rendered), json!({ "status": 100, "data": data }));
    assert_eq!(rendered.http_status, 400);
}

#[test]
fn each_102_103_and_121_says_when_to_ask_again_and_nothing_else_does() {
    let broken = |kind| Denial::failed(kind, None);
    let away = [broken(FailureKind::Unavailable), broken(FailureKind::Unresolved)];
    for denial in [Denial::RateLimited(RateLimit::InFlight), Denial::KeyInProgress].into_iter().chain(away) {
        let rendered = denied(denial);
        assert!(matches!(rendered.status, 102 | 103 | 121), "{rendered:?}");
        assert_eq!(rendered.retry_after_s, Some(1), "{rendered:?}");
    }
    let cloud = PublishRefusal::ImCloud(CloudRefusal::Busy);
    let others = [
        Denial::NotLoggedIn,
        Invalid::Json.into(),
        Denial::KeyMismatch,
        broken(FailureKind::Internal),
        Denial::Refused(cloud),
    ];
    for rendered in others.map(denied) {
        assert_eq!(rendered.retry_after_s, None, "{rendered:?}");
    }
}

#[test]
fn a_user_with_too_many_requests_is_told_so_by_http_429() {
    let limited = denied(Denial::RateLimited(RateLimit::InFlight));
    assert_eq!((limited.status, limited.http_status, limited.code), (103, 429, Some("rate_limited")));
    assert_eq!(body(&limited)["data"]["retryable"], json!(true));
}

#[test]
fn a_caller_who_asks_too_often_is_told_when_to_ask_again() {
    let limited = denied(Denial::RateLimited(RateLimit::Rate { retry_after_s: 7 }));
    assert_eq!((limited.status, limited.http_status, limited.retry_after_s), (103, 429, Some(7)));
    assert_eq!(body(&limited)["data"]["code"], json!("rate_limited"));
    assert_eq!(body(&limited)["data"]["retryable"], json!(true));
}

#[test]
fn a_key_that_is_in_use_is_told_by_number_http_status_and_whether_to_repeat() {
    let mismatch = denied(Denial::KeyMismatch);
    assert_eq!((mismatch.status, mismatch.http_status, mismatch.code), (101, 422, Some("idempotency_mismatch")));
    assert_eq!(body(&mismatch)["data"]["retryable"], json!(false));

    let running = denied(Denial::KeyInProgress);
    assert_eq!((running.status, running.http_status, running.code), (102, 409, Some("idempotency_in_progress")));
    assert_eq!(body(&running)["data"]["retryable"], json!(true));
}

#[test]
fn under_a_key_each_fault_is_retryable_for_the_repeat_tells_what_has_happened() {
    for kind in [FailureKind::Internal, FailureKind::Unavailable, FailureKind::Unresolved] {
        let rendered = denied(Denial::failed(kind, None).under_key());
        assert_eq!(body(&rendered)["data"]["retryable"], json!(true), "{kind:?}");
    }
    let refused = denied(Denial::Refused(PublishRefusal::BalanceTooLow).under_key());
    assert_eq!(body(&refused)["data"]["retryable"], json!(false), "a refusal stays what it is");
}

#[test]
fn the_log_is_told_the_code_and_the_clouds_numbers_but_not_its_words() {
    let answer = CloudAnswer { http_status: 401, code: Some(1004), message: "hush".to_owned() };
    let rendered = denied(Denial::Refused(PublishRefusal::ImCloud(CloudRefusal::Rejected(Some(answer)))));
    assert_eq!(rendered.code, Some("im_cloud_rejected"));
    assert_eq!(rendered.im_cloud, Some(CloudCodes { http_status: 401, code: Some(1004) }));

    let silent = denied(Denial::Refused(PublishRefusal::ImCloud(CloudRefusal::Unknown(None))));
    assert_eq!((silent.code, silent.im_cloud), (Some("im_cloud_unknown"), None));
}

#[test]
fn a_fault_says_whether_a_repeat_is_safe() {
    let broken = |kind, transfer_id| denied(Denial::failed(kind, transfer_id));

    let internal = broken(FailureKind::Internal, None);
    assert_eq!((internal.status, internal.http_status, internal.retry_after_s), (120, 500, None));
    assert_eq!(body(&internal)["data"]["retryable"], json!(false));

    let unavailable = broken(FailureKind::Unavailable, None);
    assert_eq!((unavailable.status, unavailable.http_status, unavailable.retry_after_s), (121, 503, Some(1)));
    assert_eq!(body(&unavailable)["data"]["retryable"], json!(true));
    assert_eq!(body(&unavailable)["data"].get("transfer_id"), None);

    let unresolved = broken(FailureKind::Unresolved, Some(TransferId::from_u128(1)));
    assert_eq!((unresolved.status, unresolved.http_status, unresolved.retry_after_s), (121, 503, Some(1)));
    assert_eq!(body(&unresolved)["data"]["code"], json!("unavailable"));
    assert_eq!(body(&unresolved)["data"]["retryable"], json!(false));
    assert_eq!(body(&unresolved)["data"]["transfer_id"], json!(ID));
}
