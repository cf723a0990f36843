//! What a movement is answered, by a server and by a command.

use std::process::Output;

use serde_json::Value;

use crate::history::Told;

/// Reads an answer of the admin API.
pub(super) fn of_server(http: u16, body: &Value) -> Told {
    let code = body["code"].as_str().unwrap_or_default();
    match http {
        200 => done(body),
        503 if code == "unavailable" => Told::Open,
        404 | 409 | 422 if !code.is_empty() => Told::Refused { code: code.to_owned() },
        _ => Told::Odd { what: format!("HTTP {http}: {body}") },
    }
}

/// Reads how a command has ended: 0 if it is done, 1 if the business says no, 2 for any other trouble.
pub(super) fn of_command(output: &Output) -> Told {
    let text = String::from_utf8_lossy(&output.stderr);
    let error = text.lines().rev().find_map(|line| serde_json::from_str::<Value>(line).ok()).unwrap_or_default();
    let code = error["code"].as_str().unwrap_or_default().to_owned();
    match (output.status.code(), code.as_str()) {
        (Some(0), _) => serde_json::from_slice(&output.stdout).map_or_else(
            |_| Told::Odd { what: format!("a command printed {}", String::from_utf8_lossy(&output.stdout)) },
            |body| done(&body),
        ),
        (Some(1), code) if !code.is_empty() => Told::Refused { code: code.to_owned() },
        (Some(2), code) if !matches!(code, "" | "internal" | "usage") => Told::Open,
        (status, _) => Told::Odd { what: format!("a command ended with {status:?}: {text}") },
    }
}

fn done(body: &Value) -> Told {
    match body["repeated"].as_bool() {
        Some(repeated) => Told::Done { repeated },
        None => Told::Odd { what: format!("what was done is told by {body}") },
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

    use serde_json::json;

    use super::*;

    fn ended(status: i32, stdout: &str, stderr: &str) -> Told {
        let status = ExitStatus::from_raw(status << 8);
        of_command(&Output { status, stdout: stdout.as_bytes().into(), stderr: stderr.as_bytes().into() })
    }

    fn refused(code: &str) -> Told {
        Told::Refused { code: code.to_owned() }
    }

    #[test]
    fn answers_of_servers_are_told_apart() {
        assert_eq!(of_server(200, &json!({ "repeated": true })), Told::Done { repeated: true });
        assert_eq!(of_server(409, &json!({ "code": "balance_too_low" })), refused("balance_too_low"));
        assert_eq!(of_server(503, &json!({ "code": "unavailable" })), Told::Open);
        assert!(matches!(of_server(500, &json!({ "code": "internal" })), Told::Odd { .. }));
        assert!(matches!(of_server(200, &json!({})), Told::Odd { .. }));
    }

    #[test]
    fn ends_of_commands_are_told_apart() {
        assert_eq!(ended(0, "{\"repeated\":false}\n", ""), Told::Done { repeated: false });
        assert_eq!(ended(1, "", "WARN slow\n{\"code\":\"reference_used\"}\n"), refused("reference_used"));
        assert_eq!(ended(2, "", "{\"code\":\"unavailable\"}\n"), Told::Open);
        assert!(matches!(ended(2, "", "{\"code\":\"internal\"}\n"), Told::Odd { .. }));
        assert!(matches!(ended(2, "", "panicked\n"), Told::Odd { .. }));
        assert!(matches!(ended(0, "", ""), Told::Odd { .. }));
    }
}
