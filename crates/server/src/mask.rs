//! Messages of libraries that repeat what was given to them, without what may hold a password or a secret.

/// Whether a text may be the address of a database, well formed or not.
fn may_be_address(text: &str) -> bool {
    text.contains('@') || text.to_ascii_lowercase().contains("password")
}

/// Whether a text sets a secret.
fn may_set_secret(text: &str) -> bool {
    text.split_once('=').is_some_and(|(key, _)| key.to_ascii_lowercase().contains("secret"))
}

/// Masks arguments of the command line that a message repeats.
pub(crate) fn arguments(message: &str, arguments: impl IntoIterator<Item = String>) -> String {
    let given = arguments.into_iter().filter(|argument| may_be_address(argument) || may_set_secret(argument));
    given.fold(message.to_owned(), |message, argument| {
        // Of `--set database.url=…` only the value may be repeated.
        let value = argument.split_once('=').map_or("", |(_, value)| value);
        let message = message.replace(&argument, "***");
        if value.is_empty() { message } else { message.replace(value, "***") }
    })
}

/// Masks values that a message quotes in `"` or `` ` ``.
pub(crate) fn quoted(message: &str) -> String {
    let (mut masked, mut rest) = (String::with_capacity(message.len()), message);
    while let Some(start) = rest.find(['"', '`']) {
        let (before, after) = rest.split_at(start + 1);
        masked.push_str(before);
        let quote = if before.ends_with('"') { '"' } else { '`' };
        let end = end_of(after, quote);
        let (value, after) = after.split_at(end);
        masked.push_str(if may_be_address(value) { "***" } else { value });
        let closing = quote.len_utf8().min(after.len());
        masked.push_str(&after[..closing]);
        rest = &after[closing..];
    }
    masked + rest
}

/// Finds the end of a quote in which `\` stands before a quote that is part of it.
fn end_of(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, next) in text.char_indices() {
        if next == quote && !is_escaped {
            return at;
        }
        is_escaped = next == '\\' && !is_escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_quoted_is_masked_whole_and_other_values_are_not() {
        for (message, masked) in [
            (
                r#"invalid type: string "postgres://hb:s3cret@h/hb", expected an integer"#,
                r#"invalid type: string "***", expected an integer"#,
            ),
            (r#"string "host=h password='my \"s3cret' dbname=hb", expected"#, r#"string "***", expected"#),
            (
                "`hb:s3cret@h` is neither none nor transaction for key `database.pooler`",
                "`***` is neither none nor transaction for key `database.pooler`",
            ),
            (
                r#"invalid type: string "soon", expected a boolean"#,
                r#"invalid type: string "soon", expected a boolean"#,
            ),
            (r#"an open quote "hb:s3cret@h"#, r#"an open quote "***"#),
        ] {
            assert_eq!(quoted(message), masked);
        }
    }

    #[test]
    fn an_argument_that_is_repeated_is_masked() {
        let given =
            ["hongbao", "migrate", "postgres://hb:s3cret@h/hb", "--set=x=password='my s3cret'", "im.app_secret=s3cret"]
                .map(str::to_owned);
        for message in [
            "unexpected argument 'postgres://hb:s3cret@h/hb' found",
            "unexpected argument 'im.app_secret=s3cret' found",
            "invalid value 'x=password='my s3cret'' for '--set <SECTION.KEY=VALUE>'",
        ] {
            let masked = arguments(message, given.clone());
            assert!(masked.contains("***") && !masked.contains("s3cret"), "{masked}");
        }
        assert_eq!(arguments("unrecognized subcommand 'migrat'", given), "unrecognized subcommand 'migrat'");
        let url = "invalid value 'https://127.0.0.1:80' for '--url'";
        assert_eq!(arguments(url, ["https://127.0.0.1:80".to_owned()]), url, "no user stands in it");
    }
}
