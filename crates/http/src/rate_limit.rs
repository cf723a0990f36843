//! How often a session, and an address without one, may ask.
//!
//! What belongs here: who is charged for a request, and when. Nothing of it is shared among servers.

mod bucket;
mod buckets;
mod rate;

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use hongbao_api::RateLimit;
use hongbao_domain::id::SessionKey;

use self::{bucket::Pace, buckets::Buckets};

pub use rate::{ParseRateError, Rate};

/// For how long a session that was good is not charged to its address, after its last request.
const SESSION_KEPT: Duration = Duration::from_mins(10);

/// How many sessions, and how many addresses, are known at most. Either takes 5 MiB then.
const LIMIT: usize = 1 << 17;

/// What each of many may ask; `None`: as often as it likes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// What a session may ask.
    pub session: Option<Rate>,
    /// What an address may ask without a session. Of IPv6, all addresses with the same first 64 bits are one.
    pub address: Option<Rate>,
}

/// How many requests were refused since the start of the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refused {
    /// Because their session had asked too often.
    pub session: u64,
    /// Because their address had asked too often without a session.
    pub address: u64,
}

/// The limits of a server. A clone is the same.
///
/// A session is charged before it is looked up, if it was found good a short time ago. Any other key is charged to its address
/// before it is looked up, and that is made good if it is found. So a caller who guesses keys is refused without a question to the
/// store, and those who share the address and are logged in are served.
#[derive(Clone)]
pub struct RateLimits(Arc<Limits>);

struct Limits {
    sessions: Mutex<Buckets>,
    /// `None`: addresses are not limited.
    addresses: Option<Mutex<Buckets>>,
    /// Names are hashed with a secret of this process: no caller can choose names that meet.
    hasher: RandomState,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
    start: Instant,
    refused_sessions: AtomicU64,
    refused_addresses: AtomicU64,
}

impl RateLimits {
    /// Limits sessions and addresses to `rates`.
    pub fn new(rates: Rates) -> Self {
        Self::with_clock(rates, Instant::now)
    }

    /// The same, with a clock that tests hold.
    pub fn with_clock(rates: Rates, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        let start = clock();
        Self(Arc::new(Limits {
            sessions: Mutex::new(Buckets::new(pace(rates.session), SESSION_KEPT, LIMIT)),
            addresses: rates.address.map(|rate| Mutex::new(Buckets::new(pace(Some(rate)), Duration::ZERO, LIMIT))),
            hasher: RandomState::new(),
            clock: Box::new(clock),
            start,
            refused_sessions: AtomicU64::new(0),
            refused_addresses: AtomicU64::new(0),
        }))
    }

    /// Limits nothing.
    pub fn off() -> Self {
        Self::new(Rates::default())
    }

    /// Says how many requests were refused.
    pub fn refused(&self) -> Refused {
        Refused {
            session: self.0.refused_sessions.load(Ordering::Relaxed),
            address: self.0.refused_addresses.load(Ordering::Relaxed),
        }
    }

    /// Charges a request with a key, which is to be looked up next.
    pub(crate) fn admit(&self, key: &SessionKey, address: IpAddr) -> Result<Admission<'_>, RateLimit> {
        let limits = &self.0;
        let session = limits.hasher.hash_one(key.as_str());
        let known = lock(&limits.sessions).take_known(session, limits.now_ns());
        match known {
            Some(taken) => taken.map_err(|wait_ns| limits.refuse_session(wait_ns))?,
            None => self.charge(address)?,
        }
        Ok(Admission { limits, session, address, was_known: known.is_some() })
    }

    /// Charges an address for a request that shows no good session.
    pub(crate) fn charge(&self, address: IpAddr) -> Result<(), RateLimit> {
        let limits = &self.0;
        let Some(addresses) = &limits.addresses else { return Ok(()) };
        let taken = lock(addresses).take(limits.address(address), limits.now_ns());
        taken.map_err(|wait_ns| {
            limits.refused_addresses.fetch_add(1, Ordering::Relaxed);
            refusal(wait_ns)
        })
    }
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits").field("refused", &self.refused()).finish_non_exhaustive()
    }
}

impl Limits {
    fn now_ns(&self) -> u64 {
        let passed = (self.clock)().saturating_duration_since(self.start);
        u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX / 2)
    }

    fn address(&self, address: IpAddr) -> u64 {
        match address {
            IpAddr::V4(address) => self.hasher.hash_one(address.octets()),
            // A customer has 64 bits to choose addresses from.
            IpAddr::V6(address) => self.hasher.hash_one(&address.octets()[..8]),
        }
    }

    fn refuse_session(&self, wait_ns: u64) -> RateLimit {
        self.refused_sessions.fetch_add(1, Ordering::Relaxed);
        refusal(wait_ns)
    }
}

/// A request that was charged and is being looked up. If its caller hangs up meanwhile, it stays charged.
#[must_use = "what the look-up came to decides who pays"]
pub(crate) struct Admission<'limits> {
    limits: &'limits Limits,
    session: u64,
    address: IpAddr,
    was_known: bool,
}

impl Admission<'_> {
    /// The session is good: it pays itself, and is known from now on.
    pub(crate) fn found(self) -> Result<(), RateLimit> {
        if self.was_known {
            return Ok(());
        }
        self.give_back();
        let taken = lock(&self.limits.sessions).take(self.session, self.limits.now_ns());
        taken.map_err(|wait_ns| self.limits.refuse_session(wait_ns))
    }

    /// There is no such session, or no more.
    pub(crate) fn not_found(self) {
        lock(&self.limits.sessions).forget(self.session);
    }

    /// It is not known, for a fault of ours, for which no address pays.
    pub(crate) fn unanswered(self) {
        if !self.was_known {
            self.give_back();
        }
    }

    fn give_back(&self) {
        if let Some(addresses) = &self.limits.addresses {
            lock(addresses).give_back(self.limits.address(self.address));
        }
    }
}

fn pace(rate: Option<Rate>) -> Pace {
    rate.map_or(Pace { interval_ns: 0, refill_ns: 0 }, |rate| Pace {
        interval_ns: rate.interval_ns(),
        refill_ns: rate.refill_ns(),
    })
}

fn refusal(wait_ns: u64) -> RateLimit {
    let seconds = wait_ns.div_ceil(1_000_000_000);
    RateLimit::Rate { retry_after_s: u32::try_from(seconds).unwrap_or(u32::MAX) }
}

/// Nothing panics while the lock is held.
fn lock(buckets: &Mutex<Buckets>) -> MutexGuard<'_, Buckets> {
    buckets.lock().unwrap_or_else(PoisonError::into_inner)
}
