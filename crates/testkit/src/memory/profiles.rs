//! How users show themselves, here and at the IM cloud.

use async_trait::async_trait;
use hongbao_domain::{
    id::UserId,
    im_cloud::{CloudApp, Token},
    profile::{Name, PortraitUri, Profile},
};
use hongbao_ports::{Fault, ProfileCopy, Profiles};

use super::{MemoryStore, rows::Rows};

/// A user at one app of the cloud.
#[derive(Debug, Default)]
pub(super) struct ImAccount {
    /// With the fingerprint of the secret that it is good for.
    token: Option<([u8; 8], Token)>,
    is_stale: bool,
    version: u64,
}

impl Rows {
    fn profile(&self, user: UserId) -> Profile {
        let unknown = Profile { user, name: Name::default(), portrait_uri: PortraitUri::default() };
        self.profiles.get(&user).cloned().unwrap_or(unknown)
    }

    fn im_account(&mut self, app: &CloudApp, user: UserId) -> &mut ImAccount {
        self.im_accounts.entry((app.key.clone(), user)).or_default()
    }
}

#[async_trait]
impl Profiles for MemoryStore {
    async fn copy(&self, app: &CloudApp, user: UserId) -> Result<Option<ProfileCopy>, Fault> {
        let mut rows = self.rows();
        if !rows.users.contains_key(&user) {
            return Ok(None);
        }
        let profile = rows.profile(user);
        let account = rows.im_account(app, user);
        let (is_registered, is_stale, version) = (account.token.is_some(), account.is_stale, account.version);
        Ok(Some(ProfileCopy { profile, is_registered, is_stale, version }))
    }

    async fn introduce(&self, profile: &Profile) -> Result<(), Fault> {
        let mut rows = self.rows();
        let known = rows.profile(profile.user);
        if rows.users.contains_key(&profile.user)
            && known.name.as_str().is_empty()
            && known.portrait_uri.as_str().is_empty()
        {
            rows.profiles.insert(profile.user, profile.clone());
        }
        Ok(())
    }

    async fn doubt(&self, app: &CloudApp, user: UserId) -> Result<u64, Fault> {
        let mut rows = self.rows();
        let account = rows.im_account(app, user);
        account.is_stale = true;
        account.version += 1;
        Ok(account.version)
    }

    async fn settle(&self, app: &CloudApp, profile: &Profile, version: u64) -> Result<(), Fault> {
        let mut rows = self.rows();
        let account = rows.im_account(app, profile.user);
        account.is_stale = account.version != version;
        account.version += 1;
        if !account.is_stale {
            rows.profiles.insert(profile.user, profile.clone());
        }
        Ok(())
    }

    async fn token(&self, app: &CloudApp, user: UserId) -> Result<Option<Token>, Fault> {
        let mut rows = self.rows();
        let kept = rows.im_account(app, user).token.clone();
        Ok(kept.filter(|(fingerprint, _)| *fingerprint == app.secret_fingerprint).map(|(_, token)| token))
    }

    async fn keep_token(&self, app: &CloudApp, user: UserId, token: &Token, version: u64) -> Result<(), Fault> {
        let mut rows = self.rows();
        let account = rows.im_account(app, user);
        account.token = Some((app.secret_fingerprint, token.clone()));
        if account.version != version {
            account.is_stale = true;
            account.version += 1;
        }
        Ok(())
    }
}
