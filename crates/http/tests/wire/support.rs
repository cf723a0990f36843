//! A world of mocks, requests to it and answers from it.

use std::{sync::Arc, time::Duration};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    http::header::HeaderMap,
    test::{TestRequest, call_service, init_service, read_body},
};
use hongbao_app::{
    Friends, ImUsers, InFlight, Messages, OpenedNotice, RedPacketDeps, RedPackets, Requests, Sagas, Timing, Waker,
    groups,
};
use hongbao_domain::{
    id::{AttemptId, CommandId, EventId, GroupId, TransferId},
    im_cloud::CloudApp,
    message::ReservedNames,
    user::UserStatus,
};
use hongbao_http::{BodyBudget, Health, RateLimits, RequestMetrics, Settings, Shared, app};
use hongbao_ports::{
    Fault, MockCloudGroups, MockCloudMessages, MockCloudUsers, MockCommands, MockGroups, MockIds, MockImCloud,
    MockLedger, MockProfiles, MockReadiness, Turn,
    query::{
        Backlog, MockContactQueries, MockLedgerQueries, MockProfileQueries, MockRequestQueries, MockSessionQueries,
        MockUserQueries,
    },
};
use serde_json::Value;
use tokio::sync::watch;

pub(crate) const PUBLISH: &str = "/im/msg_redpack_publish";
pub(crate) const ACCEPT: &str = "/im/msg_redpack_accept";
/// The only key that is a session, of alice.
pub(crate) const KEY: &str = "demo-alice";
pub(crate) const BEARER: (&str, &str) = ("Authorization", "Bearer demo-alice");
/// A transfer id of the right form.
pub(crate) const ID: &str = "0000000000000000000007";
/// What a request is called that came without a name.
pub(crate) const FRESH_REQUEST_ID: &str = "0000000000000000000001";

/// The ports. What is called without being expected panics, and a panic is status 120.
pub(crate) struct Given {
    pub(crate) sessions: MockSessionQueries,
    pub(crate) ledger: MockLedger,
    pub(crate) packets: MockLedgerQueries,
    /// Grants turns and takes notices, unless something else is expected of it before.
    pub(crate) im_cloud: MockImCloud,
    pub(crate) readiness: MockReadiness,
    /// What the outside is not told yet.
    pub(crate) backlog: Backlog,
}

impl Default for Given {
    fn default() -> Self {
        let mut sessions = MockSessionQueries::new();
        sessions.expect_user_of().returning(|key| Ok((key.as_str() == KEY).then(|| "alice".parse().unwrap())));
        Self {
            sessions,
            ledger: MockLedger::new(),
            packets: MockLedgerQueries::new(),
            im_cloud: MockImCloud::new(),
            readiness: MockReadiness::new(),
            backlog: Backlog::default(),
        }
    }
}

impl Given {
    /// A world whose sessions cannot be read.
    pub(crate) fn without_sessions(fault: Fault) -> Self {
        let mut sessions = MockSessionQueries::new();
        sessions.expect_user_of().returning(move |_| Err(fault.clone()));
        Self { sessions, ..Self::default() }
    }

    pub(crate) fn shared(self) -> Shared {
        let mut users = MockUserQueries::new();
        users.expect_status().returning(|_| Ok(Some(UserStatus { is_active: true, takes_friend_requests: true })));
        let mut im_cloud = self.im_cloud;
        im_cloud.expect_turn().returning(|_, _| Ok(Turn::grant()));
        im_cloud.expect_notify().returning(|_, _| Ok(()));
        let (ids, users) = (Arc::new(ids()), Arc::new(users));
        let world = RedPacketDeps {
            ledger: Arc::new(self.ledger),
            requests: requests(),
            packets: Arc::new(self.packets),
            users: users.clone(),
            im_cloud: Arc::new(im_cloud),
            ids: ids.clone(),
            sagas: Sagas::new(),
            timing: Timing::default(),
            expires_in: Duration::from_hours(1),
            opened_notice: OpenedNotice::Required,
            outbox: Waker::default(),
        };
        let groups = groups::Groups::new(groups::GroupDeps {
            groups: Arc::new(MockGroups::new()),
            requests: requests(),
            cloud: Arc::new(MockCloudGroups::new()),
            ids: ids.clone(),
            sagas: Sagas::new(),
            timing: Timing::default(),
            check_pause: Duration::from_mins(2),
        });
        let (sagas, timing) = (world.sagas.clone(), world.timing);
        Shared {
            sessions: Arc::new(self.sessions),
            red_packets: RedPackets::new(world),
            groups,
            friends: Friends::new(requests(), Arc::new(MockContactQueries::new()), 9, sagas.clone()),
            im_users: ImUsers::new(
                requests(),
                Arc::new(MockProfiles::new()),
                Arc::new(MockProfileQueries::new()),
                Arc::new(cloud_users()),
                sagas.clone(),
                timing,
            ),
            messages: Messages::new(
                requests(),
                users,
                Arc::new(MockCloudMessages::new()),
                ReservedNames::default(),
                sagas,
                timing,
            ),
            rate_limits: RateLimits::off(),
            in_flight: InFlight::default(),
            ids,
            bodies: BodyBudget::new(64 * 1024 * 1024),
            requests: RequestMetrics::of_contract(),
            health: Health::new(Arc::new(self.readiness), watch::channel(self.backlog).1),
        }
    }

    /// Sends one request through the routes.
    pub(crate) async fn answer(self, request: TestRequest) -> Answer {
        let service = init_service(app(self.shared(), Settings::default())).await;
        answer(&service, request.to_request()).await
    }
}

/// No request has a key.
pub(crate) fn requests() -> Requests {
    Requests::new(Arc::new(MockCommands::new()), Arc::new(MockRequestQueries::new()))
}

fn cloud_users() -> MockCloudUsers {
    let mut cloud = MockCloudUsers::new();
    cloud.expect_app().returning(|| CloudApp { key: "app".to_owned(), secret_fingerprint: [0; 8] });
    cloud
}

fn ids() -> MockIds {
    let mut ids = MockIds::new();
    ids.expect_command().returning(|| CommandId::from_u128(1));
    ids.expect_transfer().returning(|| TransferId::from_u128(7));
    ids.expect_group().returning(|| GroupId::from_u128(9));
    ids.expect_attempt().returning(|| AttemptId::from_u128(2));
    ids.expect_event().returning(|| EventId::from_u128(3));
    ids
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) http_status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The HTTP status, the contract's status and the code.
    pub(crate) fn numbers(&self) -> (u16, u64, &str) {
        let code = self.body["data"]["code"].as_str().unwrap_or_default();
        (self.http_status, self.body["status"].as_u64().expect("an envelope has a status"), code)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) async fn answer<R, B: MessageBody>(
    service: &impl Service<R, Response = ServiceResponse<B>, Error = Error>,
    request: R,
) -> Answer {
    let response = call_service(service, request).await;
    let (http_status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = read_body(response).await;
    Answer { http_status, headers, body: serde_json::from_slice(&body).expect("every answer is an envelope") }
}

/// A request with alice's session.
pub(crate) fn post(path: &str) -> TestRequest {
    TestRequest::post().uri(path).insert_header(BEARER)
}

/// A request with alice's session and a body.
pub(crate) fn with_body(path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> TestRequest {
    post(path).insert_header(("Content-Type", content_type)).set_payload(body.into())
}
