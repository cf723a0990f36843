//! The contract's numbers: which refusal of creating and joining is which status.

use crate::im_cloud::CloudRefusal;

/// The numbers that `im/group_create` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum CreateStatus {
    /// 群组名为空或者错误
    NameEmptyOrWrong = 1,
    /// 融云错误
    ImCloud = 3,
    /// 数据库错误
    Database = 4,
}

/// Why a group is not created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateRefusal {
    /// No name was given.
    NameMissing,
    /// The name is too long, or has a NUL character.
    NameMalformed,
    /// The cloud did not create it. There is no group.
    ImCloud(CloudRefusal),
    /// The store could not be asked, and nothing was begun.
    Database,
}

impl CreateRefusal {
    /// Gives the contract's number.
    pub const fn status(&self) -> CreateStatus {
        match self {
            Self::NameMissing | Self::NameMalformed => CreateStatus::NameEmptyOrWrong,
            Self::ImCloud(_) => CreateStatus::ImCloud,
            Self::Database => CreateStatus::Database,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NameMissing => "group_name_missing",
            Self::NameMalformed => "group_name_malformed",
            Self::ImCloud(refusal) => refusal.code(),
            Self::Database => "database_unavailable",
        }
    }
}

/// The numbers that `im/group_join` answers for a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum JoinStatus {
    /// 群组ID为空或者错误
    IdEmptyOrWrong = 1,
    /// 融云错误
    ImCloud = 3,
    /// 群组不存在
    NoSuchGroup = 4,
    /// 用户已经加入该群组
    AlreadyMember = 5,
}

/// Why a group is not joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinRefusal {
    /// No group was named.
    IdMissing,
    /// The group's id is too long or has an illegal character.
    IdMalformed,
    /// The cloud did not take the user in. The user is no member.
    ImCloud(CloudRefusal),
    /// There is no such group.
    NotFound,
    /// The user is a member already.
    AlreadyMember,
}

impl JoinRefusal {
    /// Gives the contract's number.
    pub const fn status(&self) -> JoinStatus {
        match self {
            Self::IdMissing | Self::IdMalformed => JoinStatus::IdEmptyOrWrong,
            Self::ImCloud(_) => JoinStatus::ImCloud,
            Self::NotFound => JoinStatus::NoSuchGroup,
            Self::AlreadyMember => JoinStatus::AlreadyMember,
        }
    }

    /// Gives the stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::IdMissing => "group_id_missing",
            Self::IdMalformed => "group_id_malformed",
            Self::ImCloud(refusal) => refusal.code(),
            Self::NotFound => "group_not_found",
            Self::AlreadyMember => "already_member",
        }
    }
}
