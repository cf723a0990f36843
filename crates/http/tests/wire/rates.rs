//! A session, and an address without one, may ask so often; more is status 103.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    test::{TestRequest, init_service},
};
use futures_util::FutureExt;
use hongbao_domain::id::{SessionKey, UserId};
use hongbao_http::{Proxies, ProxyHeader, RateLimits, Rates, Refused, Settings, Shared, app};
use hongbao_ports::{
    Fault,
    query::{ListedSession, SessionQueries},
};

use crate::support::{ACCEPT, Answer, Given, answer};

const ALICE: &str = "user-alice";
const BOB: &str = "user-bob";
const HERE: &str = "203.0.113.7";
const THERE: &str = "203.0.113.8";

/// What a limited caller is told.
const LIMITED: (u16, u64, &str) = (429, 103, "rate_limited");
const NOT_LOGGED_IN: (u16, u64, &str) = (200, 2, "not_logged_in");
/// What a caller who came in is told: no test names a packet.
const SERVED: (u16, u64, &str) = (200, 1, "transfer_id_missing");

/// What becomes of a look-up.
#[derive(Clone, Copy, Default)]
enum State {
    /// Keys that begin with `user-` are good.
    #[default]
    Good,
    /// Every session is over.
    Over,
    /// The store is away.
    Away,
    /// The store does not answer.
    Silent,
}

#[derive(Default)]
struct Sessions {
    look_ups: AtomicUsize,
    state: Mutex<State>,
}

#[async_trait::async_trait]
impl SessionQueries for Sessions {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        self.look_ups.fetch_add(1, Ordering::Relaxed);
        let state = *self.state.lock().unwrap();
        match state {
            State::Good => {
                // Others may ask meanwhile.
                tokio::task::yield_now().await;
                Ok(key.as_str().strip_prefix("user-").map(|user| user.parse().unwrap()))
            }
            State::Over => Ok(None),
            State::Away => Err(Fault::unavailable("cannot read the session")),
            State::Silent => std::future::pending().await,
        }
    }

    async fn sessions_of(&self, _: UserId) -> Result<Vec<ListedSession>, Fault> {
        unreachable!("no method asks")
    }
}

/// A server whose time stands still until it is told to go on.
struct Fixture {
    sessions: Arc<Sessions>,
    passed_ms: Arc<AtomicU64>,
    limits: RateLimits,
    shared: Shared,
}

impl Fixture {
    fn new(session: Option<&str>, address: Option<&str>) -> Self {
        let rate = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let (passed_ms, start) = (Arc::new(AtomicU64::new(0)), Instant::now());
        let passed = Arc::clone(&passed_ms);
        let clock = move || start + Duration::from_millis(passed.load(Ordering::Relaxed));
        let limits = RateLimits::with_clock(Rates { session: rate(session), address: rate(address) }, clock);
        let sessions = Arc::new(Sessions::default());
        let rate_limits = limits.clone();
        let shared = Shared { sessions: sessions.clone(), rate_limits, ..Given::default().shared() };
        Self { sessions, passed_ms, limits, shared }
    }

    fn pass(&self, span: Duration) {
        self.passed_ms.fetch_add(span.as_millis().try_into().unwrap(), Ordering::Relaxed);
    }

    fn look_ups(&self) -> usize {
        self.sessions.look_ups.load(Ordering::Relaxed)
    }

    fn set(&self, state: State) {
        *self.sessions.state.lock().unwrap() = state;
    }
}

fn from(address: &str) -> TestRequest {
    TestRequest::post().uri(ACCEPT).peer_addr(format!("{address}:4711").parse().unwrap())
}

fn with_key(address: &str, key: &str) -> TestRequest {
    from(address).insert_header(("Authorization", format!("Bearer {key}")))
}

fn with_key_in_body(address: &str, key: &str) -> TestRequest {
    let form = "application/x-www-form-urlencoded";
    from(address).insert_header(("Content-Type", form)).set_payload(format!("session_key={key}"))
}

/// Asks one after the other.
async fn all<R, B: MessageBody>(
    service: &impl Service<R, Response = ServiceResponse<B>, Error = Error>,
    requests: impl IntoIterator<Item = R>,
) -> Vec<(u16, u64, String)> {
    let mut answers = Vec::new();
    for request in requests {
        let answer = answer(service, request).await;
        let (http_status, status, code) = answer.numbers();
        answers.push((http_status, status, code.to_owned()));
    }
    answers
}

fn times(count: usize, answer: (u16, u64, &str)) -> Vec<(u16, u64, String)> {
    vec![(answer.0, answer.1, answer.2.to_owned()); count]
}

/// Takes what an address may ask without a session.
async fn empty<B: MessageBody>(
    service: &impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    address: &str,
) {
    while answer(service, from(address).to_request()).await.numbers() != LIMITED {}
}

fn retry_after_s(answer: &Answer) -> u64 {
    answer.header("Retry-After").expect("it says when to come back").parse().unwrap()
}

