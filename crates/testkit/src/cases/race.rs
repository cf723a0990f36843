//! Two commands at the same moment of which only one may win.

use hongbao_domain::{
    ledger::Withdraw,
    red_packet::{
        BeginClaimRefusal, Cancel, CancelRefusal, Confirm, ConfirmRefusal, Expire, ExpireRefusal, PacketState,
        ReleaseRefusal, SettleRefusal,
    },
};

use crate::{
    Rig, assert_holds,
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

async fn cancel_or_claim(rig: &Rig) {
    rig.alice_has(700).await;
    for _ in 0..ROUNDS {
        let packet = rig.sending(10).await;
        let [ours, theirs] = rig.instances().await.map(|instance| instance.ledger);
        let (cancelled, begun) = both(async move { ours.cancel(Cancel { packet }).await }, async move {
            theirs.begin_claim(by_bob(packet)).await
        })
        .await;

        let state = rig.look(packet).await.state;
        if cancelled.is_ok() {
            assert_eq!(refused(begun), BeginClaimRefusal::Cancelled);
            assert_eq!(state, PacketState::Cancelled);
        } else {
            assert_eq!(refused(cancelled), CancelRefusal::Delivered);
            assert_eq!(state, PacketState::Open);
            done(rig.ledger.settle_claim(settle(&done(begun))).await);
        }
        assert_holds(rig).await;
    }
    let (alices, bobs) = (rig.fen_of(alice()).await, rig.fen_of(bob()).await);
    assert_eq!((alices.0 + bobs.0, alices.1, bobs.1), (700, 0, 0));
}

async fn cancel_or_confirm(rig: &Rig) {
    rig.alice_has(700).await;
    for _ in 0..ROUNDS {
        let packet = rig.sending(10).await;
        let [ours, theirs] = rig.instances().await.map(|instance| instance.ledger);
        let (cancelled, confirmed) = both(async move { ours.cancel(Cancel { packet }).await }, async move {
            theirs.confirm(Confirm { packet }).await
        })
        .await;

        let state = rig.look(packet).await.state;
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

async fn settle_or_release(rig: &Rig) {
    rig.alice_has(700).await;
    for round in 0..ROUNDS {
        let begun = rig.claiming(10).await;
        if round % 2 == 1 {
            rig.clock.advance(LIFE);
        }
        let [ours, theirs] = rig.instances().await.map(|instance| instance.ledger);
        let (settled, released) = both(async move { ours.settle_claim(settle(&begun)).await }, async move {
            theirs.release_claim(release(&begun)).await
        })
        .await;

        let state = rig.look(begun.packet).await.state;
        if settled.is_ok() {
            assert_eq!(refused(released), ReleaseRefusal::Stale);
            assert_eq!(state, PacketState::Claimed);
        } else {
            assert_eq!(refused(settled), SettleRefusal::Stale);
            let refunded = done(released).refunded;
            assert_eq!(state, if refunded { PacketState::Refunded } else { PacketState::Open });
        }
        assert_holds(rig).await;
    }
}

async fn expire_or_settle(rig: &Rig) {
    rig.alice_has(700).await;
    for _ in 0..ROUNDS {
        let begun = rig.claiming(10).await;
        rig.clock.advance(LIFE);
        let [ours, theirs] = rig.instances().await.map(|instance| instance.ledger);
        let (expired, settled) = both(async move { ours.expire(Expire { packet: begun.packet }).await }, async move {
            theirs.settle_claim(settle(&begun)).await
        })
        .await;

        done(settled);
        let refusal = refused(expired);
        assert!(matches!(refusal, ExpireRefusal::ClaimInProgress | ExpireRefusal::NotOpen), "{refusal:?}");
        assert_eq!(rig.look(begun.packet).await.state, PacketState::Claimed);
    }
    assert_eq!((rig.fen_of(alice()).await, rig.fen_of(bob()).await), ((500, 0), (200, 0)));
}

async fn expire_or_release(rig: &Rig) {
    rig.alice_has(700).await;
    for _ in 0..ROUNDS {
        let begun = rig.claiming(10).await;
        rig.clock.advance(LIFE);
        let [ours, theirs] = rig.instances().await.map(|instance| instance.ledger);
        let (expired, released) = both(async move { ours.expire(Expire { packet: begun.packet }).await }, async move {
            theirs.release_claim(release(&begun)).await
        })
        .await;

        assert!(done(released).refunded, "the release gives the money back itself");
        assert!(expired.is_err(), "and the expiry does not give it back again: {expired:?}");
        assert_eq!(rig.fen_of(alice()).await, (700, 0));
    }
}

async fn settle_or_take_over(rig: &Rig) {
    rig.alice_has(700).await;
    for round in 1..=ROUNDS {
        let late = rig.claiming(10).await;
        rig.clock.set(late.lease_until);
        let [ours, theirs] = rig.instances().await.map(|instance| instance.ledger);
        let (settled, begun) = both(async move { ours.settle_claim(settle(&late)).await }, async move {
            theirs.begin_claim(by_bob(late.packet)).await
        })
        .await;

        match settled {
            Ok(receipt) => assert_eq!(refused(begun), BeginClaimRefusal::ClaimedByYou(Box::new(receipt))),
            refusal => {
                assert_eq!(refused(refusal), SettleRefusal::Stale);
                done(rig.ledger.settle_claim(settle(&done(begun))).await);
            }
        }
        let once = i128::try_from(10 * round).expect("a few rounds");
        assert_eq!(rig.fen_of(bob()).await, (once, 0));
    }
}

async fn a_late_settle_among_the_new_claimers_changes_nothing(rig: &Rig) {
    rig.alice_has(700).await;
    let late = rig.claiming(300).await;
    rig.clock.set(late.lease_until);
    let current = rig.begin(late.packet).await;
    rig.clock.advance(just_before(LEASE));

    let ledgers = rig.ledgers().await;
    let settles = (0..16).map(|_| {
        let ledger = ledgers.any();
        async move { (ledger.settle_claim(settle(&late)).await, ledger.release_claim(release(&late)).await) }
    });
    for (settled, released) in at_once(settles).await {
        assert_eq!(refused(settled), SettleRefusal::Stale);
        assert_eq!(refused(released), ReleaseRefusal::Stale);
    }
    assert_eq!((rig.fen_of(alice()).await, rig.fen_of(bob()).await), ((400, 300), (0, 0)));
    done(rig.ledger.settle_claim(settle(&current)).await);
}

async fn sending_or_withdrawing_the_last_money(rig: &Rig) {
    rig.add_coins().await;
    for round in 0..ROUNDS {
        rig.bring(cny_of(alice()), 10).await;
        let ([ours, theirs], gift) = (rig.instances().await.map(|instance| instance.ledger), rig.gift(10));
        let reference = reference(&format!("last-{round}"));
        let withdraw = Withdraw { reference, account: cny_of(alice()), amount: amount(10) };
        let (sent, withdrawn) =
            both(async move { ours.reserve(gift).await }, async move { theirs.withdraw(withdraw).await }).await;

        assert_ne!(sent.is_ok(), withdrawn.is_ok(), "{sent:?}, {withdrawn:?}");
        assert_eq!(rig.fen_of(alice()).await.0, 0);
        assert_holds(rig).await;
    }
}
