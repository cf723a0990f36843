use super::*;
use crate::admin::ParseTokenNameError;
use crate::{
    store::{Action, Command, Outcome, Tables},
    time::Timestamp,
};

fn run(rows: &mut Tables, action: impl Into<Action>, at: i64) -> Outcome {
    let batch = [Command { id: CommandId::from_u128(1), request: None, action: action.into() }];
    let mut book = Book::open(rows.load(&Keys::of(&batch)), Timestamp::from_micros(at));
    let outcome = book.apply(&batch[0]);
    rows.write(book.into_changes());
    outcome
}

fn add(scopes: &[Scope], expires_at: Option<i64>) -> AddAdminToken {
    AddAdminToken {
        id: AdminTokenId::from_u128(1),
        name: "billing".parse().unwrap(),
        digest: AdminTokenDigest([7; 32]),
        scopes: scopes.iter().copied().collect(),
        expires_at: expires_at.map(Timestamp::from_micros),
    }
}

fn token(rows: &Tables) -> &AdminToken {
    rows.admin_tokens.values().next().unwrap()
}

#[test]
fn a_token_ends_when_it_expires_and_when_it_is_revoked() {
    let mut rows = Tables::default();
    run(&mut rows, add(&[Scope::Money], Some(10)), 1);
    assert!(token(&rows).is_valid(Timestamp::from_micros(9)) && !token(&rows).is_valid(Timestamp::from_micros(10)));
    run(&mut rows, RevokeAdminToken { id: AdminTokenId::from_u128(1) }, 5);
    assert!(!token(&rows).is_valid(Timestamp::from_micros(6)));
    run(&mut rows, RevokeAdminToken { id: AdminTokenId::from_u128(1) }, 8);
    assert_eq!(token(&rows).revoked_at, Some(Timestamp::from_micros(5)), "a repeat changes nothing");
}

#[test]
fn an_id_is_used_once() {
    let mut rows = Tables::default();
    run(&mut rows, add(&[Scope::Read], None), 1);
    let other = AddAdminToken { digest: AdminTokenDigest([8; 32]), ..add(&[Scope::Money], None) };
    let again = run(&mut rows, other, 2);
    assert_eq!(again, Outcome::AddAdminToken(Err(AddAdminTokenRefusal::IdTaken)));
    assert!(!token(&rows).allows(Scope::Money));
}

#[test]
fn a_token_that_is_added_again_is_as_it_was() {
    let mut rows = Tables::default();
    run(&mut rows, add(&[Scope::Read], None), 1);
    let there = token(&rows).clone();
    assert_eq!(run(&mut rows, add(&[Scope::Money], Some(9)), 2), Outcome::AddAdminToken(Ok(there)));
}

#[test]
fn each_scope_lets_read_and_no_other_thing() {
    let mut rows = Tables::default();
    run(&mut rows, add(&[Scope::People], None), 1);
    let allowed = Scope::ALL.map(|scope| token(&rows).allows(scope));
    assert_eq!(allowed, [true, true, false, false]);
}

#[test]
fn a_use_is_noted_and_never_runs_backwards() {
    let mut rows = Tables::default();
    run(&mut rows, add(&[Scope::Read], None), 1);
    for (at, last) in [(5, 5), (3, 5), (9, 9)] {
        run(&mut rows, MarkTokenUsed { id: AdminTokenId::from_u128(1) }, at);
        assert_eq!(token(&rows).last_used_at, Some(Timestamp::from_micros(last)));
    }
    run(&mut rows, MarkTokenUsed { id: AdminTokenId::from_u128(2) }, 9);
    assert_eq!(rows.admin_tokens.len(), 1);
}

#[test]
fn a_name_is_short_and_a_digest_is_never_shown() {
    assert!("财务 billing".parse::<AdminTokenName>().is_ok());
    for wrong in ["", "a\nb", &"a".repeat(65)] {
        assert_eq!(wrong.parse::<AdminTokenName>(), Err(ParseTokenNameError), "{wrong:?}");
    }
    assert_eq!(format!("{:?}", AdminTokenDigest([7; 32])), "AdminTokenDigest(***)");
}
