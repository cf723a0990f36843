//! The sandbox: it reads the forms that we write, and no form makes it panic, or change anything while it refuses.
#![no_main]

#[allow(dead_code)]
#[path = "../../crates/rongcloud/src/call.rs"]
mod call;

use hongbao_sandbox::fuzzing::{form, perform, sandbox};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|calls: &[u8]| {
    written_by_us(calls);
    let sandbox = sandbox();
    sandbox.set_time(time::OffsetDateTime::UNIX_EPOCH);
    // One call is one line, whose first character names the endpoint.
    for line in calls.split(|byte| *byte == b'\n').take(16) {
        let Some((endpoint, body)) = line.split_first() else { continue };
        let before = format!("{sandbox:?}");
        match perform(&sandbox, (*endpoint).into(), body) {
            Ok(answer) => assert_eq!(answer["code"], 200, "{answer}"),
            Err((http_status, code)) => {
                assert!(http_status != 200 && code != 200, "HTTP {http_status} {code}");
                assert_eq!(format!("{sandbox:?}"), before, "a refused call changes nothing");
            }
        }
    }
});

/// Checks that what the adapter writes is what the sandbox reads. They share no code.
fn written_by_us(values: &[u8]) {
    let values = String::from_utf8_lossy(values);
    let fields: Vec<(&str, &str)> = values.split('\n').map(|value| ("content", value)).collect();
    let read = form(call::Form::of(fields.iter().copied()).as_str().as_bytes());
    assert!(read.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(fields));
}
