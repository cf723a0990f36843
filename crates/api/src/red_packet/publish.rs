//! `im/msg_redpack_publish`, 发送红包消息.

use hongbao_domain::{
    id::{CoinId, TransferId, UserId},
    im_cloud::CloudRefusal,
    money::{Money, QuantityError},
    red_packet::{self, ParseRemarkError, PublishRefusal, Remark},
    time::Timestamp,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Denial, Endpoint, Every, Extra, Form, Invalid, Parameter, Parameters, Refusal, Sentence, fields::Required,
    refusal::RECEIVER_NOT_FOUND, text,
};

/// Sends a red packet to one user.
#[derive(Debug)]
pub struct Publish;

/// The packet that waits for its receiver. The client keeps `transfer_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PublishedPacket)]
pub struct Published {
    /// The packet.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "0354Z03xFRcZtTR7w5tspX")]
    pub transfer_id: TransferId,
    /// Who may claim.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "bob")]
    pub to_user_id: UserId,
    /// In which coin.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "CNY")]
    pub coin_id: CoinId,
    /// How much, as a decimal string.
    #[serde(serialize_with = "text::display")]
    #[schema(value_type = String, example = "8.88")]
    pub amount: Money,
    /// From when on it can no longer be claimed.
    #[serde(serialize_with = "text::moment")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-27T00:21:06.161Z")]
    pub expires_at: Timestamp,
}

const TO_USER_ID: &str = "toUserId";
const COIN_ID: &str = "coin_id";
const AMOUNT: &str = "amount";
const CONTENT: &str = "content";

impl Endpoint for Publish {
    const PATH: &'static str = "/im/msg_redpack_publish";
    const SUMMARY: Sentence =
        Sentence { english: "Sends a red packet to one user.", chinese: "向一个用户发送红包。" };
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text(TO_USER_ID)
            .required()
            .of(Form::Id(UserId::MAX_LENGTH))
            .about("Who may claim the packet.", "接收红包的用户ID。"),
        Parameter::text(COIN_ID).required().of(Form::Id(CoinId::MAX_LENGTH)).about("The coin.", "红包币ID。"),
        Parameter::number(AMOUNT)
            .required()
            .of(Form::Decimal)
            .about("How much, as an exact decimal. Best as a string.", "红包金额，精确的十进制数，建议使用字符串。"),
        Parameter::text(CONTENT).of(Form::Text(Remark::MAX_CHARS)).about("The sender's words.", "红包备注。"),
    ];

    type Request = red_packet::Publish;
    type Data = Published;
    type Refusal = PublishRefusal;

    fn parse(parameters: &Parameters<'_>) -> Result<red_packet::Publish, Denial<PublishRefusal>> {
        use PublishRefusal::{AmountMissing, CoinMalformed, CoinMissing, ReceiverMalformed, ReceiverMissing};
        let refused = Denial::Refused;
        let receiver =
            parameters.require_id(TO_USER_ID, Required { missing: ReceiverMissing, malformed: ReceiverMalformed })?;
        let coin = parameters.get(COIN_ID).ok_or(refused(CoinMissing))?;
        let amount = parameters.get(AMOUNT).ok_or(refused(AmountMissing))?;
        let coin = coin.parse().map_err(|_| refused(CoinMalformed))?;
        let quantity = amount.parse().map_err(|error| refused(amount_refusal(error)))?;
        let remark = parameters.get(CONTENT).unwrap_or_default();
        let remark = remark.parse().map_err(|error| match error {
            ParseRemarkError::TooLong => Invalid::TooLong(CONTENT),
            ParseRemarkError::Nul => Invalid::IllegalCharacter(CONTENT),
        })?;
        Ok(red_packet::Publish { receiver, coin, quantity, remark })
    }
}

fn amount_refusal(error: QuantityError) -> PublishRefusal {
    match error {
        QuantityError::Malformed => PublishRefusal::AmountMalformed,
        QuantityError::Negative | QuantityError::Zero => PublishRefusal::AmountNotPositive,
        QuantityError::TooManyPlaces => PublishRefusal::AmountTooPrecise,
        QuantityError::TooLarge => PublishRefusal::AmountAboveMaximum,
    }
}

