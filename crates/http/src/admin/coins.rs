//! `/admin/v1/coins`

use hongbao_api::admin::{
    Text,
    coin::{All, CoinData, CoinsData, ListCoins, PutCoin, PutCoinRequest},
};
use hongbao_app::admin::AdminFailure;
use hongbao_domain::{
    admin::{AdminRefusal, RefusalCode},
    money::Scale,
};
use hongbao_ports::Failure;

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for ListCoins {
    async fn serve(context: &Context, _: All) -> Result<CoinsData, AdminFailure> {
        let coins = context.shared.admin.coins().await?;
        Ok(CoinsData { coins: coins.iter().map(CoinData::from).collect() })
    }
}

impl ServeAdmin for PutCoin {
    async fn serve(context: &Context, request: PutCoinRequest) -> Result<CoinData, AdminFailure> {
        let PutCoinRequest { coin_id: Text(coin), scale, min_amount: Text(min), max_amount: Text(max), takes_packets } =
            request;
        let malformed =
            || AdminRefusal::new(RefusalCode::CoinLimitsMalformed, "a scale is a whole number from 0 to 18");
        let scale = Scale::new(scale).ok_or_else(|| Failure::Refused(malformed()))?;
        let limits = [("min_amount", min), ("max_amount", max)];
        let coin = context.shared.admin.put_coin(coin, scale, limits, takes_packets).await?;
        Ok(CoinData::from(&coin))
    }
}
