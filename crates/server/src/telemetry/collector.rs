//! How a collector is called.
//!
//! The exporter works on a thread of its own, without a runtime; its calls are made on the server's. Whatever becomes of them, no
//! request waits for it.

use std::{
    error::Error,
    fmt, mem,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use hongbao_ports::Chain;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::{Client, Url, redirect::Policy};
use tokio::runtime::Handle;
use tracing::{info, warn};

/// How often it is said again that traces are lost.
const SAID_EVERY: Duration = Duration::from_mins(10);

/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Calls one collector.
pub(super) struct Collector {
    client: Client,
    runtime: Handle,
    trouble: Mutex<Trouble>,
}

/// What was said of traces that are lost.
#[derive(Default)]
struct Trouble {
    said_at: Option<Instant>,
    /// Whether it was not said since that they arrive again.
    is_last_word: bool,
}

impl Collector {
    /// Prepares to call a collector. It asks nothing of it.
    pub(super) fn try_new(url: &Url, timeout: Duration) -> reqwest::Result<Self> {
        let client = Client::builder()
            .timeout(timeout)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("hongbao/", env!("CARGO_PKG_VERSION")));
        // A machine without certificates can still use a collector beside it.
        let client = if url.scheme() == "https" { client } else { client.tls_certs_only([]) };
        Ok(Self { client: client.build()?, runtime: Handle::current(), trouble: Mutex::default() })
    }

    /// Says that traces are lost, and then that they arrive again, neither more often than every few minutes.
    fn note(&self, why: Option<String>) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match why {
            Some(why) if trouble.said_at.is_none_or(|said| said.elapsed() >= SAID_EVERY) => {
                *trouble = Trouble { said_at: Some(Instant::now()), is_last_word: true };
                warn!("traces are lost, for the collector does not take them: {why}");
            }
            None if mem::take(&mut trouble.is_last_word) => info!("the collector takes traces again"),
            Some(_) | None => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.runtime.spawn(ask(self.client.clone(), request)).await;
        let answer = answer.unwrap_or_else(|ended| Err(ended.into()));
        self.note(match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("HTTP {}", answer.status().as_u16())),
            Err(error) => Some(Chain(error.as_ref()).to_string()),
        });
        answer
    }
}

async fn ask(client: Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let mut answer = client.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(Box::new(TooLong));
        }
    }
    let mut whole = Response::builder().status(answer.status()).body(Bytes::from(body))?;
    // By one of them a collector says when it may be asked again.
    *whole.headers_mut() = mem::take(answer.headers_mut());
    Ok(whole)
}

/// An answer that is too long.
#[derive(Debug)]
struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer is longer than {MAX_ANSWER_BYTES} bytes")
    }
}

impl Error for TooLong {}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}