impl Refusal for PublishRefusal {
    #[expect(clippy::as_conversions, reason = "a status is its number")]
    fn status(&self) -> u16 {
        self.status() as u16
    }

    fn code(&self) -> &'static str {
        self.code()
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::ReceiverMissing => Sentence {
                english: "The receiver of the red packet is missing.",
                chinese: "接收红包的用户ID为空。",
            },
            Self::ReceiverMalformed => Sentence {
                english: "The receiver is not a valid user id.",
                chinese: "接收红包的用户ID格式错误。",
            },
            Self::CoinMissing => Sentence { english: "The coin is missing.", chinese: "币ID为空。" },
            Self::CoinMalformed => {
                Sentence { english: "The coin is not a valid coin id.", chinese: "币ID格式错误。" }
            }
            Self::AmountMissing => Sentence { english: "The amount is missing.", chinese: "红包金额为空。" },
            Self::AmountMalformed => Sentence {
                english: "The amount is not a decimal number.",
                chinese: "红包金额不是十进制数。",
            },
            Self::AmountNotPositive => {
                Sentence { english: "The amount must be more than zero.", chinese: "红包金额必须大于零。" }
            }
            Self::AmountTooPrecise => Sentence {
                english: "The amount has more decimal places than the coin.",
                chinese: "红包金额的小数位数超过该币的精度。",
            },
            Self::AmountBelowMinimum => Sentence {
                english: "The amount is below the smallest red packet of this coin.",
                chinese: "红包金额低于该币的最小红包金额。",
            },
            Self::AmountAboveMaximum => Sentence {
                english: "The amount is above the largest red packet of this coin.",
                chinese: "红包金额高于该币的最大红包金额。",
            },
            Self::ToOneself => Sentence {
                english: "You cannot send a red packet to yourself.",
                chinese: "不能给自己发红包。",
            },
            Self::ReceiverNotFound => RECEIVER_NOT_FOUND,
            Self::CoinNotHeld => {
                Sentence { english: "The coin is not among your assets.", chinese: "币不在您的资产列表中。" }
            }
            Self::BalanceTooLow => Sentence { english: "Your balance is too low.", chinese: "余额不足。" },
            Self::ImCloud(refusal) => refusal.sentence(),
        }
    }

    fn extra(&self) -> Extra<'_> {
        match self {
            Self::ImCloud(refusal) => Extra::ImCloud(refusal),
            Self::ReceiverMissing | Self::ReceiverMalformed | Self::ToOneself | Self::ReceiverNotFound => {
                Extra::Parameter(TO_USER_ID)
            }
            Self::CoinMissing | Self::CoinMalformed | Self::CoinNotHeld => Extra::Parameter(COIN_ID),
            Self::AmountMissing
            | Self::AmountMalformed
            | Self::AmountNotPositive
            | Self::AmountTooPrecise
            | Self::AmountBelowMinimum
            | Self::AmountAboveMaximum => Extra::Parameter(AMOUNT),
            Self::BalanceTooLow => Extra::Nothing,
        }
    }
}

