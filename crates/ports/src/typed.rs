//! The typed ports over commands: each method is one.
//!
//! They are written once, for every store, and for the steps of a request under a key.

use std::time::Duration;

use async_trait::async_trait;
use hongbao_domain::{
    group::{
        ActivateGroup, ActivateGroupRefusal, ActivateJoin, CheckLease, ClaimCheck, DiscardGroup, DiscardGroupRefusal,
        DiscardJoin, DiscardJoinRefusal, Due, EndCheck, Finding, Group, JoinRef, Joined, NotDue, PrepareGroup,
        PrepareGroupRefusal, PrepareJoin, PrepareJoinRefusal, PreparedJoin, ResumeJoin, Stale, UndoLapsed,
    },
    id::{GroupId, SessionKey, UserId},
    im_cloud::{CloudApp, Token},
    ledger::{
        AddCoin, AddCoinRefusal, Deposit, DepositRefusal, Moved, OpenAccount, OpenAccountRefusal, Opened, Withdraw,
        WithdrawRefusal,
    },
    money::Coin,
    profile::{ConfirmProfile, ImAccountKey, IntroduceProfile, InvalidateProfile, KeepToken, Profile},
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, Confirm, ConfirmRefusal, Confirmed,
        Expire, ExpireRefusal, Expired, Receipt, ReleaseClaim, ReleaseRefusal, Released, Reserve, ReserveRefusal,
        Reserved, SettleClaim, SettleRefusal,
    },
    session::{RegisterRefusal, RegisterSession, RevokeSession, RevokeSessions, SessionDigest},
    time::Timestamp,
    user::{AddUser, ChangeUser, ChangeUserRefusal, SetUser, UserChange, UserStatus},
};
use sha2::{Digest, Sha256};

use crate::{Commands, Failure, Fault, Groups, Ledger, Profiles, Sessions, Submit, Users};

/// Gives what a session is stored by: the SHA-256 of its key.
pub fn digest(key: &SessionKey) -> SessionDigest {
    SessionDigest(Sha256::digest(key.as_str()).into())
}

#[async_trait]
impl<C: Commands + ?Sized> Sessions for C {
    async fn register(
        &self,
        key: &SessionKey,
        user: UserId,
        expires_at: Timestamp,
    ) -> Result<(), Failure<RegisterRefusal>> {
        self.submit(RegisterSession { key: digest(key), user, expires_at }).await
    }

    async fn revoke(&self, key: &SessionKey) -> Result<bool, Fault> {
        self.submit_infallible(RevokeSession { key: digest(key) }).await
    }

    async fn revoke_all(&self, user: UserId) -> Result<u64, Fault> {
        self.submit_infallible(RevokeSessions { user }).await
    }
}

#[async_trait]
impl<C: Commands + ?Sized> Users for C {
    async fn add(&self, user: UserId, status: UserStatus) -> Result<bool, Fault> {
        self.submit_infallible(AddUser { user, status }).await
    }

    async fn set_status(&self, user: UserId, status: UserStatus) -> Result<(), Fault> {
        self.submit_infallible(SetUser { user, status }).await
    }

    async fn change(&self, user: UserId, change: UserChange) -> Result<UserStatus, Failure<ChangeUserRefusal>> {
        self.submit(ChangeUser { user, change }).await
    }
}

#[async_trait]
impl<C: Commands + ?Sized> Profiles for C {
    async fn introduce(&self, profile: &Profile) -> Result<(), Fault> {
        self.submit_infallible(IntroduceProfile { profile: profile.clone() }).await
    }

    async fn invalidate(&self, app: &CloudApp, user: UserId) -> Result<u64, Fault> {
        self.submit_infallible(InvalidateProfile { account: ImAccountKey { app_key: app.key.clone(), user } }).await
    }

