//! Expiry.

use hongbao_domain::{
    money::Amount,
    red_packet::{Expire, ExpireRefusal, PacketRef, PacketState},
};
use hongbao_ports::{Clock, Ids};

use crate::{
    TestStore,
    case::cases,
    scene::{LIFE, TICK, alice, amount, cny_of, done, forged, just_before, release},
};

cases![
    an_expired_packet_gives_its_money_back,
    a_packet_does_not_expire_too_early,
    a_second_expire_is_refused,
    only_an_open_packet_expires,
    a_claim_in_progress_holds_off_the_expiry,
    a_released_claim_does_not_hold_off_the_expiry,
    an_expire_that_finds_the_sender_full_is_refused_until_there_is_room,
    an_expire_does_not_find_what_is_not_there,
];

async fn an_expired_packet_gives_its_money_back(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(LIFE);

    let expired = done(store.ledger.expire(Expire { packet }).await);

    assert_eq!((expired.refunded.coin, expired.refunded.amount), (packet.coin, amount(300)));
    assert_eq!(expired.refunded.to_string(), "3");
    let found = store.look(packet).await;
    assert_eq!((found.state, found.balance.amount), (PacketState::Refunded, Amount::ZERO));
    assert_eq!(found.ended_at, Some(store.clock.now()));
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn a_packet_does_not_expire_too_early(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(just_before(LIFE));
    store.refuses(store.ledger.expire(Expire { packet }), ExpireRefusal::TooEarly).await;

    store.clock.advance(TICK);
    done(store.ledger.expire(Expire { packet }).await);
}

async fn a_second_expire_is_refused(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.refunded(300).await;
    store.refuses(store.ledger.expire(Expire { packet }), ExpireRefusal::NotOpen).await;
}

async fn only_an_open_packet_expires(store: &TestStore) {
    store.alice_has(700).await;
    let packets = [store.sending(50).await, store.cancelled(50).await, store.claimed(50).await.packet];
    store.clock.advance(LIFE);
    for packet in packets {
        store.refuses(store.ledger.expire(Expire { packet }), ExpireRefusal::NotOpen).await;
    }
}

async fn a_claim_in_progress_holds_off_the_expiry(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.claiming(300).await.packet;
    store.clock.advance(LIFE * 2);
    store.refuses(store.ledger.expire(Expire { packet }), ExpireRefusal::ClaimInProgress).await;
}

async fn a_released_claim_does_not_hold_off_the_expiry(store: &TestStore) {
    store.alice_has(700).await;
    let begun = store.claiming(300).await;
    done(store.ledger.release_claim(release(&begun)).await);
    store.clock.advance(LIFE);

    done(store.ledger.expire(Expire { packet: begun.packet }).await);
    assert_eq!(store.fen_of(alice()).await, (700, 0));
}

async fn an_expire_that_finds_the_sender_full_is_refused_until_there_is_room(store: &TestStore) {
    store.alice_has(300).await;
    let packet = store.delivered(300).await;
    store.bring(cny_of(alice()), Amount::MAX.minor()).await;
    store.clock.advance(LIFE);
    store.refuses(store.ledger.expire(Expire { packet }), ExpireRefusal::BalanceOverflow).await;

    store.take(cny_of(alice()), 300).await;
    done(store.ledger.expire(Expire { packet }).await);
}

async fn an_expire_does_not_find_what_is_not_there(store: &TestStore) {
    store.alice_has(700).await;
    let packet = store.delivered(300).await;
    store.clock.advance(LIFE);
    let nothing = PacketRef { id: store.ids.transfer(), ..packet };
    for packet in [nothing].into_iter().chain(forged(packet)) {
        store.refuses(store.ledger.expire(Expire { packet }), ExpireRefusal::NotFound).await;
    }
}
