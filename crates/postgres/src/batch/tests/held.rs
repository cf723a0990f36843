//! What a sender's packets hold, as it is kept with the account.

use hongbao_domain::{
    ledger::{Finding, Holder},
    store::Written,
};

use super::*;

/// Alice's packet for `taker`, whose claim is in progress.
async fn claiming(fixture: &Fixture, number: u128, taker: &str) -> SettleClaim {
    let taker = taker.parse().unwrap();
    let Command { action: Action::Reserve(gift), .. } = reserve(number) else { panic!() };
    fixture.run(number, command(number, Reserve { receiver: taker, ..gift })).await;
    let begin = BeginClaim { id: packet(number).id, taker, lease: Duration::from_secs(15) };
    fixture.run(number + 100, command(number + 100, begin)).await;
    SettleClaim { packet: packet(number), taker, fence: 1 }
}

async fn held(fixture: &Fixture) -> i128 {
    fixture.store.holdings(alice().user).await.unwrap()[0].held.minor()
}

#[tokio::test]
async fn assets_are_read_from_the_accounts_alone_and_the_audit_tells_if_they_are_wrong() {
    let fixture = Fixture::new().await;
    fixture.run(2, reserve(7)).await;
    assert_eq!(held(&fixture).await, 100);

    fixture.database.psql("UPDATE accounts SET held = 99").unwrap();

    assert_eq!(held(&fixture).await, 99);
    let findings = fixture.store.audit().await.unwrap().findings;
    assert_eq!(findings, [Finding::HeldDiffers(Holder::Account(alice()))]);
}

/// A settle posts nothing to the sender's account, so its version does not tell that another was faster.
#[tokio::test]
async fn a_late_writer_of_what_is_held_changes_nothing() {
    let fixture = Fixture::new().await;
    let (bobs, carols) = (claiming(&fixture, 7, "bob").await, claiming(&fixture, 8, "carol").await);
    let mut late = fixture.work_out(&command(3, bobs)).await;
    fixture.run(4, command(4, carols)).await;
    // Only the row of the sender.
    late.accounts.updated.retain(|row| row.after.user_id == alice().user.as_str());
    let late =
        Writes { accounts: Written { updated: late.accounts.updated, ..Written::default() }, ..Writes::default() };

    assert!(fixture.write_late(&late).await.is_err());

    assert_eq!(held(&fixture).await, 100);
    assert!(fixture.store.audit().await.unwrap().holds());
}

/// What the migration does to an older store, and what operators do after servers of both versions ran side by side.
#[tokio::test]
async fn sums_that_were_not_kept_are_made_again_from_the_packets() {
    let fixture = Fixture::new().await;
    for number in [7, 8] {
        fixture.run(number, reserve(number)).await;
    }
    let migration = include_str!("../../../../../migrations/postgres/0007_held.sql");
    let sums = migration.split_once("UPDATE accounts").unwrap().1;
    fixture.database.psql("UPDATE accounts SET held = 0").unwrap();

    fixture.database.psql(&format!("UPDATE accounts{sums}")).unwrap();
    assert_eq!(held(&fixture).await, 200);

    let page = include_str!("../../../../../docs/postgres.md");
    let statements = page.split_once("```sql\nBEGIN;\nLOCK").unwrap().1.split_once("```").unwrap().0;
    for wrong in [0, 7] {
        fixture.database.psql(&format!("UPDATE accounts SET held = {wrong}")).unwrap();
        fixture.database.psql(&format!("BEGIN; LOCK{statements}")).unwrap();
        assert_eq!(held(&fixture).await, 200);
    }
    assert!(fixture.store.audit().await.unwrap().holds());
}
