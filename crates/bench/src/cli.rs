//! The command line.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// How fast the server is.
#[derive(Debug, Parser)]
#[command(name = "hongbao-bench")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) role: Role,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// Measure everything and print the figures.
    Run(Options),
    /// Measure what one user who floods the server with requests costs another; fails above three times the idle value.
    Flood(FloodOptions),
    /// Measure what an audit of a large store costs those who write meanwhile; fails above a fifth, or above 200 MB.
    Audit(AuditOptions),
    /// Measure what the end of old keys costs those who write meanwhile.
    Prune(PruneOptions),
    /// Play an IM cloud that takes everything at once.
    Cloud {
        /// Address to listen on.
        listen: SocketAddr,
    },
    /// Play a server that reads the same requests and answers without doing anything.
    Ceiling {
        /// Address to listen on.
        listen: SocketAddr,
    },
    /// Play the server that does each step of each request in a transaction of its own.
    Textbook {
        /// Address to listen on.
        listen: SocketAddr,
        /// URL of its database.
        database: String,
        /// Address of the IM cloud.
        cloud: String,
    },
}

/// How the flood is.
#[derive(Debug, Args)]
pub(crate) struct FloodOptions {
    /// How many connections of one session flood, one figure for each.
    #[arg(long, value_delimiter = ',', default_values_t = [300, 1000])]
    pub(crate) connections: Vec<usize>,
    /// The stores that are measured.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Store::Sqlite, Store::Postgres])]
    pub(crate) stores: Vec<Store>,
}

/// How large the audited store is, and how much is written.
#[derive(Debug, Args)]
pub(crate) struct AuditOptions {
    /// How many postings there are before anything is written.
    #[arg(long, default_value_t = 10_000_000)]
    pub(crate) postings: u64,
    /// How many connections publish.
    #[arg(long, default_value_t = 16)]
    pub(crate) connections: usize,
    /// For how many windows of 5 s it is written beside the audit at most.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) windows: usize,
    /// The stores that are measured.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Store::Sqlite, Store::Postgres])]
    pub(crate) stores: Vec<Store>,
}

/// How many keys there are, and how much is written.
#[derive(Debug, Args)]
pub(crate) struct PruneOptions {
    /// How many keys there are before anything is written. A third is old.
    #[arg(long, default_value_t = 3_000_000)]
    pub(crate) keys: u64,
    /// How many connections publish.
    #[arg(long, default_value_t = 16)]
    pub(crate) connections: usize,
    /// The stores that are measured.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Store::Sqlite, Store::Postgres])]
    pub(crate) stores: Vec<Store>,
}

/// A store that is filled anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// A file.
    Sqlite,
    /// A private server.
    Postgres,
}

/// What is measured, and how it is shown.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Three rounds of two seconds for each figure instead of five of five: a few minutes in all.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// End with exit status 1 if a floor is not met.
    #[arg(long)]
    pub(crate) check: bool,
}
