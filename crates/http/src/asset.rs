//! The handler of assets.

use std::convert::Infallible;

use hongbao_api::asset::{AssetData, ListAssets};
use hongbao_app::Caller;
use hongbao_ports::Failure;

use crate::{Shared, handle::Serve};

impl Serve for ListAssets {
    async fn serve(shared: Shared, caller: Caller, (): ()) -> Result<Vec<AssetData>, Failure<Infallible>> {
        let holdings = shared.red_packets.holdings(&caller).await?;
        Ok(holdings.iter().map(AssetData::from).collect())
    }
}
