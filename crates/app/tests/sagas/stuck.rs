//! A clean-up whose first candidates cannot be helped.

use std::time::Duration;

use hongbao_app::CleanUp;
use hongbao_domain::{ledger::AccountKey, money::Amount, red_packet::Reserve};
use hongbao_ports::{Fault, Ids};
use hongbao_testkit::{Moment::Before, Step, alice, assert_holds, bob};
use tokio::time::sleep;

use crate::{
    fixture::{Fixture, LEASE, LIFE, publish},
    granting,
};

const SECOND: Duration = Duration::from_secs(1);

/// More packets than one look sees.
const PACKETS: usize = 300;

fn account(user: hongbao_domain::id::UserId) -> AccountKey {
    AccountKey { user, coin: publish("1").coin }
}

#[tokio::test(start_paused = true)]
async fn packets_whose_money_cannot_go_back_do_not_hide_the_rest() {
    let fixture = Fixture::new(granting()).await;
    for _ in 0..PACKETS {
        fixture.reserve_only("1").await;
    }
    fixture.store.bring(account(alice()), Amount::MAX.minor() - fixture.balance(alice()).await).await;
    fixture.store.bring(account(bob()), 500).await;
    fixture.store.clock.advance(SECOND);
    let id = fixture.store.ids.transfer();
    let (quantity, remark) = ("5".parse().unwrap(), "".parse().unwrap());
    let (sender, receiver, coin) = (bob(), alice(), publish("1").coin);
    let reserve = Reserve { id, sender, receiver, coin, quantity, remark, lease: LEASE, expires_in: LIFE };
    fixture.store.ledger.reserve(reserve).await.unwrap();
    fixture.store.clock.advance(LEASE);
    let clean_up = fixture.clean_up();

    clean_up.run(SECOND, sleep(SECOND * 20)).await;

    assert_eq!(fixture.balance(bob()).await, 500);
    assert_eq!(fixture.faults.calls(Step::CANCEL), CleanUp::WINDOW + 1, "alice's are tried in vain only once");

    fixture.store.take(account(alice()), 30_000).await;
    clean_up.run(SECOND, sleep(SECOND * 20)).await;

    assert_eq!(fixture.balance(alice()).await, Amount::MAX.minor());
    assert_holds(&fixture.store).await;
}

#[tokio::test(start_paused = true)]
async fn packets_that_cannot_be_handled_do_not_hide_the_rest() {
    let fixture = Fixture::new(granting()).await;
    for _ in 0..CleanUp::WINDOW + 8 {
        fixture.reserve_only("1").await;
    }
    fixture.store.clock.advance(LEASE);
    fixture.faults.fail_times(Before(Step::CANCEL), CleanUp::WINDOW, Fault::internal("broken on purpose"));
    let clean_up = fixture.clean_up();

    clean_up.run(SECOND, sleep(SECOND * 20)).await;
    assert_eq!(fixture.balance(alice()).await, 100_000 - 3_200);

    clean_up.run(SECOND, sleep(SECOND * 20)).await;
    assert_eq!(fixture.balance(alice()).await, 100_000);
}

/// Otherwise each time would be twice as long as the last, however long ago that was.
#[tokio::test(start_paused = true)]
async fn an_account_that_had_room_meanwhile_is_left_alone_no_longer_than_the_first_time() {
    let fixture = Fixture::new(granting()).await;
    let clean_up = fixture.clean_up();
    for time in ["first", "second"] {
        fixture.reserve_only("1").await;
        fixture.store.bring(account(alice()), Amount::MAX.minor() - fixture.balance(alice()).await).await;
        fixture.store.clock.advance(LEASE);
        assert_eq!(clean_up.sweep().await.unwrap().put_off, 1, "{time}");

        fixture.store.take(account(alice()), 500).await;
        tokio::time::advance(SECOND * 31).await;
        assert_eq!(clean_up.sweep().await.unwrap().cancelled, 1, "{time}");
    }
}
