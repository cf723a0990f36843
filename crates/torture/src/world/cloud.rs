//! The sandbox in a process of its own.

use std::{net::SocketAddr, path::Path, time::Duration};

use serde_json::{Value, json};

use super::program::Program;
use crate::{
    error::TortureError,
    plan::CloudFault,
    settings::{APP_KEY, APP_SECRET},
    state::{CloudGroup, Message},
    wire,
};

const STARTED_WITHIN: Duration = Duration::from_secs(30);

/// The cloud.
pub(crate) struct Cloud {
    program: Program,
    pub(crate) address: SocketAddr,
    /// It answers nothing meanwhile, not even us.
    is_stopped: bool,
}

impl Cloud {
    pub(crate) fn start(hongbao: &Path, folder: &Path) -> Result<Self, TortureError> {
        let arguments = ["sandbox", "--app-key", APP_KEY, "--app-secret", APP_SECRET, "--listen", "127.0.0.1:0"];
        let command: Vec<_> = [hongbao.display().to_string()].into_iter().chain(arguments.map(str::to_owned)).collect();
        let mut program = Program::start(&command, &[], folder, &folder.join("cloud.log"))?;
        let address = program.listening(STARTED_WITHIN)?;
        Ok(Self { program, address, is_stopped: false })
    }

    pub(crate) fn arm(&self, fault: &CloudFault) -> Result<(), TortureError> {
        let CloudFault { path, fault, when, times } = fault;
        let mut order = json!({ "path": path, "fault": fault, "when": when, "times": times });
        if let Ok(code) = fault.parse::<u16>() {
            (order["fault"], order["code"]) = ("code".into(), code.into());
        }
        self.order("POST", "/sandbox/faults", &order.to_string())
    }

    /// Executes what was given up.
    pub(crate) fn release_late(&self) -> Result<(), TortureError> {
        self.order("POST", "/sandbox/late/release", "")
    }

    pub(crate) fn stop(&mut self) -> Result<(), TortureError> {
        self.is_stopped = true;
        self.program.signal("STOP")
    }

    pub(crate) fn go(&mut self) -> Result<(), TortureError> {
        self.is_stopped = false;
        self.program.signal("CONT")
    }

    /// Mends all, and executes what is still to be executed.
    pub(crate) fn mend(&mut self) -> Result<(), TortureError> {
        self.go()?;
        self.order("DELETE", "/sandbox/faults", "")?;
        self.release_late()
    }

    fn order(&self, method: &str, path: &str, body: &str) -> Result<(), TortureError> {
        if self.is_stopped {
            return Ok(());
        }
        match wire::ask(self.address, method, path, body)? {
            // Too many faults are armed already: one more would make no difference.
            (200..300 | 409, _) => Ok(()),
            (status, body) => Err(TortureError::new(format!("the sandbox answers {path} with {status}: {body}"))),
        }
    }
}

/// Gives a user's inbox, oldest first.
pub(crate) fn inbox(cloud: SocketAddr, user: &str) -> Result<Vec<Message>, TortureError> {
    let (_, inbox) = wire::ask(cloud, "GET", &format!("/sandbox/messages?userId={user}"), "")?;
    let text = |message: &Value, key: &str| message[key].as_str().unwrap_or_default().to_owned();
    let read = |message: &Value| Message {
        from: text(message, "fromUserId"),
        object_name: text(message, "objectName"),
        content: text(message, "content"),
        uid: text(message, "messageUID"),
    };
    let messages = inbox.as_array().ok_or_else(|| TortureError::new(format!("this is no inbox: {inbox}")))?;
    Ok(messages.iter().map(read).collect())
}

/// Gives a group, if there ever was such a one.
pub(crate) fn group(cloud: SocketAddr, id: &str) -> Result<Option<CloudGroup>, TortureError> {
    let (status, group) = wire::ask(cloud, "GET", &format!("/sandbox/groups/{id}"), "")?;
    if status == 404 {
        return Ok(None);
    }
    let members = group["members"].as_array().map_or(&[][..], Vec::as_slice);
    let members = members.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Some(CloudGroup { members, is_dismissed: group["dismissed"] == json!(true) }))
}

/// Gives a user's name.
pub(crate) fn name(cloud: SocketAddr, user: &str) -> Result<String, TortureError> {
    let (_, profile) = wire::ask(cloud, "GET", &format!("/sandbox/users/{user}"), "")?;
    Ok(profile["name"].as_str().unwrap_or_default().to_owned())
}
