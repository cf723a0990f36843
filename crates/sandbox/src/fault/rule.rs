//! What goes wrong on which path, and its JSON: flat, and therefore able to say what makes no sense.

use serde::{Deserialize, Serialize};

use super::{InjectedFault, When};
use crate::{Code, api};

/// Something that goes wrong with the next requests on one path.
///
/// Its JSON is that of the control API; reading it also checks that the path is one that the sandbox serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Order", into = "Order")]
pub struct FaultRule {
    pub(super) path: String,
    pub(super) fault: InjectedFault,
    pub(super) times: u32,
}

impl FaultRule {
    /// Makes the next request on `path` fail once.
    ///
    /// A path that the sandbox does not serve never gets a request: the rule just stays armed.
    pub fn new(path: impl Into<String>, fault: InjectedFault) -> Self {
        Self { path: path.into(), fault, times: 1 }
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

impl TryFrom<Order> for FaultRule {
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
        let fault = match (order.fault, order.when) {
            (Kind::Reject, When::Before) => InjectedFault::Reject,
            (Kind::RateLimit, When::Before) => InjectedFault::RateLimit,
            (Kind::Reject | Kind::RateLimit, When::After | When::Later) => {
                return Err("reject and rate_limit happen only before".to_owned());
            }
            (Kind::Code, when) => InjectedFault::Code(read_code(order.code, when)?, when),
            (Kind::ServerError, when) => InjectedFault::ServerError(when),
            (Kind::Timeout, when) => InjectedFault::Timeout(when),
            (Kind::Reset, when) => InjectedFault::Reset(when),
            (Kind::Garbage, when) => InjectedFault::Garbage(when),
            (Kind::Drip, when) => InjectedFault::Drip(when),
            (Kind::Truncate, when) => InjectedFault::Truncate(when),
        };
        Ok(Self::new(order.path, fault).times(order.times))
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

impl From<FaultRule> for Order {
    fn from(rule: FaultRule) -> Self {
        Self {
            path: rule.path,
            fault: match rule.fault {
                InjectedFault::Reject => Kind::Reject,
                InjectedFault::RateLimit => Kind::RateLimit,
                InjectedFault::Code(..) => Kind::Code,
                InjectedFault::ServerError(_) => Kind::ServerError,
                InjectedFault::Timeout(_) => Kind::Timeout,
                InjectedFault::Reset(_) => Kind::Reset,
                InjectedFault::Garbage(_) => Kind::Garbage,
                InjectedFault::Drip(_) => Kind::Drip,
                InjectedFault::Truncate(_) => Kind::Truncate,
            },
            when: rule.fault.when(),
            code: code(rule.fault),
            times: rule.times,
        }
    }
}

fn code(fault: InjectedFault) -> Option<u16> {
    match fault {
        InjectedFault::Code(code, _) => Some(code.value()),
        InjectedFault::Reject
        | InjectedFault::RateLimit
        | InjectedFault::ServerError(_)
        | InjectedFault::Timeout(_)
        | InjectedFault::Reset(_)
        | InjectedFault::Garbage(_)
        | InjectedFault::Drip(_)
        | InjectedFault::Truncate(_) => None,
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
            let open = InjectedFault::Code(Code::parse(1050).unwrap(), when);
            let silent = [InjectedFault::Timeout(when), InjectedFault::Reset(when)];
            let broken = [InjectedFault::Garbage(when), InjectedFault::Drip(when), InjectedFault::Truncate(when)];
            [open, InjectedFault::ServerError(when)].into_iter().chain(silent).chain(broken)
        });
        let definite = InjectedFault::Code(Code::parse(1009).unwrap(), When::Before);

        for fault in [InjectedFault::Reject, InjectedFault::RateLimit, definite].into_iter().chain(executed) {
            let fault = FaultRule::new(PATH, fault).times(3);
            let json = serde_json::to_string(&fault).unwrap();
            assert_eq!(serde_json::from_str::<FaultRule>(&json).unwrap(), fault);
        }
    }

    #[test]
    fn a_fault_happens_once_and_before_unless_told_otherwise() {
        let json = format!(r#"{{"path": "{PATH}", "fault": "garbage"}}"#);

        let fault: FaultRule = serde_json::from_str(&json).unwrap();

        assert_eq!(fault, FaultRule::new(PATH, InjectedFault::Garbage(When::Before)));
    }
}
