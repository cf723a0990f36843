use std::path::Path;

use super::*;

fn options(text: &str) -> PgConnectOptions {
    let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    address.options().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(text: &str) -> AddressError {
    text.parse::<Address>().expect_err(text)
}

/// Text, host or folder of the socket, port, user, database; all by <https://www.postgresql.org/docs/current/libpq-connect.html>.
#[test]
fn what_libpq_takes_is_taken() {
    for (text, host, port, user, database) in [
        ("postgres://hb@db:5433/hongbao", "db", 5433, "hb", "hongbao"),
        ("postgresql://hb@db/hongbao", "db", 5432, "hb", "hongbao"),
        ("postgres://hb:s3cret@db/hongbao?sslmode=require", "db", 5432, "hb", "hongbao"),
        ("postgres://hb@[::1]:5433/hongbao", "::1", 5433, "hb", "hongbao"),
        ("postgres://hb@[fe80::1]/hongbao", "fe80::1", 5432, "hb", "hongbao"),
        ("postgres://hb@/hongbao?host=/run/postgresql", "/run/postgresql", 5432, "hb", "hongbao"),
        ("postgres:///hongbao?host=/run/postgresql&user=hb&port=5433", "/run/postgresql", 5433, "hb", "hongbao"),
        ("postgres://hb@%2Frun%2Fpostgresql:5433/hongbao", "/run/postgresql", 5433, "hb", "hongbao"),
        ("postgres://db/hongbao?user=hb&password=s3cret", "db", 5432, "hb", "hongbao"),
        ("postgres://other@db/other?user=hb&dbname=hongbao", "db", 5432, "hb", "hongbao"),
        ("postgres://h%40b:p%23%2F%40@db/hong%20bao", "db", 5432, "h@b", "hong bao"),
        ("postgres://hb:a:b@db/hongbao", "db", 5432, "hb", "hongbao"),
        ("postgres://hb@/hongbao?hostaddr=::1", "::1", 5432, "hb", "hongbao"),
        ("host=127.0.0.1 port=5433 user=hb password=s3cret dbname=hongbao", "127.0.0.1", 5433, "hb", "hongbao"),
        (" host = /run/postgresql  user='h b' dbname='it\\'s'", "/run/postgresql", 5432, "h b", "it's"),
        ("user=hb dbname=hongbao host=::1 options=''", "::1", 5432, "hb", "hongbao"),
    ] {
        let options = options(text);
        let place = options.get_socket().map_or(Path::new(options.get_host()), |socket| socket.as_path());
        assert_eq!(place, Path::new(host), "{text}");
        let found = (options.get_port(), options.get_username(), options.get_database());
        assert_eq!(found, (port, user, Some(database)), "{text}");
    }
}

#[test]
fn a_password_arrives_as_it_was_meant() {
    for text in [
        "postgres://hb:p%23%2F%40%3A%25%C3%A9+%20@db/hongbao",
        "postgres://db/hongbao?user=hb&password=p%23%2F%40%3A%25%C3%A9%2B%20",
        "host=db user=hb password='p#/@:%é+ '",
    ] {
        let address: Address = text.parse().unwrap();
        assert_eq!(address.get(Keyword::Password), Some("p#/@:%é+ "), "{text}");
        let debugged = format!("{:?}", options(text));
        assert!(debugged.contains(r#"password: Some("p#/@:%é+ ")"#), "it reaches the library");
    }
}

#[test]
fn a_character_that_must_be_encoded_is_named() {
    for (text, raw) in [
        ("postgres://hb:top#secret@db/hongbao", '#'),
        ("postgres://hb:top/secret@db/hongbao", '/'),
        ("postgres://hb:top@secret@db/hongbao", '@'),
        ("postgres://hb:top?secret@db/hongbao", '?'),
        ("postgres://hb:to?p=secret@db/hongbao?sslmode=require", '?'),
        ("postgres://hb:to@p?secret@db/hongbao", '@'),
        ("postgres://hb@db/hongbao?password=top@secret", '@'),
    ] {
        assert_eq!(error(text), AddressError::Raw(raw), "{text}");
        assert!(error(text).to_string().contains("percent-encode"), "{text}");
    }
    for text in
        ["postgres://hb:top%secret@db/hongbao", "postgres://hb:%ff@db/x", "postgres://hb:%00@db/x", "postgres://%@x"]
    {
        assert_eq!(error(text), AddressError::Percent, "{text}");
    }
}

#[test]
fn what_is_not_taken_is_answered_by_what_to_write_instead() {
    for (text, wrong) in [
        ("", AddressError::Form),
        ("hb:topsecret@h/hb", AddressError::Form),
        ("mysql://hb:topsecret@h/hb", AddressError::Form),
        ("password", AddressError::Form),
        ("postgres://hb@::1/hongbao", AddressError::Ipv6),
        ("postgres://hb@[::1/hongbao", AddressError::Ipv6),
        ("postgres://hb@[::1]5432/hongbao", AddressError::Ipv6),
        ("postgres://hb:topsecret/hongbao", AddressError::Port),
        ("postgres://hb@db:70000/hongbao", AddressError::Port),
        ("postgres://hb@one,two/hongbao", AddressError::SeveralHosts),
        ("postgres://hb@/hongbao?host=one,two", AddressError::SeveralHosts),
        ("host=db hostaddr=10.0.0.1", AddressError::HostTwice),
        ("hostaddr=db", AddressError::HostAddr),
        ("postgres://hb@db/hongbao?sslmode=topsecret", AddressError::SslMode),
        ("postgres://hb@db/hongbao?topsecret=topsecret", AddressError::Unknown),
        ("postgres://hb@db/hongbao?topsecret", AddressError::Unknown),
        ("host=db password='topsecret", AddressError::Pairs),
        ("host=db password=top secret", AddressError::Pairs),
        ("host=db password=top secret=topsecret", AddressError::Pairs),
    ] {
        assert_eq!(error(text), wrong, "{text}");
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
    }
    let refused = error("postgres://hb@db/hongbao?sslpassword=topsecret").to_string();
    assert!(refused.starts_with("sslpassword is not supported: ") && !refused.contains("secret"), "{refused}");
}

#[test]
fn an_address_is_shown_as_a_url_without_its_password() {
    for (text, shown) in [
        ("postgres://hb:s3cret@db:5432/hongbao?sslmode=require", "postgres://hb:***@db:5432/hongbao?sslmode=require"),
        ("postgres://db/hongbao?user=hb&password=s3cret", "postgres://hb:***@db/hongbao"),
        ("postgres://db/hongbao?password=s3cret", "postgres://:***@db/hongbao"),
        ("postgres://hb@db/hongbao", "postgres://hb@db/hongbao"),
        ("postgres://hb:s3cret@[::1]:5432/hongbao", "postgres://hb:***@[::1]:5432/hongbao"),
        (
            "postgres://hb@/hongbao?host=/run/postgresql&port=5433",
            "postgres://hb@/hongbao?host=/run/postgresql&port=5433",
        ),
        ("host=127.0.0.1 user=hb password=s3cret dbname=hb", "postgres://hb:***@127.0.0.1/hb"),
    ] {
        let address: Address = text.parse().unwrap();
        assert_eq!(address.to_string(), shown);
        assert_eq!(format!("{address:?}"), shown);
        let again: Address = shown.parse().unwrap();
        assert_eq!(again.to_string(), shown, "what is shown is an address");
    }
}
