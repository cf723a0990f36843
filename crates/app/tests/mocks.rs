//! A mock of each port, as the page about embedding shows them.

use std::{sync::Arc, time::Duration};

use hongbao_domain::{
    friend::SetBlock,
    id::{EventId, GroupId, TransferId, UserId},
    im_cloud::{CloudApp, CloudRefusal},
    ledger::{AccountKey, OpenAccount, Opened},
    profile::{PortraitUri, Profile},
    store::{Outcome, RequestName},
    time::Timestamp,
    user::UserStatus,
};
use hongbao_ports::{
    Clock, CloudGroups, CloudMessages, CloudUsers, Failure, Fault, FaultKind, Groups, Ids, ImCloud, Lane, Ledger,
    MockClock, MockCloudGroups, MockCloudMessages, MockCloudUsers, MockCommands, MockGroups, MockIds, MockImCloud,
    MockLedger, MockProfiles, MockReadiness, MockRetention, MockSessions, MockUsers, Notice, NoticeKind, Profiles,
    Readiness, Retention, Schema, Sessions, Submit, Turn, Users,
    query::{
        ContactQueries, GroupQueries, LedgerQueries, MockContactQueries, MockGroupQueries, MockLedgerQueries,
        MockProfileQueries, MockRequestQueries, MockSessionQueries, MockUserQueries, Page, ProfileQueries,
        RequestQueries, SessionQueries, UserQueries,
    },
};

/// What your service does with the ledger.
async fn lines(ledger: Arc<dyn LedgerQueries>, user: UserId) -> Result<usize, Failure<()>> {
    Ok(ledger.holdings(user).await?.len())
}

#[tokio::test]
async fn a_ledger_that_is_down_is_a_fault() {
    let mut ledger = MockLedgerQueries::new();
    ledger.expect_holdings().times(1).returning(|_| Err(Fault::unavailable("cannot read the accounts")));

    let outcome = lines(Arc::new(ledger), "alice".parse().unwrap()).await;

    assert!(matches!(outcome, Err(Failure::Fault(fault)) if fault.kind() == FaultKind::Unavailable));
}

#[tokio::test]
async fn each_port_of_the_store_has_a_mock() {
    let (alice, away) = ("alice".parse::<UserId>().unwrap(), || Fault::unavailable("the store is away"));

    let mut sessions = MockSessions::new();
    sessions.expect_revoke_all().returning(|_| Ok(3));
    assert_eq!(sessions.revoke_all(alice).await.unwrap(), 3);

    let mut users = MockUsers::new();
    users.expect_add().returning(|_, _| Ok(true));
    let status = UserStatus { is_active: true, takes_friend_requests: true };
    assert!(users.add(alice, status).await.unwrap());

    let mut commands = MockCommands::new();
    commands.expect_run().returning(|_, _| Ok(Outcome::SetBlock(Ok(()))));
    let block = SetBlock { user: alice, other: "bob".parse().unwrap(), is_blocked: true };
    assert!(commands.submit(block).await.is_ok());

    let mut profiles = MockProfiles::new();
    profiles.expect_introduce().returning(move |_| Err(away()));
    let name = "Alice".parse().unwrap();
    let profile = Profile { user: alice, name, portrait_uri: PortraitUri::default() };
    assert!(profiles.introduce(&profile).await.is_err());

    let mut groups = MockGroups::new();
    groups.expect_undo_lapsed().returning(|_| Ok(0));
    assert_eq!(groups.undo_lapsed(Vec::new()).await.unwrap(), 0);

    let mut ledger = MockLedger::new();
    ledger.expect_open_account().returning(|_| Ok(Opened { repeated: false }));
    let account = AccountKey { user: alice, coin: "CNY".parse().unwrap() };
    assert!(ledger.open_account(OpenAccount { account }).await.is_ok());

    let mut readiness = MockReadiness::new();
    readiness.expect_schema().returning(|| Ok(Schema::Current));
    assert_eq!(readiness.schema().await.unwrap(), Schema::Current);

    let mut retention = MockRetention::new();
    retention.expect_clock().returning(move || Err(away()));
    assert!(retention.clock().await.is_err());
}

