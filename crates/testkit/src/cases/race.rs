//! Two commands at the same moment of which only one may win.

use hongbao_domain::{
    ledger::Withdraw,
    red_packet::{
        BeginClaimRefusal, Cancel, CancelRefusal, Confirm, ConfirmRefusal, Expire, ExpireRefusal, PacketState,
        ReleaseRefusal, SettleRefusal,
    },
};

use crate::{
    TestStore, assert_holds,
    case::cases,
    crowd::{at_once, both},
    scene::{LEASE, LIFE, alice, amount, bob, by_bob, cny_of, done, just_before, reference, refused, release, settle},
};

/// How often each race is run.
const ROUNDS: usize = 20;

cases![
    cancel_or_claim,
    cancel_or_confirm,
    settle_or_release,
    expire_or_settle,
    expire_or_release,
    settle_or_take_over,
    a_late_settle_among_the_new_claimers_changes_nothing,
    sending_or_withdrawing_the_last_money,
];

async fn cancel_or_claim(store: &TestStore) {
    store.alice_has(700).await;
    for _ in 0..ROUNDS {
        let packet = store.sending(10).await;
        let [ours, theirs] = store.instances().await.map(|instance| instance.ledger);
        let (cancelled, begun) = both(async move { ours.cancel(Cancel { packet }).await }, async move {
            theirs.begin_claim(by_bob(packet)).await
        })
        .await;

        let state = store.look(packet).await.state;
        if cancelled.is_ok() {
            assert_eq!(refused(begun), BeginClaimRefusal::Cancelled);
            assert_eq!(state, PacketState::Cancelled);
        } else {
            assert_eq!(refused(cancelled), CancelRefusal::Delivered);
            assert_eq!(state, PacketState::Open);
            done(store.ledger.settle_claim(settle(&done(begun))).await);
        }
        assert_holds(store).await;
    }
    let (alices, bobs) = (store.fen_of(alice()).await, store.fen_of(bob()).await);
    assert_eq!((alices.0 + bobs.0, alices.1, bobs.1), (700, 0, 0));
}

async fn cancel_or_confirm(store: &TestStore) {
    store.alice_has(700).await;
    for _ in 0..ROUNDS {
        let packet = store.sending(10).await;
        let [ours, theirs] = store.instances().await.map(|instance| instance.ledger);
        let (cancelled, confirmed) = both(async move { ours.cancel(Cancel { packet }).await }, async move {
            theirs.confirm(Confirm { packet }).await
        })
        .await;

        let state = store.look(packet).await.state;
        if cancelled.is_ok() {
            assert_eq!(refused(confirmed), ConfirmRefusal::Cancelled);
            assert_eq!(state, PacketState::Cancelled);
        } else {
            assert_eq!(refused(cancelled), CancelRefusal::Delivered);
            assert!(!done(confirmed).repeated);
            assert_eq!(state, PacketState::Open);
        }
    }
}

async fn settle_or_release(store: &TestStore) {
    store.alice_has(700).await;
    for round in 0..ROUNDS {
        let begun = store.claiming(10).await;
        if round % 2 == 1 {
            store.clock.advance(LIFE);
        }
        let [ours, theirs] = store.instances().await.map(|instance| instance.ledger);
        let (settled, released) = both(async move { ours.settle_claim(settle(&begun)).await }, async move {
            theirs.release_claim(release(&begun)).await
        })
        .await;

        let state = store.look(begun.packet).await.state;
        if settled.is_ok() {
            assert_eq!(refused(released), ReleaseRefusal::Stale);
            assert_eq!(state, PacketState::Claimed);
        } else {
            assert_eq!(refused(settled), SettleRefusal::Stale);
            let refunded = done(released).refunded;
            assert_eq!(state, if refunded { PacketState::Refunded } else { PacketState::Open });
        }
        assert_holds(store).await;
    }
}

