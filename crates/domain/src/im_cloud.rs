//! What the IM cloud may have said when it did not say yes.

/// An answer of the IM cloud that was not a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudAnswer {
    /// The HTTP status.
    pub http_status: u16,
    /// The cloud's own code, where its body had one.
    pub code: Option<i64>,
    /// The cloud's own words, shortened; empty where there were none.
    pub message: String,
}

/// Why a call to the IM cloud cannot be counted as done. Contract: status 3, 融云服务器错误.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloudRefusal {
    /// The cloud said no, or was never reached: it has definitely not done what it was asked for.
    Rejected(Option<CloudAnswer>),
    /// Nobody knows: time-out, cut connection, 5xx or garbage.
    Unknown(Option<CloudAnswer>),
    /// Our own pacing had no turn in time; the cloud was not asked.
    Busy,
}

impl CloudRefusal {
    /// Gives the stable name of the cause.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "im_cloud_rejected",
            Self::Unknown(_) => "im_cloud_unknown",
            Self::Busy => "im_cloud_busy",
        }
    }

    /// Gives the cloud's answer, where it gave one.
    pub const fn answer(&self) -> Option<&CloudAnswer> {
        match self {
            Self::Rejected(answer) | Self::Unknown(answer) => answer.as_ref(),
            Self::Busy => None,
        }
    }
}
