//! What was found, and what to do about it, as a message.

use hongbao_domain::im_cloud::CloudAnswer;
use hongbao_rongcloud::{CheckFailure, ConnectError, Finding};

/// A finding for programs and for people.
pub(super) struct Message {
    /// A stable name.
    pub(super) outcome: &'static str,
    /// What was found.
    pub(super) detail: String,
    /// What to do. Empty where there is nothing to do.
    pub(super) remedy: String,
}

/// Says what was found. `setting` names the host.
pub(super) fn of(finding: &Finding, setting: &str) -> Message {
    match finding {
        Finding::Good => Message {
            outcome: "good",
            detail: "all is well, the cloud accepts the app key and the signature".to_owned(),
            remedy: String::new(),
        },
        Finding::Refused { failure, .. } => of_failure(*failure, setting),
        Finding::NotTried(connect_error) => of_connect_error(connect_error, setting),
    }
}

/// Gives the cloud's own words, where it said any.
pub(super) fn answer(finding: &Finding) -> Option<&CloudAnswer> {
    match finding {
        Finding::Refused { answer, .. } | Finding::NotTried(ConnectError::CloudInTrouble(answer)) => Some(answer),
        Finding::Good | Finding::NotTried(_) => None,
    }
}

fn of_failure(failure: CheckFailure, setting: &str) -> Message {
    let (outcome, detail, remedy) = match failure {
        CheckFailure::AppKey => (
            "app_key_invalid",
            "the cloud does not know the app key",
            format!("compare im.app_key with RongCloud's console, and {setting} with the app's data centre"),
        ),
        CheckFailure::Signature => (
            "signature_wrong",
            "the signature is wrong",
            "compare im.app_secret with RongCloud's console; if it is right, set the clock of this machine".to_owned(),
        ),
        CheckFailure::AppSecret => (
            "app_secret_wrong",
            "the app secret is not that of the app key",
            "take im.app_key and im.app_secret of one app and one environment from RongCloud's console".to_owned(),
        ),
        CheckFailure::AppLocked => (
            "app_locked",
            "the app is locked, deleted or offline",
            "look at the app in RongCloud's console, and ask RongCloud".to_owned(),
        ),
        CheckFailure::Address => (
            "ip_not_allowed",
            "this machine may not call",
            "add its public IP address to the app's allowlist for the Server API in RongCloud's console".to_owned(),
        ),
        CheckFailure::TooFast => (
            "too_fast",
            "the app asks too often",
            "wait a second and check again; if it stays, compare the quotas of section im with those of the plan"
                .to_owned(),
        ),
        CheckFailure::TooManyUsers => (
            "too_many_users",
            "the app's development environment is full",
            "use an app key of the production environment, or fewer users".to_owned(),
        ),
        CheckFailure::Path => (
            "no_such_method",
            "the cloud has no such method under this URL",
            format!("set {setting} to the host alone, without a path"),
        ),
        CheckFailure::Other => (
            "refused",
            "the cloud refuses",
            "look the code up at https://docs.rongcloud.cn/platform-chat-api/code".to_owned(),
        ),
    };
    Message { outcome, detail: detail.to_owned(), remedy }
}

fn of_connect_error(connect_error: &ConnectError, setting: &str) -> Message {
    let proxies = "proxies of the environment are not used";
    let (outcome, detail, remedy) = match connect_error {
        ConnectError::UnknownName => (
            "unknown_host",
            "the name of the host has no address".to_owned(),
            format!("correct {setting}, or the name servers of this machine"),
        ),
        ConnectError::ConnectionRefused => (
            "connection_refused",
            "the connection was refused, no program listens there".to_owned(),
            format!("correct {setting}, or look for a firewall"),
        ),
        ConnectError::NoConnection(why) => (
            "no_connection",
            format!("no connection can be made ({why})"),
            format!("look at the network of this machine; {proxies}"),
        ),
        ConnectError::ConnectingTimedOut => (
            "connect_timeout",
            "no connection within im.connect_timeout".to_owned(),
            format!("look for a firewall, or give it more time; {proxies}"),
        ),
        ConnectError::NoTls(why) => (
            "tls_failed",
            format!("no TLS ({why})"),
            format!("correct {setting}, or the certificates and the clock of this machine"),
        ),
        ConnectError::AnswerTimedOut => (
            "answer_timeout",
            "no answer within im.attempt_timeout".to_owned(),
            format!("correct {setting}, or give it more time"),
        ),
        ConnectError::BrokenOff(why) => (
            "broken_off",
            format!("the connection broke, or what listens there does not speak HTTP ({why})"),
            format!("correct {setting}, and check again"),
        ),
        ConnectError::NotTheCloud { http_status } => (
            "not_rongcloud",
            format!("what answers there is not RongCloud (HTTP {http_status} without RongCloud's JSON)"),
            format!("correct {setting}, or look for a proxy in between"),
        ),
        ConnectError::CloudInTrouble(_) => (
            "cloud_in_trouble",
            "the cloud, or a gateway before it, is not well".to_owned(),
            "check again later; if it stays, ask RongCloud".to_owned(),
        ),
    };
    Message { outcome, detail, remedy }
}
