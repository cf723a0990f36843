//! A clean-up whose first candidates cannot be helped.

use std::time::Duration;

use hongbao_app::CleanUp;
use hongbao_domain::{
    ledger::{AccountKey, Deposit, Withdraw},
    money::Amount,
    red_packet::Reserve,
};
use hongbao_ports::{FaultKind, Ids};
use hongbao_testkit::assert_holds;
use tokio::time::sleep;

use crate::{
    flaky::Step,
    granting,
    scene::{LEASE, LIFE, Scene, alice, bob, publish},
};

const SECOND: Duration = Duration::from_secs(1);

/// More packets than one look sees.
const PACKETS: usize = 300;

fn fen(minor: i128) -> Amount {
    Amount::from_minor(minor).expect("it is an amount")
}

fn account(user: hongbao_domain::id::UserId) -> AccountKey {
    AccountKey { user, coin: publish("1").coin }
}

async fn bring(scene: &Scene, account: AccountKey, minor: i128) {
    let reference = format!("fill-{}", scene.store.ids.event().to_u128()).parse().expect("it is a reference");
    scene
        .store
        .ledger
        .deposit(Deposit { reference, account, amount: fen(minor) })
        .await
        .expect("money can be brought in");
}

#[tokio::test(start_paused = true)]
async fn packets_whose_money_cannot_go_back_do_not_hide_the_rest() {
    let scene = Scene::new(granting()).await;
    for _ in 0..PACKETS {
        scene.reserve_only("1").await;
    }
    bring(&scene, account(alice()), Amount::MAX.minor() - scene.balance(alice()).await).await;
    bring(&scene, account(bob()), 500).await;
    scene.store.clock.advance(SECOND);
    let id = scene.store.ids.transfer();
    let (quantity, remark) = ("5".parse().unwrap(), "".parse().unwrap());
    let (sender, receiver, coin) = (bob(), alice(), publish("1").coin);
    let reserve = Reserve { id, sender, receiver, coin, quantity, remark, lease: LEASE, expires_in: LIFE };
    scene.store.ledger.reserve(reserve).await.unwrap();
    scene.store.clock.advance(LEASE);
    let clean_up = CleanUp::new(scene.ledger.clone(), scene.ledger.clone(), scene.store.ids.clone());

    clean_up.run(SECOND, sleep(SECOND * 20)).await;

    assert_eq!(scene.balance(bob()).await, 500);
    assert_eq!(scene.ledger.cancels(), CleanUp::WINDOW + 1, "alice's are tried in vain only once");

    let reference = "room".parse().expect("it is a reference");
    scene.store.ledger.withdraw(Withdraw { reference, account: account(alice()), amount: fen(30_000) }).await.unwrap();
    clean_up.run(SECOND, sleep(SECOND * 20)).await;

    assert_eq!(scene.balance(alice()).await, Amount::MAX.minor());
    assert_holds(&scene.store).await;
}

#[tokio::test(start_paused = true)]
async fn packets_that_cannot_be_handled_do_not_hide_the_rest() {
    let scene = Scene::new(granting()).await;
    for _ in 0..CleanUp::WINDOW + 8 {
        scene.reserve_only("1").await;
    }
    scene.store.clock.advance(LEASE);
    scene.ledger.break_times(Step::Cancel, CleanUp::WINDOW, FaultKind::Internal);
    let clean_up = CleanUp::new(scene.ledger.clone(), scene.ledger.clone(), scene.store.ids.clone());

    clean_up.run(SECOND, sleep(SECOND * 20)).await;
    assert_eq!(scene.balance(alice()).await, 100_000 - 3_200);

    clean_up.run(SECOND, sleep(SECOND * 20)).await;
    assert_eq!(scene.balance(alice()).await, 100_000);
}

/// Otherwise each time would be twice as long as the last, however long ago that was.
#[tokio::test(start_paused = true)]
async fn an_account_that_had_room_meanwhile_is_left_alone_no_longer_than_the_first_time() {
    let scene = Scene::new(granting()).await;
    let clean_up = CleanUp::new(scene.ledger.clone(), scene.ledger.clone(), scene.store.ids.clone());
    for time in ["first", "second"] {
        scene.reserve_only("1").await;
        bring(&scene, account(alice()), Amount::MAX.minor() - scene.balance(alice()).await).await;
        scene.store.clock.advance(LEASE);
        assert_eq!(clean_up.sweep().await.unwrap().put_off, 1, "{time}");

        let reference = format!("room-{time}").parse().expect("it is a reference");
        scene.store.ledger.withdraw(Withdraw { reference, account: account(alice()), amount: fen(500) }).await.unwrap();
        tokio::time::advance(SECOND * 31).await;
        assert_eq!(clean_up.sweep().await.unwrap().cancelled, 1, "{time}");
    }
}
