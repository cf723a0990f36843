//! A listening sandbox and a caller that signs for itself.
#![expect(clippy::unwrap_used, reason = "a stand that cannot be set up fails the test that wants it")]

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use hongbao_sandbox::{Options, Sandbox, serve};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) const GET_TOKEN: &str = "/user/getToken.json";
pub(crate) const PRIVATE: &str = "/message/private/publish.json";
pub(crate) const LEGACY: &str = "/message/publish.json";
pub(crate) const SYSTEM: &str = "/message/system/publish.json";
pub(crate) const GROUP: &str = "/message/group/publish.json";
pub(crate) const RECALL: &str = "/message/recall.json";
pub(crate) const REFRESH_USER: &str = "/user/refresh.json";
pub(crate) const INFO: &str = "/user/info.json";
pub(crate) const BLACKLIST_ADD: &str = "/user/blacklist/add.json";
pub(crate) const BLACKLIST_REMOVE: &str = "/user/blacklist/remove.json";
pub(crate) const BLACKLIST_QUERY: &str = "/user/blacklist/query.json";
pub(crate) const CREATE: &str = "/group/create.json";
pub(crate) const JOIN: &str = "/group/join.json";
pub(crate) const QUIT: &str = "/group/quit.json";
pub(crate) const DISMISS: &str = "/group/dismiss.json";
pub(crate) const REFRESH_GROUP: &str = "/group/refresh.json";
pub(crate) const QUERY_USERS: &str = "/group/user/query.json";
pub(crate) const SYNC: &str = "/group/sync.json";
pub(crate) const USER_GROUPS: &str = "/user/group/query.json";
pub(crate) const BAN_ADD: &str = "/group/ban/add.json";
pub(crate) const BAN_ROLLBACK: &str = "/group/ban/rollback.json";
pub(crate) const BAN_QUERY: &str = "/group/ban/query.json";
pub(crate) const GAG_ADD: &str = "/group/user/gag/add.json";
pub(crate) const GAG_ROLLBACK: &str = "/group/user/gag/rollback.json";
pub(crate) const GAG_LIST: &str = "/group/user/gag/list.json";
pub(crate) const WHITELIST_ADD: &str = "/group/user/ban/whitelist/add.json";
pub(crate) const WHITELIST_ROLLBACK: &str = "/group/user/ban/whitelist/rollback.json";
pub(crate) const WHITELIST_QUERY: &str = "/group/user/ban/whitelist/query.json";
pub(crate) const BLOCK: &str = "/user/block.json";
pub(crate) const UNBLOCK: &str = "/user/unblock.json";
pub(crate) const BLOCK_QUERY: &str = "/user/block/query.json";
pub(crate) const CHECK_ONLINE: &str = "/user/checkOnline.json";
pub(crate) const EXPIRE_TOKENS: &str = "/user/token/expire.json";

/// A request to each path with every parameter that it needs and no other.
pub(crate) const COMPLETE: [(&str, &[(&str, &str)]); 33] = [
    (GET_TOKEN, &[("userId", "alice")]),
    (REFRESH_USER, &[("userId", "alice")]),
    (INFO, &[("userId", "alice")]),
    (BLACKLIST_ADD, &[("userId", "alice"), ("blackUserId", "bob")]),
    (BLACKLIST_REMOVE, &[("userId", "alice"), ("blackUserId", "bob")]),
    (BLACKLIST_QUERY, &[("userId", "alice")]),
    (PRIVATE, &[("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", "HB:Test"), ("content", "{}")]),
    (GROUP, &[("fromUserId", "alice"), ("toGroupId", "friends"), ("objectName", "HB:Test"), ("content", "{}")]),
    (SYSTEM, &[("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", "HB:Test"), ("content", "{}")]),
    (LEGACY, &[("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", "HB:Test"), ("content", "{}")]),
    (RECALL, &[("fromUserId", "alice"), ("conversationType", "1"), ("targetId", "bob"), ("messageUID", "A-B-C-D")]),
    (CREATE, &[("userId", "alice"), ("groupId", "friends")]),
    (JOIN, &[("userId", "bob"), ("groupId", "friends")]),
    (QUIT, &[("userId", "bob"), ("groupId", "friends")]),
    (REFRESH_GROUP, &[("groupId", "friends"), ("groupName", "Friends")]),
    (QUERY_USERS, &[("groupId", "friends")]),
    (SYNC, &[("userId", "alice")]),
    (USER_GROUPS, &[("userId", "alice")]),
    (BAN_ADD, &[("groupId", "friends")]),
    (BAN_ROLLBACK, &[("groupId", "friends")]),
    (BAN_QUERY, &[]),
    (GAG_ADD, &[("userId", "bob"), ("minute", "1")]),
    (GAG_ROLLBACK, &[("userId", "bob")]),
    (GAG_LIST, &[]),
    (WHITELIST_ADD, &[("userId", "bob"), ("groupId", "friends")]),
    (WHITELIST_ROLLBACK, &[("userId", "bob"), ("groupId", "friends")]),
    (WHITELIST_QUERY, &[("groupId", "friends")]),
    (BLOCK, &[("userId", "bob"), ("minute", "1")]),
    (UNBLOCK, &[("userId", "bob")]),
    (BLOCK_QUERY, &[]),
    (CHECK_ONLINE, &[("userId", "bob")]),
    (EXPIRE_TOKENS, &[("userId", "bob"), ("time", "1615362955344")]),
    (DISMISS, &[("userId", "alice"), ("groupId", "friends")]),
];

