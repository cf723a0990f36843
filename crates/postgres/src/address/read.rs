//! Taking an address apart.

use std::{iter::Peekable, str::Chars};

use super::{AddressError, Keyword};

/// What an address sets, in order; a later one of the same name counts.
pub(super) type Pairs = Vec<(Keyword, String)>;

/// Reads what follows `postgres://`.
pub(super) fn url(rest: &str) -> Result<Pairs, AddressError> {
    if rest.contains('#') {
        return Err(AddressError::Raw('#'));
    }
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = place.split_once('/').unwrap_or((place, ""));
    // A password ends at the last `@`. If that is further on, what looks like the end of the host is part of it.
    if query.contains('@') {
        return Err(AddressError::Raw(if authority.contains('@') { '@' } else { '?' }));
    }
    if database.contains('@') {
        return Err(AddressError::Raw('/'));
    }
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if user.contains('@') {
        return Err(AddressError::Raw('@'));
    }
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, port) = host_and_port(host)?;
    let mut pairs = vec![
        (Keyword::User, decoded(user)?),
        (Keyword::Password, decoded(password)?),
        (Keyword::Host, decoded(host)?),
        (Keyword::Port, decoded(port)?),
        (Keyword::Dbname, decoded(database)?),
    ];
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').ok_or(AddressError::Unknown)?;
        let (name, value) = (decoded(name)?, decoded(value)?);
        // As libpq has it, for the URLs of Java.
        if name == "ssl" && value == "true" {
            pairs.push((Keyword::SslMode, "require".to_owned()));
        } else {
            pairs.push((Keyword::parse(&name)?, value));
        }
    }
    Ok(pairs)
}

fn host_and_port(text: &str) -> Result<(&str, &str), AddressError> {
    if text.contains(',') {
        return Err(AddressError::SeveralHosts);
    }
    let Some(bracketed) = text.strip_prefix('[') else {
        return match text.split_once(':') {
            Some((_, port)) if port.contains(':') => Err(AddressError::Ipv6),
            Some(parts) => Ok(parts),
            None => Ok((text, "")),
        };
    };
    let (host, port) = bracketed.split_once(']').ok_or(AddressError::Ipv6)?;
    match port.strip_prefix(':') {
        Some(port) => Ok((host, port)),
        None if port.is_empty() => Ok((host, "")),
        None => Err(AddressError::Ipv6),
    }
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> Result<String, AddressError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or(AddressError::Percent);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).map_err(|_| AddressError::Percent)?);
    }
    String::from_utf8(bytes).map_err(|_| AddressError::Percent)
}

/// Reads `host=… user=…`: spaces may stand around `=`, and a value with spaces stands in single quotes.
pub(super) fn pairs(text: &str) -> Result<Pairs, AddressError> {
    let (mut pairs, mut rest) = (Vec::new(), text.chars().peekable());
    loop {
        skip_spaces(&mut rest);
        if rest.peek().is_none() {
            return Ok(pairs);
        }
        let mut name = String::new();
        while let Some(next) = rest.next_if(|next| *next != '=' && !next.is_whitespace()) {
            name.push(next);
        }
        skip_spaces(&mut rest);
        rest.next_if_eq(&'=').ok_or(AddressError::Pairs)?;
        skip_spaces(&mut rest);
        let value = value(&mut rest)?;
        // What follows a space in a password looks like a name.
        let told = |error| if error == AddressError::Unknown { AddressError::Pairs } else { error };
        let keyword = Keyword::parse(&name).map_err(told)?;
        pairs.push((keyword, value));
    }
}

fn skip_spaces(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(|next| next.is_whitespace()).is_some() {}
}

fn value(rest: &mut Peekable<Chars<'_>>) -> Result<String, AddressError> {
    let (mut value, is_quoted) = (String::new(), rest.next_if_eq(&'\'').is_some());
    loop {
        match rest.next_if(|next| is_quoted || !next.is_whitespace()) {
            Some('\'') if is_quoted => return Ok(value),
            Some('\\') => value.push(rest.next().ok_or(AddressError::Pairs)?),
            Some(next) => value.push(next),
            None if is_quoted => return Err(AddressError::Pairs),
            None => return Ok(value),
        }
    }
}
