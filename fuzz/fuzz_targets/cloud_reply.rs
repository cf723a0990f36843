//! Answers of the cloud: none counts as done but a success in both places, and none as not executed without a word of it.
#![no_main]

// The files themselves: their crate needs a TLS library, which takes longer to build than all the rest.
#[allow(dead_code)]
#[path = "../../crates/rongcloud/src/answer.rs"]
mod answer;
#[allow(dead_code)]
#[path = "../../crates/rongcloud/src/call.rs"]
mod call;
#[allow(dead_code)]
#[path = "../../crates/rongcloud/src/outcome.rs"]
mod outcome;

use libfuzzer_sys::fuzz_target;

use self::outcome::{Exchange, Failed, sort};

/// The documented codes of refusals, 1008 and 429 for too many calls among them, and 430 for what is not enabled.
const REFUSALS: &[i64] = &[
    400, 401, 403, 404, 405, 429, 430, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1015, 1016,
    1017, 1018, 1019, 1501, 1502, 1508, 2007,
];

/// One of each class of HTTP status, and all that mean something.
const STATUSES: &[u16] = &[
    0, 100, 199, 200, 201, 204, 299, 302, 399, 400, 401, 403, 404, 405, 407, 408, 409, 413, 428, 429, 430, 431, 498,
    499, 500, 502, 503, 504, 599, 600,
];

fuzz_target!(|body: &[u8]| {
    let code = code(body);
    for http_status in STATUSES {
        look(*http_status, code, body);
    }
});

fn look(http_status: u16, code: Option<i64>, body: &[u8]) {
    match sort(Exchange::Answered { http_status, body: body.to_vec() }) {
        Ok(reply) => assert_eq!((http_status, code, reply.0.as_slice()), (200, Some(200), body)),
        Err(Failed::Rejected(answer) | Failed::Throttled(answer)) => {
            assert_eq!((answer.http_status, answer.code), (http_status, code));
            is_one_short_line(&answer.message);
            let tells_nothing = code.is_some_and(is_a_time_out_or_success);
            let is_said_by_code = code.is_some_and(|code| REFUSALS.contains(&code) || http_status == 200);
            let is_said_by_status = (400..=498).contains(&http_status) && http_status != 408;
            assert!(!tells_nothing && (is_said_by_code || is_said_by_status), "HTTP {http_status} {code:?}");
        }
        Err(Failed::Unknown(Some(answer))) => {
            assert_eq!((answer.http_status, answer.code), (http_status, code));
            is_one_short_line(&answer.message);
            assert!(!code.is_some_and(|code| REFUSALS.contains(&code)), "HTTP {http_status} {code:?} is a refusal");
        }
        Err(failed @ (Failed::Unknown(None) | Failed::Unreached)) => panic!("an answer came: {failed:?}"),
    }
}

/// Says whether a code tells a success, or an error of the cloud that may come after it did the work.
fn is_a_time_out_or_success(code: i64) -> bool {
    matches!(code, 200 | 10_000 | 500..=599 | 1000 | 1050)
}

/// Finds the code as another reader does.
fn code(body: &[u8]) -> Option<i64> {
    let object: std::collections::HashMap<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    object.get("code")?.as_i64()
}

fn is_one_short_line(message: &str) {
    assert!(message.chars().count() <= 200 && !message.chars().any(char::is_control), "{message:?}");
}
