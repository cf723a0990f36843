//! Callers who do not wait for the answer.

use hongbao_domain::red_packet::{BeginClaimRefusal, Cancel, CancelRefusal, PacketState};
use hongbao_ports::Failure;
use tokio::task::yield_now;

use crate::{
    TestStore,
    case::cases,
    crowd::at_once,
    scene::{LEASE, alice, bob, by_bob, done, settle},
};

cases![
    a_caller_who_hangs_up_at_once_does_no_harm,
    a_caller_who_hangs_up_a_little_later_does_no_harm,
    whoever_hangs_up_does_not_disturb_who_waits,
    a_claimer_who_hangs_up_can_claim_again,
];

/// Cancels every packet there is, whatever the callers have seen of it.
async fn cancel_all(store: &TestStore) {
    for id in store.ids.transfers() {
        let Some(found) = store.queries.packet(id).await.expect("packets can be read") else { continue };
        match store.ledger.cancel(Cancel { packet: found.reference() }).await {
            Ok(_) | Err(Failure::Refused(CancelRefusal::Delivered)) => {}
            Err(failure) => panic!("must be cancelled: {failure:?}"),
        }
    }
}

/// Checks that the ledger still does what it is asked for.
async fn assert_usable(store: &TestStore) {
    let before = store.fen_of(bob()).await.0;
    store.claimed(7).await;
    assert_eq!(store.fen_of(bob()).await.0, before + 7);
}

/// Lets whatever the ledger has taken on come to its end: it answers in the order of asking, or all at once.
async fn come_to_rest(store: &TestStore) {
    let last = store.sending(1).await;
    done(store.ledger.cancel(Cancel { packet: last }).await);
}

async fn a_caller_who_hangs_up_at_once_does_no_harm(store: &TestStore) {
    store.alice_has(1_000).await;
    for _ in 0..50 {
        tokio::select! {
            biased;
            answer = store.ledger.reserve(store.gift(10)) => drop(done(answer)),
            () = std::future::ready(()) => {}
        }
    }
    come_to_rest(store).await;
    let (spendable, held) = store.fen_of(alice()).await;
    assert_eq!(spendable + held, 1_000);
    cancel_all(store).await;
    assert_usable(store).await;
}

async fn a_caller_who_hangs_up_a_little_later_does_no_harm(store: &TestStore) {
    store.alice_has(1_000).await;
    for patience in 0..50 {
        let (ledger, gift) = (store.ledger.clone(), store.gift(10));
        let task = tokio::spawn(async move { ledger.reserve(gift).await });
        for _ in 0..patience {
            yield_now().await;
        }
        task.abort();
    }
    come_to_rest(store).await;
    let (spendable, held) = store.fen_of(alice()).await;
    assert_eq!(spendable + held, 1_000);
    cancel_all(store).await;
    assert_usable(store).await;
}

async fn whoever_hangs_up_does_not_disturb_who_waits(store: &TestStore) {
    store.alice_has(1_000).await;
    let calls = (0..64).map(|number| {
        let (ledger, gift) = (store.ledger.clone(), store.gift(1));
        async move {
            let task = tokio::spawn(async move { ledger.reserve(gift).await });
            if number % 2 == 0 {
                task.abort();
                return None;
            }
            Some(task.await.expect("the call does not panic"))
        }
    });
    let answers: Vec<_> = at_once(calls).await.into_iter().flatten().map(done).collect();

    assert_eq!(answers.len(), 32);
    for reserved in answers {
        assert!(matches!(store.look(reserved.packet).await.state, PacketState::Sending { .. }));
    }
    come_to_rest(store).await;
    assert_usable(store).await;
}

async fn a_claimer_who_hangs_up_can_claim_again(store: &TestStore) {
    store.alice_has(1_000).await;
    for patience in 0..20 {
        let packet = store.delivered(10).await;
        let ledger = store.ledger.clone();
        let task = tokio::spawn(async move { ledger.begin_claim(by_bob(packet)).await });
        for _ in 0..patience {
            yield_now().await;
        }
        task.abort();
        come_to_rest(store).await;

        let begun = match store.ledger.begin_claim(by_bob(packet)).await {
            Err(Failure::Refused(BeginClaimRefusal::InProgress)) => {
                store.clock.advance(LEASE);
                store.begin(packet).await
            }
            answer => done(answer),
        };
        done(store.ledger.settle_claim(settle(&begun)).await);
    }
    assert_eq!(store.fen_of(bob()).await, (200, 0));
}