pub(crate) const APP_KEY: &str = "testAppKey";
pub(crate) const APP_SECRET: &str = "testAppSecret";

/// Long enough for a busy machine to answer, short enough to wait for when no answer is due.
const TIMEOUT: Duration = Duration::from_secs(20);
const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

pub(crate) struct TestSandbox {
    pub(crate) sandbox: Sandbox,
    pub(crate) address: SocketAddr,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) served: JoinHandle<io::Result<()>>,
    http: Client,
}

impl TestSandbox {
    pub(crate) fn start() -> Self {
        let options = Options { app_key: APP_KEY.to_owned(), app_secret: APP_SECRET.into() };
        Self::serve(Sandbox::new(options))
    }

    pub(crate) fn serve(sandbox: Sandbox) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, sandbox.clone(), async {
            stopped.await.ok();
        }));
        let http = Client::builder().no_proxy().timeout(TIMEOUT).build().unwrap();
        Self { sandbox, address, stop, served, http }
    }

    /// Sends anything at all.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.body(body).send().await.unwrap()).await
    }

    /// Posts a body that is already encoded, well signed.
    pub(crate) async fn post_raw(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let signature = sign(APP_SECRET, "14314", "1408710653000");
        self.send(Method::POST, path, &headers(&signature), body).await
    }

    /// Posts a form, well signed and well encoded.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_raw(path, encode(form)).await
    }

    /// Sends one message from alice to bob; it must be answered.
    pub(crate) async fn publish(&self, content: &str) -> Answer {
        self.post(PRIVATE, &letter(content)).await
    }

    /// Sends one message from alice to bob and expects no answer within `SHORT_TIMEOUT`, or none at all.
    pub(crate) async fn publish_in_vain(&self, content: &str) -> reqwest::Error {
        self.letter(content).timeout(SHORT_TIMEOUT).send().await.expect_err("no answer is due")
    }

    /// Sends one message from alice to bob and gives the answer as soon as its head is there.
    pub(crate) async fn begin_to_publish(&self, content: &str) -> Response {
        self.letter(content).send().await.unwrap()
    }

    fn letter(&self, content: &str) -> RequestBuilder {
        let signature = sign(APP_SECRET, "14314", "1408710653000");
        let request = self.http.post(format!("http://{}{PRIVATE}", self.address)).body(encode(&letter(content)));
        headers(&signature).into_iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// Sends one message from alice to bob on a connection of its own, with nothing between the test and the wire.
    pub(crate) fn request(&self, content: &str) -> TcpStream {
        self.begin(&wire(content))
    }

    /// Sends that much of a request on a connection of its own.
    pub(crate) fn begin(&self, text: &str) -> TcpStream {
        let mut connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(TIMEOUT)).unwrap();
        connection.write_all(text.as_bytes()).unwrap();
        connection
    }

    /// Gives a user a token and connects a client with it.
    pub(crate) async fn go_online(&self, user_id: &str) -> String {
        let answer = self.post(GET_TOKEN, &[("userId", user_id)]).await.json();
        let token = answer["token"].as_str().unwrap().to_owned();
        self.connect(&token).await.assert_connected(user_id);
        token
    }

    /// Plays a client that connects.
    pub(crate) async fn connect(&self, token: &str) -> Answer {
        self.control(Method::POST, "/sandbox/clients", &json!({ "token": token }).to_string()).await
    }

    /// Plays a client that writes to a group.
    pub(crate) async fn write_to(&self, group_id: &str, user_id: &str) -> Answer {
        self.write(user_id, "toGroupId", group_id).await
    }

    /// Plays a client that writes to a user (`toUserId`) or to a group (`toGroupId`).
    pub(crate) async fn write(&self, user_id: &str, to: &str, id: &str) -> Answer {
        let message = json!({ to: id, "objectName": "RC:TxtMsg", "content": format!("from {user_id}") });
        self.control(Method::POST, &format!("/sandbox/clients/{user_id}/messages"), &message.to_string()).await
    }

    /// Makes a group; it must succeed.
    pub(crate) async fn create_group(&self, group_id: &str, name: &str, users: &[&str]) {
        let mut form = vec![("groupId", group_id), ("groupName", name)];
        form.extend(users.iter().map(|user| ("userId", *user)));
        self.post(CREATE, &form).await.assert_done();
    }

    /// Sends one message from alice to a group.
    pub(crate) async fn publish_to(&self, group_id: &str, content: &str) -> Answer {
        let form = [("fromUserId", "alice"), ("toGroupId", group_id), ("objectName", "HB:Test"), ("content", content)];
        self.post(GROUP, &form).await
    }

    /// The members of a group, in order.
    pub(crate) fn members(&self, group_id: &str) -> Vec<String> {
        self.sandbox.group(group_id).map_or_else(Vec::new, |group| group.members)
    }

    /// The content of what a user has received.
    pub(crate) fn contents(&self, user_id: &str) -> Vec<String> {
        self.sandbox.messages(user_id).into_iter().map(|message| message.content).collect()
    }

    /// What bob has received.
    pub(crate) fn inbox(&self) -> Vec<String> {
        self.contents("bob")
    }

    /// Asks the control API, unsigned.
    pub(crate) async fn control(&self, method: Method, path: &str, body: &str) -> Answer {
        self.send(method, path, &[], body.to_owned()).await
    }

    /// Arms a fault for private messages through the control API.
    pub(crate) async fn arm(&self, fault: &str, when: &str) {
        let body = format!(r#"{{"path": "{PRIVATE}", "fault": "{fault}", "when": "{when}"}}"#);
        let answer = self.control(Method::POST, "/sandbox/faults", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// A form of one message from alice to bob.
pub(crate) fn letter(content: &str) -> [(&str, &str); 4] {
    [("fromUserId", "alice"), ("toUserId", "bob"), ("objectName", "HB:Test"), ("content", content)]
}

pub(crate) fn encode(form: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

/// Writes a message from alice to bob as it goes over the wire.
pub(crate) fn wire(content: &str) -> String {
    let signature = sign(APP_SECRET, "1", "2");
    let body = encode(&letter(content));
    let length = body.len();
    format!(
        "POST {PRIVATE} HTTP/1.1\r\nHost:sandbox\r\nApp-Key:{APP_KEY}\r\nNonce:1\r\nTimestamp:2\r\n\
         Signature:{signature}\r\nConnection:close\r\nContent-Length:{length}\r\n\r\n{body}"
    )
}

pub(crate) fn headers(signature: &str) -> [(&'static str, &str); 4] {
    [("App-Key", APP_KEY), ("Nonce", "14314"), ("Timestamp", "1408710653000"), ("Signature", signature)]
}

pub(crate) fn sign(secret: &str, nonce: &str, timestamp: &str) -> String {
    use std::fmt::Write;

    let mut hex = String::new();
    for byte in Sha1::digest(format!("{secret}{nonce}{timestamp}")) {
        write!(hex, "{byte:02x}").unwrap();
    }
    hex
}

/// Gives what comes until the connection ends; how it ends is up to the operating system.
pub(crate) fn read_to_the_end(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    match connection.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
    String::from_utf8(answer).unwrap()
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let content_type = response.headers().get("content-type").map_or("", |value| value.to_str().unwrap());
        Self {
            status: response.status().as_u16(),
            content_type: content_type.to_owned(),
            body: response.text().await.unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }

    /// The answer of a call that has nothing to tell.
    #[track_caller]
    pub(crate) fn assert_done(&self) {
        assert_eq!((self.status, self.body.as_str()), (200, r#"{"code":200}"#));
        assert_eq!(self.content_type, "application/json; charset=utf-8");
    }

    /// The answer to a client that connects.
    #[track_caller]
    pub(crate) fn assert_connected(&self, user_id: &str) {
        assert_eq!((self.status, self.json()), (200, json!({ "userId": user_id })));
    }

    #[track_caller]
    pub(crate) fn assert_refused(&self, status: u16, code: u16) {
        assert_eq!((self.status, &self.json()["code"]), (status, &code.into()), "{}", self.body);
    }
}
