//! Coins, users, their sessions and their money, brought in over the ports as an administrator does.

use hongbao_domain::{
    id::SessionKey,
    ledger::{AccountKey, Deposit, OpenAccount},
    money::{Coin, Quantity},
    time::Timestamp,
    user::UserStatus,
};

use crate::{
    Ports,
    scene::{coin, done, reference, scale, user},
};

/// A user who may do everything.
pub const OPEN: UserStatus = UserStatus { is_active: true, takes_friend_requests: true };

/// Gives the session key of a user of the fixture.
pub fn session_of(user: &str) -> String {
    format!("session-{user}")
}

impl Ports {
    /// Adds a coin with so many decimal places, whose packets hold `min` to `max`.
    pub async fn add_coin(&self, id: &str, places: u8, min: &str, max: &str) {
        let [min, max] = [min, max].map(|limit| quantity(limit).to_amount(scale(places)).expect("the limit fits"));
        let coin = Coin::try_new(coin(id), scale(places), min, max).expect("the limits are in order");
        done(self.ledger.add_coin(coin).await);
    }

    /// Adds a user who may do everything, with the session [`session_of`] until then.
    pub async fn add_user(&self, name: &str, until: Timestamp) {
        self.set_status(name, OPEN).await;
        let key: SessionKey = session_of(name).parse().expect("the key is visible");
        done(self.sessions.register(&key, user(name), until).await);
    }

    /// Adds a user, or changes what a user may do.
    pub async fn set_status(&self, name: &str, status: UserStatus) {
        self.users.set_status(user(name), status).await.expect("users can be written");
    }

    /// Opens an empty account.
    pub async fn open_account(&self, name: &str, coin_id: &str) {
        let account = AccountKey { user: user(name), coin: coin(coin_id) };
        done(self.ledger.open_account(OpenAccount { account }).await);
    }

    /// Brings a user the first money in a coin.
    pub async fn deposit(&self, name: &str, coin_id: &str, money: &str) {
        let account = AccountKey { user: user(name), coin: coin(coin_id) };
        let coins = self.queries.coins().await.expect("coins can be read");
        let coin = coins.iter().find(|coin| coin.id() == account.coin).expect("the coin is there");
        let amount = quantity(money).to_amount(coin.scale()).expect("the amount fits its coin");
        let reference = reference(&format!("first-{name}-{coin_id}"));
        assert!(!done(self.ledger.deposit(Deposit { reference, account, amount }).await).repeated, "it is the first");
    }
}

fn quantity(text: &str) -> Quantity {
    text.parse().expect("the text is a quantity")
}
