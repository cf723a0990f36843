//! Expiry.

use hongbao_domain::{
    money::Amount,
    red_packet::{Expire, ExpireRefusal, PacketRef, PacketState},
};
use hongbao_ports::{Clock, Ids};

use crate::{
    Rig,
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

async fn an_expired_packet_gives_its_money_back(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(300).await;
    rig.clock.advance(LIFE);

    let expired = done(rig.ledger.expire(Expire { packet }).await);

    assert_eq!((expired.refunded.coin, expired.refunded.amount), (packet.coin, amount(300)));
    assert_eq!(expired.refunded.to_string(), "3");
    let found = rig.look(packet).await;
    assert_eq!((found.state, found.balance.amount), (PacketState::Refunded, Amount::ZERO));
    assert_eq!(found.ended_at, Some(rig.clock.now()));
    assert_eq!(rig.fen_of(alice()).await, (700, 0));
}

async fn a_packet_does_not_expire_too_early(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(300).await;
    rig.clock.advance(just_before(LIFE));
    rig.refuses(rig.ledger.expire(Expire { packet }), ExpireRefusal::TooEarly).await;

    rig.clock.advance(TICK);
    done(rig.ledger.expire(Expire { packet }).await);
}

async fn a_second_expire_is_refused(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.refunded(300).await;
    rig.refuses(rig.ledger.expire(Expire { packet }), ExpireRefusal::NotOpen).await;
}

async fn only_an_open_packet_expires(rig: &Rig) {
    rig.alice_has(700).await;
    let packets = [rig.sending(50).await, rig.cancelled(50).await, rig.claimed(50).await.packet];
    rig.clock.advance(LIFE);
    for packet in packets {
        rig.refuses(rig.ledger.expire(Expire { packet }), ExpireRefusal::NotOpen).await;
    }
}

async fn a_claim_in_progress_holds_off_the_expiry(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.claiming(300).await.packet;
    rig.clock.advance(LIFE * 2);
    rig.refuses(rig.ledger.expire(Expire { packet }), ExpireRefusal::ClaimInProgress).await;
}

async fn a_released_claim_does_not_hold_off_the_expiry(rig: &Rig) {
    rig.alice_has(700).await;
    let begun = rig.claiming(300).await;
    done(rig.ledger.release_claim(release(&begun)).await);
    rig.clock.advance(LIFE);

    done(rig.ledger.expire(Expire { packet: begun.packet }).await);
    assert_eq!(rig.fen_of(alice()).await, (700, 0));
}

async fn an_expire_that_finds_the_sender_full_is_refused_until_there_is_room(rig: &Rig) {
    rig.alice_has(300).await;
    let packet = rig.delivered(300).await;
    rig.bring(cny_of(alice()), Amount::MAX.minor()).await;
    rig.clock.advance(LIFE);
    rig.refuses(rig.ledger.expire(Expire { packet }), ExpireRefusal::BalanceOverflow).await;

    rig.take(cny_of(alice()), 300).await;
    done(rig.ledger.expire(Expire { packet }).await);
}

async fn an_expire_does_not_find_what_is_not_there(rig: &Rig) {
    rig.alice_has(700).await;
    let packet = rig.delivered(300).await;
    rig.clock.advance(LIFE);
    let nothing = PacketRef { id: rig.ids.transfer(), ..packet };
    for packet in [nothing].into_iter().chain(forged(packet)) {
        rig.refuses(rig.ledger.expire(Expire { packet }), ExpireRefusal::NotFound).await;
    }
}
