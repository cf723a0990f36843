//! Bytes that no client would send on purpose.

use actix_web::{http::header::HeaderValue, rt::System, test::init_service};
use hongbao_domain::red_packet::{BeginClaimRefusal, ReserveRefusal};
use hongbao_http::{Settings, app};
use hongbao_ports::Failure;
use proptest::prelude::*;

use crate::support::{ACCEPT, Given, PUBLISH, answer, with_body};

fn given_any_answer() -> Given {
    let mut given = Given::default();
    given.ledger.expect_begin_claim().returning(|_| Err(Failure::Refused(BeginClaimRefusal::NotFound)));
    given.ledger.expect_reserve().returning(|_| Err(Failure::Refused(ReserveRefusal::BalanceTooLow)));
    given
}

fn path() -> impl Strategy<Value = &'static str> {
    prop_oneof![8 => Just(PUBLISH), 8 => Just(ACCEPT), 1 => Just("/im/nothing")]
}

fn query() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 1 => "[a-zA-Z0-9_%&=+.~-]{0,60}"]
}

fn content_type() -> impl Strategy<Value = HeaderValue> {
    let text = prop_oneof![
        3 => Just("application/json".to_owned()),
        3 => Just("application/x-www-form-urlencoded".to_owned()),
        3 => Just("multipart/form-data; boundary=b".to_owned()),
        1 => "(application|multipart)/[a-z-]{1,12}(; ?(boundary|charset)=[!-~]{0,8})?",
        1 => "[ -~]{0,40}",
    ];
    text.prop_filter_map("not a header", |text| HeaderValue::from_str(&text).ok())
}

/// Bytes, and what is nearly a body.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let nearly_json = r#"\{("(amount|toUserId|x)":([-0-9.eE]{1,6}|"[ -~]{0,6}"|null|\[|\{|true),?){0,4}\}?"#;
    let nearly_form = "((amount|toUserId|session_key|x)=[a-z0-9%+]{0,8}&?){0,4}";
    let nearly_multipart = concat!(
        "(--b\r\n(Content-(Disposition: form-data; name=\"?[a-z]{0,4}\"?|Length: [0-9]{1,20}|Type: [a-z/]{1,12})\r\n){0,3}",
        "(\r\n)?[a-z\r\n-]{0,8}(\r\n)?){0,3}(--b--)?(\r\n)?",
    );
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        nearly_json.prop_map(String::into_bytes),
        nearly_form.prop_map(String::into_bytes),
        nearly_multipart.prop_map(String::into_bytes),
    ]
}

#[test]
fn no_bytes_make_the_server_fail() {
    let system = System::new();
    let service = system.block_on(async { init_service(app(given_any_answer().shared(), Settings::default())).await });
    proptest!(ProptestConfig::with_cases(2000), |(
        path in path(), query in query(), content_type in content_type(), body in body(),
    )| {
        let request = with_body(&format!("{path}?{query}"), "text/plain", body)
            .insert_header(("Content-Type", content_type));
        let answer = system.block_on(answer(&service, request.to_request()));
        prop_assert!(answer.http_status < 500, "{:?}", answer);
    });
}
