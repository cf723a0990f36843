use actix_web::http::header::HeaderValue;

use super::*;

/// A proxy in this network, or the one beside it, is trusted.
const TRUSTED: [&str; 3] = ["10.0.0.0/8", "192.0.2.1", "fd00::/8"];

fn client(header: ProxyHeader, peer: &str, lines: &[&str]) -> String {
    let proxies = Proxies::try_new(&TRUSTED.map(str::to_owned), header).unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(header.name(), HeaderValue::from_str(line).unwrap());
    }
    let peer = SocketAddr::new(peer.parse().unwrap(), 7);
    proxies.client(Some(peer), &headers).to_string()
}

fn by_list(peer: &str, lines: &[&str]) -> String {
    client(ProxyHeader::XForwardedFor, peer, lines)
}

fn by_rfc(lines: &[&str]) -> String {
    client(ProxyHeader::Forwarded, "10.0.0.1", lines)
}

#[test]
fn only_a_trusted_peer_is_believed() {
    for (peer, client) in [
        ("10.0.0.1", "203.0.113.7"),
        ("192.0.2.1", "203.0.113.7"),
        ("fd00::1", "203.0.113.7"),
        ("::ffff:10.0.0.1", "203.0.113.7"),
        ("192.0.2.2", "192.0.2.2"),
        ("11.0.0.1", "11.0.0.1"),
        ("::ffff:192.0.2.2", "192.0.2.2"),
    ] {
        assert_eq!(by_list(peer, &["203.0.113.7"]), client, "{peer}");
    }
}

#[test]
fn without_a_trusted_proxy_no_header_counts() {
    let mut headers = HeaderMap::new();
    headers.insert(ProxyHeader::XForwardedFor.name(), HeaderValue::from_static("203.0.113.7"));
    let peer = SocketAddr::from(([127, 0, 0, 1], 7));
    assert_eq!(Proxies::default().client(Some(peer), &headers), peer.ip());
}

#[test]
fn the_last_address_that_is_no_trusted_proxy_is_the_client() {
    for (lines, client) in [
        (&["203.0.113.7"][..], "203.0.113.7"),
        (&["198.51.100.9, 203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.9,203.0.113.7 , 10.0.0.2,fd00::2"], "203.0.113.7"),
        (&["198.51.100.9", "203.0.113.7", "10.0.0.2"], "203.0.113.7"),
        (&["garbage, \", 203.0.113.7"], "203.0.113.7"),
        (&["203.0.113.7:4711"], "203.0.113.7"),
        (&["2001:db8::7"], "2001:db8::7"),
        (&["[2001:db8::7]"], "2001:db8::7"),
        (&["[2001:db8::7]:4711"], "2001:db8::7"),
        (&["::ffff:203.0.113.7"], "203.0.113.7"),
        (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (&[], "10.0.0.1"),
    ] {
        assert_eq!(by_list("10.0.0.1", lines), client, "{lines:?}");
    }
}

#[test]
fn where_a_proxy_writes_no_address_the_peer_counts() {
    for line in
        ["", "unknown", "203.0.113.7,", "203.0.113.7, garbage", "203.0.113.7, x, 10.0.0.2", "203.0.113.777", "福"]
    {
        assert_eq!(by_list("10.0.0.1", &[line]), "10.0.0.1", "{line:?}");
    }
    for line in ["", "for=unknown", "for=_hidden", "proto=https", "for=203.0.113.7;for=203.0.113.8", "203.0.113.7"] {
        assert_eq!(by_rfc(&[line]), "10.0.0.1", "{line:?}");
    }
}

#[test]
fn the_standard_header_is_read_from_its_end() {
    for (lines, client) in [
        (&["for=203.0.113.7"][..], "203.0.113.7"),
        (&["for=198.51.100.9, For=\"203.0.113.7:4711\";proto=https;by=10.0.0.2"], "203.0.113.7"),
        (&["proto=https; for=\"[2001:db8::7]:4711\", for=10.0.0.2"], "2001:db8::7"),
        (&["for=198.51.100.9", "for=203.0.113.7", "for=10.0.0.2"], "203.0.113.7"),
        (&["for=203.0.113.7;ext=\"a,b\", for=10.0.0.2;ext=\"for=198.51.100.9,\""], "203.0.113.7"),
        (&["for=\"198.51.100.9, for=203.0.113.7"], "203.0.113.7"),
    ] {
        assert_eq!(by_rfc(lines), client, "{lines:?}");
    }
}

#[test]
fn what_is_no_network_is_refused_by_name() {
    for text in ["", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.0/8/8", "10.0.0.1:80"] {
        let refused = Proxies::try_new(&[text.to_owned()], ProxyHeader::default()).unwrap_err().to_string();
        assert!(refused.contains(&format!("`{text}`")), "{refused}");
    }
}
