//! Addresses of webhooks: what may be called is https, has no credentials, and leads to no address within, by another reading.
#![no_main]

use hongbao_domain::webhook::WebhookUrl;
use hongbao_webhooks::{BadTarget, check_target};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    check(text);
    // Most of what is thought of is no address; as a host it may be one.
    check(&format!("https://{text}/hooks"));
    check(&format!("https://[{text}]/hooks"));
});

fn check(text: &str) {
    let Ok(url) = text.parse::<WebhookUrl>() else { return };
    match check_target(&url, false) {
        Ok(()) => {
            assert_eq!(check_target(&url, true), Ok(()), "{text}: what may be called by all may be called within");
            let (scheme, credentials, host) = read(text).expect("what may be called has a host");
            assert_eq!(scheme, "https", "{text}");
            assert!(credentials.trim_matches(':').is_empty(), "{text} has credentials");
            if let Some(address) = literal(&host) {
                assert!(!is_within(address), "{text} leads to {address:032x}");
            }
            let name = host.trim_end_matches('.');
            assert!(name != "localhost" && !name.ends_with(".localhost"), "{text} leads here");
        }
        Err(BadTarget::Private) => {
            let (_, _, host) = read(text).expect("what is private has a host");
            let name = host.trim_end_matches('.');
            let is_local = name == "localhost" || name.ends_with(".localhost");
            assert!(is_local || literal(&host).is_none_or(is_within), "{text} is refused and leads out");
        }
        Err(BadTarget::Credentials) => assert!(text.contains('@'), "{text} has no credentials"),
        Err(BadTarget::NotSecure) => assert!(!text.to_ascii_lowercase().starts_with("https://"), "{text} is https"),
        Err(BadTarget::Malformed) => {}
    }
}

/// Gives scheme, credentials and host of an address, the host as those write it who look it up.
fn read(text: &str) -> Option<(String, &str, String)> {
    let (scheme, rest) = text.split_once(':')?;
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = &rest[..rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len())];
    let (credentials, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = match place.split_once(']') {
        Some((host, _port)) => format!("{host}]"),
        None => place.split(':').next()?.to_owned(),
    };
    Some((scheme.to_ascii_lowercase(), credentials, plain(&unescaped(&host))))
}

fn unescaped(host: &str) -> String {
    let (bytes, mut plain) = (host.as_bytes(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        let digits = host.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.filter(|_| bytes[at] == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Writes letters, digits and dots of other kinds as the plain ones that a name means by them.
fn plain(host: &str) -> String {
    let digit = |from: u32, character: char| char::from_digit((u32::from(character) - from) % 10, 10);
    host.chars()
        .filter_map(|character| match character {
            // Nothing is seen of these.
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => None,
            '。' | '．' | '｡' => Some('.'),
            '！'..='～' => char::from_u32(u32::from(character) - 0xfee0),
            '¹' => Some('1'),
            '²' => Some('2'),
            '³' => Some('3'),
            '⁰' | '⁴'..='⁹' => digit(0x2070, character),
            '₀'..='₉' => digit(0x2080, character),
            '①'..='⑨' => digit(0x245f, character),
            '𝟎'..='𝟿' => digit(0x1d7ce, character),
            _ => Some(character),
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Gives the address that a host is, if it is one: those of version 4 in the place that version 6 has for them.
fn literal(host: &str) -> Option<u128> {
    match host.strip_prefix('[') {
        Some(rest) => six(rest.strip_suffix(']')?),
        None => four(host).map(of_four),
    }
}

const fn of_four(address: u32) -> u128 {
    0xffff_0000_0000 | address as u128
}

/// One to four numbers, each decimal, octal or hexadecimal; the last one has all bytes that are left.
fn four(host: &str) -> Option<u32> {
    let parts: Vec<&str> = host.strip_suffix('.').unwrap_or(host).split('.').collect();
    let numbers: Option<Vec<u64>> = parts.into_iter().map(number).collect();
    let numbers = numbers?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) || *last >= 1 << (8 * (4 - first.len())) {
        return None;
    }
    let high = first.iter().enumerate().map(|(place, part)| part << (8 * (3 - place))).sum::<u64>();
    u32::try_from(high + last).ok()
}

fn number(part: &str) -> Option<u64> {
    if part.is_empty() {
        return None;
    }
    let (digits, radix) = match part.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if part.len() > 1 && part.starts_with('0') => (&part[1..], 8),
        None => (part, 10),
    };
    if digits.is_empty() {
        return Some(0);
    }
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    Some(u64::from_str_radix(digits, radix).unwrap_or(u64::MAX))
}

/// Eight groups, of which `::` stands for as many zeros as are missing; the last two may be written like version 4.
fn six(text: &str) -> Option<u128> {
    let (head, tail) = text.split_once("::").map_or((text, None), |(head, tail)| (head, Some(tail)));
    let groups = |text: &str| -> Option<Vec<u16>> {
        let mut all = Vec::new();
        for group in text.split(':').filter(|_| !text.is_empty()) {
            if group.contains('.') {
                let parts: Option<Vec<u8>> = group.split('.').map(|part| part.parse().ok()).collect();
                let [a, b, c, d] = *parts? else { return None };
                all.extend([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
            } else {
                all.push(u16::from_str_radix(group, 16).ok()?);
            }
        }
        Some(all)
    };
    let (head, tail) = (groups(head)?, tail.map(groups));
    let tail = match tail {
        Some(tail) => tail?,
        None => Vec::new(),
    };
    let zeros = 8_usize.checked_sub(head.len() + tail.len())?;
    let all = head.into_iter().chain(std::iter::repeat_n(0, zeros)).chain(tail);
    Some(all.fold(0, |sum, group| sum << 16 | u128::from(group)))
}

/// Networks of version 4 that are not the public Internet, and how many bits name each.
const FOUR: [(u32, u32); 17] = [
    (0x0000_0000, 8),  // this network
    (0x0a00_0000, 8),  // private
    (0x6440_0000, 10), // shared
    (0x7f00_0000, 8),  // loopback
    (0xa9fe_0000, 16), // link-local
    (0xac10_0000, 12), // private
    (0xc000_0000, 24), // protocols
    (0xc000_0200, 24), // examples
    (0xc058_6300, 24), // relays
    (0xc0a8_0000, 16), // private
    (0xc612_0000, 15), // benchmarks
    (0xc633_6400, 24), // examples
    (0xcb00_7100, 24), // examples
    (0xe000_0000, 4),  // multicast
    (0xf000_0000, 4),  // reserved
    (0xffff_ffff, 32), // all
    (0x0000_0000, 32), // none
];

fn is_within(address: u128) -> bool {
    let is_in = |network: u128, bits: u32| (address ^ network) >> (128 - bits) == 0;
    let four = |address: u32| FOUR.iter().any(|(network, bits)| (address ^ network).checked_shr(32 - bits) == Some(0));
    let word = |shift: u32| u32::try_from(address >> shift & 0xffff_ffff).expect("it has 32 bits");
    if is_in(of_four(0), 96) || is_in(0x64_ff9b << 96, 96) {
        return four(word(0));
    }
    if is_in(0x2002 << 112, 16) {
        return four(word(80));
    }
    // What is given out, less what is set apart of it: protocols, examples, documentation.
    !is_in(0x2000 << 112, 3) || is_in(0x2001 << 112, 23) || is_in(0x2001_0db8 << 96, 32) || is_in(0x3fff << 112, 20)
}
