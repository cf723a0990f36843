//! `/admin/v1/packets`: looking for packets, and at one step by step

use hongbao_api::{
    admin::{
        Moment, Text,
        packet::{OnePacket, PacketData, PacketsData},
        search::{PacketTimeline, SearchPackets, SearchPacketsRequest, StepData, TimelineData},
    },
    rfc3339,
};
use hongbao_app::admin::{AdminFailure, Found, PacketHistory, PacketSearch};
use hongbao_domain::{
    ledger::Posting,
    red_packet::{ClaimState, Packet, PacketState},
    store::{Request, RequestName, RequestState},
    time::Timestamp,
};
use sha2::{Digest, Sha256};

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for SearchPackets {
    async fn serve(context: &Context, request: SearchPacketsRequest) -> Result<PacketsData, AdminFailure> {
        let SearchPacketsRequest { user_id, coin_id, stage, from, until, cursor, limit } = request;
        let from = from.map_or(Timestamp::from_micros(i64::MIN), |from| from.0);
        let until = until.map_or(Timestamp::from_micros(i64::MAX), |until| until.0);
        let search = PacketSearch {
            user: user_id.map(|Text(user)| user),
            coin: coin_id.map(|Text(coin)| coin),
            stage: stage.map(|Text(stage)| stage),
            times: from..until,
        };
        let limit = usize::try_from(limit.entries()).unwrap_or(usize::MAX);
        let found = context.shared.admin.search_packets(&search, cursor.map(|Text(id)| id), limit).await?;
        let Found { packets, next } = found;
        Ok(PacketsData { packets: packets.iter().map(PacketData::from).collect(), next: next.map(Text) })
    }
}

impl ServeAdmin for PacketTimeline {
    async fn serve(context: &Context, request: OnePacket) -> Result<TimelineData, AdminFailure> {
        let PacketHistory { viewed, postings, told, requests } =
            context.shared.admin.packet_history(request.transfer_id.0).await?;
        let mut steps = steps(&viewed.packet, &postings);
        steps.extend(told.iter().map(StepData::message));
        steps.extend(requests.iter().map(key));
        steps.sort_by_key(|step| step.at.0);
        Ok(TimelineData { packet: PacketData::from(&viewed), steps })
    }
}

fn steps(packet: &Packet, journal: &[Posting]) -> Vec<StepData> {
    let mut steps: Vec<_> = journal.iter().map(|posting| StepData::money(posting, packet.scale)).collect();
    if let PacketState::Sending { lease_until } = packet.state {
        let what = "the server that sends it is trusted until then";
        steps.push(StepData::of(Moment(lease_until), "lease", Some(packet.sender), what));
    }
    for claim in &packet.claims {
        let what = match claim.state {
            ClaimState::Claiming { lease_until } => {
                let what = "the server that claims is trusted until then";
                steps.push(StepData::of(Moment(lease_until), "lease", Some(claim.taker), what));
                "a claim began"
            }
            ClaimState::Claimed => "the share was claimed",
            ClaimState::Released => "the claim was released",
        };
        let what = format!("{what}: share {}", claim.share);
        steps.push(StepData::of(Moment(claim.changed_at), "claim", Some(claim.taker), what));
    }
    steps.push(StepData::of(Moment(packet.expires_at), "expiry", None, "it cannot be claimed from then on"));
    if let Some(at) = packet.ended_at {
        steps.push(StepData::of(Moment(at), "end", None, "it holds nothing any more"));
    }
    steps
}

/// Writes a request under a key. The key itself is its caller's; the beginning of its SHA-256 is enough to compare.
fn key(request: &Request) -> StepData {
    let RequestName { user, method, key } = request.name;
    let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(key.as_str()).into();
    let digest = u32::from_be_bytes([a, b, c, d]);
    let state = match &request.state {
        RequestState::Running { lease_until, .. } => format!("runs, under a lease until {}", rfc3339(*lease_until)),
        RequestState::Final(answer) => format!("answered {}", answer.status()),
    };
    let what = format!("{method} under the key with the SHA-256 {digest:08x}…: {state}");
    StepData::of(Moment(request.begun_at), "key", Some(user), what)
}