#[actix_web::test]
async fn a_session_that_asks_too_often_is_refused_without_a_look_up_and_served_again_after_retry_after() {
    let fixture = Fixture::new(Some("24/min burst 3"), None);
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    let alice = || with_key(HERE, ALICE).to_request();
    assert_eq!(all(&service, [alice(), alice(), alice()]).await, times(3, SERVED));

    let asked = Instant::now();
    let refused = answer(&service, alice()).await;

    assert_eq!(refused.numbers(), LIMITED);
    assert_eq!(retry_after_s(&refused), 3, "2.5 s, rounded up");
    assert_eq!(refused.body["data"]["retryable"], true);
    assert_eq!(refused.header("Cache-Control"), Some("no-store"));
    assert!(asked.elapsed() >= Duration::from_secs(1), "who does not wait is made to: {:?}", asked.elapsed());
    assert_eq!(fixture.look_ups(), 3, "it costs the store nothing");
    assert_eq!(fixture.limits.refused(), Refused { session: 1, address: 0 });

    fixture.pass(Duration::from_secs(2));
    assert_eq!(all(&service, [alice()]).await, times(1, LIMITED));
    fixture.pass(Duration::from_secs(1));
    assert_eq!(all(&service, [alice()]).await, times(1, SERVED));
}

#[actix_web::test]
async fn the_first_requests_of_a_session_pay_although_they_come_at_once() {
    let fixture = Fixture::new(Some("1/min burst 1"), None);
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    let alice = || answer(&service, with_key(HERE, ALICE).to_request());
    let (first, second) = tokio::join!(alice(), alice());
    let mut told = [first.numbers(), second.numbers()];
    told.sort_unstable();
    assert_eq!(told, [SERVED, LIMITED], "one of them is served, whichever came first");
    assert_eq!(fixture.look_ups(), 2, "nothing was known of it");
}

