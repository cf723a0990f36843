//! The server, its users and their money.

use std::{num::NonZeroUsize, time::Duration};

use hongbao_app::Timing;
use hongbao_domain::red_packet::{PacketRef, Reserve};
use hongbao_ports::Ids;
use hongbao_testkit::{
    alice, bob,
    server::{Answer as Whole, Settings, TestServer},
};
use reqwest::RequestBuilder;
use serde_json::Value;

/// For how long a packet can be claimed.
pub(crate) const LIFE: Duration = Duration::from_hours(24);

/// What came back: the contract's status, and the data.
pub(crate) type Answer = (u64, Value);

/// Starts a server. Alice, bob and carol are active and take friend requests; alice has 100.00 CNY and an empty account
/// in USDT.
pub(crate) async fn start() -> TestServer {
    let timing = Timing { pacing: Duration::ZERO, ..Timing::default() };
    let workers = NonZeroUsize::MIN.saturating_add(1);
    let server = TestServer::start(Settings { timing, workers, expires_in: LIFE, ..Settings::default() }).await;
    for user in ["alice", "bob", "carol"] {
        server.add_user(user).await;
    }
    let ports = &server.process.ports;
    for coin in ["CNY", "USDT"] {
        ports.add_coin(coin, 2, "0.01", "20000").await;
        ports.open_account("alice", coin).await;
    }
    ports.deposit("alice", "CNY", "100").await;
    server
}

/// Sends 8.88 CNY from alice to bob and gives the packet's name.
pub(crate) async fn publish(server: &TestServer) -> String {
    let form = [("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "8.88"), ("content", "恭喜发财")];
    let (status, data) = server.call("alice", "msg_redpack_publish", &form).await;
    assert_eq!(status, 0, "{data}");
    data["transfer_id"].as_str().unwrap().to_owned()
}

/// Reserves 1 CNY of alice's for bob, whose message is still on its way.
pub(crate) async fn sending(server: &TestServer) -> PacketRef {
    let reserve = Reserve {
        id: server.outside.ids.transfer(),
        sender: alice(),
        receiver: bob(),
        coin: "CNY".parse().unwrap(),
        quantity: "1".parse().unwrap(),
        remark: "".parse().unwrap(),
        lease: Duration::from_mins(1),
        expires_in: LIFE,
    };
    server.process.ports.ledger.reserve(reserve).await.unwrap().packet
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    Whole::of(request).await.into_parts()
}

/// The status and the code, which is empty on status 0.
pub(crate) fn code(answer: &Answer) -> (u64, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}
