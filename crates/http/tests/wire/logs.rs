//! One line a request, and no secret in any.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{
    dev::Service,
    test::{TestRequest, init_service},
};
use async_trait::async_trait;
use futures_util::FutureExt;
use hongbao_domain::{
    id::{SessionKey, UserId},
    im_cloud::{CloudAnswer, CloudRefusal},
    red_packet::BeginClaimRefusal,
};
use hongbao_http::{Proxies, ProxyHeader, Settings, Shared, app};
use hongbao_ports::{
    Failure, Fault,
    query::{ListedSession, SessionQueries},
};
use serde_json::Value;
use tracing::{Level, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{ACCEPT, FRESH_REQUEST_ID, Given, ID, KEY, answer, post, with_body};

/// Where the log goes during a test.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    /// The lines that a request leaves behind, at the most talkative level.
    async fn of(given: Given, request: TestRequest) -> Vec<Value> {
        let log = Self::default();
        let recording = log.record();
        given.answer(request).await;
        drop(recording);
        log.lines()
    }

    pub(crate) fn record(&self) -> DefaultGuard {
        let subscriber = tracing_subscriber::fmt().json().with_max_level(Level::TRACE).with_writer(self.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A store that never answers.
struct Silent;

#[async_trait]
impl SessionQueries for Silent {
    async fn user_of(&self, _: &SessionKey) -> Result<Option<UserId>, Fault> {
        std::future::pending().await
    }

    async fn sessions_of(&self, _: UserId) -> Result<Vec<ListedSession>, Fault> {
        unreachable!("nobody asks")
    }
}

fn access(lines: &[Value]) -> &Value {
    let mut access = lines.iter().filter(|line| line["fields"].get("http.method").is_some());
    let line = access.next().expect("every request has a line");
    assert!(access.next().is_none(), "a request has one line");
    &line["fields"]
}

#[actix_web::test]
async fn the_access_log_tells_who_did_what_and_how_it_went() {
    let mut given = Given::default();
    given.ledger.expect_begin_claim().returning(|_| Err(Failure::Refused(BeginClaimRefusal::NotFound)));
    let lines = Log::of(given, post(&format!("{ACCEPT}?transfer_id={ID}"))).await;
    let line = access(&lines);
    assert_eq!((&line["http.method"], &line["http.path"]), (&"POST".into(), &ACCEPT.into()));
    assert_eq!((&line["http.route"], &line["http.status"]), (&ACCEPT.into(), &200.into()));
    assert_eq!((&line["status"], &line["user.id"]), (&4.into(), &"alice".into()));
    assert_eq!(line["code"], "packet_not_found");
    assert_eq!((line.get("im_cloud.code"), line.get("im_cloud.http_status")), (None, None));
    assert_eq!(line["request.id"], FRESH_REQUEST_ID);
    assert!(line["duration_us"].is_u64());
}

#[actix_web::test]
async fn the_access_log_tells_the_client_behind_a_trusted_proxy() {
    let proxies = Proxies::try_new(&["10.0.0.0/8".to_owned()], ProxyHeader::XForwardedFor).unwrap();
    let service = init_service(app(Given::default().shared(), Settings { proxies, ..Settings::default() })).await;
    for (peer, client) in [("10.0.0.1:7", "203.0.113.7"), ("192.0.2.1:7", "192.0.2.1")] {
        let log = Log::default();
        let recording = log.record();
        let request = post(ACCEPT).peer_addr(peer.parse().unwrap()).insert_header(("X-Forwarded-For", "203.0.113.7"));
        answer(&service, request.to_request()).await;
        drop(recording);
        assert_eq!(access(&log.lines())["client.address"], client);
    }
}

#[actix_web::test]
async fn the_access_log_tells_what_the_cloud_answered_but_not_its_words() {
    let answer = CloudAnswer { http_status: 401, code: Some(1004), message: "hush".to_owned() };
    let mut given = Given::default();
    given.im_cloud.expect_turn().return_once(|_, _| Err(CloudRefusal::Rejected(Some(answer))));
    let lines = Log::of(given, post(&format!("{ACCEPT}?transfer_id={ID}"))).await;
    let line = access(&lines);
    assert_eq!((&line["status"], &line["code"]), (&3.into(), &"im_cloud_rejected".into()));
    assert_eq!((&line["im_cloud.http_status"], &line["im_cloud.code"]), (&401.into(), &1004.into()));
    assert!(lines.iter().all(|line| !line.to_string().contains("hush")));
}

#[actix_web::test]
async fn no_line_shows_a_session_key_a_query_or_a_body() {
    let form = "application/x-www-form-urlencoded";
    let requests = [
        post(&format!("{ACCEPT}?session_key={KEY}&content=hush")),
        with_body(ACCEPT, form, format!("session_key={KEY}&content=hush")),
        with_body(ACCEPT, "application/json", format!(r#"{{"session_key":"{KEY}","content":"hush""#)),
        with_body(ACCEPT, "text/plain", format!("session_key={KEY}&content=hush")),
        TestRequest::post().uri(&format!("{ACCEPT}?session_key=%20{KEY}&content=hush")),
        TestRequest::get().uri(&format!("/nowhere?session_key={KEY}&content=hush")),
    ];
    for request in requests {
        let lines = Log::of(Given::default(), request).await;
        access(&lines);
        for line in lines {
            let line = line.to_string();
            assert!(!line.contains(KEY) && !line.contains("hush"), "{line}");
        }
    }
}

#[actix_web::test]
async fn a_fault_is_logged_once_with_its_chain_and_its_request() {
    let fault = Fault::unavailable("cannot read the session").because(Fault::internal("disk is full"));
    let lines = Log::of(Given::without_sessions(fault), post(ACCEPT)).await;
    let faults: Vec<&Value> = lines.iter().filter(|line| line.to_string().contains("disk is full")).collect();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0]["level"], "WARN");
    assert_eq!(faults[0]["fields"]["message"], "a request was turned away: cannot read the session: disk is full");
    assert_eq!(faults[0]["span"]["request.id"], FRESH_REQUEST_ID);
    assert_eq!(access(&lines)["status"], 121);
}

#[actix_web::test]
async fn a_defect_is_an_error() {
    let lines = Log::of(Given::without_sessions(Fault::internal("cannot read the session")), post(ACCEPT)).await;
    assert_eq!(lines.iter().filter(|line| line["level"] == "ERROR").count(), 1);
}

#[actix_web::test]
async fn a_request_whose_caller_hung_up_has_its_line_too() {
    let shared = Shared { sessions: Arc::new(Silent), ..Given::default().shared() };
    let service = init_service(app(shared, Settings::default())).await;
    let log = Log::default();
    let recording = log.record();

    let answer = service.call(post(ACCEPT).to_request()).now_or_never();

    drop(recording);
    assert!(answer.is_none());
    let lines = log.lines();
    assert_eq!(access(&lines)["message"], format!("POST {ACCEPT} was given up"));
    assert_eq!(access(&lines).get("http.status"), None);
}
