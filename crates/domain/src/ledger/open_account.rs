//! Opening an account.

use super::AccountKey;
use crate::{
    id::CommandId,
    store::{Book, Keys, Rule},
};

/// Asks to open an empty account. A repeat changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAccount {
    /// The account.
    pub account: AccountKey,
}

/// An account that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Whether it was there before.
    pub repeated: bool,
}

/// Says why an account cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenAccountRefusal {
    /// There is no such coin.
    CoinUnknown,
}

impl Rule for OpenAccount {
    type Done = Opened;
    type Refusal = OpenAccountRefusal;

    fn touch(&self, keys: &mut Keys) {
        keys.coins.insert(self.account.coin);
        keys.accounts.insert(self.account);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<Opened, OpenAccountRefusal> {
        let scale = book.coin(self.account.coin).ok_or(OpenAccountRefusal::CoinUnknown)?.scale();
        let repeated = book.account(self.account).is_some();
        book.open_account(self.account, scale);
        Ok(Opened { repeated })
    }
}
