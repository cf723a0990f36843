//! The handlers of tokens and profiles.

use hongbao_api::profile::{GetToken, ProfileData, Refresh, TokenRequest, UserInfo};
use hongbao_app::{Caller, TokenWish};
use hongbao_domain::{
    im_cloud::CloudRefusal,
    profile::{ProfileChange, RefreshRefusal},
};
use hongbao_ports::Failure;

use crate::{Shared, handle::Serve};

impl Serve for GetToken {
    async fn serve(shared: Shared, caller: Caller, request: TokenRequest) -> Result<String, Failure<CloudRefusal>> {
        let wish = match request {
            TokenRequest::Any => TokenWish::Any,
            TokenRequest::New => TokenWish::New,
        };
        let token = shared.im_users.token(&caller, wish).await?;
        Ok(token.as_str().to_owned())
    }
}

impl Serve for Refresh {
    async fn serve(
        shared: Shared,
        caller: Caller,
        change: ProfileChange,
    ) -> Result<ProfileData, Failure<RefreshRefusal>> {
        let profile = shared.im_users.refresh(&caller, change).await?;
        Ok(ProfileData::from(&profile))
    }
}

impl Serve for UserInfo {
    async fn serve(shared: Shared, caller: Caller, (): ()) -> Result<ProfileData, Failure<CloudRefusal>> {
        let profile = shared.im_users.profile(&caller).await?;
        Ok(ProfileData::from(&profile))
    }
}
