//! One request, four encodings; and what is none.

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
async fn a_body_is_not_needed() {
    let mut given = Given::default();
    given.ledger.expect_begin_claim().returning(|_| Err(Failure::Refused(BeginClaimRefusal::NotFound)));
    let answer = given.answer(post(&format!("{ACCEPT}?transfer_id={ID}"))).await;
    assert_eq!(answer.numbers(), (200, 4, "packet_not_found"));
}

#[actix_web::test]
async fn what_cannot_be_read_is_status_100_with_http_400() {
    let file = "--b\r\nContent-Disposition: form-data; name=\"transfer_id\"; filename=\"x\"\r\n\r\n1\r\n--b--\r\n";
    let nameless = "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n";
    let not_utf_8 = b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\xff\r\n--b--\r\n".to_vec();
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(9000), "]".repeat(9000));
    let requests = [
        post(&format!("{ACCEPT}?transfer_id=%zz")),
        post(&format!("{ACCEPT}?transfer_id=%ff")),
        with_body(ACCEPT, FORM, "transfer_id=%zz"),
        with_body(ACCEPT, FORM, b"transfer_id=\xff".to_vec()),
        with_body(ACCEPT, JSON, "{"),
        with_body(ACCEPT, JSON, ""),
        with_body(ACCEPT, JSON, "[]"),
        with_body(ACCEPT, JSON, deep),
        with_body(ACCEPT, MULTIPART, ""),
        with_body(ACCEPT, MULTIPART, "--b\r\n"),
        with_body(ACCEPT, MULTIPART, part("transfer_id", ID)),
        with_body(ACCEPT, MULTIPART, file),
        with_body(ACCEPT, MULTIPART, nameless),
        with_body(ACCEPT, MULTIPART, not_utf_8),
        with_body(ACCEPT, "multipart/form-data", "--b--\r\n"),
    ];
    for request in requests {
        let answer = Given::default().answer(request).await;
        assert_eq!(answer.numbers(), (400, 100, "invalid_request"), "{answer:?}");
    }
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
