//! Whether each host of the cloud lets this app in, and if not, why.
//!
//! The question is about a user who most likely does not exist: an answer about the user, also that there is none, shows
//! that the signature was accepted. Nothing is registered or changed.
//!
//! What is unverified is tolerated: the cloud's codes are documented with several HTTP statuses, and one code may mean
//! several things, so that the words have to tell (<https://docs.rongcloud.cn/platform-chat-api/code>).

mod connect_error;

use hongbao_domain::im_cloud::CloudAnswer;

pub use self::connect_error::ConnectError;
use crate::{
    answer,
    call::{Call, Form, Quota, Repeat},
    client::Client,
};

/// Letters only: the cloud's newest pages list no other characters than letters and digits.
const NOBODY: &str = "hongbaocheck";

/// One host and what it said.
#[derive(Debug)]
pub struct Checked {
    /// The URL of the host, as it is asked.
    pub host: String,
    /// What was found.
    pub finding: Finding,
}

/// What a host did with the question.
#[derive(Debug)]
pub enum Finding {
    /// The cloud accepts the key and the signature.
    Good,
    /// The cloud answered, and says no.
    Refused {
        /// What it objects to.
        failure: CheckFailure,
        /// Its own words.
        answer: CloudAnswer,
    },
    /// No answer of the cloud came that settles it.
    NotTried(ConnectError),
}

/// What the cloud objects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckFailure {
    /// It knows no such app key in this data centre.
    AppKey,
    /// The signature is wrong: another secret, or a clock that is off.
    Signature,
    /// The secret is not that of the app key.
    AppSecret,
    /// The app is locked, deleted or offline.
    AppLocked,
    /// The address of this machine is not on the app's list.
    Address,
    /// The app asks too often.
    TooFast,
    /// The app's development environment has no room for more users.
    TooManyUsers,
    /// The path is none of the cloud's.
    Path,
    /// Something else, which its words have to tell.
    Other,
}

/// Asks each host once.
pub(crate) async fn each_host(client: &Client) -> Vec<Checked> {
    let question = Call {
        path: "/user/info.json",
        form: Form::of([("userId", NOBODY)]),
        repeat: Repeat::Harmless,
        quota: Quota::UserInfo,
    };
    let tried = client.try_each(&question).await.into_iter();
    tried
        .map(|(host, answer)| {
            let finding = match answer {
                Ok((http_status, body)) => classify(http_status, &body),
                Err(no_answer) => Finding::NotTried(ConnectError::of(&no_answer)),
            };
            Checked { host, finding }
        })
        .collect()
}

fn classify(http_status: u16, body: &[u8]) -> Finding {
    let answer = answer::read(http_status, body);
    let failure = match answer.code {
        Some(200) if http_status == 200 => return Finding::Good,
        // "The user ID does not exist", with an HTTP status that could not be confirmed.
        Some(400) => return Finding::Good,
        Some(1002) => match parameter_failure(&answer.message) {
            Some(failure) => failure,
            None => return Finding::Good,
        },
        Some(404) => CheckFailure::Path,
        Some(429 | 1008) => CheckFailure::TooFast,
        Some(1001) => CheckFailure::AppSecret,
        Some(1004) => CheckFailure::Signature,
        Some(1006) => CheckFailure::AppLocked,
        Some(1007) => CheckFailure::Address,
        Some(2007) => CheckFailure::TooManyUsers,
        // A success must be one in both places.
        Some(200 | 500..=599 | 1000 | 1050) => return Finding::NotTried(ConnectError::CloudInTrouble(answer)),
        Some(_) => CheckFailure::Other,
        None => match (http_status, is_not_a_valid_api(body)) {
            (404, true) => CheckFailure::Path,
            (429, _) => CheckFailure::TooFast,
            (500..=599, _) => return Finding::NotTried(ConnectError::CloudInTrouble(answer)),
            (_, _) => return Finding::NotTried(ConnectError::NotTheCloud { http_status }),
        },
    };
    Finding::Refused { failure, answer }
}

