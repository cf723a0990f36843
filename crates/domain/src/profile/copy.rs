//! Our copy of a profile, which follows the IM cloud.
//!
//! The cloud comes first and the copy follows. Between the two anything may happen, so a caller that is about to change
//! the cloud first invalidates the copy and confirms it afterwards; whatever overlaps leaves the copy stale.

use std::convert::Infallible;

use super::{ImAccount, ImAccountKey, Profile, Registration};
use crate::{
    id::{CommandId, UserId},
    im_cloud::{CloudApp, Token},
    store::{Book, Keys, Rule},
};

/// Asks to give a user a name and a portrait, if the user exists and has neither. Otherwise nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntroduceProfile {
    /// The profile.
    pub profile: Profile,
}

/// Asks to mark our copy of a profile as stale. It answers the copy's new version; a repeat is newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidateProfile {
    /// Whose, at which app.
    pub account: ImAccountKey,
}

/// Asks to keep what the IM cloud holds, so that the copy is stale no more. If the copy has another version than `version` by
/// now, something else happened meanwhile: it stays what it is and becomes stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmProfile {
    /// The app.
    pub app: CloudApp,
    /// What it holds.
    pub profile: Profile,
    /// The version at the beginning.
    pub version: u64,
}

/// Asks to keep a token, in place of any former one, and that the user is registered.
///
/// The registration wrote the profile of `version` to the cloud: if the copy has another version by now, it becomes stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepToken {
    /// The app.
    pub app: CloudApp,
    /// The user.
    pub user: UserId,
    /// The token.
    pub token: Token,
    /// The version at the beginning.
    pub version: u64,
}

impl Rule for IntroduceProfile {
    type Done = ();
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.profile.user);
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), Infallible> {
        if let Some(user) = book.users.get_mut(&self.profile.user)
            && user.profile.name.as_str().is_empty()
            && user.profile.portrait_uri.as_str().is_empty()
        {
            user.profile = self.profile.clone();
        }
        Ok(())
    }
}

impl Rule for InvalidateProfile {
    type Done = u64;
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.im_accounts.insert(self.account.clone());
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<u64, Infallible> {
        let mut account = book.im_account(self.account.clone());
        account.is_stale = true;
        account.version += 1;
        let version = account.version;
        book.im_accounts.put(account);
        Ok(version)
    }
}

impl Rule for ConfirmProfile {
    type Done = ();
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.users.insert(self.profile.user);
        keys.im_accounts.insert(self.account());
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), Infallible> {
        let mut account = book.im_account(self.account());
        account.is_stale = account.version != self.version;
        account.version += 1;
        if !account.is_stale
            && let Some(user) = book.users.get_mut(&self.profile.user)
        {
            user.profile = self.profile.clone();
        }
        book.im_accounts.put(account);
        Ok(())
    }
}

impl ConfirmProfile {
    fn account(&self) -> ImAccountKey {
        ImAccountKey { app_key: self.app.key.clone(), user: self.profile.user }
    }
}

impl Rule for KeepToken {
    type Done = ();
    type Refusal = Infallible;

    fn touch(&self, keys: &mut Keys) {
        keys.im_accounts.insert(self.account());
    }

    fn apply(&self, book: &mut Book, _: CommandId) -> Result<(), Infallible> {
        let mut account = book.im_account(self.account());
        let at = account.registration.map_or(book.now(), |former| former.at);
        let (token, secret_fingerprint) = (self.token.clone(), self.app.secret_fingerprint);
        account.registration = Some(Registration { token, secret_fingerprint, at });
        if account.version != self.version {
            account.is_stale = true;
            account.version += 1;
        }
        book.im_accounts.put(account);
        Ok(())
    }
}

impl KeepToken {
    fn account(&self) -> ImAccountKey {
        ImAccountKey { app_key: self.app.key.clone(), user: self.user }
    }
}

impl Book {
    /// Gives the account as it is, or as one of which nothing is known.
    fn im_account(&self, key: ImAccountKey) -> ImAccount {
        let unknown = |key| ImAccount { key, registration: None, is_stale: false, version: 0 };
        self.im_accounts.get(&key).cloned().unwrap_or_else(|| unknown(key))
    }
}
