//! The demo: a cloud beside the server, users who have money, and what to paste first.

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use hongbao_domain::{
    admin::{AddAdminToken, AddAdminTokenRefusal, AdminTokenDigest, Scope},
    id::{AdminTokenId, Reference, SessionKey, UserId},
    ledger::{AccountKey, Deposit, OpenAccount},
    money::{Amount, Coin, Quantity, Scale},
    profile::{PortraitUri, Profile},
    session::RegisterRefusal,
    user::UserStatus,
};
use hongbao_ports::{Clock, Failure, Ledger, Profiles, Sessions, Submit, Users};
use hongbao_sandbox::{Options, Sandbox};
use hongbao_store::Batches;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::cloud::CloudAccess;
use crate::{error::CliError, listen::address, print::print, settings::Settings};

/// Public: it opens nothing but the sandbox beside a demo.
const APP_KEY: &str = "demo";
const APP_SECRET: &str = "demo-secret";

/// Public, like the keys of the demo's sessions.
const ADMIN_TOKEN: &str = "demo-admin";

/// Demo sessions outlive any demo.
const SESSION_LIFE: Duration = Duration::from_hours(10 * 365 * 24);

/// Coins: id, decimal places, smallest and largest packet.
const COINS: [(&str, u8, &str, &str); 3] =
    [("CNY", 2, "0.01", "20000"), ("USDT", 6, "0.000001", "10000"), ("ETH", 18, "0.000000000000000001", "100")];

/// Users, their names, and whether others may add them as friends.
const USERS: [(&str, &str, bool); 4] =
    [("alice", "Alice", true), ("bob", "Bob", true), ("carol", "Carol", true), ("dave", "Dave", false)];

/// Who owns what. Zero opens an empty account.
const MONEY: [(&str, &str, &str); 6] = [
    ("alice", "CNY", "1000.00"),
    ("alice", "USDT", "50"),
    ("alice", "ETH", "1.5"),
    ("bob", "CNY", "1000.00"),
    ("bob", "USDT", "50"),
    ("carol", "CNY", "0"),
];

/// The sandbox beside the server.
pub(super) struct Cloud {
    listener: TcpListener,
    pub(super) address: SocketAddr,
}

impl Cloud {
    pub(super) fn bind(settings: &Settings) -> Result<Self, CliError> {
        let listener = settings.sandbox.listen.bind("sandbox.listen")?;
        Ok(Self { address: address(&listener)?, listener })
    }

    /// Gives how to reach the sandbox, and as which app.
    pub(super) fn access(&self) -> CloudAccess {
        CloudAccess {
            base_url: format!("http://{}", self.address),
            backup_url: None,
            app_key: APP_KEY.to_owned(),
            app_secret: APP_SECRET.into(),
        }
    }

    pub(super) fn start(self, stop: CancellationToken) -> JoinHandle<std::io::Result<()>> {
        let sandbox = Sandbox::new(Options { app_key: APP_KEY.to_owned(), app_secret: APP_SECRET.into() });
        tokio::spawn(hongbao_sandbox::serve(self.listener, sandbox, stop.cancelled_owned()))
    }
}

/// Fills the store with what every demo has. What is there stays as it is: a restart never refills.
pub(super) async fn fill(ledger: &Batches, clock: &dyn Clock) -> Result<(), CliError> {
    let broken = |error: &dyn std::fmt::Debug| CliError::new(format!("cannot fill the demo's store: {error:?}"));
    for (id, places, min, max) in COINS {
        let (scale, amount) = (scale(places), |text| amount(text, places));
        let coin = Coin::try_new(parse(id), scale, amount(min), amount(max)).expect("the demo's coins are well made");
        ledger.add_coin(coin).await.map_err(|failure| broken(&failure))?;
    }
    for (id, name, takes_friend_requests) in USERS {
        let (user, key): (UserId, SessionKey) = (parse(id), parse(&format!("demo-{id}")));
        let status = UserStatus { is_active: true, takes_friend_requests };
        Users::add(ledger, user, status).await.map_err(|fault| broken(&fault))?;
        let profile = Profile { user, name: parse(name), portrait_uri: PortraitUri::default() };
        ledger.introduce(&profile).await.map_err(|fault| broken(&fault))?;
        let until = clock.now().after(SESSION_LIFE);
        match ledger.register(&key, user, until).await {
            // A user who was disabled since the last start stays so, and the user who was given the key keeps it.
            Ok(()) | Err(Failure::Refused(RegisterRefusal::UserDisabled | RegisterRefusal::KeyTaken)) => {}
            Err(failure) => return Err(broken(&failure)),
        }
    }
    fill_admin(ledger).await.map_err(|failure| broken(&failure))?;
    for (user, coin, text) in MONEY {
        let account = AccountKey { user: parse(user), coin: parse(coin) };
        let places = COINS.iter().find(|(id, ..)| *id == coin).map_or(0, |(_, places, ..)| *places);
        let reference: Reference = parse(&format!("demo-{user}-{coin}"));
        let amount = amount(text, places);
        if amount.is_zero() {
            ledger.open_account(OpenAccount { account }).await.map_err(|failure| broken(&failure))?;
        } else {
            ledger.deposit(Deposit { reference, account, amount }).await.map_err(|failure| broken(&failure))?;
        }
    }
    Ok(())
}

