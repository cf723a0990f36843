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

/// Posts a form, and waits for the last byte of the answer for at most `timeout`, connecting included.
pub(crate) async fn post(client: &Client, url: &str, headers: HeaderMap, form: &Form, timeout: Duration) -> Exchange {
    let request = client
        .post(url)
        .headers(headers)
        .header(CONTENT_TYPE, Form::CONTENT_TYPE)
        .body(form.as_str().to_owned())
        .timeout(timeout);
    match request.send().await {
        Ok(response) => receive(response).await,
        Err(error) => {
            debug!("cannot get an answer: {}", Chain(&error));
            // An error of the connector is the only one that is sure to come before the first byte of the request.
            if error.is_connect() || error.is_builder() { Exchange::NotSent } else { Exchange::Lost(None) }
        }
    }
}

async fn receive(mut response: Response) -> Exchange {
    let http_status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Exchange::Answered { http_status, body },
            Err(error) => {
                debug!("cannot read the answer: {}", Chain(&error));
                return Exchange::Lost(Some(http_status));
            }
        }
        if body.len() > MAX_ANSWER_BYTES {
            debug!("cannot read the answer: it is longer than {MAX_ANSWER_BYTES} bytes");
            return Exchange::Lost(Some(http_status));
        }
    }
}
