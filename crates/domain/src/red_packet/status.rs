//! The contract's numbers: which refusal of publish and accept is which status.

use super::Receipt;
use crate::im_cloud::CloudRefusal;

/// The numbers that `im/msg_redpack_publish` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum PublishStatus {
    /// 接收红包用户Id 为空
    ReceiverEmpty = 1,
    /// 融云服务器错误
    ImCloud = 3,
    /// 币ID或者币金额为空
    CoinOrAmountEmpty = 4,
    /// 币不在用户资产列表中
    CoinNotHeld = 5,
    /// 红包金额错误
    AmountWrong = 6,
    /// 余额不足
    BalanceTooLow = 7,
    /// Extended: the receiver does not exist or is disabled.
    ReceiverNotFound = 110,
    /// Extended: a packet to oneself.
    SelfNotAllowed = 111,
}

/// Why a packet is not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishRefusal {
    /// No receiver was named.
    ReceiverMissing,
    /// The receiver's id is not an id.
    ReceiverMalformed,
    /// No coin was named.
    CoinMissing,
    /// The coin's id is not an id.
    CoinMalformed,
    /// No amount was given.
    AmountMissing,
    /// The amount is not a decimal number.
    AmountMalformed,
    /// The amount is zero or less.
    AmountNotPositive,
    /// The amount has more decimal places than the coin.
    AmountTooPrecise,
    /// The amount is below the coin's smallest packet.
    AmountBelowMinimum,
    /// The amount is above the coin's largest packet.
    AmountAboveMaximum,
    /// Sender and receiver are one.
    ToOneself,
    /// The receiver does not exist or is disabled.
    ReceiverNotFound,
    /// The coin does not exist, or the sender has no account in it.
    CoinNotHeld,
    /// The sender has less than the amount.
    BalanceTooLow,
    /// The receiver could not be told. The money is back with the sender.
    ImCloud(CloudRefusal),
}

impl PublishRefusal {
    /// Gives the contract's number.
    pub const fn status(&self) -> PublishStatus {
        match self {
            Self::ReceiverMissing | Self::ReceiverMalformed => PublishStatus::ReceiverEmpty,
            Self::CoinMissing | Self::CoinMalformed | Self::AmountMissing => PublishStatus::CoinOrAmountEmpty,
            Self::AmountMalformed
            | Self::AmountNotPositive
            | Self::AmountTooPrecise
            | Self::AmountBelowMinimum
            | Self::AmountAboveMaximum => PublishStatus::AmountWrong,
            Self::ToOneself => PublishStatus::SelfNotAllowed,
            Self::ReceiverNotFound => PublishStatus::ReceiverNotFound,
            Self::CoinNotHeld => PublishStatus::CoinNotHeld,
            Self::BalanceTooLow => PublishStatus::BalanceTooLow,
            Self::ImCloud(_) => PublishStatus::ImCloud,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReceiverMissing => "receiver_missing",
            Self::ReceiverMalformed => "receiver_malformed",
            Self::CoinMissing => "coin_missing",
            Self::CoinMalformed => "coin_malformed",
            Self::AmountMissing => "amount_missing",
            Self::AmountMalformed => "amount_malformed",
            Self::AmountNotPositive => "amount_not_positive",
            Self::AmountTooPrecise => "amount_too_precise",
            Self::AmountBelowMinimum => "amount_below_minimum",
            Self::AmountAboveMaximum => "amount_above_maximum",
            Self::ToOneself => "self_not_allowed",
            Self::ReceiverNotFound => "receiver_not_found",
            Self::CoinNotHeld => "coin_not_held",
            Self::BalanceTooLow => "balance_too_low",
            Self::ImCloud(refusal) => refusal.code(),
        }
    }
}

/// The numbers that `im/msg_redpack_accept` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum AcceptStatus {
    /// 红包交易Id `transfer_id` 为空
    TransferIdEmpty = 1,
    /// 融云服务器错误
    ImCloud = 3,
    /// 没有可领取的红包
    NothingToClaim = 4,
    /// 没有权限领取红包
    NotYours = 5,
}

/// Why a packet is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcceptRefusal {
    /// No packet was named.
    TransferIdMissing,
    /// The packet's id is not an id.
    TransferIdMalformed,
    /// The sender could not be told. The packet is as it was.
    ImCloud(CloudRefusal),
    /// There is no such packet.
    NotFound,
    /// The packet's time is over.
    Expired,
    /// The packet was cancelled or taken back.
    Cancelled,
    /// The caller has it already.
    ClaimedByYou(Box<Receipt>),
    /// Others have taken all of it.
    AllTaken,
    /// The packet is for another user.
    NotYours,
}

impl AcceptRefusal {
    /// Gives the contract's number.
    pub const fn status(&self) -> AcceptStatus {
        match self {
            Self::TransferIdMissing | Self::TransferIdMalformed => AcceptStatus::TransferIdEmpty,
            Self::ImCloud(_) => AcceptStatus::ImCloud,
            Self::NotFound | Self::Expired | Self::Cancelled | Self::ClaimedByYou(_) | Self::AllTaken => {
                AcceptStatus::NothingToClaim
            }
            Self::NotYours => AcceptStatus::NotYours,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TransferIdMissing => "transfer_id_missing",
            Self::TransferIdMalformed => "transfer_id_malformed",
            Self::ImCloud(refusal) => refusal.code(),
            Self::NotFound => "packet_not_found",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::ClaimedByYou(_) => "claimed_by_you",
            Self::AllTaken => "all_taken",
            Self::NotYours => "not_yours",
        }
    }
}

#[cfg(test)]
mod tests;
