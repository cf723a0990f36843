//! The handlers of red packets.

use hongbao_api::red_packet::{Accept, Accepted, Detail, DetailData, Publish, Published};
use hongbao_app::Caller;
use hongbao_domain::{
    id::TransferId,
    red_packet::{self, AcceptRefusal, DetailRefusal, PublishRefusal},
};
use hongbao_ports::Failure;

use crate::{Shared, handle::Serve};

impl Serve for Publish {
    async fn serve(
        shared: Shared,
        caller: Caller,
        publish: red_packet::Publish,
    ) -> Result<Published, Failure<PublishRefusal>> {
        let published = shared.red_packets.publish(&caller, publish).await?;
        Ok(Published {
            transfer_id: published.packet.id,
            to_user_id: published.receiver,
            coin_id: published.money.coin,
            amount: published.money,
            expires_at: published.expires_at,
        })
    }
}

impl Serve for Accept {
    async fn serve(shared: Shared, caller: Caller, id: TransferId) -> Result<Accepted, Failure<AcceptRefusal>> {
        let receipt = shared.red_packets.accept(&caller, id).await?;
        Ok(Accepted::from(&receipt))
    }
}

impl Serve for Detail {
    async fn serve(shared: Shared, caller: Caller, id: TransferId) -> Result<DetailData, Failure<DetailRefusal>> {
        let viewed = shared.red_packets.detail(&caller, id).await?;
        Ok(DetailData::from(&viewed))
    }
}
