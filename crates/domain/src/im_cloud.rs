//! What the IM cloud knows us by, and what it may have said.

use std::{fmt, str::FromStr};

/// In whose name the IM cloud is asked. What is learnt from one app is never used for another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloudApp {
    /// The app's key.
    pub key: String,
    /// Tells one secret of the app from another, without telling the secret: a part of its SHA-256.
    ///
    /// A new secret makes all tokens invalid (<https://docs.rongcloud.cn/platform-chat-api/user/register>).
    pub secret_fingerprint: [u8; 8],
}

/// Says that a text cannot be a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseTokenError;

impl fmt::Display for ParseTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token is not 1 to 1024 visible ASCII characters")
    }
}

impl std::error::Error for ParseTokenError {}

/// What an app's client shows to the IM cloud: 1 to 1,024 visible ASCII characters. A secret: `Debug` hides it.
///
/// The cloud promises at most 256; nothing here depends on that.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Token {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let fits = (1..=1024).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseTokenError) }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

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
    /// Whether it has done it is unknown: time-out, cut connection, 5xx or garbage.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown_by_debug() {
        let token: Token = "r6P9a==@id1.cn.rongnav.com;id2.cn.rongcfg.com".parse().unwrap();
        assert_eq!(format!("{token:?}"), "Token(***)");
        for wrong in ["", "a b", "福", &"x".repeat(1025)] {
            assert_eq!(wrong.parse::<Token>(), Err(ParseTokenError), "{wrong}");
        }
    }
}
