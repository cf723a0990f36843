//! What became of one try: done, or failed in a way that says what may follow.
//!
//! The codes: <https://docs.rongcloud.cn/platform-chat-api/code>.

use hongbao_domain::im_cloud::CloudAnswer;

use crate::{answer, call::Reply};

/// What happened on the wire. Kept apart from the cloud's codes: a cut connection is not a refusal.
#[derive(Debug)]
pub(crate) enum Exchange {
    /// No connection could be made, so that not one byte of the request was sent.
    NotSent,
    /// The request was sent, or may have been, and no whole answer came. The status, where at least the head came.
    Lost(Option<u16>),
    /// A whole answer came.
    Answered { http_status: u16, body: Vec<u8> },
}

/// A try that cannot be counted as done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failed {
    /// The host was never reached. Not executed.
    Unreached,
    /// The cloud said no. Not executed, and saying it again would not help.
    Rejected(CloudAnswer),
    /// The cloud said: not so fast. Not executed, and later it may be.
    Throttled(CloudAnswer),
    /// It is unknown whether it was executed, or will be.
    Unknown(Option<CloudAnswer>),
}

/// Sorts what happened on the wire.
pub(crate) fn sort(exchange: Exchange) -> Result<Reply, Failed> {
    match exchange {
        Exchange::NotSent => Err(Failed::Unreached),
        Exchange::Lost(http_status) => Err(Failed::Unknown(http_status.map(answer::without_body))),
        Exchange::Answered { http_status, body } => {
            let answer = answer::read(http_status, &body);
            match class(http_status, answer.code) {
                Class::Done => Ok(Reply(body)),
                Class::Rejected => Err(Failed::Rejected(answer)),
                Class::Throttled => Err(Failed::Throttled(answer)),
                Class::Unknown => Err(Failed::Unknown(Some(answer))),
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Done,
    Rejected,
    Throttled,
    Unknown,
}

/// A code that the documentation explains outweighs the HTTP status; any other leaves the word to the status.
fn class(http_status: u16, code: Option<i64>) -> Class {
    match code {
        Some(200) if http_status == 200 => Class::Done,
        Some(429 | 1008) => Class::Throttled,
        // A success must be one in both places; 10000 is that of newer endpoints, which are not called here. 1000 is an
        // internal error of the cloud, 1050 its internal time-out: it may have done half or all of it.
        Some(200 | 10_000 | 500..=599 | 1000 | 1050) => Class::Unknown,
        Some(400 | 401 | 403..=405 | 430 | 1001..=1007 | 1009..=1011 | 1015..=1019 | 1501 | 1502 | 1508 | 2007) => {
            Class::Rejected
        }
        Some(_) if http_status == 200 => Class::Rejected,
        Some(_) | None => class_of_status(http_status),
    }
}

/// A 4xx is said before anything is executed, by the cloud or by a gateway in front of it; the text for a wrong path,
/// for one, is not JSON. But 408 (and nginx's 499) is a time-out, and a time-out tells nothing.
const fn class_of_status(http_status: u16) -> Class {
    match http_status {
        429 => Class::Throttled,
        408 | 499 => Class::Unknown,
        400..=498 => Class::Rejected,
        _ => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_is_sorted_as_the_documentation_says() {
        let json = |code: i64| format!(r#"{{"code":{code},"errorMessage":"words"}}"#);
        let html = || "<html>welcome</html>".to_owned();
        let table = [
            (200, json(200), Class::Done),
            // Definitely not executed.
            (400, json(400), Class::Rejected),
            (404, json(404), Class::Rejected),
            (401, json(1001), Class::Rejected),
            (400, json(1002), Class::Rejected),
            (400, json(1003), Class::Rejected),
            (401, json(1004), Class::Rejected),
            (400, json(1005), Class::Rejected),
            (401, json(1006), Class::Rejected),
            (401, json(1007), Class::Rejected),
            (430, json(1009), Class::Rejected),
            (400, json(1010), Class::Rejected),
            (400, json(1011), Class::Rejected),
            (200, json(1015), Class::Rejected),
            (403, json(1016), Class::Rejected),
            (400, json(1018), Class::Rejected),
            (400, json(1019), Class::Rejected),
            (400, json(1501), Class::Rejected),
            (400, json(1508), Class::Rejected),
            (403, json(2007), Class::Rejected),
            // The code outweighs the status.
            (200, json(1002), Class::Rejected),
            (500, json(1002), Class::Rejected),
            (429, json(1002), Class::Rejected),
            (200, json(1000), Class::Unknown),
            (400, json(1050), Class::Unknown),
            (503, json(1008), Class::Throttled),
            // A code without an explanation leaves the word to the status.
            (400, json(29_999), Class::Rejected),
            (200, json(29_999), Class::Rejected),
            (429, json(29_999), Class::Throttled),
            (500, json(29_999), Class::Unknown),
            // Not so fast.
            (429, json(1008), Class::Throttled),
            (429, html(), Class::Throttled),
            // The outcome is unknown.
            (500, json(1000), Class::Unknown),
            (504, json(1050), Class::Unknown),
            (500, json(500), Class::Unknown),
            (502, html(), Class::Unknown),
            (503, String::new(), Class::Unknown),
            (200, html(), Class::Unknown),
            (200, String::new(), Class::Unknown),
            (200, r#"{"code":"200"}"#.to_owned(), Class::Unknown),
            (302, html(), Class::Unknown),
            (204, String::new(), Class::Unknown),
            (408, html(), Class::Unknown),
            // A success that contradicts itself.
            (500, json(200), Class::Unknown),
            (400, json(200), Class::Unknown),
            (200, json(10_000), Class::Unknown),
            // A refusal without JSON.
            (404, "Not a valid API".to_owned(), Class::Rejected),
            (401, html(), Class::Rejected),
            (403, html(), Class::Rejected),
            (405, html(), Class::Rejected),
            (413, html(), Class::Rejected),
            (430, html(), Class::Rejected),
        ];
        for (http_status, body, class) in table {
            let sorted = sort(Exchange::Answered { http_status, body: body.clone().into_bytes() });
            let found = match &sorted {
                Ok(reply) => {
                    assert_eq!(reply.0, body.as_bytes());
                    Class::Done
                }
                Err(Failed::Rejected(answer)) => told(Class::Rejected, answer, http_status),
                Err(Failed::Throttled(answer)) => told(Class::Throttled, answer, http_status),
                Err(Failed::Unknown(Some(answer))) => told(Class::Unknown, answer, http_status),
                Err(Failed::Unknown(None) | Failed::Unreached) => panic!("an answer came: {sorted:?}"),
            };
            assert_eq!(found, class, "HTTP {http_status} {body}");
        }
    }

    fn told(class: Class, answer: &CloudAnswer, http_status: u16) -> Class {
        assert_eq!(answer.http_status, http_status);
        class
    }

    #[test]
    fn only_what_was_never_sent_is_definite_without_an_answer() {
        assert_eq!(sort(Exchange::NotSent), Err(Failed::Unreached));
        assert_eq!(sort(Exchange::Lost(None)), Err(Failed::Unknown(None)));
        // The head said 400, but the code that could outweigh it was lost.
        assert_eq!(sort(Exchange::Lost(Some(400))), Err(Failed::Unknown(Some(answer::without_body(400)))));
    }
}
