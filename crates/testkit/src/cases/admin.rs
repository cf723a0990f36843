//! Tokens of administrators, and the log of what they did.

use std::time::Duration;

use hongbao_domain::{
    admin::{
        AddAdminToken, AdminTokenDigest, BeginOperation, EndOperation, KeyRefusal, MarkTokenUsed, NotRunning,
        OperationState, RevokeAdminToken, Scope,
    },
    id::{AdminTokenId, OperationId},
};
use hongbao_ports::{Clock, Failure, Submit, query::Page};

use crate::{TestStore, case::cases};

cases![
    a_token_is_found_by_its_digest_until_it_ends,
    a_token_comes_back_as_it_was_added,
    a_key_of_an_administrator_does_one_thing,
    an_operation_that_was_not_ended_in_time_runs_again,
    the_log_comes_newest_first_page_by_page,
];

const TOKEN: AdminTokenId = AdminTokenId::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001);

const LEASE: Duration = Duration::from_secs(15);

fn add(id: AdminTokenId, digest: u8) -> AddAdminToken {
    AddAdminToken {
        id,
        name: "财务 \"billing\"".parse().expect("a name"),
        digest: AdminTokenDigest([digest; 32]),
        scopes: [Scope::Money, Scope::Read].into(),
        expires_at: None,
    }
}

fn begin(number: u128, fingerprint: u8) -> BeginOperation {
    BeginOperation {
        id: OperationId::from_u128(number),
        token: TOKEN,
        request_id: format!("request-{number}"),
        asked: "PUT /admin/v1/users/alice".to_owned(),
        body: r#"{"name":"爱丽丝 \"A\""}"#.to_owned(),
        fingerprint: [fingerprint; 32],
        key: Some("key".parse().expect("a key")),
        nonce: [fingerprint; 32],
        lease: LEASE,
    }
}

fn end(number: u128, version: u64, status: u16) -> EndOperation {
    EndOperation { id: OperationId::from_u128(number), version, status, answer: r#"{"ok":"\\"}"#.to_owned() }
}

async fn a_token_is_found_by_its_digest_until_it_ends(store: &TestStore) {
    let digest = AdminTokenDigest([7; 32]);
    let found = async || store.queries.admin_token(&digest).await.expect("a token can be looked up");
    assert_eq!(found().await, None);
    let expires_at = Some(store.clock.now().after(LEASE));
    let added = store.commands.submit(AddAdminToken { expires_at, ..add(TOKEN, 7) }).await.expect("it is fresh");
    assert_eq!(found().await, Some(added));
    store.clock.advance(LEASE);
    assert_eq!(found().await, None, "it has expired");

    let other = AdminTokenId::from_u128(2);
    store.commands.submit(add(other, 8)).await.expect("it is fresh");
    let digest = AdminTokenDigest([8; 32]);
    let found = async || store.queries.admin_token(&digest).await.expect("a token can be looked up");
    assert!(found().await.is_some());
    store.commands.submit(RevokeAdminToken { id: other }).await.expect("it is there");
    assert_eq!(found().await, None, "it was revoked");
}

async fn a_token_comes_back_as_it_was_added(store: &TestStore) {
    let added = store.commands.submit(add(TOKEN, 7)).await.expect("it is fresh");
    assert_eq!(store.queries.admin_tokens().await.ok(), Some(vec![added]));
    store.clock.advance(LEASE);
    store.commands.submit_infallible(MarkTokenUsed { id: TOKEN }).await.expect("it is noted");
    let used = store.queries.admin_tokens().await.expect("tokens can be listed")[0].last_used_at;
    assert_eq!(used, Some(store.clock.now()));
}

async fn a_key_of_an_administrator_does_one_thing(store: &TestStore) {
    let begun = store.commands.submit(begin(1, 1)).await.expect("the key is free");
    assert_eq!(store.queries.operations(Page { after: None, limit: 10 }).await.ok(), Some(vec![begun.clone()]));
    let refused = async |fingerprint| match store.commands.submit(begin(1, fingerprint)).await {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(1).await, KeyRefusal::InProgress);
    assert_eq!(refused(2).await, KeyRefusal::Mismatch);
    store.commands.submit(end(1, begun.version, 409)).await.expect("it runs");
    let ended = KeyRefusal::Ended { status: 409, answer: r#"{"ok":"\\"}"#.to_owned(), nonce: Some([1; 32]) };
    assert_eq!(refused(1).await, ended);
}

async fn an_operation_that_was_not_ended_in_time_runs_again(store: &TestStore) {
    let first = store.commands.submit(begin(1, 1)).await.expect("the key is free");
    store.clock.advance(LEASE);
    let again = BeginOperation { nonce: [9; 32], ..begin(1, 1) };
    let second = store.commands.submit(again).await.expect("its lease is over");
    assert_eq!(second.nonce, first.nonce, "its secrets stay the same");
    let late = store.commands.submit(end(1, first.version, 200)).await;
    assert!(matches!(late, Err(Failure::Refused(NotRunning))), "{late:?}");
    store.commands.submit(end(1, second.version, 200)).await.expect("it runs");
    let log = store.queries.operations(Page { after: None, limit: 10 }).await.expect("the log can be read");
    assert_eq!((log.len(), log[0].began_at), (1, first.began_at));
    assert!(matches!(log[0].state, OperationState::Ended { status: 200, .. }), "{log:?}");
}

async fn the_log_comes_newest_first_page_by_page(store: &TestStore) {
    // Two of one moment, then one later.
    for number in [5, 9] {
        store.commands.submit(BeginOperation { key: None, ..begin(number, 1) }).await.expect("it is fresh");
    }
    store.clock.advance(LEASE);
    store.commands.submit(begin(3, 1)).await.expect("it is fresh");
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let page = store.queries.operations(Page { after, limit: 1 }).await.expect("the log can be read");
        let Some(operation) = page.first() else { break };
        after = Some((operation.began_at, operation.id));
        seen.push(operation.id.to_u128());
    }
    assert_eq!(seen, [3, 9, 5]);
}
