//! What a store is for.

use std::str::FromStr;

/// What a store is for. It is marked once and stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// To be played with: its keys are known to everybody.
    Demo,
    /// It holds its users' money.
    Real,
}

/// Says that a word names no kind of deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownDeployment;

impl Deployment {
    /// Gives the word that stores write.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Real => "real",
        }
    }
}

impl FromStr for Deployment {
    type Err = UnknownDeployment;

    fn from_str(word: &str) -> Result<Self, UnknownDeployment> {
        [Self::Demo, Self::Real].into_iter().find(|kind| kind.as_str() == word).ok_or(UnknownDeployment)
    }
}
