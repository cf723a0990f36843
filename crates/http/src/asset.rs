//! The handlers of assets.

use std::convert::Infallible;

use hongbao_api::asset::AssetData;
use hongbao_app::Caller;
use hongbao_ports::Failure;

use crate::Shared;

pub(crate) async fn list(shared: Shared, caller: Caller, (): ()) -> Result<Vec<AssetData>, Failure<Infallible>> {
    let holdings = shared.red_packets.holdings(&caller).await?;
    Ok(holdings.iter().map(AssetData::from).collect())
}
