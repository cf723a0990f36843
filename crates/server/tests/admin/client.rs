//! A client of the admin API.

use std::{net::SocketAddr, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::harness::Demo;

/// The demo's token.
pub(crate) const TOKEN: &str = "demo-admin";

pub(crate) struct AdminClient {
    address: SocketAddr,
    token: String,
    key: Option<&'static str>,
}

pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl AdminClient {
    pub(crate) fn of(demo: &Demo, token: &str) -> Self {
        Self { address: demo.admin, token: token.to_owned(), key: None }
    }

    pub(crate) fn under(&self, key: &'static str) -> Self {
        Self { address: self.address, token: self.token.clone(), key: Some(key) }
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Told {
        let body = body.map(|body| body.to_string());
        self.send(method, path, body.as_deref().map(|body| ("application/json", body))).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<(&str, &str)>) -> Told {
        let url = format!("http://{}/admin/v1/{path}", self.address);
        let mut request = reqwest::Client::new().request(method, url).bearer_auth(&self.token);
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        if let Some((media_type, body)) = body {
            request = request.header("content-type", media_type).body(body.to_owned());
        }
        let response = request.send().await.expect("the admin API answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.expect("there is a body");
        Told { status, body: serde_json::from_str(&body).expect("it is JSON"), headers }
    }

    pub(crate) async fn get(&self, path: &str) -> Told {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Told {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Told {
        self.ask(Method::POST, path, Some(body)).await
    }
}

impl Told {
    #[track_caller]
    pub(crate) fn done(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        let told = (self.status.as_u16(), self.body["code"].as_str(), self.body["status"].as_u64());
        assert_eq!(told, (status, Some(code), Some(status.into())), "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert!(self.headers.contains_key("x-request-id"));
    }
}

/// Asks again and again until the answer is there.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "{what} did not come");
        sleep(Duration::from_millis(100)).await;
    }
}
