//! The command line.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};

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
    /// A filled store to use instead of a new SQLite file.
    #[arg(long)]
    pub(crate) database: Option<String>,
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
