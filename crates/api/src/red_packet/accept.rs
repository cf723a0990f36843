//! `im/msg_redpack_accept`, 领取红包.

use hongbao_domain::{
    id::{CoinId, TransferId, UserId},
    im_cloud::CloudRefusal,
    money::Money,
    red_packet::{AcceptRefusal, Receipt},
    time::Timestamp,
};
use serde::Serialize;

use crate::{Denial, Endpoint, Parameter, Parameters, Refusal, text};

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

const TRANSFER_ID: &str = "transfer_id";

impl Endpoint for Accept {
    const PATH: &'static str = "/im/msg_redpack_accept";
    const SUMMARY: &'static str = "Takes a red packet that is for the caller.";
    const PARAMETERS: &'static [Parameter] = &[Parameter::text(TRANSFER_ID)];

    type Request = TransferId;
    type Data = Accepted;
    type Refusal = AcceptRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<TransferId, Denial<AcceptRefusal>> {
        let id = parameters.get(TRANSFER_ID).ok_or(Denial::Refused(AcceptRefusal::TransferIdMissing))?;
        id.parse().map_err(|_| Denial::Refused(AcceptRefusal::TransferIdMalformed))
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

    fn parameter(&self) -> Option<&'static str> {
        match self {
            Self::TransferIdMissing | Self::TransferIdMalformed => Some(TRANSFER_ID),
            Self::ImCloud(_)
            | Self::NotFound
            | Self::Expired
            | Self::Cancelled
            | Self::ClaimedByYou(_)
            | Self::AllTaken
            | Self::NotYours => None,
        }
    }

    fn im_cloud(&self) -> Option<&CloudRefusal> {
        if let Self::ImCloud(refusal) = self { Some(refusal) } else { None }
    }

    fn receipt(&self) -> Option<&Receipt> {
        if let Self::ClaimedByYou(receipt) = self { Some(receipt) } else { None }
    }
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
}
