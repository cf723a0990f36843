//! What a sender's packets hold, as it is kept with the account.

use hongbao_domain::{
    ledger::{Finding, Holder},
    red_packet::SettleClaim,
    store::Written,
};
use sqlx::SqliteConnection;

use super::*;
use crate::schema::MIGRATIONS;

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

    sqlx::query!("UPDATE accounts SET held = '0000000000000000000000000099'")
        .execute(&fixture.store.writer)
        .await
        .unwrap();

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

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "an older schema is not the one that statements are checked against")]
async fn an_older_store_is_given_the_exact_sums_of_what_its_packets_hold() {
    use sqlx::{Connection, Row, SqlSafeStr};
    let mut database = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let (older, newer): (Vec<_>, Vec<_>) = MIGRATIONS.iter().partition(|migration| migration.version < 10);
    for migration in older {
        sqlx::raw_sql(migration.sql.clone()).execute(&mut database).await.unwrap();
    }
    let fill = "
        INSERT INTO coins VALUES ('CNY', 2, printf('%028d', 1), printf('%028d', 9)), ('ETH', 18, printf('%028d', 1), printf('%028d', 9));
        INSERT INTO accounts SELECT user.value, coin.value, printf('%028d', 0), 0, 0
            FROM json_each('[\"alice\", \"bob\"]') AS user, json_each('[\"CNY\", \"ETH\"]') AS coin;
        INSERT INTO packets SELECT randomblob(16), value ->> 0, value ->> 1, value ->> 2, value ->> 2, 1, '',
            iif(value ->> 2 > printf('%028d', 0), 'open', 'claimed'), NULL, 0, 0,
            iif(value ->> 2 > printf('%028d', 0), NULL, 0), 0, 1
            FROM json_each('[
                [\"alice\", \"CNY\", \"1999999999999999999999999999\"],
                [\"alice\", \"CNY\", \"2000000000000000000000000002\"],
                [\"alice\", \"CNY\", \"0000000000000000000000000000\"],
                [\"alice\", \"ETH\", \"0000000001999999999900000000\"],
                [\"bob\", \"ETH\", \"9999999999999999999999999999\"]
            ]');";
    sqlx::raw_sql(fill.into_sql_str()).execute(&mut database).await.unwrap();

    for migration in newer {
        sqlx::raw_sql(migration.sql.clone()).execute(&mut database).await.unwrap();
    }

    let rows =
        sqlx::query("SELECT user_id || '/' || coin_id, held FROM accounts ORDER BY 1").fetch_all(&mut database).await;
    let held: Vec<(String, String)> = rows.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [
        ("alice/CNY", "4000000000000000000000000001"),
        ("alice/ETH", "0000000001999999999900000000"),
        ("bob/CNY", "0000000000000000000000000000"),
        ("bob/ETH", "9999999999999999999999999999"),
    ];
    assert_eq!(held, expected.map(|(account, held)| (account.to_owned(), held.to_owned())));
}
