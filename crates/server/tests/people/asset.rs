//! `im/asset_list`.

use serde_json::json;

use crate::fixture::{answer, code, publish, start};

#[tokio::test]
async fn status_0_lists_what_can_be_spent_and_what_is_held() {
    let fixture = start().await;
    let usdt = json!({ "coin_id": "USDT", "balance": "0", "held": "0" });
    let assets = async |name| fixture.call(name, "asset_list", &[]).await;
    let before = json!([{ "coin_id": "CNY", "balance": "100", "held": "0" }, usdt]);
    assert_eq!(assets("alice").await, (0, before));
    assert_eq!(assets("bob").await, (0, json!([])), "who has nothing has an empty list");

    let packet = publish(&fixture).await;
    let held = json!([{ "coin_id": "CNY", "balance": "91.12", "held": "8.88" }, usdt]);
    assert_eq!(assets("alice").await, (0, held.clone()));
    assert_eq!(answer(fixture.get("alice", "asset_list")).await, (0, held));

    assert_eq!(fixture.call("bob", "msg_redpack_accept", &[("transfer_id", &packet)]).await.0, 0);
    let after = json!([{ "coin_id": "CNY", "balance": "91.12", "held": "0" }, usdt]);
    assert_eq!(assets("alice").await, (0, after));
    assert_eq!(assets("bob").await, (0, json!([{ "coin_id": "CNY", "balance": "8.88", "held": "0" }])));
}

#[tokio::test]
async fn status_2_nobody_is_logged_in() {
    let fixture = start().await;
    assert_eq!(code(&fixture.call("nobody", "asset_list", &[]).await), (2, "not_logged_in"));
}
