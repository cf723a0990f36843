//! The server, its users and their money.

use std::{num::NonZeroUsize, ops::Deref, time::Duration};

use hongbao_app::Timing;
use hongbao_domain::{
    id::UserId,
    red_packet::{PacketRef, Reserve},
};
use hongbao_ports::Ids;
use hongbao_testkit::server::{Answer as Whole, Settings, TestServer};
use reqwest::RequestBuilder;
use serde_json::Value;

/// For how long a packet can be claimed.
pub(crate) const LIFE: Duration = Duration::from_hours(24);

/// What came back: the contract's status, and the data.
pub(crate) type Answer = (u64, Value);

/// A running server. Alice, bob and carol are active and take friend requests; alice has 100.00 CNY and an empty
/// account in USDT.
pub(crate) struct Stack(TestServer);

impl Deref for Stack {
    type Target = TestServer;

    fn deref(&self) -> &TestServer {
        &self.0
    }
}

impl Stack {
    pub(crate) async fn start() -> Self {
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
        Self(server)
    }

    /// Sends 8.88 CNY from alice to bob and gives the packet's name.
    pub(crate) async fn publish(&self) -> String {
        let form = [("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "8.88"), ("content", "恭喜发财")];
        let (status, data) = self.call("alice", "msg_redpack_publish", &form).await;
        assert_eq!(status, 0, "{data}");
        data["transfer_id"].as_str().unwrap().to_owned()
    }

    /// Reserves 1 CNY of alice's for bob, whose message is still on its way.
    pub(crate) async fn sending(&self) -> PacketRef {
        let reserve = Reserve {
            id: self.outside.ids.transfer(),
            sender: user("alice"),
            receiver: user("bob"),
            coin: "CNY".parse().unwrap(),
            quantity: "1".parse().unwrap(),
            remark: "".parse().unwrap(),
            lease: Duration::from_mins(1),
            expires_in: LIFE,
        };
        self.process.ports.ledger.reserve(reserve).await.unwrap().packet
    }
}

pub(crate) fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    Whole::of(request).await.into_parts()
}

/// The status and the code, which is empty on status 0.
pub(crate) fn code(answer: &Answer) -> (u64, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}