    async fn confirm(&self, app: &CloudApp, profile: &Profile, version: u64) -> Result<(), Fault> {
        self.submit_infallible(ConfirmProfile { app: app.clone(), profile: profile.clone(), version }).await
    }

    async fn keep_token(&self, app: &CloudApp, user: UserId, token: &Token, version: u64) -> Result<(), Fault> {
        self.submit_infallible(KeepToken { app: app.clone(), user, token: token.clone(), version }).await
    }
}

#[async_trait]
impl<C: Commands + ?Sized> Groups for C {
    async fn prepare_group(&self, prepare: PrepareGroup) -> Result<Group, Failure<PrepareGroupRefusal>> {
        self.submit(prepare).await
    }

    async fn activate_group(&self, id: GroupId) -> Result<Group, Failure<ActivateGroupRefusal>> {
        self.submit(ActivateGroup { id }).await
    }

    async fn discard_group(&self, id: GroupId) -> Result<(), Failure<DiscardGroupRefusal>> {
        self.submit(DiscardGroup { id }).await
    }

    async fn prepare_join(&self, prepare: PrepareJoin) -> Result<PreparedJoin, Failure<PrepareJoinRefusal>> {
        self.submit(prepare).await
    }

    async fn resume_join(&self, undo: JoinRef, lease: Duration) -> Result<JoinRef, Failure<Stale>> {
        self.submit(ResumeJoin { undo, lease }).await
    }

    async fn activate_join(&self, join: JoinRef, pause: Duration) -> Result<Joined, Failure<Stale>> {
        self.submit(ActivateJoin { join, pause }).await
    }

    async fn discard_join(&self, join: JoinRef) -> Result<(), Failure<DiscardJoinRefusal>> {
        self.submit(DiscardJoin { join }).await
    }

    async fn undo_lapsed(&self, lapsed: Vec<Due>) -> Result<u64, Fault> {
        self.submit_infallible(UndoLapsed { lapsed }).await
    }

    async fn claim_check(&self, due: Due, lease: Duration) -> Result<CheckLease, Failure<NotDue>> {
        self.submit(ClaimCheck { due, lease }).await
    }

    async fn end_check(&self, due: Due, fence: u64, finding: Finding, pause: Duration) -> Result<(), Failure<Stale>> {
        self.submit(EndCheck { due, fence, finding, pause }).await
    }
}

#[async_trait]
impl<C: Commands + ?Sized> Ledger for C {
    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
        self.submit(AddCoin { coin }).await
    }

    async fn open_account(&self, open: OpenAccount) -> Result<Opened, Failure<OpenAccountRefusal>> {
        self.submit(open).await
    }

    async fn deposit(&self, deposit: Deposit) -> Result<Moved, Failure<DepositRefusal>> {
        self.submit(deposit).await
    }

    async fn withdraw(&self, withdraw: Withdraw) -> Result<Moved, Failure<WithdrawRefusal>> {
        self.submit(withdraw).await
    }

    async fn reserve(&self, reserve: Reserve) -> Result<Reserved, Failure<ReserveRefusal>> {
        self.submit(reserve).await
    }

    async fn confirm(&self, confirm: Confirm) -> Result<Confirmed, Failure<ConfirmRefusal>> {
        self.submit(confirm).await
    }

    async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, Failure<CancelRefusal>> {
        self.submit(cancel).await
    }

    async fn begin_claim(&self, begin: BeginClaim) -> Result<Begun, Failure<BeginClaimRefusal>> {
        self.submit(begin).await
    }

    async fn settle_claim(&self, settle: SettleClaim) -> Result<Receipt, Failure<SettleRefusal>> {
        self.submit(settle).await
    }

    async fn release_claim(&self, release: ReleaseClaim) -> Result<Released, Failure<ReleaseRefusal>> {
        self.submit(release).await
    }

    async fn expire(&self, expire: Expire) -> Result<Expired, Failure<ExpireRefusal>> {
        self.submit(expire).await
    }
}
