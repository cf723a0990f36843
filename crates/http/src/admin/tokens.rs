//! `/admin/v1/tokens`

use hongbao_api::admin::{
    Span, Text,
    coin::All,
    token::{CreateToken, CreateTokenRequest, ListTokens, OneToken, RevokeToken, TokenData, TokensData},
};
use hongbao_app::admin::AdminFailure;
use hongbao_domain::admin::{AddAdminToken, AdminRefusal, AdminTokenDigest, RefusalCode};
use hongbao_ports::Failure;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for ListTokens {
    async fn serve(context: &Context, _: All) -> Result<TokensData, AdminFailure> {
        let tokens = context.shared.admin.tokens().await?;
        Ok(TokensData { tokens: tokens.iter().map(TokenData::from).collect() })
    }
}

impl ServeAdmin for CreateToken {
    async fn serve(context: &Context, request: CreateTokenRequest) -> Result<TokenData, AdminFailure> {
        let scopes = request.wanted();
        // Who has the store itself may do everything.
        if let Some(maker) = &context.token
            && let Some(lacking) = scopes.iter().find(|scope| !maker.allows(**scope))
        {
            let sentence = format!("the token that makes it is not good for `{lacking}` itself");
            return Err(Failure::Refused(AdminRefusal::new(RefusalCode::ScopeNotHeld, sentence)));
        }
        let CreateTokenRequest { name: Text(name), lasts_s, .. } = request;
        let secret = context.secrets.admin_token();
        let added = context.shared.admin.add_token(AddAdminToken {
            id: context.secrets.admin_token_id(),
            name,
            digest: AdminTokenDigest(Sha256::digest(&secret).into()),
            scopes,
            expires_at: lasts_s.map(|Span(life)| context.shared.clock.now().after(life)),
        });
        Ok(TokenData { token: Some(secret), ..TokenData::from(&added.await?) })
    }

    fn reveal(context: &Context, data: &mut Value) {
        data["token"] = context.secrets.admin_token().into();
    }
}

impl ServeAdmin for RevokeToken {
    async fn serve(context: &Context, request: OneToken) -> Result<TokenData, AdminFailure> {
        Ok(TokenData::from(&context.shared.admin.revoke_token(request.token_id.0).await?))
    }
}
