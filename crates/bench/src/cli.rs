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
