//! `im/msg_redpack_detail`.

use hongbao_domain::red_packet::Cancel;
use hongbao_testkit::server::TestServer;
use serde_json::{Value, json};

use crate::fixture::{Answer, LIFE, answer, code, publish, sending, start};

async fn look(fixture: &TestServer, name: &str, packet: &str) -> Answer {
    fixture.call(name, "msg_redpack_detail", &[("transfer_id", packet)]).await
}

/// What sender and receiver see alike.
async fn seen(fixture: &TestServer, packet: &str) -> Value {
    let (status, data) = look(fixture, "alice", packet).await;
    assert_eq!(status, 0, "{data}");
    assert_eq!(look(fixture, "bob", packet).await, (0, data.clone()));
    data
}

#[tokio::test]
async fn status_0_shows_an_open_packet_to_sender_and_receiver() {
    let fixture = start().await;
    let packet = publish(&fixture).await;
    let shown = json!({
        "transfer_id": packet,
        "state": "open",
        "coin_id": "CNY",
        "amount": "8.88",
        "from_user_id": "alice",
        "to_user_id": "bob",
        "content": "恭喜发财",
        "created_at": "2026-09-16T12:00:00.123Z",
        "expires_at": "2026-09-17T12:00:00.123Z",
        "ended_at": null,
    });
    assert_eq!(seen(&fixture, &packet).await, shown);
    assert_eq!(answer(fixture.get("bob", &format!("msg_redpack_detail?transfer_id={packet}"))).await, (0, shown));
}

#[tokio::test]
async fn status_0_a_claimed_packet_still_tells_what_it_held() {
    let fixture = start().await;
    let packet = publish(&fixture).await;
    assert_eq!(fixture.call("bob", "msg_redpack_accept", &[("transfer_id", &packet)]).await.0, 0);
    fixture.outside.clock.advance(LIFE);

    let data = seen(&fixture, &packet).await;

    let ended_at = json!("2026-09-16T12:00:00.123Z");
    assert_eq!((&data["state"], &data["amount"], &data["ended_at"]), (&json!("claimed"), &json!("8.88"), &ended_at));
}

#[tokio::test]
async fn status_0_an_expired_packet_is_refunded_once_it_was_swept() {
    let fixture = start().await;
    let packet = publish(&fixture).await;
    fixture.outside.clock.advance(LIFE);
    let data = seen(&fixture, &packet).await;
    assert_eq!((&data["state"], &data["ended_at"]), (&json!("expired"), &Value::Null), "looking moves nothing");

    fixture.process.sweep().await;

    let data = seen(&fixture, &packet).await;
    assert_eq!((&data["state"], &data["ended_at"]), (&json!("refunded"), &json!("2026-09-17T12:00:00.123Z")));
}

#[tokio::test]
async fn status_0_a_packet_on_its_way_is_open_until_it_is_cancelled() {
    let fixture = start().await;
    let packet = sending(&fixture).await;
    let id = packet.id.to_string();
    assert_eq!(seen(&fixture, &id).await["state"], "open");

    fixture.process.ports.ledger.cancel(Cancel { packet }).await.unwrap();

    assert_eq!(seen(&fixture, &id).await["state"], "cancelled");
}

#[tokio::test]
async fn status_1_the_transfer_id_is_empty_or_wrong() {
    let fixture = start().await;
    assert_eq!(code(&fixture.call("alice", "msg_redpack_detail", &[]).await), (1, "transfer_id_missing"));
    assert_eq!(code(&look(&fixture, "alice", "").await), (1, "transfer_id_missing"));
    let malformed = look(&fixture, "alice", "x").await;
    assert_eq!((code(&malformed), &malformed.1["parameter"]), ((1, "transfer_id_malformed"), &json!("transfer_id")));
}

#[tokio::test]
async fn status_2_nobody_is_logged_in_and_learns_nothing_else() {
    let fixture = start().await;
    let packet = publish(&fixture).await;
    for id in [packet.as_str(), "x", ""] {
        assert_eq!(code(&look(&fixture, "nobody", id).await), (2, "not_logged_in"), "{id}");
    }
}

#[tokio::test]
async fn status_4_there_is_no_such_packet() {
    let fixture = start().await;
    let refused = look(&fixture, "alice", "0000000000000000000001").await;
    assert_eq!((code(&refused), &refused.1["retryable"]), ((4, "packet_not_found"), &json!(false)));
}

#[tokio::test]
async fn status_5_the_packet_is_between_others() {
    let fixture = start().await;
    let packet = publish(&fixture).await;
    let refused = look(&fixture, "carol", &packet).await;
    assert_eq!(code(&refused), (5, "not_yours"));
    assert_eq!(refused.1["detail"], "The red packet is between other users.");
}
