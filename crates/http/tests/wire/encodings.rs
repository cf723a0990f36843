//! One request, four encodings; and what is none.

use actix_web::test::TestRequest;
use hongbao_domain::red_packet::{BeginClaimRefusal, ReserveRefusal};
use hongbao_ports::Failure;

use crate::support::{ACCEPT, Given, ID, PUBLISH, post, with_body};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=b";
const JSON: &str = "application/json; charset=utf-8";

/// A world that knows one amount only.
fn given_a_ledger_that_takes_88_88() -> Given {
    let mut given = Given::default();
    given.ledger.expect_reserve().returning(|reserve| {
        assert_eq!((reserve.sender.as_str(), reserve.receiver.as_str()), ("alice", "bob"));
        assert_eq!((reserve.coin.as_str(), reserve.remark.as_str()), ("CNY", "福 a+b"));
        assert_eq!(reserve.quantity, "88.88".parse().unwrap());
        Err(Failure::Refused(ReserveRefusal::BalanceTooLow))
    });
    given
}

fn part(name: &str, value: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

#[actix_web::test]
async fn query_form_multipart_and_json_say_the_same() {
    let encoded = "toUserId=bob&coin_id=CNY&amount=88.88&content=%E7%A6%8F+a%2Bb";
    let parts = [("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "88.88"), ("content", "福 a+b")];
    let multipart = parts.map(|(name, value)| part(name, value)).concat() + "--b--\r\n";
    let json = |amount| format!(r#"{{"toUserId":"bob","coin_id":"CNY","amount":{amount},"content":"福 a+b","x":[1]}}"#);
    let requests = [
        post(&format!("{PUBLISH}?{encoded}")),
        with_body(PUBLISH, FORM, encoded),
        with_body(&format!("{PUBLISH}?toUserId=bob&amount=88.88"), FORM, encoded),
        with_body(PUBLISH, MULTIPART, multipart),
        with_body(PUBLISH, JSON, json("88.88")),
        with_body(PUBLISH, JSON, json("88.8800")),
        with_body(PUBLISH, JSON, json("8888e-2")),
        with_body(PUBLISH, "Application/JSON", json("\"88.88\"")),
    ];
    for request in requests {
        let answer = given_a_ledger_that_takes_88_88().answer(request).await;
        assert_eq!(answer.numbers(), (200, 7, "balance_too_low"), "{answer:?}");
    }
}

#[actix_web::test]
async fn where_there_is_no_body_its_headers_do_not_matter() {
    let without_body = || post(&format!("{ACCEPT}?transfer_id={ID}"));
    let requests = [
        without_body(),
        without_body().insert_header(("Content-Type", "application/json")),
        without_body().insert_header(("Content-Type", "application/json")).insert_header(("Content-Length", "0")),
        without_body().insert_header(("Content-Type", "text/plain; charset=gbk")),
        without_body().insert_header(("Content-Type", "multipart/form-data")),
        without_body().insert_header(("Content-Encoding", "gzip")),
        without_body().append_header(("Content-Type", FORM)).append_header(("Content-Type", JSON)),
        with_body(&format!("{ACCEPT}?transfer_id={ID}"), JSON, ""),
    ];
    for request in requests {
        let mut given = Given::default();
        given.ledger.expect_begin_claim().returning(|_| Err(Failure::Refused(BeginClaimRefusal::NotFound)));
        let answer = given.answer(request).await;
        assert_eq!(answer.numbers(), (200, 4, "packet_not_found"));
    }
}

#[actix_web::test]
async fn a_byte_order_mark_is_no_part_of_the_first_parameter() {
    let form = "toUserId=bob&coin_id=CNY&amount=88.88&content=%E7%A6%8F+a%2Bb";
    let json = r#"{"toUserId":"bob","coin_id":"CNY","amount":88.88,"content":"福 a+b"}"#;
    let parts = [("toUserId", "\u{feff}bob"), ("coin_id", "CNY"), ("amount", "88.88"), ("content", "福 a+b")];
    let multipart = parts.map(|(name, value)| part(name, value)).concat() + "--b--\r\n";
    let requests = [
        with_body(PUBLISH, FORM, format!("\u{feff}{form}")),
        with_body(PUBLISH, FORM, format!("%EF%BB%BF{form}")),
        post(&format!("{PUBLISH}?%EF%BB%BF{form}")),
        with_body(PUBLISH, JSON, format!("\u{feff}{json}")),
        with_body(PUBLISH, MULTIPART, format!("\u{feff}{multipart}")),
    ];
    for request in requests {
        let answer = given_a_ledger_that_takes_88_88().answer(request).await;
        assert_eq!(answer.numbers(), (200, 7, "balance_too_low"), "{answer:?}");
    }
}

/// Gives the sentence by which a request is refused.
async fn refusal(http_status: u16, request: TestRequest) -> String {
    let answer = Given::default().answer(request).await;
    assert_eq!(answer.numbers(), (http_status, 100, "invalid_request"), "{answer:?}");
    answer.body["data"]["detail"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn text_in_another_charset_is_refused_wherever_it_is_declared() {
    let gbk_part = "--b\r\nContent-Disposition: form-data; name=\"content\"\r\nContent-Type: text/plain; charset=GBK\r\n\r\n\u{123}\r\n--b--\r\n";
    let requests = [
        with_body(PUBLISH, &format!("{FORM}; charset=GBK"), "content=%C4%A3"),
        with_body(PUBLISH, &format!("{FORM};CHARSET=\"gb18030\""), "content=%C4%A3"),
        with_body(PUBLISH, "application/json; charset=utf-16", "{}"),
        with_body(PUBLISH, "multipart/form-data; boundary=b; charset=iso-8859-1", "--b--\r\n"),
        with_body(PUBLISH, MULTIPART, gbk_part),
        with_body(PUBLISH, FORM, "_charset_=gbk&content=%C4%A3"),
        with_body(PUBLISH, MULTIPART, part("_charset_", "gbk") + "--b--\r\n"),
    ];
    for request in requests {
        assert_eq!(refusal(415, request).await, "The charset is not UTF-8.");
    }
    assert_eq!(refusal(415, post(&format!("{PUBLISH}?_charset_=gbk"))).await, "The charset is not UTF-8.");
}

#[actix_web::test]
async fn an_encoded_body_is_refused() {
    let base64 = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--b--\r\n";
    let requests = [
        with_body(ACCEPT, FORM, "transfer_id=x").insert_header(("Content-Encoding", "gzip")),
        with_body(ACCEPT, JSON, "{}").insert_header(("Content-Encoding", "identity, br")),
        with_body(ACCEPT, MULTIPART, base64),
    ];
    for request in requests {
        let sentence = "The body or a part of it is encoded in a way that is not read; please send it plain.";
        assert_eq!(refusal(415, request).await, sentence);
    }
}

#[actix_web::test]
async fn two_content_types_are_refused() {
    let request = || post(ACCEPT).set_payload("transfer_id=x").append_header(("Content-Type", FORM));
    let sentence = "There is more than one Content-Type.";
    assert_eq!(refusal(415, request().append_header(("Content-Type", JSON))).await, sentence);
    assert_eq!(refusal(415, request().append_header(("Content-Type", FORM))).await, sentence);
    assert_eq!(refusal(415, post(ACCEPT).set_payload("transfer_id=x")).await, "The body has no Content-Type.");
}

#[actix_web::test]
async fn a_sentence_names_the_one_cause() {
    let file = "--b\r\nContent-Disposition: form-data; name=\"transfer_id\"; filename=\"x\"\r\n\r\n1\r\n--b--\r\n";
    let nameless = "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n";
    let not_utf_8 = b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\xff\r\n--b--\r\n".to_vec();
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(9000), "]".repeat(9000));
    let requests = [
        (post(&format!("{ACCEPT}?transfer_id=%zz")), "The query string has a broken percent-escape."),
        (post(&format!("{ACCEPT}?transfer_id=%ff")), "The query string is not UTF-8."),
        (with_body(ACCEPT, FORM, "transfer_id=%zz"), "The form has a broken percent-escape."),
        (with_body(ACCEPT, FORM, b"transfer_id=\xff".to_vec()), "The body is not UTF-8."),
        (with_body(ACCEPT, FORM, "content=%C4%A3%B0"), "The body is not UTF-8."),
        (with_body(ACCEPT, JSON, "{"), "The body is not valid JSON."),
        (with_body(ACCEPT, JSON, " "), "The body is not valid JSON."),
        (with_body(ACCEPT, JSON, "transfer_id=x"), "The body is not valid JSON."),
        (with_body(ACCEPT, JSON, "[]"), "The JSON body is not an object."),
        (with_body(ACCEPT, JSON, deep), "The JSON body is nested too deeply."),
        (with_body(ACCEPT, JSON, b"\xff\xfe{\0}\0".to_vec()), "The body is not UTF-8."),
        (with_body(ACCEPT, MULTIPART, "--b\r\n"), "The multipart body is broken."),
        (with_body(ACCEPT, MULTIPART, part("transfer_id", ID)), "The multipart body is broken."),
        (with_body(ACCEPT, MULTIPART, file), "The multipart body has a file in it; only fields are read."),
        (with_body(ACCEPT, MULTIPART, nameless), "A part of the multipart body has no name."),
        (with_body(ACCEPT, MULTIPART, not_utf_8), "The body is not UTF-8."),
        (
            with_body(ACCEPT, "multipart/form-data", "--b--\r\n"),
            "The Content-Type of the multipart body has no boundary.",
        ),
    ];
    for (request, sentence) in requests {
        assert_eq!(refusal(400, request).await, sentence);
    }
}

#[actix_web::test]
async fn half_an_emoji_is_told_with_its_parameter() {
    let body = r#"{"toUserId":"bob","coin_id":"CNY","amount":"1","content":"恭喜\ud83e"}"#;
    let answer = Given::default().answer(with_body(PUBLISH, JSON, body)).await;
    assert_eq!(answer.numbers(), (400, 100, "invalid_request"), "{answer:?}");
    assert_eq!(answer.body["data"]["parameter"], "content");

    let key = r#"{"session_key":"demo-alice\ud83e"}"#;
    let answer = Given::default()
        .answer(TestRequest::post().uri(PUBLISH).insert_header(("Content-Type", JSON)).set_payload(key))
        .await;
    assert_eq!(answer.numbers(), (200, 2, "not_logged_in"));
}

#[actix_web::test]
async fn a_content_of_more_than_128_kib_in_a_multipart_form_is_read_to_its_end() {
    let content = "福".repeat(131_072 / 3 + 1);
    let parts = [("content", content.as_str()), ("toUserId", "bob"), ("objectName", "RC:TxtMsg")];
    let body = parts.map(|(name, value)| part(name, value)).concat() + "--b--\r\n";
    let answer = Given::default().answer(with_body("/im/msg_private_publish", MULTIPART, body)).await;
    assert_eq!(answer.body["data"]["detail"], "The parameter content is too long.", "{answer:?}");
}

#[actix_web::test]
async fn a_parameter_at_fault_is_named() {
    let too_long = "x".repeat(226);
    let right = "toUserId=bob&coin_id=CNY&amount=1";
    let requests = [
        (post(&format!("{PUBLISH}?{right}&toUserId=bob")), "toUserId"),
        (with_body(&format!("{PUBLISH}?{right}"), FORM, "amount=2"), "amount"),
        (with_body(PUBLISH, JSON, r#"{"coin_id":"CNY","coin_id":"CNY"}"#), "coin_id"),
        (with_body(PUBLISH, JSON, r#"{"toUserId":7}"#), "toUserId"),
        (with_body(PUBLISH, JSON, r#"{"amount":true}"#), "amount"),
        (with_body(PUBLISH, FORM, format!("{right}&content={too_long}")), "content"),
    ];
    for (request, parameter) in requests {
        let answer = Given::default().answer(request).await;
        assert_eq!(answer.numbers(), (400, 100, "invalid_request"), "{answer:?}");
        assert_eq!(answer.body["data"]["parameter"], parameter);
    }
}

#[actix_web::test]
async fn a_missing_parameter_has_the_number_of_its_method() {
    let numbers = [
        (PUBLISH, "{}", 1, "receiver_missing"),
        (PUBLISH, r#"{"toUserId":null}"#, 1, "receiver_missing"),
        (PUBLISH, r#"{"toUserId":" bob"}"#, 1, "receiver_malformed"),
        (PUBLISH, r#"{"toUserId":"bob","coin_id":""}"#, 4, "coin_missing"),
        (PUBLISH, r#"{"toUserId":"bob","coin_id":"CNY"}"#, 4, "amount_missing"),
        (PUBLISH, r#"{"toUserId":"bob","coin_id":"CNY","amount":0.0}"#, 6, "amount_not_positive"),
        (PUBLISH, r#"{"toUserId":"bob","coin_id":"CNY","amount":"x"}"#, 6, "amount_malformed"),
        (ACCEPT, "{}", 1, "transfer_id_missing"),
        (ACCEPT, r#"{"transfer_id":"7"}"#, 1, "transfer_id_malformed"),
    ];
    for (path, json, status, code) in numbers {
        let answer = Given::default().answer(with_body(path, JSON, json)).await;
        assert_eq!(answer.numbers(), (200, status, code), "{path} {json}");
    }
}
