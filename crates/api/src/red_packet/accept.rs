//! `im/msg_redpack_accept`, 领取红包.

use hongbao_domain::{
    id::{CoinId, TransferId, UserId},
    money::Money,
    red_packet::{AcceptRefusal, Receipt},
    time::Timestamp,
};
use serde::Serialize;

use super::{PACKET_NOT_FOUND, TRANSFER_ID, TRANSFER_ID_MALFORMED, TRANSFER_ID_MISSING};
use crate::{Denial, Endpoint, Extra, Parameter, Parameters, Refusal, Sentence, fields::Required, text};

/// Takes a red packet.
#[derive(Debug)]
pub struct Accept;

/// What the receiver has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// The packet.
    #[serde(serialize_with = "text::display")]
    pub transfer_id: TransferId,
    /// In which coin.
    #[serde(serialize_with = "text::display")]
    pub coin_id: CoinId,
    /// How much, as a decimal string.
    #[serde(serialize_with = "text::display")]
    pub amount: Money,
    /// Who gave it.
    #[serde(serialize_with = "text::display")]
    pub from_user_id: UserId,
    /// The sender's words.
    pub content: String,
    /// When the money moved.
    #[serde(serialize_with = "text::moment")]
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
    const SUMMARY: &'static str = "Takes a red packet that is for the caller.";
    const PARAMETERS: &'static [Parameter] = &[Parameter::text(TRANSFER_ID)];

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

#[cfg(test)]
mod tests {
    use hongbao_domain::{
        im_cloud::CloudRefusal,
        money::{Amount, Scale},
        red_packet::{PacketRef, Remark},
    };

    use super::*;
    use crate::{Fields, Value, every::Every};

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

    fn receipt() -> Box<Receipt> {
        let (sender, coin) = ("alice".parse().unwrap(), "CNY".parse().unwrap());
        Box::new(Receipt {
            packet: PacketRef { id: TransferId::from_u128(1), sender, coin },
            taker: "bob".parse().unwrap(),
            money: Money { coin, scale: Scale::new(2).unwrap(), amount: Amount::from_minor(1).unwrap() },
            remark: Remark::default(),
            claimed_at: Timestamp::from_micros(0),
        })
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
