//! What goes wrong on which path, and its JSON: flat, and therefore able to say what makes no sense.

use serde::{Deserialize, Serialize};

use super::{Mishap, When};
use crate::{Code, api};

/// Something that goes wrong with the next requests on one path.
///
/// Its JSON is that of the control API; reading it also checks that the path is one that the sandbox serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Order", into = "Order")]
pub struct Fault {
    pub(super) path: String,
    pub(super) mishap: Mishap,
    pub(super) times: u32,
}

impl Fault {
    /// Makes the next request on `path` fail once.
    ///
    /// A path that the sandbox does not serve is never struck: the fault just stays armed.
    pub fn new(path: impl Into<String>, mishap: Mishap) -> Self {
        Self { path: path.into(), mishap, times: 1 }
    }

    /// Makes that many requests fail instead of one. Zero arms nothing.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

/// The JSON of a fault.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    path: String,
    fault: Kind,
    #[serde(default)]
    when: When,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(default = "once")]
    times: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Reject,
    RateLimit,
    Code,
    ServerError,
    Timeout,
    Reset,
    Garbage,
    Drip,
    Truncate,
}

fn once() -> u32 {
    1
}

impl TryFrom<Order> for Fault {
    type Error = String;

    fn try_from(order: Order) -> Result<Self, String> {
        if api::find_documented(&order.path).is_none() {
            let served: Vec<&str> = api::paths().collect();
            return Err(format!("path must be one of {}, or another that the cloud documents", served.join(", ")));
        }
        if order.times == 0 {
            return Err("times must be at least 1".to_owned());
        }
        if order.code.is_some() && order.fault != Kind::Code {
            return Err("code belongs to the fault code".to_owned());
        }
        let mishap = match (order.fault, order.when) {
            (Kind::Reject, When::Before) => Mishap::Reject,
            (Kind::RateLimit, When::Before) => Mishap::RateLimit,
            (Kind::Reject | Kind::RateLimit, When::After | When::Later) => {
                return Err("reject and rate_limit happen only before".to_owned());
            }
            (Kind::Code, when) => Mishap::Code(read_code(order.code, when)?, when),
            (Kind::ServerError, when) => Mishap::ServerError(when),
            (Kind::Timeout, when) => Mishap::Timeout(when),
            (Kind::Reset, when) => Mishap::Reset(when),
            (Kind::Garbage, when) => Mishap::Garbage(when),
            (Kind::Drip, when) => Mishap::Drip(when),
            (Kind::Truncate, when) => Mishap::Truncate(when),
        };
        Ok(Self::new(order.path, mishap).times(order.times))
    }
}

fn read_code(code: Option<u16>, when: When) -> Result<Code, String> {
    let Some(code) = code.and_then(Code::parse) else {
        let known: Vec<String> = Code::all().map(|code| code.value().to_string()).collect();
        return Err(format!("code must be one of {}", known.join(", ")));
    };
    if when != When::Before && !code.leaves_open() {
        return Err(format!("code {} happens only before", code.value()));
    }
    Ok(code)
}

impl From<Fault> for Order {
    fn from(fault: Fault) -> Self {
        Self {
            path: fault.path,
            fault: match fault.mishap {
                Mishap::Reject => Kind::Reject,
                Mishap::RateLimit => Kind::RateLimit,
                Mishap::Code(..) => Kind::Code,
                Mishap::ServerError(_) => Kind::ServerError,
                Mishap::Timeout(_) => Kind::Timeout,
                Mishap::Reset(_) => Kind::Reset,
                Mishap::Garbage(_) => Kind::Garbage,
                Mishap::Drip(_) => Kind::Drip,
                Mishap::Truncate(_) => Kind::Truncate,
            },
            when: fault.mishap.when(),
            code: code(fault.mishap),
            times: fault.times,
        }
    }
}

fn code(mishap: Mishap) -> Option<u16> {
    match mishap {
        Mishap::Code(code, _) => Some(code.value()),
        Mishap::Reject
        | Mishap::RateLimit
        | Mishap::ServerError(_)
        | Mishap::Timeout(_)
        | Mishap::Reset(_)
        | Mishap::Garbage(_)
        | Mishap::Drip(_)
        | Mishap::Truncate(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/user/getToken.json";

    #[test]
    fn every_fault_reads_back_as_it_was_written() {
        let whens = [When::Before, When::After, When::Later];
        let executed = whens.into_iter().flat_map(|when| {
            let open = Mishap::Code(Code::parse(1050).unwrap(), when);
            let silent = [Mishap::Timeout(when), Mishap::Reset(when)];
            let broken = [Mishap::Garbage(when), Mishap::Drip(when), Mishap::Truncate(when)];
            [open, Mishap::ServerError(when)].into_iter().chain(silent).chain(broken)
        });
        let definite = Mishap::Code(Code::parse(1009).unwrap(), When::Before);

        for mishap in [Mishap::Reject, Mishap::RateLimit, definite].into_iter().chain(executed) {
            let fault = Fault::new(PATH, mishap).times(3);
            let json = serde_json::to_string(&fault).unwrap();
            assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault);
        }
    }

    #[test]
    fn a_fault_happens_once_and_before_unless_told_otherwise() {
        let json = format!(r#"{{"path": "{PATH}", "fault": "garbage"}}"#);

        let fault: Fault = serde_json::from_str(&json).unwrap();

        assert_eq!(fault, Fault::new(PATH, Mishap::Garbage(When::Before)));
    }
}
