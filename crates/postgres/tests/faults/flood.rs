//! One kind of work that takes all that it may take.

use std::{pin::pin, time::Duration};

use futures_util::{FutureExt, future::join_all, poll};
use hongbao_ports::{Contacts, FaultKind, Groups, Ledger, Readiness, Schema, Sessions};
use hongbao_postgres::Settings;
use sqlx::Executor;

use crate::stand::{Stand, fault, user};

/// Long enough for all that the test does meanwhile.
const LONG: Duration = Duration::from_mins(1);

/// Two steps are under way and wait for a lock, and as many wait for them as may.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_other_steps_takes_nothing_from_batches_reads_sweeps_and_probes() {
    let stand = Stand::new().await;
    let settings = Settings {
        patience: LONG,
        acquire_timeout: LONG,
        statement_timeout: LONG,
        lock_timeout: LONG,
        ..stand.settings()
    };
    let instance = stand.open_with(&settings).await;
    let store = instance.store.clone();
    let mut other = stand.other_session().await;
    other.execute("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE").await.unwrap();
    let befriend = || {
        let store = store.clone();
        async move { store.add_friend(user("alice"), user("bob"), u32::MAX).await }
    };
    let under_way = [tokio::spawn(befriend()), tokio::spawn(befriend())];
    stand.so_many_wait(2).await;
    let mut waiting = pin!(join_all((0..2 * 64).map(|_| befriend())));
    assert!(poll!(&mut waiting).is_pending());

    let refused = befriend().now_or_never().expect("one more is refused at once");
    assert_eq!(fault(refused), FaultKind::Unavailable);
    instance.deposit("d1", "alice").await.unwrap();
    assert_eq!(instance.balance("alice").await, 100);
    assert_eq!(store.user_of(&"nobody's".parse().unwrap()).await.unwrap(), None);
    let background = store.for_background();
    assert_eq!(background.undo_lapsed(1).await.unwrap(), 0);
    assert!(background.due(1).await.unwrap().is_empty());
    assert!(
        instance
            .ledger
            .reading_from(std::sync::Arc::new(background))
            .overdue(1, &hongbao_ports::Except::default())
            .await
            .unwrap()
            .sending
            .is_empty()
    );
    assert_eq!(store.schema().await.unwrap(), Schema::Current);
    assert!(under_way.iter().all(|step| !step.is_finished()), "all of it was done beside the flood, and not after it");
    assert!(poll!(&mut waiting).is_pending());

    other.execute("ROLLBACK").await.unwrap();
    for step in under_way {
        assert!(step.await.unwrap().is_err(), "there is no bob");
    }
    assert!(waiting.await.iter().all(Result::is_err));
    instance.assert_holds().await;
}
