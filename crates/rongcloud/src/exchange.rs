//! One request on the wire.

use std::time::Duration;

use hongbao_ports::Chain;
use reqwest::{
    Client, Response,
    header::{CONTENT_TYPE, HeaderMap},
};
use tracing::debug;

use crate::{call::Form, outcome::Exchange};

/// The longest answer that is read, in bytes. That of the largest query, 3,000 members of a group, has a third of it.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Why no whole answer came.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// No connection could be made, so that not one byte of the request was sent.
    NotSent(reqwest::Error),
    /// The request was sent, or may have been, and not even the head of an answer came.
    Nothing(reqwest::Error),
    /// The head of an answer came, and then no whole body.
    HeadOnly {
        http_status: u16,
        /// `None`: the body was too long.
        cause: Option<reqwest::Error>,
    },
}

/// Posts a form, and waits for the last byte of the answer for at most `timeout`, connecting included.
pub(crate) async fn post(client: &Client, url: &str, headers: HeaderMap, form: &Form, timeout: Duration) -> Exchange {
    match try_post(client, url, headers, form, timeout).await {
        Ok((http_status, body)) => Exchange::Answered { http_status, body },
        Err(NoAnswer::NotSent(error)) => {
            debug!("cannot get an answer: {}", Chain(&error));
            Exchange::NotSent
        }
        Err(NoAnswer::Nothing(error)) => {
            debug!("cannot get an answer: {}", Chain(&error));
            Exchange::Lost(None)
        }
        Err(NoAnswer::HeadOnly { http_status, cause: Some(error) }) => {
            debug!("cannot read the answer: {}", Chain(&error));
            Exchange::Lost(Some(http_status))
        }
        Err(NoAnswer::HeadOnly { http_status, cause: None }) => {
            debug!("cannot read the answer: it is longer than {MAX_ANSWER_BYTES} bytes");
            Exchange::Lost(Some(http_status))
        }
    }
}

/// The same, for a caller that wants to know why there is no answer. Gives the HTTP status and the body.
pub(crate) async fn try_post(
    client: &Client,
    url: &str,
    headers: HeaderMap,
    form: &Form,
    timeout: Duration,
) -> Result<(u16, Vec<u8>), NoAnswer> {
    let request = client
        .post(url)
        .headers(headers)
        .header(CONTENT_TYPE, Form::CONTENT_TYPE)
        .body(form.as_str().to_owned())
        .timeout(timeout);
    // An error of the connector is the only one that is sure to come before the first byte of the request.
    let response = request.send().await.map_err(|error| {
        if error.is_connect() || error.is_builder() { NoAnswer::NotSent(error) } else { NoAnswer::Nothing(error) }
    })?;
    receive(response).await
}

async fn receive(mut response: Response) -> Result<(u16, Vec<u8>), NoAnswer> {
    let http_status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok((http_status, body)),
            Err(error) => return Err(NoAnswer::HeadOnly { http_status, cause: Some(error) }),
        }
        if body.len() > MAX_ANSWER_BYTES {
            return Err(NoAnswer::HeadOnly { http_status, cause: None });
        }
    }
}
