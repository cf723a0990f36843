//! `/admin/v1/packets` and statements

use hongbao_api::admin::{
    Cursor, Text,
    packet::{CancelPacket, OnePacket, PacketData, PacketsData, ShowPacket, UserPackets, UserPacketsRequest},
    statement::{PostingData, StatementData, StatementRequest, UserStatement},
};
use hongbao_app::admin::AdminFailure;
use hongbao_domain::{ledger::AccountKey, time::Timestamp};
use hongbao_ports::query::Page;

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for UserPackets {
    async fn serve(context: &Context, request: UserPacketsRequest) -> Result<PacketsData, AdminFailure> {
        let UserPacketsRequest { user_id: Text(user), cursor, limit } = request;
        let page = Page { after: cursor.map(|Text(id)| id), limit: limit.and_one() };
        let mut packets = context.shared.admin.packets_of(user, page).await?;
        let next = limit.cut(&mut packets, |viewed| Text(viewed.packet.id));
        Ok(PacketsData { packets: packets.iter().map(PacketData::from).collect(), next })
    }
}

impl ServeAdmin for ShowPacket {
    async fn serve(context: &Context, request: OnePacket) -> Result<PacketData, AdminFailure> {
        Ok(PacketData::from(&context.shared.admin.packet(request.transfer_id.0).await?))
    }
}

impl ServeAdmin for CancelPacket {
    async fn serve(context: &Context, request: OnePacket) -> Result<PacketData, AdminFailure> {
        Ok(PacketData::from(&context.shared.admin.cancel_packet(request.transfer_id.0).await?))
    }
}

impl ServeAdmin for UserStatement {
    async fn serve(context: &Context, request: StatementRequest) -> Result<StatementData, AdminFailure> {
        let StatementRequest { user_id: Text(user), coin_id: Text(coin), from, until, cursor, limit } = request;
        let from = from.map_or(Timestamp::from_micros(i64::MIN), |from| from.0);
        let until = until.map_or(Timestamp::from_micros(i64::MAX), |until| until.0);
        let after = cursor.map(|Text(number)| number);
        let page = Page { after, limit: limit.and_one() };
        let asked = context.shared.admin.statement(AccountKey { user, coin }, from..until, page);
        let (mut postings, scale) = asked.await?;
        let next = limit.cut(&mut postings, |posting| Cursor(posting.seq.to_string()));
        let postings = postings.iter().map(|posting| PostingData::of(posting, scale)).collect();
        Ok(StatementData { postings, next })
    }
}
