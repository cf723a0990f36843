//! Arguments that several commands have.

use clap::{Args, ValueEnum};

/// The most entries of one page.
const MOST: i64 = 1000;

/// How many entries are shown at once.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Limit {
    /// The most entries that are shown: 1 to 1000.
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST))]
    limit: u32,
}

impl From<Limit> for hongbao_api::admin::Limit {
    fn from(limit: Limit) -> Self {
        Self::at_most(limit.limit)
    }
}

/// What is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}
