//! How the servers are set, and what follows from that for how long things may take.

use std::time::Duration;

/// The shortest lease under which a call to the cloud may take 2 s. Packets that no user wants soon expire.
pub(crate) const SETTINGS: [&str; 24] = [
    "im.app_key=trial",
    "im.app_secret=trial-secret",
    "im.backup_url=",
    "im.timeout=2s",
    "im.attempt_timeout=1s",
    "im.connect_timeout=500ms",
    "im.pacing=100ms",
    "im.quota_share=3",
    "im.private_messages_per_minute=0",
    "http.listen=127.0.0.1:0",
    "admin.listen=127.0.0.1:0",
    "http.deadline=4100ms",
    "http.shutdown_delay=0s",
    "http.shutdown_grace=5s",
    "rate_limit.session=off",
    "rate_limit.address=off",
    "red_packet.lease=6100ms",
    "red_packet.clean_up_interval=200ms",
    "red_packet.expires_in=4s",
    "group.reconcile_interval=200ms",
    "group.check_pause=6100ms",
    "outbox.interval=200ms",
    "webhook.timeout=2s",
    "webhook.allow_private_targets=true",
];

pub(crate) const APP_KEY: &str = "trial";
pub(crate) const APP_SECRET: &str = "trial-secret";

/// A server answers by then.
pub(crate) const DEADLINE: Duration = Duration::from_millis(4100);

/// For how long a request is trusted to finish.
pub(crate) const LEASE: Duration = Duration::from_millis(6100);

/// Whatever hangs is resolved within lease + 5 s.
pub(crate) const RESOLVED_WITHIN: Duration = Duration::from_millis(6100 + 5000);

/// After this the cloud agrees, too: what is due was looked at once more.
pub(crate) const AGREED_WITHIN: Duration = Duration::from_millis(2 * 6100 + 5000);

/// From so long after it was added on, an endpoint is told what happens, with a little more for a busy machine.
pub(crate) const TOLD_AFTER: Duration = Duration::from_secs(12);

/// One call of an endpoint takes no longer, as far as its server is concerned.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(2);

/// A call whose server died is made again by then: its lease is the timeout and ten seconds more.
pub(crate) const CALLED_AGAIN_WITHIN: Duration = Duration::from_secs(15);

/// How many users there are. All have money, the last one next to none.
pub(crate) const USERS: usize = 12;

/// A user who does not exist.
pub(crate) const NO_USER: &str = "stranger";

/// Each coin: its places, its smallest and its largest packet, and what each user has at first.
pub(crate) const COINS: [Coin; 2] = [
    Coin { id: "CNY", scale: 2, min: "0.01", max: "200", first: "2000", first_minor: 200_000 },
    Coin {
        id: "ETH",
        scale: 18,
        min: "0.000000000000000001",
        max: "5",
        first: "40.000000000000000007",
        first_minor: 40_000_000_000_000_000_007,
    },
];

/// A coin of the trial.
pub(crate) struct Coin {
    pub(crate) id: &'static str,
    pub(crate) scale: u32,
    pub(crate) min: &'static str,
    pub(crate) max: &'static str,
    pub(crate) first: &'static str,
    pub(crate) first_minor: i128,
}

/// Names a user.
pub(crate) fn user(number: usize) -> String {
    format!("user{number}")
}

/// Names a user's session.
pub(crate) fn session_key(user: &str) -> String {
    format!("key-of-{user}")
}

/// Writes minor units as the shortest decimal, as the contract wants it.
pub(crate) fn decimal(minor: i128, scale: u32) -> String {
    let places = usize::try_from(scale).expect("a scale is small");
    if places == 0 {
        return minor.to_string();
    }
    let padded = format!("{minor:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{whole}.{fraction}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_the_shortest_one() {
        assert_eq!(decimal(888, 2), "8.88");
        assert_eq!(decimal(800, 2), "8");
        assert_eq!(decimal(8, 2), "0.08");
        assert_eq!(decimal(80, 2), "0.8");
        assert_eq!(decimal(1, 18), "0.000000000000000001");
        assert_eq!(decimal(7, 0), "7");
    }
}