#[tokio::test]
async fn each_query_of_the_store_has_a_mock() {
    let alice: UserId = "alice".parse().unwrap();

    let mut sessions = MockSessionQueries::new();
    sessions.expect_user_of().returning(move |_| Ok(Some(alice)));
    assert_eq!(sessions.user_of(&"key".parse().unwrap()).await.unwrap(), Some(alice));

    let mut users = MockUserQueries::new();
    users.expect_users().returning(|_, _| Ok(Vec::new()));
    assert!(users.users("", Page { after: None, limit: 10 }).await.unwrap().is_empty());

    let mut requests = MockRequestQueries::new();
    requests.expect_is_in_use().returning(|_| Ok(false));
    let (method, key) = ("im/friend_add".parse().unwrap(), "order-4711".parse().unwrap());
    assert!(!requests.is_in_use(&RequestName { user: alice, method, key }).await.unwrap());

    let mut contacts = MockContactQueries::new();
    contacts.expect_friends().returning(|_, _| Ok(Vec::new()));
    assert!(contacts.friends(alice, Page::first(10)).await.unwrap().is_empty());

    let mut profiles = MockProfileQueries::new();
    profiles.expect_cached().returning(|_, _| Ok(None));
    let app = CloudApp { key: "app".to_owned(), secret_fingerprint: [7; 8] };
    assert!(profiles.cached(&app, alice).await.unwrap().is_none());

    let mut groups = MockGroupQueries::new();
    groups.expect_group().returning(|_| Ok(None));
    assert!(groups.group(GroupId::from_u128(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn each_port_of_the_cloud_has_a_mock() {
    let alice: UserId = "alice".parse().unwrap();

    let mut im_cloud = MockImCloud::new();
    im_cloud.expect_turn().returning(|_, _| Ok(Turn::grant()));
    im_cloud.expect_notify().times(1).returning(|_, notice| {
        assert_eq!(notice.kind, NoticeKind::Opened);
        Err(CloudRefusal::Unknown(None))
    });
    let (event, packet) = (EventId::from_u128(1), TransferId::from_u128(2));
    let notice = Notice { event, packet, from: alice, to: "bob".parse().unwrap(), kind: NoticeKind::Opened };
    let turn = im_cloud.turn(Lane::Request, Duration::from_secs(1)).await.unwrap();
    assert!(im_cloud.notify(turn, &notice).await.is_err());

    let mut cloud_users = MockCloudUsers::new();
    cloud_users.expect_info().returning(|_, _| Ok(None));
    assert!(cloud_users.info(alice, Duration::from_secs(1)).await.unwrap().is_none());

    // What is called without being expected panics: this forbids every message and every call on groups.
    let _no_message: Arc<dyn CloudMessages> = Arc::new(MockCloudMessages::new());
    let _no_group: Arc<dyn CloudGroups> = Arc::new(MockCloudGroups::new());
}

#[test]
fn time_and_ids_are_given() {
    let mut clock = MockClock::new();
    clock.expect_now().return_const(Timestamp::from_micros(0));
    assert_eq!(clock.now().to_micros(), 0);

    let mut ids = MockIds::new();
    ids.expect_transfer().return_const(TransferId::from_u128(7));
    assert_eq!(ids.transfer().to_u128(), 7);
}

#[test]
fn the_page_shows_what_is_tested_here() {
    let page = include_str!("../../../docs/embedding.md");
    let blocks: Vec<_> = page.split("```rust\n").skip(1).filter_map(|rest| rest.split_once("```")).collect();
    assert_eq!(blocks.len(), 1, "the mocks are the page's only Rust");
    let (shown, _) = blocks[0];
    assert!(include_str!("mocks.rs").contains(shown), "docs/embedding.md differs from crates/app/tests/mocks.rs");
}
