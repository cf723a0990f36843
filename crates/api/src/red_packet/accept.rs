//! `im/msg_redpack_accept`, 领取红包.

use std::str::FromStr;

use hongbao_domain::{
    id::{CoinId, TransferId, UserId},
    im_cloud::CloudRefusal,
    money::{Amount, Money, Scale},
    red_packet::{AcceptRefusal, PacketRef, Receipt, Remark},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{PACKET, PACKET_NOT_FOUND, TRANSFER_ID, TRANSFER_ID_MALFORMED, TRANSFER_ID_MISSING};
use crate::{Denial, Endpoint, Every, Extra, Parameter, Parameters, Refusal, Sentence, fields::Required, text};

/// Takes a red packet.
#[derive(Debug)]
pub struct Accept;

/// What the receiver has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Accepted {
    /// The packet.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "0354Z03xFRcZtTR7w5tspX")]
    pub transfer_id: TransferId,
    /// In which coin.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "CNY")]
    pub coin_id: CoinId,
    /// How much, as a decimal string.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "8.88")]
    pub amount: Money,
    /// Who gave it.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "alice")]
    pub from_user_id: UserId,
    /// The sender's words.
    pub content: String,
    /// When the money moved.
    #[serde(serialize_with = "text::moment")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T00:21:06.161Z")]
    pub claimed_at: Timestamp,
}

impl From<&Receipt> for Accepted {
    fn from(receipt: &Receipt) -> Self {
        Self {
            transfer_id: receipt.packet.id,
            coin_id: receipt.money.coin,
            amount: receipt.money,
            from_user_id: receipt.packet.sender,
            content: receipt.remark.as_str().to_owned(),
            claimed_at: receipt.claimed_at,
        }
    }
}

impl Endpoint for Accept {
    const PATH: &'static str = "/im/msg_redpack_accept";
    const SUMMARY: Sentence = Sentence {
        english: "Takes a red packet that is for the caller.",
        chinese: "领取发给调用者的红包。",
    };
    const PARAMETERS: &'static [Parameter] = &[PACKET];

    type Request = TransferId;
    type Data = Accepted;
    type Refusal = AcceptRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<TransferId, Denial<AcceptRefusal>> {
        use AcceptRefusal::{TransferIdMalformed, TransferIdMissing};
        parameters.require(TRANSFER_ID, Required { missing: TransferIdMissing, malformed: TransferIdMalformed })
    }
}

impl Refusal for AcceptRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        self.status() as u16
    }

    fn code(&self) -> &'static str {
        self.code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::TransferIdMissing => TRANSFER_ID_MISSING,
            Self::TransferIdMalformed => TRANSFER_ID_MALFORMED,
            Self::ImCloud(refusal) => refusal.sentence(),
            Self::NotFound => PACKET_NOT_FOUND,
            Self::Expired => Sentence { english: "The red packet has expired.", chinese: "红包已过期。" },
            Self::Cancelled => Sentence { english: "The red packet was cancelled.", chinese: "红包已取消。" },
            Self::ClaimedByYou(_) => {
                Sentence { english: "You have this red packet already.", chinese: "您已领取过该红包。" }
            }
            Self::AllTaken => {
                Sentence { english: "All of the red packet has been taken.", chinese: "红包已被领完。" }
            }
            Self::NotYours => {
                Sentence { english: "The red packet is for somebody else.", chinese: "没有权限领取该红包。" }
            }
        }
    }

    fn extra(&self) -> Extra<'_> {
        match self {
            Self::ImCloud(refusal) => Extra::ImCloud(refusal),
            Self::ClaimedByYou(receipt) => Extra::Receipt(receipt),
            Self::TransferIdMissing | Self::TransferIdMalformed => Extra::Parameter(TRANSFER_ID),
            Self::NotFound | Self::Expired | Self::Cancelled | Self::AllTaken | Self::NotYours => Extra::Nothing,
        }
    }
}

impl Every for AcceptRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::TransferIdMissing),
            Some(Self::TransferIdMissing) => Some(Self::TransferIdMalformed),
            Some(Self::TransferIdMalformed) => Some(Self::NotFound),
            Some(Self::NotFound) => Some(Self::Expired),
            Some(Self::Expired) => Some(Self::Cancelled),
            Some(Self::Cancelled) => Some(Self::ClaimedByYou(receipt())),
            Some(Self::ClaimedByYou(_)) => Some(Self::AllTaken),
            Some(Self::AllTaken) => Some(Self::NotYours),
            Some(Self::NotYours) => CloudRefusal::after(None).map(Self::ImCloud),
            Some(Self::ImCloud(refusal)) => CloudRefusal::after(Some(refusal)).map(Self::ImCloud),
        }
    }
}

/// Any receipt: that of a cent from alice to bob.
fn receipt() -> Box<Receipt> {
    let (sender, taker, coin) = (well_formed("alice"), well_formed("bob"), well_formed("CNY"));
    let money = Money { coin, scale: Scale::new(2).expect("a coin may have two places"), amount: Amount::ZERO };
    let packet = PacketRef { id: TransferId::from_u128(1), sender, coin };
    Box::new(Receipt { packet, taker, money, remark: Remark::default(), claimed_at: Timestamp::from_micros(0) })
}

fn well_formed<T: FromStr>(id: &str) -> T {
    id.parse().unwrap_or_else(|_| unreachable!("{id} is a well-formed id"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fields, Value};

    fn read(id: &str) -> Result<TransferId, Denial<AcceptRefusal>> {
        Accept::read(&Fields::from_iter([(TRANSFER_ID.to_owned(), Value::Text(id.to_owned()))]))
    }

    #[test]
    fn a_transfer_id_is_read_back_as_it_was_written() {
        let id = TransferId::from_u128(u128::MAX);
        assert_eq!(read(&id.to_string()), Ok(id));
    }

    #[test]
    fn an_empty_or_wrong_transfer_id_is_status_1() {
        assert_eq!(read(""), Err(Denial::Refused(AcceptRefusal::TransferIdMissing)));
        for wrong in ["x", " 0000000000000000000001", "000000000000000000000-"] {
            let denial = read(wrong).unwrap_err();
            assert_eq!(denial, Denial::Refused(AcceptRefusal::TransferIdMalformed), "{wrong:?}");
            assert_eq!(denial.status(), 1);
        }
    }

    #[test]
    fn a_refusal_is_1_or_3_to_5_and_only_3_is_retryable() {
        for refusal in AcceptRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 1 | 3..=5), "{refusal:?} is {status}");
            assert_eq!(refusal.is_retryable(), status == 3, "{refusal:?}");
        }
    }
}