async fn expire_or_settle(store: &TestStore) {
    store.alice_has(700).await;
    for _ in 0..ROUNDS {
        let begun = store.claiming(10).await;
        store.clock.advance(LIFE);
        let [ours, theirs] = store.instances().await.map(|instance| instance.ledger);
        let (expired, settled) = both(async move { ours.expire(Expire { packet: begun.packet }).await }, async move {
            theirs.settle_claim(settle(&begun)).await
        })
        .await;

        done(settled);
        let refusal = refused(expired);
        assert!(matches!(refusal, ExpireRefusal::ClaimInProgress | ExpireRefusal::NotOpen), "{refusal:?}");
        assert_eq!(store.look(begun.packet).await.state, PacketState::Claimed);
    }
    assert_eq!((store.fen_of(alice()).await, store.fen_of(bob()).await), ((500, 0), (200, 0)));
}

async fn expire_or_release(store: &TestStore) {
    store.alice_has(700).await;
    for _ in 0..ROUNDS {
        let begun = store.claiming(10).await;
        store.clock.advance(LIFE);
        let [ours, theirs] = store.instances().await.map(|instance| instance.ledger);
        let (expired, released) = both(async move { ours.expire(Expire { packet: begun.packet }).await }, async move {
            theirs.release_claim(release(&begun)).await
        })
        .await;

        assert!(done(released).refunded, "the release gives the money back itself");
        assert!(expired.is_err(), "and the expiry does not give it back again: {expired:?}");
        assert_eq!(store.fen_of(alice()).await, (700, 0));
    }
}

async fn settle_or_take_over(store: &TestStore) {
    store.alice_has(700).await;
    for round in 1..=ROUNDS {
        let late = store.claiming(10).await;
        store.clock.set(late.lease_until);
        let [ours, theirs] = store.instances().await.map(|instance| instance.ledger);
        let (settled, begun) = both(async move { ours.settle_claim(settle(&late)).await }, async move {
            theirs.begin_claim(by_bob(late.packet)).await
        })
        .await;

        match settled {
            Ok(receipt) => assert_eq!(refused(begun), BeginClaimRefusal::ClaimedByYou(Box::new(receipt))),
            refusal => {
                assert_eq!(refused(refusal), SettleRefusal::Stale);
                done(store.ledger.settle_claim(settle(&done(begun))).await);
            }
        }
        let once = i128::try_from(10 * round).expect("a few rounds");
        assert_eq!(store.fen_of(bob()).await, (once, 0));
    }
}

async fn a_late_settle_among_the_new_claimers_changes_nothing(store: &TestStore) {
    store.alice_has(700).await;
    let late = store.claiming(300).await;
    store.clock.set(late.lease_until);
    let current = store.begin(late.packet).await;
    store.clock.advance(just_before(LEASE));

    let ledgers = store.ledgers().await;
    let settles = (0..16).map(|_| {
        let ledger = ledgers.any();
        async move { (ledger.settle_claim(settle(&late)).await, ledger.release_claim(release(&late)).await) }
    });
    for (settled, released) in at_once(settles).await {
        assert_eq!(refused(settled), SettleRefusal::Stale);
        assert_eq!(refused(released), ReleaseRefusal::Stale);
    }
    assert_eq!((store.fen_of(alice()).await, store.fen_of(bob()).await), ((400, 300), (0, 0)));
    done(store.ledger.settle_claim(settle(&current)).await);
}

async fn sending_or_withdrawing_the_last_money(store: &TestStore) {
    store.add_coins().await;
    for round in 0..ROUNDS {
        store.bring(cny_of(alice()), 10).await;
        let ([ours, theirs], gift) = (store.instances().await.map(|instance| instance.ledger), store.gift(10));
        let reference = reference(&format!("last-{round}"));
        let withdraw = Withdraw { reference, account: cny_of(alice()), amount: amount(10) };
        let (sent, withdrawn) =
            both(async move { ours.reserve(gift).await }, async move { theirs.withdraw(withdraw).await }).await;

        assert_ne!(sent.is_ok(), withdrawn.is_ok(), "{sent:?}, {withdrawn:?}");
        assert_eq!(store.fen_of(alice()).await.0, 0);
        assert_holds(store).await;
    }
}
