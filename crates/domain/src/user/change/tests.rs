//! What a change of a user names.

use super::*;
use crate::{
    store::{Action, Command},
    testing::{alice, bob},
};

fn keys_of(change: UserChange) -> Keys {
    let action = Action::from(ChangeUser { user: alice(), change });
    Keys::of(&[Command { id: CommandId::from_u128(1), request: None, action }])
}

/// They may be many.
#[test]
fn the_sessions_are_named_only_where_they_end() {
    for change in [
        UserChange { block: Some(bob()), ..UserChange::default() },
        UserChange { takes_friend_requests: Some(false), ..UserChange::default() },
        UserChange { is_active: Some(true), ..UserChange::default() },
    ] {
        assert!(keys_of(change).sessions_of.is_empty(), "{change:?}");
    }
    let disable = UserChange { is_active: Some(false), ..UserChange::default() };
    assert_eq!(keys_of(disable).sessions_of.into_iter().collect::<Vec<_>>(), [alice()]);
}