#[actix_web::test]
async fn one_session_does_not_pay_for_another() {
    let fixture = Fixture::new(Some("1/min burst 1"), Some("1/min burst 1"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    let requests = [ALICE, ALICE, BOB, BOB].map(|key| with_key(HERE, key).to_request());
    let served: Vec<_> = all(&service, requests).await.into_iter().map(|(_, status, _)| status).collect();
    assert_eq!(served, [1, 103, 1, 103]);
}

#[actix_web::test]
async fn who_shows_no_session_pays_with_the_address() {
    let fixture = Fixture::new(None, Some("1/s burst 2"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    for requests in [
        [from("203.0.113.1"), from("203.0.113.1"), from("203.0.113.1")],
        ["a", "b", "c"].map(|key| with_key("203.0.113.2", key)),
        ["a", "b", "c"].map(|key| with_key_in_body("203.0.113.3", key)),
        ["%20", "x%00", "福"].map(|key| with_key_in_body("203.0.113.4", key)),
    ] {
        let answers = all(&service, requests.map(TestRequest::to_request)).await;
        assert_eq!(answers, [times(2, NOT_LOGGED_IN), times(1, LIMITED)].concat());
    }
    let malformed = || from(HERE).set_payload("x").insert_header(("Content-Type", "text/plain")).to_request();
    let answers = all(&service, [malformed(), malformed(), malformed()]).await;
    assert_eq!(answers, [times(2, (415, 100, "invalid_request")), times(1, LIMITED)].concat());
    assert_eq!(fixture.limits.refused(), Refused { session: 0, address: 5 });

    fixture.pass(Duration::from_secs(1));
    assert_eq!(all(&service, [malformed()]).await, times(1, (415, 100, "invalid_request")));
}

#[actix_web::test]
async fn guessed_keys_cost_the_store_no_more_than_the_address_may_ask() {
    let fixture = Fixture::new(None, Some("1/min burst 3"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    let guess = |number: usize| {
        let key = format!("guess-{number}");
        if number.is_multiple_of(2) { with_key(HERE, &key) } else { with_key_in_body(HERE, &key) }.to_request()
    };
    let answers = all(&service, (0..6).map(guess)).await;
    assert_eq!(answers, [times(3, NOT_LOGGED_IN), times(3, LIMITED)].concat());
    assert_eq!(fixture.look_ups(), 3);
}

#[actix_web::test]
async fn guesses_whose_callers_hang_up_are_charged() {
    let fixture = Fixture::new(None, Some("1/min burst 3"));
    fixture.set(State::Silent);
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    for number in 0..6 {
        let guess = with_key(HERE, &format!("guess-{number}")).to_request();
        assert!(answer(&service, guess).now_or_never().is_none());
    }
    assert_eq!(fixture.look_ups(), 3);
}

#[actix_web::test]
async fn a_user_who_was_served_lately_is_served_beside_a_flood_from_the_same_address() {
    let fixture = Fixture::new(Some("100/s burst 100"), Some("1/min burst 3"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    assert_eq!(all(&service, [with_key(HERE, ALICE).to_request()]).await, times(1, SERVED));

    empty(&service, HERE).await;

    let alice = [with_key(HERE, ALICE), with_key_in_body(HERE, ALICE), with_key(THERE, ALICE)];
    assert_eq!(all(&service, alice.map(TestRequest::to_request)).await, times(3, SERVED));
    // A session of which nothing is known is as good as a guess.
    assert_eq!(all(&service, [with_key(HERE, BOB).to_request()]).await, times(1, LIMITED));
    assert_eq!(all(&service, [with_key(THERE, BOB).to_request()]).await, times(1, SERVED));
    assert_eq!(all(&service, [with_key(HERE, BOB).to_request()]).await, times(1, SERVED));
}

#[actix_web::test]
async fn a_good_session_costs_its_address_nothing() {
    let fixture = Fixture::new(None, Some("1/min burst 1"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    let users = (0..5).map(|number| with_key(HERE, &format!("user-{number}")).to_request());
    assert_eq!(all(&service, users).await, times(5, SERVED));
    assert_eq!(all(&service, [from(HERE).to_request()]).await, times(1, NOT_LOGGED_IN));
    // Nor does a request of a user that is not one of the contract.
    let malformed = || with_key(THERE, ALICE).set_payload("x").insert_header(("Content-Type", "text/plain"));
    let malformed = [malformed().to_request(), malformed().to_request()];
    assert_eq!(all(&service, malformed).await, times(2, (415, 100, "invalid_request")));
    assert_eq!(all(&service, [from(THERE).to_request()]).await, times(1, NOT_LOGGED_IN));
}

#[actix_web::test]
async fn a_session_that_is_over_is_no_shelter() {
    let fixture = Fixture::new(None, Some("1/min burst 1"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    let alice = || with_key(HERE, ALICE).to_request();
    assert_eq!(all(&service, [alice()]).await, times(1, SERVED));
    fixture.set(State::Over);
    assert_eq!(all(&service, [alice(), alice()]).await, times(2, NOT_LOGGED_IN));
    assert_eq!(all(&service, [alice()]).await, times(1, LIMITED));
}

#[actix_web::test]
async fn a_store_that_is_away_costs_no_address_anything() {
    let fixture = Fixture::new(None, Some("1/min burst 1"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    fixture.set(State::Away);
    let alice = || with_key(HERE, ALICE).to_request();
    assert_eq!(all(&service, [alice(), alice()]).await, times(2, (503, 121, "unavailable")));
    fixture.set(State::Good);
    assert_eq!(all(&service, [alice()]).await, times(1, SERVED));
}

#[actix_web::test]
async fn addresses_are_told_apart_by_what_a_customer_has() {
    let fixture = Fixture::new(None, Some("1/min burst 1"));
    let service = init_service(app(fixture.shared.clone(), Settings::default())).await;
    for (address, answer) in [
        ("203.0.113.7", NOT_LOGGED_IN),
        ("203.0.113.8", NOT_LOGGED_IN),
        ("[::ffff:203.0.113.7]", LIMITED),
        ("[2001:db8:0:7::1]", NOT_LOGGED_IN),
        ("[2001:db8:0:7:ffff::2]", LIMITED),
        ("[2001:db8:0:8::1]", NOT_LOGGED_IN),
    ] {
        assert_eq!(all(&service, [from(address).to_request()]).await, times(1, answer), "{address}");
    }
}

#[actix_web::test]
async fn the_header_counts_from_a_trusted_proxy_and_from_no_other_peer() {
    let fixture = Fixture::new(None, Some("1/min burst 1"));
    let proxies = Proxies::try_new(&["10.0.0.0/8".to_owned()], ProxyHeader::XForwardedFor).unwrap();
    let service = init_service(app(fixture.shared.clone(), Settings { proxies, ..Settings::default() })).await;
    for (peer, header, answer) in [
        ("10.0.0.1", "203.0.113.7", NOT_LOGGED_IN),
        ("10.0.0.2", "203.0.113.8", NOT_LOGGED_IN),
        ("10.0.0.2", "203.0.113.7", LIMITED),
        // What the client says of itself stands before what the proxy adds.
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", LIMITED),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", NOT_LOGGED_IN),
        ("10.0.0.1", "198.51.100.2, 203.0.113.9", LIMITED),
        // A client that says for whom it asks.
        ("192.0.2.1", "198.51.100.3", NOT_LOGGED_IN),
        ("192.0.2.1", "198.51.100.4", LIMITED),
    ] {
        let request = from(peer).insert_header(("X-Forwarded-For", header)).to_request();
        assert_eq!(all(&service, [request]).await, times(1, answer), "{peer}, {header}");
    }
}

#[actix_web::test]
async fn what_is_off_limits_nothing() {
    let service = init_service(app(Fixture::new(None, None).shared, Settings::default())).await;
    let requests = (0..1_000).map(|_| from(HERE).to_request());
    assert_eq!(all(&service, requests).await, times(1_000, NOT_LOGGED_IN));
    let requests = (0..1_000).map(|_| with_key(HERE, ALICE).to_request());
    assert_eq!(all(&service, requests).await, times(1_000, SERVED));
}
