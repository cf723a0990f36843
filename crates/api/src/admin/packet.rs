//! `/admin/v1/packets`: what became of red packets.

use hongbao_domain::{
    admin::{RefusalCode, Scope},
    id::{CoinId, TransferId, UserId},
    money::print_minor,
    red_packet::{ClaimState, PacketState, Viewed},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminEndpoint, HttpMethod, Limit, Moment, Text};
use crate::Sentence;

/// Lists the packets of a user.
#[derive(Debug)]
pub struct UserPackets;

/// Shows a packet.
#[derive(Debug)]
pub struct ShowPacket;

/// Takes an open packet back for its sender.
#[derive(Debug)]
pub struct CancelPacket;

/// Which packets are listed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPacketsRequest {
    /// The user's id.
    #[schema(value_type = String, min_length = 1, max_length = 25, pattern = "^[A-Za-z0-9_-]+$", example = "alice")]
    pub user_id: Text<UserId>,
    /// `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$")]
    pub cursor: Option<Text<TransferId>>,
    /// How many at most.
    #[serde(default)]
    #[schema(inline)]
    pub limit: Limit,
}

/// Which packet it is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnePacket {
    /// The packet's id.
    #[schema(
        value_type = String,
        pattern = "^([0-6][0-9A-Za-z]{21}|7[0-9A-Za-m][0-9A-Za-z]{20})$",
        example = "0355sWBkoh7TdKo1V5qcHe"
    )]
    pub transfer_id: Text<TransferId>,
}

/// A share of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareData {
    /// Its place, from 1.
    pub number: u32,
    /// What it holds.
    pub amount: String,
    /// The only user who may take it; null: any user whom the packet is for.
    #[schema(required, value_type = Option<String>)]
    pub receiver_id: Option<Text<UserId>>,
    /// Who has taken it.
    #[schema(required, value_type = Option<String>)]
    pub taker_id: Option<Text<UserId>>,
}

/// A claim of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimData {
    /// Who claims.
    #[schema(value_type = String)]
    pub taker_id: Text<UserId>,
    /// Which share.
    pub share: u32,
    /// `claiming`, `claimed` or `released`.
    pub state: String,
    /// Since when it is in this state.
    #[schema(inline)]
    pub changed_at: Moment,
}

/// A packet: where it stands, and where its money is; never its sender's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PacketData {
    /// Its id.
    #[schema(value_type = String)]
    pub transfer_id: Text<TransferId>,
    /// Where it stands by the clock: `open`, `claimed`, `expired`, `refunded` or `cancelled`.
    pub stage: String,
    /// The state of its row: `sending`, `open`, `claimed`, `refunded` or `cancelled`.
    pub state: String,
    /// Who sent it.
    #[schema(value_type = String)]
    pub sender_id: Text<UserId>,
    /// In which coin.
    #[schema(value_type = String)]
    pub coin_id: Text<CoinId>,
    /// What it held at first.
    pub amount: String,
    /// What it holds now.
    pub held: String,
    /// When it was made.
    #[schema(inline)]
    pub created_at: Moment,
    /// From when on it cannot be claimed.
    #[schema(inline)]
    pub expires_at: Moment,
    /// When it ended.
    #[schema(required, inline)]
    pub ended_at: Option<Moment>,
    /// Its shares.
    pub shares: Vec<ShareData>,
    /// Its claims.
    pub claims: Vec<ClaimData>,
}

/// Some packets, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PacketsData {
    /// The packets.
    pub packets: Vec<PacketData>,
    /// The cursor of the next page; null on the last one.
    #[schema(required, value_type = Option<String>)]
    pub next: Option<Text<TransferId>>,
}

impl From<&Viewed> for PacketData {
    fn from(viewed: &Viewed) -> Self {
        let Viewed { packet, stage } = viewed;
        let print = |minor| print_minor(minor, packet.scale);
        let shares = packet.shares.iter().map(|share| ShareData {
            number: share.number,
            amount: print(share.amount.minor()),
            receiver_id: share.receiver.map(Text),
            taker_id: share.taker.map(Text),
        });
        let claims = packet.claims.iter().map(|claim| ClaimData {
            taker_id: Text(claim.taker),
            share: claim.share,
            state: claim_state(claim.state).to_owned(),
            changed_at: Moment(claim.changed_at),
        });
        Self {
            transfer_id: Text(packet.id),
            stage: stage.as_str().to_owned(),
            state: state(packet.state).to_owned(),
            sender_id: Text(packet.sender),
            coin_id: Text(packet.coin),
            amount: print(packet.total.minor()),
            held: print(packet.balance.amount.minor()),
            created_at: Moment(packet.created_at),
            expires_at: Moment(packet.expires_at),
            ended_at: packet.ended_at.map(Moment),
            shares: shares.collect(),
            claims: claims.collect(),
        }
    }
}

const fn state(state: PacketState) -> &'static str {
    match state {
        PacketState::Sending { .. } => "sending",
        PacketState::Open => "open",
        PacketState::Claimed => "claimed",
        PacketState::Refunded => "refunded",
        PacketState::Cancelled => "cancelled",
    }
}

const fn claim_state(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Claiming { .. } => "claiming",
        ClaimState::Claimed => "claimed",
        ClaimState::Released => "released",
    }
}

impl AdminEndpoint for UserPackets {
    const NAME: &'static str = "user_packets";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/users/{user_id}/packets";
    const SUMMARY: Sentence = Sentence {
        english: "Lists the packets that a user sent or may receive, the newest first.",
        chinese: "列出用户发出的和可以领取的红包，最新的在前。",
    };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::UserNotFound];

    type Request = UserPacketsRequest;
    type Data = PacketsData;
}

impl AdminEndpoint for ShowPacket {
    const NAME: &'static str = "packet_show";
    const METHOD: HttpMethod = HttpMethod::Get;
    const PATH: &'static str = "/admin/v1/packets/{transfer_id}";
    const SUMMARY: Sentence = Sentence {
        english: "Shows where a packet stands and where its money is.",
        chinese: "查看红包的状态和资金去向。",
    };
    const SCOPE: Scope = Scope::Read;
    const REFUSALS: &'static [RefusalCode] = &[RefusalCode::PacketNotFound];

    type Request = OnePacket;
    type Data = PacketData;
}

impl AdminEndpoint for CancelPacket {
    const NAME: &'static str = "packet_cancel";
    const METHOD: HttpMethod = HttpMethod::Post;
    const PATH: &'static str = "/admin/v1/packets/{transfer_id}/cancel";
    const SUMMARY: Sentence = Sentence {
        english: "Takes an open packet back on its sender's behalf: the money returns at once, and the packet is `refunded` \
            before its time.",
        chinese: "代发送者撤回未领取的红包：资金立即退回，红包提前变为 `refunded`。",
    };
    const SCOPE: Scope = Scope::Operator;
    const REFUSALS: &'static [RefusalCode] =
        &[RefusalCode::PacketNotFound, RefusalCode::PacketNotOpen, RefusalCode::BalanceTooHigh];

    type Request = OnePacket;
    type Data = PacketData;
}
