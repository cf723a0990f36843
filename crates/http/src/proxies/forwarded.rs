//! Addresses as proxies write them.
//!
//! What the client has sent stands at the beginning and may be anything, so all is read from the end.

use std::net::{IpAddr, SocketAddr};

/// Reads an address with or without a port: `192.0.2.7`, `192.0.2.7:80`, `2001:db8::7`, `[2001:db8::7]`, `[2001:db8::7]:80`.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_ascii();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// Splits a line of `Forwarded` into its elements, the last first. A comma within quotes is none; quotes are paired from the
/// end, so one that is never closed and comes from the client does not hide what a proxy has added.
pub(super) fn elements(line: &str) -> impl Iterator<Item = &str> {
    let mut in_quotes = false;
    line.rsplit(move |char: char| {
        in_quotes ^= char == '"';
        char == ',' && !in_quotes
    })
}

/// Reads for whom an element was forwarded; `None` if it does not say so by one address.
pub(super) fn client(element: &str) -> Option<IpAddr> {
    let mut values = element.split(';').filter_map(|pair| {
        let (name, value) = pair.trim_ascii().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    });
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    address(quoted.unwrap_or(value))
}
