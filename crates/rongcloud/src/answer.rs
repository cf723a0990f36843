//! The cloud's own words.

use hongbao_domain::im_cloud::CloudAnswer;
use serde_json::Value;

/// How much of the cloud's words is kept, in characters.
const MAX_MESSAGE_CHARS: usize = 200;

/// Reads an answer: `{"code":1002,"errorMessage":"..."}`, on any HTTP status.
///
/// A gateway in between may answer with anything; then there is no code. Official clients demand that the code is a
/// number, and so do we.
pub(crate) fn read(http_status: u16, body: &[u8]) -> CloudAnswer {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    // Newer endpoints say `msg`: <https://github.com/rongcloud/server-sdk-go>.
    let message = ["errorMessage", "msg"].iter().find_map(|key| body.get(key)?.as_str());
    CloudAnswer {
        http_status,
        code: body.get("code").and_then(Value::as_i64),
        message: message.map(shorten).unwrap_or_default(),
    }
}

/// Says what is left of an answer whose body never came.
pub(crate) const fn without_body(http_status: u16) -> CloudAnswer {
    CloudAnswer { http_status, code: None, message: String::new() }
}

/// A line of text from outside: short, and unable to forge a line of a log.
fn shorten(message: &str) -> String {
    message.chars().filter(|char| !char.is_control()).take(MAX_MESSAGE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_words_are_read_from_json() {
        let body = r#"{"url":"/user/getToken.json","code":1002,"errorMessage":"invalid App-Key."}"#;

        let answer = read(400, body.as_bytes());

        assert_eq!(answer, CloudAnswer { http_status: 400, code: Some(1002), message: "invalid App-Key.".to_owned() });
    }

    #[test]
    fn what_is_not_the_clouds_json_has_no_code() {
        for body in ["", "<html>", "[200]", "200", "null", r#"{"code":"200"}"#, r#"{"code":200.5}"#, r#"{"code":2"#] {
            assert_eq!(read(200, body.as_bytes()).code, None, "{body}");
        }
    }

    #[test]
    fn words_are_cut_at_200_characters_and_stay_on_one_line() {
        let body = format!(r#"{{"code":1002,"errorMessage":"红\n{}"}}"#, "包".repeat(500));

        let message = read(400, body.as_bytes()).message;

        assert_eq!(message, format!("红{}", "包".repeat(199)));
    }
}
