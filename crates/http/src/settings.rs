//! How patient the server is, and what ids it takes.

use std::{num::NonZeroUsize, time::Duration};

use hongbao_domain::id::Alphabet;

use crate::{Cors, Proxies};

/// The settings of the HTTP server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many threads serve requests; one for each core by default.
    pub workers: Option<NonZeroUsize>,
    /// Which characters the ids of users and groups may have.
    pub id_alphabet: Alphabet,
    /// The origins whose pages may call the API from a browser.
    pub cors: Cors,
    /// The proxies that say for whom they ask.
    pub proxies: Proxies,
    /// How long a client may take to send the head of a request.
    pub head_timeout: Duration,
    /// How long a request may take from the end of its head to its answer. Reading the body, finding the session and the
    /// use case share it.
    pub deadline: Duration,
    /// How many bytes of a body have to arrive in a second, on average over 3 s; 0: any rate will do.
    pub min_body_rate_bytes: usize,
    /// How long an idle connection stays open. Balancers in front should give theirs up earlier.
    pub keep_alive: Duration,
    /// How long a body may still arrive after the stop.
    pub body_grace: Duration,
    /// How long a request that is running may go on after the stop. Then its connection is cut.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: None,
            id_alphabet: Alphabet::default(),
            cors: Cors::default(),
            proxies: Proxies::default(),
            head_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(10),
            min_body_rate_bytes: 1024,
            keep_alive: Duration::from_secs(75),
            body_grace: Duration::from_secs(1),
            grace: Duration::from_secs(10),
        }
    }
}