/// A token that everybody knows, like the demo's session keys.
async fn fill_admin(ledger: &Batches) -> Result<(), Failure<AddAdminTokenRefusal>> {
    let token = AddAdminToken {
        id: AdminTokenId::from_u128(1),
        name: parse("demo"),
        digest: AdminTokenDigest(Sha256::digest(ADMIN_TOKEN).into()),
        scopes: Scope::ALL.into(),
        expires_at: None,
    };
    match ledger.submit(token).await {
        // A token that was revoked since the last start stays so.
        Ok(_) | Err(Failure::Refused(AddAdminTokenRefusal::IdTaken)) => Ok(()),
        Err(failure) => Err(failure),
    }
}

fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| unreachable!("the demo's names are well formed"))
}

fn scale(places: u8) -> Scale {
    Scale::new(places).expect("the demo's coins have at most 18 places")
}

fn amount(text: &str, places: u8) -> Amount {
    let quantity: Quantity = parse(text);
    quantity.to_amount(scale(places)).expect("the demo's amounts fit their coins")
}

/// Says once what is there and what to paste.
pub(super) fn greet(http: SocketAddr, admin: Option<SocketAddr>, sandbox: SocketAddr) -> Result<(), CliError> {
    let admin_url = admin.map_or_else(|| "off".to_owned(), |address| format!("http://{address}"));
    let admin = admin.map_or_else(String::new, |address| administer(address, http));
    print(&format!(
        r#"Hongbao demo

  API       http://{http}
  Admin     {admin_url}   token {ADMIN_TOKEN}
  Sandbox   http://{sandbox}   a local RongCloud, app key {APP_KEY}, app secret {APP_SECRET}
  Users     alice  demo-alice   1000 CNY, 50 USDT, 1.5 ETH at the start
            bob    demo-bob     1000 CNY, 50 USDT
            carol  demo-carol   an empty CNY account
            dave   demo-dave    no account, takes no friend requests

Paste these lines, one after the other: alice sends bob a red packet, bob accepts it, and this is bob's inbox.

  reply=$(curl -s http://{http}/im/msg_redpack_publish -d session_key=demo-alice -d toUserId=bob -d coin_id=CNY -d amount=8.88 --data-urlencode content=恭喜发财); echo "$reply"
  curl -s http://{http}/im/msg_redpack_accept -d session_key=demo-bob -d transfer_id=$(echo "$reply" | sed 's/.*"transfer_id":"\([^"]*\)".*/\1/'); echo
  curl -s "http://{sandbox}/sandbox/messages?userId=bob"; echo
{admin}
Ctrl-C stops it; the next start goes on where this one ended.
"#
    ))
}

/// Says how a backend does all of it by HTTP alone.
fn administer(admin: SocketAddr, http: SocketAddr) -> String {
    format!(
        r#"
What an app's backend does, by HTTP alone: it adds erin, logs her in and gives her money; she sends alice a red packet.

  admin() {{ curl -s -X "$1" http://{admin}/admin/v1/"$2" -H "Authorization: Bearer {ADMIN_TOKEN}" -H "Content-Type: application/json" -d "$3"; echo; }}
  admin PUT users/erin '{{"name": "Erin"}}'
  key=$(admin POST users/erin/sessions '{{}}' | sed 's/.*"session_key":"\([^"]*\)".*/\1/')
  admin POST deposits '{{"reference": "first", "user_id": "erin", "coin_id": "CNY", "amount": "100.00"}}'
  reply=$(curl -s http://{http}/im/msg_redpack_publish -H "Authorization: Bearer $key" -d toUserId=alice -d coin_id=CNY -d amount=6.66 -d content=hi); echo "$reply"
  curl -s http://{http}/im/msg_redpack_accept -d session_key=demo-alice -d transfer_id=$(echo "$reply" | sed 's/.*"transfer_id":"\([^"]*\)".*/\1/'); echo
"#
    )
}
