//! A running demo: its server, its sandbox, and what its users do.

use std::{net::SocketAddr, process::Command, time::Duration};

use serde_json::{Value, json};

use super::{Answer, Background, Folder, Program, QUICKLY, get, post, until};

const PUBLISH: &str = "/im/msg_redpack_publish";
const ACCEPT: &str = "/im/msg_redpack_accept";
const TO_THE_CLOUD: &str = "/message/private/publish.json";

/// The shortest lease that leaves a test 2 s to act while one single try to reach the cloud is held.
pub(crate) const BRISK: [&str; 7] = [
    "im.timeout=2s",
    "im.attempt_timeout=2s",
    "im.connect_timeout=500ms",
    "im.pacing=100ms",
    "http.deadline=4100ms",
    "red_packet.lease=6100ms",
    "red_packet.clean_up_interval=200ms",
];

/// Whatever a brisk server leaves behind is resolved within its lease + 5 s.
pub(crate) const RESOLVED_WITHIN: Duration = Duration::from_millis(6100 + 5000);

/// A demo that is ready. Dropping it kills it.
pub(crate) struct Demo {
    pub(crate) program: Program,
    pub(crate) http: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) sandbox: SocketAddr,
}

impl Demo {
    /// Starts on free ports and waits until the banner tells which.
    #[track_caller]
    pub(crate) fn start(folder: &Folder, settings: &[&str]) -> Self {
        Self::of(Program::start(&mut Self::command(folder, settings)))
    }

    /// How a demo is started on free ports.
    pub(crate) fn command(folder: &Folder, settings: &[&str]) -> Command {
        let mut command = folder.hongbao(&["serve", "--demo"]);
        let ports = ["http.listen=127.0.0.1:0", "sandbox.listen=127.0.0.1:0"];
        command.args(ports.iter().chain(settings).flat_map(|setting| ["--set", setting]));
        command
    }

    /// Reads off the banner where a demo listens.
    #[track_caller]
    pub(crate) fn of(mut program: Program) -> Self {
        let banner = program.wait_for("the whole banner", 2 * QUICKLY, |program| {
            Some(program.stdout()).filter(|banner| banner.contains("Ctrl-C stops it"))
        });
        let [http, admin, sandbox] = ["API ", "Admin ", "Sandbox "].map(|name| address(&banner, name));
        Self { program, http, admin, sandbox }
    }

    /// Ctrl-C, and a good end. Gives all that was printed and logged.
    #[track_caller]
    pub(crate) fn stop(self) -> (String, String) {
        self.program.signal("INT");
        let (status, stdout, stderr) = self.program.ended(QUICKLY);
        assert_eq!(status.code(), Some(0), "{stderr}");
        (stdout, stderr)
    }

    /// Alice sends bob 8.88 CNY, and it must succeed. Gives the packet's id.
    #[track_caller]
    pub(crate) fn publish(&self) -> String {
        let answer = post(self.http, PUBLISH, ALICE_TO_BOB).unwrap();
        assert_eq!(answer.verdict(), (0, ""), "{answer:?}");
        answer.data("transfer_id").to_owned()
    }

    /// The same in another thread, for a server that will not answer as usual.
    pub(crate) fn publish_in_background(&self) -> Background {
        Background::post(self.http, PUBLISH, ALICE_TO_BOB)
    }

    /// Bob takes a packet, or tries to.
    pub(crate) fn accept(&self, transfer_id: &str) -> Answer {
        post(self.http, ACCEPT, &bob_takes(transfer_id)).unwrap()
    }

    pub(crate) fn accept_in_background(&self, transfer_id: &str) -> Background {
        Background::post(self.http, ACCEPT, &bob_takes(transfer_id))
    }

    /// Lets the next message to the cloud hang, before or after it is delivered.
    #[track_caller]
    pub(crate) fn arm_timeout(&self, when: &str) {
        let fault = json!({ "path": TO_THE_CLOUD, "fault": "timeout", "when": when });
        assert_eq!(post(self.sandbox, "/sandbox/faults", &fault.to_string()).unwrap().http_status, 200);
    }

    /// Waits until the hanging message has reached the cloud.
    #[track_caller]
    pub(crate) fn wait_until_it_hangs(&self) {
        until(QUICKLY, "a message that hangs", || {
            get(self.sandbox, "/sandbox/faults").ok().filter(|armed| armed.body == json!([]))
        });
    }

    /// The messages in a user's inbox, as the cloud keeps them.
    pub(crate) fn inbox(&self, user: &str) -> Vec<Value> {
        let inbox = get(self.sandbox, &format!("/sandbox/messages?userId={user}")).unwrap();
        inbox.body.as_array().unwrap().clone()
    }

    /// Waits for the first message of a type, and gives the packet that it is about.
    #[track_caller]
    pub(crate) fn wait_for_message(&self, user: &str, object_name: &str) -> String {
        until(QUICKLY, "a message in the inbox", || {
            let inbox = self.inbox(user);
            let message = inbox.iter().find(|message| message["objectName"] == object_name)?;
            let content: Value = serde_json::from_str(message["content"].as_str()?).unwrap();
            Some(content["transfer_id"].as_str()?.to_owned())
        })
    }
}

const ALICE_TO_BOB: &str = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=8.88&content=good+luck";

fn bob_takes(transfer_id: &str) -> String {
    format!("session_key=demo-bob&transfer_id={transfer_id}")
}

/// Reads an address off the banner.
#[track_caller]
fn address(banner: &str, label: &str) -> SocketAddr {
    let line = banner.lines().find_map(|line| line.trim_start().strip_prefix(label)).unwrap();
    line.trim_start().strip_prefix("http://").unwrap().split(' ').next().unwrap().parse().unwrap()
}
