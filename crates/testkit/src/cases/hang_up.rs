//! Callers who do not wait for the answer.

use hongbao_domain::red_packet::{BeginClaimRefusal, Cancel, CancelRefusal, PacketState};
use hongbao_ports::Failure;
use tokio::task::yield_now;

use crate::{
    Rig,
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
async fn cancel_all(rig: &Rig) {
    for id in rig.ids.transfers() {
        let Some(found) = rig.queries.packet(id).await.expect("packets can be read") else { continue };
        match rig.ledger.cancel(Cancel { packet: found.reference() }).await {
            Ok(_) | Err(Failure::Refused(CancelRefusal::Delivered)) => {}
            Err(failure) => panic!("must be cancelled: {failure:?}"),
        }
    }
}

/// Checks that the ledger still does what it is asked for.
async fn assert_usable(rig: &Rig) {
    let before = rig.fen_of(bob()).await.0;
    rig.claimed(7).await;
    assert_eq!(rig.fen_of(bob()).await.0, before + 7);
}

/// Lets whatever the ledger has taken on come to its end: it answers in the order of asking, or all at once.
async fn come_to_rest(rig: &Rig) {
    let last = rig.sending(1).await;
    done(rig.ledger.cancel(Cancel { packet: last }).await);
}

async fn a_caller_who_hangs_up_at_once_does_no_harm(rig: &Rig) {
    rig.alice_has(1_000).await;
    for _ in 0..50 {
        tokio::select! {
            biased;
            answer = rig.ledger.reserve(rig.gift(10)) => drop(done(answer)),
            () = std::future::ready(()) => {}
        }
    }
    come_to_rest(rig).await;
    let (spendable, held) = rig.fen_of(alice()).await;
    assert_eq!(spendable + held, 1_000);
    cancel_all(rig).await;
    assert_usable(rig).await;
}

async fn a_caller_who_hangs_up_a_little_later_does_no_harm(rig: &Rig) {
    rig.alice_has(1_000).await;
    for patience in 0..50 {
        let (ledger, gift) = (rig.ledger.clone(), rig.gift(10));
        let task = tokio::spawn(async move { ledger.reserve(gift).await });
        for _ in 0..patience {
            yield_now().await;
        }
        task.abort();
    }
    come_to_rest(rig).await;
    let (spendable, held) = rig.fen_of(alice()).await;
    assert_eq!(spendable + held, 1_000);
    cancel_all(rig).await;
    assert_usable(rig).await;
}

async fn whoever_hangs_up_does_not_disturb_who_waits(rig: &Rig) {
    rig.alice_has(1_000).await;
    let calls = (0..64).map(|number| {
        let (ledger, gift) = (rig.ledger.clone(), rig.gift(1));
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
        assert!(matches!(rig.look(reserved.packet).await.state, PacketState::Sending { .. }));
    }
    come_to_rest(rig).await;
    assert_usable(rig).await;
}

async fn a_claimer_who_hangs_up_can_claim_again(rig: &Rig) {
    rig.alice_has(1_000).await;
    for patience in 0..20 {
        let packet = rig.delivered(10).await;
        let ledger = rig.ledger.clone();
        let task = tokio::spawn(async move { ledger.begin_claim(by_bob(packet)).await });
        for _ in 0..patience {
            yield_now().await;
        }
        task.abort();
        come_to_rest(rig).await;

        let begun = match rig.ledger.begin_claim(by_bob(packet)).await {
            Err(Failure::Refused(BeginClaimRefusal::InProgress)) => {
                rig.clock.advance(LEASE);
                rig.begin(packet).await
            }
            answer => done(answer),
        };
        done(rig.ledger.settle_claim(settle(&begun)).await);
    }
    assert_eq!(rig.fen_of(bob()).await, (200, 0));
}
