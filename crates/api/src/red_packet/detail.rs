//! `im/msg_redpack_detail`: where a red packet stands.

use hongbao_domain::{
    id::{CoinId, TransferId, UserId},
    money::Money,
    red_packet::{DetailRefusal, Stage, Viewed},
    time::Timestamp,
};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::{PACKET, PACKET_NOT_FOUND, TRANSFER_ID, TRANSFER_ID_MALFORMED, TRANSFER_ID_MISSING};
use crate::{Denial, Endpoint, Every, Extra, Parameter, Parameters, Refusal, Sentence, fields::Required, text};

/// Shows a red packet to its sender or its receiver.
#[derive(Debug)]
pub struct Detail;

/// A packet as its sender and its receiver see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DetailData {
    /// The packet.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "0354Z03xFRcZtTR7w5tspX")]
    pub transfer_id: TransferId,
    /// `open`, `claimed`, `expired` (not yet swept), `refunded` or `cancelled`. One that is still being sent is
    /// `open`, because its receiver can claim it as soon as the message is there.
    #[serde(serialize_with = "stage")]
    #[schema(inline, value_type = StageName)]
    pub state: Stage,
    /// In which coin.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "CNY")]
    pub coin_id: CoinId,
    /// How much it held at first, as a decimal string.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "8.88")]
    pub amount: Money,
    /// Who gave it.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "alice")]
    pub from_user_id: UserId,
    /// Whom it is for; null where that is not one user.
    #[schema(required)]
    pub to_user_id: Option<String>,
    /// The sender's words.
    pub content: String,
    /// When the money left the sender.
    #[serde(serialize_with = "text::moment")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T00:21:06.161Z")]
    pub created_at: Timestamp,
    /// From when on it can no longer be claimed.
    #[serde(serialize_with = "text::moment")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T00:21:06.161Z")]
    pub expires_at: Timestamp,
    /// When it was claimed, refunded or cancelled; null before.
    #[serde(serialize_with = "text::moment_or_null")]
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// The names of the states.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes `stage`")]
#[schema(rename_all = "snake_case")]
enum StageName {
    Open,
    Claimed,
    Expired,
    Refunded,
    Cancelled,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn stage<S: Serializer>(stage: &Stage, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(stage.as_str())
}

impl From<&Viewed> for DetailData {
    fn from(viewed: &Viewed) -> Self {
        let packet = &viewed.packet;
        Self {
            transfer_id: packet.id,
            state: viewed.stage,
            coin_id: packet.coin,
            amount: packet.money(packet.total),
            from_user_id: packet.sender,
            to_user_id: packet.shares.iter().find_map(|share| share.receiver).map(|user| user.to_string()),
            content: packet.remark.as_str().to_owned(),
            created_at: packet.created_at,
            expires_at: packet.expires_at,
            ended_at: packet.ended_at,
        }
    }
}

impl Endpoint for Detail {
    const PATH: &'static str = "/im/msg_redpack_detail";
    const SUMMARY: Sentence = Sentence {
        english: "Shows a red packet to its sender or its receiver.",
        chinese: "向红包的发送方或接收方展示该红包。",
    };
    const READ: bool = true;
    const PARAMETERS: &'static [Parameter] = &[PACKET];

    type Request = TransferId;
    type Data = DetailData;
    type Refusal = DetailRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<TransferId, Denial<DetailRefusal>> {
        use DetailRefusal::{TransferIdMalformed, TransferIdMissing};
        parameters.require(TRANSFER_ID, Required { missing: TransferIdMissing, malformed: TransferIdMalformed })
    }
}

impl Refusal for DetailRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        (*self).status() as u16
    }

    fn code(&self) -> &'static str {
        (*self).code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::TransferIdMissing => TRANSFER_ID_MISSING,
            Self::TransferIdMalformed => TRANSFER_ID_MALFORMED,
            Self::NotFound => PACKET_NOT_FOUND,
            Self::NotYours => Sentence {
                english: "The red packet is between other users.",
                chinese: "没有权限查看该红包。",
            },
        }
    }

    fn extra(&self) -> Extra<'_> {
        match self {
            Self::TransferIdMissing | Self::TransferIdMalformed => Extra::Parameter(TRANSFER_ID),
            Self::NotFound | Self::NotYours => Extra::Nothing,
        }
    }
}

impl Every for DetailRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::TransferIdMissing),
            Some(Self::TransferIdMissing) => Some(Self::TransferIdMalformed),
            Some(Self::TransferIdMalformed) => Some(Self::NotFound),
            Some(Self::NotFound) => Some(Self::NotYours),
            Some(Self::NotYours) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_1_4_or_5_and_never_retryable() {
        for refusal in DetailRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 1 | 4 | 5), "{refusal:?} is {status}");
            assert!(!refusal.is_retryable(), "{refusal:?}");
        }
    }
}
