//! The few parts of a URL that matter here.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    ops::Range,
};

const DEFAULT_PORT: u16 = 5432;

/// Puts another database into a URL.
pub(crate) fn with_database(url: &str, database: &str) -> String {
    let (before, after) = (&url[..host(url).end], url.find('?').map_or("", |query| &url[query..]));
    format!("{before}/{database}{after}")
}

/// Puts another host and port into a URL.
pub(crate) fn with_address(url: &str, address: SocketAddr) -> String {
    let host = host(url);
    format!("{}{address}{}", &url[..host.start], &url[host.end..])
}

/// Gives the address that a URL names.
pub(crate) fn address(url: &str) -> io::Result<SocketAddr> {
    let host = &url[host(url)];
    let mut found = host.to_socket_addrs().or_else(|_| (host, DEFAULT_PORT).to_socket_addrs())?;
    found.next().ok_or_else(|| io::Error::other(format!("{host} has no address")))
}

/// Gives the user that a URL names, and the password: both of letters and digits.
pub(crate) fn user(url: &str) -> (&str, Option<&str>) {
    let start = url.find("://").map_or(0, |scheme| scheme + 3);
    let named = url[start..host(url).start].trim_end_matches('@');
    match named.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None if named.is_empty() => ("postgres", None),
        None => (named, None),
    }
}

/// Says where host and port stand.
fn host(url: &str) -> Range<usize> {
    let start = url.find("://").map_or(0, |scheme| scheme + 3);
    let end = url[start..].find(['/', '?']).map_or(url.len(), |length| start + length);
    let start = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_a_url_changes() {
        let changed = with_database("postgres://u:p@h:5/old?sslmode=require", "new");
        assert_eq!(changed, "postgres://u:p@h:5/new?sslmode=require");
        assert_eq!(with_database("postgres://h", "new"), "postgres://h/new");
        assert_eq!(with_database("postgres://u@/old?host=/run/pg", "new"), "postgres://u@/new?host=/run/pg");
    }

    #[test]
    fn only_the_address_of_a_url_changes() {
        let changed = with_address("postgres://u:p@h:5/old?a=b@c", "127.0.0.1:7".parse().unwrap());
        assert_eq!(changed, "postgres://u:p@127.0.0.1:7/old?a=b@c");
    }

    #[test]
    fn a_user_is_found_with_or_without_a_password() {
        assert_eq!(user("postgres://u:p@h:5/old"), ("u", Some("p")));
        assert_eq!(user("postgres://u@h/x@y"), ("u", None));
        assert_eq!(user("postgres://h/x"), ("postgres", None));
    }

    #[test]
    fn a_url_without_a_port_means_the_usual_one() {
        assert_eq!(address("postgres://u@127.0.0.1/x").unwrap(), "127.0.0.1:5432".parse().unwrap());
        assert_eq!(address("postgres://127.0.0.1:7").unwrap(), "127.0.0.1:7".parse().unwrap());
    }
}