/// Reads the words of code 1002, which says "invalid App-Key." or "Invalidate App-Key.", but also that a user `is not
/// exist.`: then the key and the signature were accepted.
fn parameter_failure(message: &str) -> Option<CheckFailure> {
    let letters: String = message.to_ascii_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    if letters.contains("appkey") {
        Some(CheckFailure::AppKey)
    } else if letters.contains("notexist") || message.contains("不存在") {
        None
    } else {
        Some(CheckFailure::Other)
    }
}

/// The cloud's text for a path that it does not know, which is not JSON.
fn is_not_a_valid_api(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).to_ascii_lowercase().contains("not a valid api")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(http_status: u16, body: &str) -> String {
        match classify(http_status, body.as_bytes()) {
            Finding::Good => "good".to_owned(),
            Finding::Refused { failure, answer } => {
                assert_eq!(answer.http_status, http_status);
                format!("{failure:?}")
            }
            Finding::NotTried(ConnectError::CloudInTrouble(_)) => "trouble".to_owned(),
            Finding::NotTried(ConnectError::NotTheCloud { http_status: told }) => {
                assert_eq!(told, http_status);
                "another".to_owned()
            }
            Finding::NotTried(connect_error) => panic!("an answer came: {connect_error:?}"),
        }
    }

    #[test]
    fn each_answer_is_told_apart() {
        let json = |code: i64, words: &str| format!(r#"{{"code":{code},"errorMessage":"{words}"}}"#);
        let table = [
            // About the user: the signature was accepted, whatever the HTTP status.
            (200, r#"{"code":200,"userName":"","userPortrait":""}"#.to_owned(), "good"),
            (400, json(400, "The user ID does not exist"), "good"),
            (200, json(400, ""), "good"),
            (404, json(400, ""), "good"),
            (400, json(1002, "userIdhongbaocheckUserId is not exist."), "good"),
            (400, json(1002, "用户不存在"), "good"),
            // About the app.
            (400, json(1002, "invalid App-Key."), "AppKey"),
            (400, json(1002, "Invalidate App-Key."), "AppKey"),
            (401, json(1002, "app key does not exist"), "AppKey"),
            (401, json(1002, "App-Key 不存在"), "AppKey"),
            (400, json(1002, "appKey is required."), "AppKey"),
            (401, json(1001, ""), "AppSecret"),
            (401, json(1004, "签名错误，请检查。"), "Signature"),
            (401, json(1006, ""), "AppLocked"),
            (401, json(1007, ""), "Address"),
            (429, json(1008, ""), "TooFast"),
            (429, "<html>".to_owned(), "TooFast"),
            (403, json(2007, ""), "TooManyUsers"),
            // About the path.
            (404, "Not a valid API".to_owned(), "Path"),
            (404, json(404, ""), "Path"),
            // What only the words can tell.
            (400, json(1002, "userId is required."), "Other"),
            (400, json(1005, ""), "Other"),
            (430, json(1009, ""), "Other"),
            (400, json(29_999, ""), "Other"),
            // The cloud is not well.
            (500, json(1000, ""), "trouble"),
            (504, json(1050, ""), "trouble"),
            (502, "<html>".to_owned(), "trouble"),
            (503, String::new(), "trouble"),
            (500, json(200, ""), "trouble"),
            // Another server.
            (200, "<html>welcome</html>".to_owned(), "another"),
            (200, String::new(), "another"),
            (200, r#"{"code":"200"}"#.to_owned(), "another"),
            (200, r#"{"status":"ok"}"#.to_owned(), "another"),
            (302, String::new(), "another"),
            (401, "<html>".to_owned(), "another"),
            (404, "<html>".to_owned(), "another"),
        ];
        for (http_status, body, expected) in table {
            assert_eq!(name(http_status, &body), expected, "HTTP {http_status} {body}");
        }
    }
}
