//! What moves no money has its COMMITs resolved as well.

use std::time::Duration;

use hongbao_domain::{friend::AddFriend, group::PrepareGroup, id::SessionKey, time::Timestamp, user::UserStatus};
use hongbao_ports::{
    Groups, Ids, Sessions, Submit, Users,
    query::{ContactQueries, GroupQueries, Page, SessionQueries},
};
use hongbao_testbed::InjectedFault::{self, AfterCommit, BeforeCommit};

use crate::test_db::{Instance, TestDb, user};

const LOSSES: [&[InjectedFault]; 4] =
    [&[BeforeCommit], &[AfterCommit], &[BeforeCommit, AfterCommit], &[AfterCommit, AfterCommit]];

/// Gives a fixture for each way to lose a COMMIT; nothing is planned yet.
async fn fixture() -> (TestDb, Instance) {
    let db = TestDb::new().await;
    let instance = db.open().await;
    for name in ["alice", "bob"] {
        let status = UserStatus { is_active: true, takes_friend_requests: true };
        assert!(Users::add(&*instance.ledger, user(name), status).await.expect("users can be added"));
    }
    (db, instance)
}

fn plan(db: &TestDb, losses: &[InjectedFault]) {
    for injected in losses {
        db.proxy.arm(*injected, 1);
    }
}

#[tokio::test]
async fn a_friend_is_added_once_and_whoever_added_hears_so() {
    for losses in LOSSES {
        let (db, instance) = fixture().await;
        plan(&db, losses);

        let friend =
            instance.ledger.submit(AddFriend { user: user("alice"), other: user("bob"), max: u32::MAX }).await.unwrap();

        assert_eq!((friend.profile.user, db.proxy.armed()), (user("bob"), 0), "{losses:?}");
        for (one, other) in [("alice", "bob"), ("bob", "alice")] {
            let friends = instance.store.friends(user(one), Page::first(u32::MAX)).await.unwrap();
            assert_eq!(friends.iter().map(|friend| friend.profile.user).collect::<Vec<_>>(), [user(other)]);
        }
    }
}

#[tokio::test]
async fn a_group_is_prepared_once_and_its_id_is_not_called_taken() {
    for losses in LOSSES {
        let (db, instance) = fixture().await;
        let prepare = PrepareGroup {
            id: db.ids.group(),
            name: "friends".parse().unwrap(),
            memo: "".parse().unwrap(),
            owner: user("alice"),
            lease: Duration::from_secs(15),
        };
        plan(&db, losses);

        let group = instance.ledger.prepare_group(prepare).await.unwrap();

        assert_eq!(db.proxy.armed(), 0, "{losses:?}");
        assert_eq!(instance.store.group(group.id).await.unwrap(), Some(group));
    }
}

#[tokio::test]
async fn a_session_is_ended_once_and_whoever_ended_it_hears_so() {
    for losses in LOSSES {
        let (db, instance) = fixture().await;
        let key: SessionKey = "a-key".parse().unwrap();
        let forever = Timestamp::from_micros(i64::MAX / 2);
        instance.ledger.register(&key, user("alice"), forever).await.unwrap();
        plan(&db, losses);

        assert!(instance.ledger.revoke(&key).await.unwrap(), "{losses:?}");

        assert_eq!((instance.store.user_of(&key).await.unwrap(), db.proxy.armed()), (None, 0));
        assert!(!instance.ledger.revoke(&key).await.unwrap());
    }
}
