//! The key of a request, as it comes and goes over HTTP.

use std::sync::Arc;

use actix_web::test::{TestRequest, init_service};
use hongbao_app::{Friends, Requests, Sagas};
use hongbao_domain::{
    friend::AddFriendRefusal,
    id::RequestKey,
    store::{Outcome, RequestRefusal, RequestStep},
};
use hongbao_http::{Settings, Shared, app};
use hongbao_ports::{
    Fault, MockCommands,
    query::{MockContactQueries, MockRequestQueries},
};

use crate::support::{Answer, BEARER, Given, answer};

const ADD: &str = "/im/friend_add";

/// A world in which alice cannot add anybody: what she asks for comes with `is_step` or not.
fn shared(run: impl Fn(Option<RequestStep>) -> Result<Outcome, Fault> + Send + Sync + 'static) -> Shared {
    let (mut commands, mut queries) = (MockCommands::new(), MockRequestQueries::new());
    commands.expect_run().returning(move |_, step| run(step));
    queries.expect_is_in_use().returning(|_| Ok(false));
    let requests = Requests::new(Arc::new(commands), Arc::new(queries));
    let friends = Friends::new(requests, Arc::new(MockContactQueries::new()), 9, Sagas::new());
    Shared { friends, ..Given::default().shared() }
}

fn refused() -> Outcome {
    Outcome::AddFriend(Err(AddFriendRefusal::CannotBeAdded))
}

async fn ask(shared: Shared, keys: &[&str]) -> Answer {
    let service = init_service(app(shared, Settings::default())).await;
    let mut request = TestRequest::post().uri(ADD).insert_header(BEARER).set_form([("user_id", "bob")]);
    for key in keys {
        request = request.append_header(("Idempotency-Key", *key));
    }
    answer(&service, request.to_request()).await
}

#[actix_web::test]
async fn a_key_goes_with_the_user_and_the_method() {
    let answer = ask(
        shared(|step| {
            let name = step.expect("it has a key").name;
            assert_eq!(
                (name.user.as_str(), name.method.as_str(), name.key.as_str()),
                ("alice", "im/friend_add", "k-1")
            );
            Ok(refused())
        }),
        &["k-1"],
    );
    assert_eq!(answer.await.numbers(), (200, 5, "cannot_be_added"));
}

#[actix_web::test]
async fn without_a_key_nothing_is_a_step() {
    let answer = ask(
        shared(|step| {
            assert_eq!(step, None);
            Ok(refused())
        }),
        &[],
    );
    assert_eq!(answer.await.numbers(), (200, 5, "cannot_be_added"));
}

#[actix_web::test]
async fn a_malformed_key_is_100() {
    let longest = "k".repeat(RequestKey::MAX_LENGTH);
    assert_eq!(ask(shared(|_| Ok(refused())), &[&longest]).await.numbers().1, 5);
    for keys in [&[""][..], &["a b"], &["钥匙"], &["a", "a"], &[&format!("{longest}k")]] {
        let answer = ask(shared(|_| panic!("nothing is begun")), keys).await;
        assert_eq!(answer.numbers(), (400, 100, "invalid_request"), "{keys:?}");
    }
}

#[actix_web::test]
async fn a_method_that_only_reads_ignores_any_key() {
    let mut given = Given::default();
    given.packets.expect_holdings().returning(|_| Ok(Vec::new()));
    let request =
        TestRequest::get().uri("/im/asset_list").insert_header(BEARER).insert_header(("Idempotency-Key", "a b"));
    assert_eq!(given.answer(request).await.numbers().1, 0);
}

#[actix_web::test]
async fn a_key_in_use_is_101_or_102() {
    let answer = ask(shared(|_| Ok(Outcome::Request(RequestRefusal::Mismatch))), &["k"]).await;
    assert_eq!(answer.numbers(), (422, 101, "idempotency_mismatch"));
    let answer = ask(shared(|_| Ok(Outcome::Request(RequestRefusal::InProgress))), &["k"]).await;
    assert_eq!(answer.numbers(), (409, 102, "idempotency_in_progress"));
    assert_eq!(answer.header("Retry-After"), Some("1"));
}

#[actix_web::test]
async fn only_under_a_key_a_fault_or_a_panic_may_be_repeated() {
    for (keys, is_retryable) in [(&["k"][..], true), (&[], false)] {
        let lost = ask(shared(|_| Err(Fault::unresolved("a lost answer"))), keys).await;
        assert_eq!(
            (lost.numbers(), &lost.body["data"]["retryable"]),
            ((503, 121, "unavailable"), &is_retryable.into())
        );
        let panicked = ask(shared(|_| panic!("a defect")), keys).await;
        assert_eq!(
            (panicked.numbers(), &panicked.body["data"]["retryable"]),
            ((500, 120, "internal"), &is_retryable.into())
        );
    }
}
