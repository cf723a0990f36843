//! What there is at the start, and what a request has made of it.

use hongbao_domain::{
    id::UserId,
    ledger::{AccountKey, Deposit},
    money::Amount,
    user::UserStatus,
};
use hongbao_ports::query::Page;
use hongbao_testkit::{
    OPEN,
    server::{Settings, TestServer},
};

use crate::methods::Method;

/// A user who may do nothing.
pub(crate) const CLOSED: UserStatus = UserStatus { is_active: false, ..OPEN };

/// Starts a server. Alice has 100 CNY and bob 50; a packet of 1 CNY from her waits for bob, she has a group, and carol is her
/// friend.
pub(crate) async fn start() -> TestServer {
    start_with(Settings::default()).await
}

/// The same, set up as a method wants it.
pub(crate) async fn start_for(method: &Method) -> TestServer {
    start_with(Settings { opened_notice: method.opened_notice, ..Settings::default() }).await
}

async fn start_with(settings: Settings) -> TestServer {
    let server = TestServer::start(settings).await;
    let ports = &server.process.ports;
    ports.add_coin("CNY", 2, "0.10", "200").await;
    ports.add_coin("USDT", 6, "0.000001", "10000").await;
    for user in ["alice", "bob", "carol"] {
        server.add_user(user).await;
    }
    for (user, coin, money) in [("alice", "CNY", "100"), ("bob", "CNY", "50")] {
        ports.open_account(user, coin).await;
        ports.deposit(user, coin, money).await;
    }
    ports.open_account("alice", "USDT").await;
    for (method, form) in [
        ("msg_redpack_publish", &[("toUserId", "bob"), ("coin_id", "CNY"), ("amount", "1")][..]),
        ("group_create", &[("group_name", "同学")]),
        ("friend_add", &[("user_id", "carol")]),
    ] {
        let (status, data) = server.call("alice", method, form).await;
        assert_eq!(status, 0, "{method}: {data}");
    }
    server.faults.forget_steps();
    server
}

/// Brings a user more money.
pub(crate) async fn top_up(server: &TestServer, user: &str, yuan: &str) {
    let account = AccountKey { user: user.parse().expect("an id"), coin: "CNY".parse().expect("an id") };
    let minor: i128 = yuan.parse().expect("a number");
    let amount = Amount::from_minor(minor * 100).expect("it fits");
    let deposit = Deposit { reference: "top-up".parse().expect("a reference"), account, amount };
    server.process.ports.ledger.deposit(deposit).await.expect("it is taken");
}

/// Lets the time of what was begun and not finished be over.
pub(crate) fn outlast_the_lease(server: &TestServer) {
    server.outside.clock.advance(server.settings.timing.lease);
}

/// All that requests of these tests can change, without names that are fresh each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct World {
    /// Balance and what is held, of alice and bob, in minor units.
    pub(crate) money: Vec<(i128, i128)>,
    /// Where alice's packets stand that were not cancelled.
    pub(crate) packets: Vec<&'static str>,
    /// Alice's friends.
    pub(crate) friends: Vec<String>,
    /// Who is in the groups that have members.
    pub(crate) groups: Vec<Vec<String>>,
    /// Alice's name at the cloud.
    pub(crate) name: String,
    /// How many messages of users bob has got.
    pub(crate) messages: usize,
}

impl World {
    pub(crate) async fn of(server: &TestServer) -> Self {
        let queries = &server.process.ports.queries;
        let (alice, bob): (UserId, UserId) = ("alice".parse().expect("an id"), "bob".parse().expect("an id"));
        let mut money = Vec::new();
        for user in [alice, bob] {
            let holdings = queries.holdings(user).await.expect("they can be read");
            money.push((holdings[0].balance.amount.minor(), holdings[0].held.minor()));
        }
        let packets = queries.packets_of(alice, Page { after: None, limit: 100 }).await.expect("they can be read");
        let friends = queries.friends(alice, Page::first(100)).await.expect("they can be read");
        let mut groups = Vec::new();
        for id in server.outside.ids.groups() {
            let rows = queries.memberships(id).await.expect("they can be read");
            let members: Vec<_> = rows.iter().filter(|row| row.is_member()).map(|row| row.user.to_string()).collect();
            groups.extend((!members.is_empty()).then_some(members));
        }
        let messages = server.outside.sandbox.messages("bob");
        let mut friends: Vec<_> = friends.into_iter().map(|friend| friend.profile.user.to_string()).collect();
        friends.sort();
        Self {
            money,
            packets: packets.iter().map(|viewed| viewed.stage.as_str()).filter(|stage| *stage != "cancelled").collect(),
            friends,
            groups,
            name: server.outside.sandbox.user("alice").map(|user| user.name).unwrap_or_default(),
            messages: messages.iter().filter(|message| message.object_name == "RC:TxtMsg").count(),
        }
    }
}
