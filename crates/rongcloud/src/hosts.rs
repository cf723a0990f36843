//! Which of the cloud's two hosts to ask.
//!
//! A host fails when it is not reached, when no whole answer comes in time, and when the answer tells nothing: a 5xx, or
//! what is not the cloud's. A host that says no has not failed.
//!
//! The vendor's advice is to remember the current host and, when it times out or is unavailable, to make the other one
//! current at once (<https://docs.rongcloud.cn/platform-chat-api/base-url>). Taken alone it makes a server flap between
//! two hosts that both have trouble, and return to a dead host because the living one hiccuped. So the rule is:
//!
//! * A failure of the current host makes the other one current at once, unless that one failed less than 30 seconds ago
//!   and has not answered since (official SDKs switch at most once in 30 seconds).
//! * An answer of a host makes it current if the other one's latest try failed. It is how the current host returns.
//!
//! A host that stops answering, and one that answers again, is told of once each, the only one too.
//!
//! A hundred calls that fail together switch once, not a hundred times: what counts is the current host's failure. And
//! no call depends on this: its own repeats go to the other host in any case.

mod url;
mod voice;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::{info, warn};

use self::voice::{News, Voice};
use crate::{Settings, SettingsError};

/// How long a host that failed is not returned to, unless it answers another call meanwhile.
const SHUN: Duration = Duration::from_secs(30);

/// The hosts, and what was last seen of each.
pub(crate) struct Hosts {
    primary: String,
    backup: Option<String>,
    memory: Mutex<Memory>,
}

/// What was last seen of the hosts, and what was told about it.
#[derive(Default)]
struct Memory {
    seen: Seen,
    primary: Voice,
    backup: Voice,
}

/// One of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    Primary,
    Backup,
}

impl Host {
    const fn other(self) -> Self {
        match self {
            Self::Primary => Self::Backup,
            Self::Backup => Self::Primary,
        }
    }
}

impl Hosts {
    pub(crate) fn try_new(settings: &Settings) -> Result<Self, SettingsError> {
        let primary = url::parse("base_url", &settings.base_url)?;
        let backup = settings.backup_url.as_deref().map(|url| url::parse("backup_url", url)).transpose()?;
        if backup.as_ref() == Some(&primary) {
            return Err(SettingsError::SameHost);
        }
        Ok(Self { primary, backup, memory: Mutex::default() })
    }

    /// Whether a request can need TLS.
    pub(crate) fn any_https(&self) -> bool {
        [Some(&self.primary), self.backup.as_ref()].into_iter().flatten().any(|url| url.starts_with("https:"))
    }

    /// Gives all hosts, the first one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = Host> {
        [Host::Primary].into_iter().chain(self.backup.as_ref().map(|_| Host::Backup))
    }

    /// Gives the host to ask first.
    pub(crate) fn current(&self) -> Host {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).seen.current
    }

    /// Gives the host to ask after `host` failed, if there are two.
    pub(crate) fn other(&self, host: Host) -> Option<Host> {
        self.backup.is_some().then(|| host.other())
    }

    /// Gives the URL of a host, to which a path can be appended.
    pub(crate) fn url(&self, host: Host) -> &str {
        match (host, &self.backup) {
            (Host::Backup, Some(backup)) => backup,
            (Host::Primary | Host::Backup, _) => &self.primary,
        }
    }

    /// Learns whether a host answered. An answer may be a no.
    pub(crate) fn learn(&self, host: Host, answered: bool) {
        let now = Instant::now();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Memory { seen, primary, backup } = &mut *memory;
        let voice = match host {
            Host::Primary => primary,
            Host::Backup => backup,
        };
        match voice.learn(answered, now) {
            Some(News::Away) => warn!("the IM cloud's host {} does not answer", self.url(host)),
            Some(News::Back) => info!("the IM cloud's host {} answers again", self.url(host)),
            None => {}
        }
        if self.backup.is_none() {
            return;
        }
        let before = seen.current;
        if answered {
            seen.answer(host);
        } else {
            seen.failure(host, now);
        }
        if seen.current != before {
            warn!("switched over from {} to {}", self.url(before), self.url(seen.current));
        }
    }
}

struct Seen {
    current: Host,
    primary_failed: Option<Instant>,
    backup_failed: Option<Instant>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { current: Host::Primary, primary_failed: None, backup_failed: None }
    }
}

impl Seen {
    const fn failed(&mut self, host: Host) -> &mut Option<Instant> {
        match host {
            Host::Primary => &mut self.primary_failed,
            Host::Backup => &mut self.backup_failed,
        }
    }

    fn answer(&mut self, host: Host) {
        *self.failed(host) = None;
        if self.failed(self.current).is_some() {
            self.current = host;
        }
    }

    fn failure(&mut self, host: Host, now: Instant) {
        *self.failed(host) = Some(now);
        let shunned = self.failed(host.other()).is_some_and(|failed| now.duration_since(failed) < SHUN);
        if !shunned {
            // Which it already is, if it was not the current host that failed.
            self.current = host.other();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Host::{Backup, Primary},
        *,
    };

    /// A minute's worth of moments, one a second.
    fn at(second: u64) -> Instant {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        *START + Duration::from_secs(second)
    }

    #[test]
    fn the_first_failure_switches_at_once_and_its_companions_do_not_switch_back() {
        let mut seen = Seen::default();
        for _ in 0..100 {
            seen.failure(Primary, at(0));
            assert_eq!(seen.current, Backup);
        }
    }

    #[test]
    fn a_hiccup_of_the_living_host_does_not_return_to_the_dead_one() {
        let mut seen = Seen::default();
        seen.failure(Primary, at(0));
        seen.answer(Backup);

        seen.failure(Backup, at(29));
        assert_eq!(seen.current, Backup);

        // Half a minute later it is not known any more that it is dead. Finding out costs one try.
        seen.failure(Backup, at(31));
        assert_eq!(seen.current, Primary);
        seen.failure(Primary, at(31));
        assert_eq!(seen.current, Primary);
        seen.answer(Backup);
        assert_eq!(seen.current, Backup);
    }

    #[test]
    fn two_dead_hosts_switch_at_most_once_in_30_seconds() {
        let mut seen = Seen::default();
        let mut switches = Vec::new();
        for second in 0..120 {
            let before = seen.current;
            seen.failure(before, at(second));
            if seen.current != before {
                switches.push(second);
            }
        }
        assert_eq!(switches, [0, 30, 60, 90]);
    }

    #[test]
    fn a_late_answer_of_the_former_host_changes_nothing() {
        let mut seen = Seen::default();
        seen.failure(Primary, at(0));
        seen.answer(Primary);
        assert_eq!(seen.current, Backup);

        // But it counts: the former host can be returned to at once.
        seen.failure(Backup, at(1));
        assert_eq!(seen.current, Primary);
    }

    #[test]
    fn a_failure_of_the_other_host_changes_nothing() {
        let mut seen = Seen::default();
        seen.failure(Backup, at(0));
        assert_eq!(seen.current, Primary);
        seen.answer(Primary);
        assert_eq!(seen.current, Primary);
    }
}