impl Every for PublishRefusal {
    fn after(before: Option<&Self>) -> Option<Self> {
        match before {
            None => Some(Self::ReceiverMissing),
            Some(Self::ReceiverMissing) => Some(Self::ReceiverMalformed),
            Some(Self::ReceiverMalformed) => Some(Self::CoinMissing),
            Some(Self::CoinMissing) => Some(Self::CoinMalformed),
            Some(Self::CoinMalformed) => Some(Self::AmountMissing),
            Some(Self::AmountMissing) => Some(Self::AmountMalformed),
            Some(Self::AmountMalformed) => Some(Self::AmountNotPositive),
            Some(Self::AmountNotPositive) => Some(Self::AmountTooPrecise),
            Some(Self::AmountTooPrecise) => Some(Self::AmountBelowMinimum),
            Some(Self::AmountBelowMinimum) => Some(Self::AmountAboveMaximum),
            Some(Self::AmountAboveMaximum) => Some(Self::ToOneself),
            Some(Self::ToOneself) => Some(Self::ReceiverNotFound),
            Some(Self::ReceiverNotFound) => Some(Self::CoinNotHeld),
            Some(Self::CoinNotHeld) => Some(Self::BalanceTooLow),
            Some(Self::BalanceTooLow) => CloudRefusal::after(None).map(Self::ImCloud),
            Some(Self::ImCloud(refusal)) => CloudRefusal::after(Some(refusal)).map(Self::ImCloud),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PublishRefusal::*, *};
    use crate::{Fields, Value};

    const RIGHT: [(&str, &str); 3] = [(TO_USER_ID, "bob"), (COIN_ID, "CNY"), (AMOUNT, "88.88")];

    /// Reads a right request in which some values are replaced.
    fn read<const N: usize>(changes: [(&str, &str); N]) -> Result<red_packet::Publish, Denial<PublishRefusal>> {
        let right = RIGHT.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let value = |(name, text): &(&str, &str)| (String::from(*name), Value::Text(String::from(*text)));
        Publish::read(&right.chain(&changes).map(value).collect::<Fields>())
    }

    #[test]
    fn a_right_request_is_read_exactly() {
        let request = read([(CONTENT, "恭喜发财")]).unwrap();

        assert_eq!((request.receiver.as_str(), request.coin.as_str()), ("bob", "CNY"));
        assert_eq!(request.quantity, "88.88".parse().unwrap());
        assert_eq!(request.remark.as_str(), "恭喜发财");
    }

    #[test]
    fn the_receiver_comes_first_then_coin_and_amount_then_their_form_then_the_remark() {
        let too_long = &"福".repeat(226);
        let wrong = [(TO_USER_ID, "b.b"), (COIN_ID, " CNY"), (AMOUNT, "-1"), (CONTENT, too_long)];

        assert_eq!(read([(TO_USER_ID, ""), wrong[1], wrong[2], wrong[3]]), Err(Denial::Refused(ReceiverMissing)));
        assert_eq!(read(wrong), Err(Denial::Refused(ReceiverMalformed)));
        assert_eq!(read([(COIN_ID, ""), wrong[2], wrong[3]]), Err(Denial::Refused(CoinMissing)));
        assert_eq!(read([wrong[1], (AMOUNT, ""), wrong[3]]), Err(Denial::Refused(AmountMissing)));
        assert_eq!(read([wrong[1], wrong[2], wrong[3]]), Err(Denial::Refused(CoinMalformed)));
        assert_eq!(read([wrong[2], wrong[3]]), Err(Denial::Refused(AmountNotPositive)));
        assert_eq!(read([wrong[3]]), Err(Denial::Invalid(Invalid::TooLong(CONTENT))));
    }

    #[test]
    fn an_amount_is_a_positive_decimal() {
        for zero in ["0", "-0", "0.00", "-0.01"] {
            assert_eq!(read([(AMOUNT, zero)]), Err(Denial::Refused(AmountNotPositive)), "{zero}");
        }
        for wrong in ["+1", ".5", "5.", "1e400", "NaN", " 1", "1,000", "１"] {
            assert_eq!(read([(AMOUNT, wrong)]), Err(Denial::Refused(AmountMalformed)), "{wrong}");
        }
    }

    #[test]
    fn a_remark_may_have_225_characters_but_no_nul() {
        assert!(read([(CONTENT, &"福".repeat(225))]).is_ok());
        assert_eq!(read([(CONTENT, "a\0")]), Err(Denial::Invalid(Invalid::IllegalCharacter(CONTENT))));
    }

    #[test]
    fn a_refusal_is_1_3_to_7_110_or_111_and_only_3_is_retryable() {
        for refusal in PublishRefusal::every() {
            let status = Refusal::status(&refusal);
            assert!(matches!(status, 1 | 3..=7 | 110 | 111), "{refusal:?} is {status}");
            assert_eq!(refusal.is_retryable(), status == 3, "{refusal:?}");
        }
    }
}
