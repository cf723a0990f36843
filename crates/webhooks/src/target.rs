//! Which targets may be called: an endpoint must not be a way into the network that the server stands in.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use hongbao_domain::webhook::WebhookUrl;
use url::Url;

/// Why a target is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadTarget {
    /// It is no address that can be called.
    Malformed,
    /// It has a user name or a password, which do not belong there.
    Credentials,
    /// It is not `https`.
    NotSecure,
    /// It is in a network that is not the public Internet.
    Private,
}

impl fmt::Display for BadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the address cannot be called",
            Self::Credentials => "the address has a user name or password in it; deliveries are signed instead",
            Self::NotSecure => "the address is not https (webhook.allow_private_targets allows http for tests)",
            Self::Private => {
                "the address is in a private network (webhook.allow_private_targets allows that, if you trust those who \
                 add endpoints)"
            }
        })
    }
}

impl std::error::Error for BadTarget {}

/// Checks an address, as far as that is possible without looking up its name. `allow_private` is for tests, and for backends
/// in the same private network; it allows `http` as well.
pub fn check_target(url: &WebhookUrl, allow_private: bool) -> Result<(), BadTarget> {
    target(url, allow_private).map(drop)
}

/// Reads an address that may be called.
pub(crate) fn target(url: &WebhookUrl, allow_private: bool) -> Result<Url, BadTarget> {
    let url = Url::parse(url.as_str()).map_err(|_| BadTarget::Malformed)?;
    let host = url.host_str().ok_or(BadTarget::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadTarget::Credentials);
    }
    if allow_private {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(BadTarget::NotSecure);
    }
    // Other ways to write an IPv4 address, like 0x7f.1, are this one by now.
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_local_name = |name: &str| name == "localhost" || name.ends_with(".localhost");
    if literal.is_ok_and(|address| !is_public(address)) || is_local_name(host.trim_end_matches('.')) {
        return Err(BadTarget::Private);
    }
    Ok(url)
}

/// Whether an address is one of the public Internet, by the registries of IANA:
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match a {
        0 | 10 | 127 | 224.. => true,
        100 => b >= 64 && b < 128,
        169 => b == 254,
        172 => b >= 16 && b < 32,
        192 => (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99) || b == 168,
        198 => b == 18 || b == 19 || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    };
    !is_special
}

/// Of IPv6 only `2000::/3` is given out. What carries an IPv4 address is as public as that one.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let v4 = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            v4(high, low)
        }
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str) -> Result<(), BadTarget> {
        check_target(&url.parse().unwrap(), false)
    }

    #[test]
    fn public_addresses_are_called() {
        for url in [
            "https://app.example/hooks?from=hongbao",
            "https://app.example:8443/",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]/",
            "https://172.32.0.1/",
            "https://100.128.0.1/",
            "https://[2001:200::1]/",
            "https://[64:ff9b::808:808]/",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn addresses_within_are_refused_however_they_are_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "192.88.99.1",
            "240.0.0.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd12::1]",
            "[ff02::1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::a00:1]",
            "[2002:a00:1::]",
            "[2001:db8::1]",
            "[2001::1]",
            "[::7f00:1]",
            "[3fff::1]",
            "localhost",
            "LOCALHOST",
            "api.localhost",
            "localhost.",
        ] {
            let url = format!("https://{host}/hooks");
            assert_eq!(check(&url), Err(BadTarget::Private), "{url}");
            assert_eq!(check_target(&url.parse().unwrap(), true), Ok(()), "{url}");
        }
    }

    #[test]
    fn what_is_not_secure_or_no_address_is_refused() {
        assert_eq!(check("http://app.example/"), Err(BadTarget::NotSecure));
        assert_eq!(check("https://user:secret@app.example/"), Err(BadTarget::Credentials));
        for wrong in ["https://[::1", "https://a:99999/", "https://:80/", "https://exa%00mple/"] {
            assert_eq!(check(wrong), Err(BadTarget::Malformed), "{wrong}");
        }
    }
}
