//! The handle to one sandbox, for the server that answers and for tests that look into it.

mod mutes;
mod profile;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use serde_json::Value;
use time::OffsetDateTime;

pub use self::{mutes::GroupMutes, profile::Profile};
use crate::{
    Options, Unverified,
    api::{self, CloudError, Credentials, Endpoint, Form, Meters, Moment},
    clock::{self, Clock},
    cloud::{ClientRefusal, Cloud, Group, Message, Target, User, client_letter},
    fault::{FaultRule, Faults, InjectedFault, Late},
    traffic::{Counters, Received, Request, Traffic},
};

/// A cloud of one's own. A clone is another handle to the same users, messages and faults.
#[derive(Debug, Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: Options,
    unverified: Mutex<Unverified>,
    clock: Mutex<Clock>,
    cloud: Mutex<Cloud>,
    meters: Mutex<Option<Meters>>,
    faults: Mutex<Faults>,
    late: Mutex<Late>,
    traffic: Mutex<Traffic>,
}

impl Sandbox {
    /// Makes an empty cloud that knows one app.
    pub fn new(options: Options) -> Self {
        let seed = clock::machine_time().unix_timestamp_nanos();
        Self {
            shared: Arc::new(Shared {
                options,
                unverified: Mutex::default(),
                clock: Mutex::default(),
                cloud: Mutex::new(Cloud::new(seed)),
                meters: Mutex::default(),
                faults: Mutex::default(),
                late: Mutex::default(),
                traffic: Mutex::default(),
            }),
        }
    }

    /// Behaves from now on as told where it is not known how the cloud behaves.
    pub fn assume(&self, unverified: Unverified) {
        *lock(&self.shared.unverified) = unverified;
    }

    /// Stops the cloud's clock at `at`. Until then it is the machine's.
    pub fn set_time(&self, at: OffsetDateTime) {
        lock(&self.shared.clock).set(at);
    }

    /// Heeds the documented quotas from now on, or no longer. At first there are none.
    ///
    /// Whatever exceeds one is refused with HTTP 429 and code 1008 and not executed. A caller who is refused for
    /// another reason has used up the quota all the same, except with a wrong signature.
    pub fn enforce_quotas(&self, enforce: bool) {
        *lock(&self.shared.meters) = enforce.then(Meters::default);
    }

    /// Lists the messages that `user_id` has received, oldest first, recalled ones included.
    ///
    /// Only the last [`MAX_MESSAGES_PER_USER`](crate::MAX_MESSAGES_PER_USER) are kept, and
    /// [`MAX_MESSAGES`](crate::MAX_MESSAGES) of all users together, and no more bytes than
    /// [`MAX_MESSAGE_BYTES`](crate::MAX_MESSAGE_BYTES).
    pub fn messages(&self, user_id: &str) -> Vec<Message> {
        let now = self.now();
        lock(&self.shared.cloud).inbox(user_id, now)
    }

    /// Finds what a user registered with, if the user ever fetched a token.
    pub fn user(&self, user_id: &str) -> Option<User> {
        lock(&self.shared.cloud).account(user_id).map(|account| account.user.clone())
    }

    /// Tells everything about one user but the messages. Every user has a profile.
    pub fn profile(&self, user_id: &str) -> Profile {
        let now = self.now();
        Profile::of(&lock(&self.shared.cloud), user_id, now)
    }

    /// Finds a group that was ever made.
    pub fn group(&self, group_id: &str) -> Option<Group> {
        lock(&self.shared.cloud).group(group_id).cloned()
    }

    /// Tells who may not speak in a group, whether there is such a group or not.
    pub fn mutes(&self, group_id: &str) -> GroupMutes {
        let now = self.now();
        GroupMutes::of(&lock(&self.shared.cloud), group_id, now)
    }

    /// Plays a client that connects with a token, and gives its user. The user is online from now on.
    ///
    /// # Errors
    ///
    /// Refuses a token that is unknown or has expired, and a user who is blocked.
    pub fn connect(&self, token: &str) -> Result<String, ClientRefusal> {
        let now = self.now();
        lock(&self.shared.cloud).connect(token, now)
    }

    /// Plays that every client of a user goes away.
    pub fn disconnect(&self, user_id: &str) {
        lock(&self.shared.cloud).disconnect(user_id);
    }

    /// Plays a client that sends a message, and gives the id of the message.
    ///
    /// # Errors
    ///
    /// Refuses a user who is not connected, is muted in the group or no member of it, or is in the receiver's blacklist.
    pub fn send_as_client(
        &self,
        from_user_id: &str,
        to: Target,
        object_name: &str,
        content: &str,
    ) -> Result<String, ClientRefusal> {
        let now = self.now();
        lock(&self.shared.cloud).send_as_client(client_letter(from_user_id, object_name, content), to, now)
    }

    /// Makes the next requests on a path fail, after the faults that are already armed for it.
    ///
    /// Tells whether it did: at most [`MAX_FAULTS`](crate::MAX_FAULTS) faults are armed at a time.
    pub fn arm(&self, rule: FaultRule) -> bool {
        lock(&self.shared.faults).arm(rule)
    }

    /// Lists the faults that are still armed, in the order in which they were armed.
    pub fn faults(&self) -> Vec<FaultRule> {
        lock(&self.shared.faults).armed().to_vec()
    }

    /// Disarms every fault. A request that is already held by a time-out or a drip stays held.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Counts the requests that failed and wait to be executed later.
    pub fn late(&self) -> usize {
        lock(&self.shared.late).len()
    }

    /// Executes all requests that wait to be executed later, in order of arrival, and counts them.
    ///
    /// What the cloud answers is told to no caller.
    pub fn release_late(&self) -> usize {
        let mut released = 0;
        while let Some((endpoint, body)) = self.next_late() {
            self.perform(endpoint, &Form::parse(&body)).ok();
            released += 1;
        }
        released
    }

    fn next_late(&self) -> Option<(&'static Endpoint, Bytes)> {
        lock(&self.shared.late).next()
    }

    /// Counts the requests to the Server API.
    pub fn counters(&self) -> Counters {
        lock(&self.shared.traffic).counters()
    }

    /// Starts to count from zero again.
    pub fn reset_counters(&self) {
        lock(&self.shared.traffic).reset_counters();
    }

    /// Lists the last requests to the Server API on `path`, or on all paths, oldest first, whatever became of them.
    ///
    /// Only the last [`MAX_REQUESTS`](crate::MAX_REQUESTS) are kept, and no more bytes than
    /// [`MAX_REQUEST_BYTES`](crate::MAX_REQUEST_BYTES).
    pub fn requests(&self, path: Option<&str>) -> Vec<Request> {
        lock(&self.shared.traffic).requests(path)
    }

    /// Counts and keeps a request, before anything becomes of it.
    pub(crate) fn record(&self, received: Received) {
        let documented = api::find_documented(&received.path);
        lock(&self.shared.traffic).record(received, documented);
    }

    /// Uses up one fault of `path`, if one is armed.
    pub(crate) fn inject(&self, path: &str) -> Option<InjectedFault> {
        lock(&self.shared.faults).inject(path)
    }

    /// Does what a request asks for, or says why not.
    pub(crate) fn execute(
        &self,
        endpoint: &Endpoint,
        credentials: &Credentials<'_>,
        body: &[u8],
    ) -> Result<Value, CloudError> {
        let form = Form::parse(body);
        self.admit(endpoint, credentials, &form)?;
        self.perform(endpoint, &form)
    }

    /// Puts a request aside that will be executed later, unless it is refused at the door.
    pub(crate) fn postpone(&self, endpoint: &'static Endpoint, credentials: &Credentials<'_>, body: Bytes) {
        if self.admit(endpoint, credentials, &Form::parse(&body)).is_ok() {
            lock(&self.shared.late).hold(endpoint, body);
        }
    }

    /// Passes a caller who may ask, and has not asked for too much.
    fn admit(&self, endpoint: &Endpoint, credentials: &Credentials<'_>, form: &Form) -> Result<(), CloudError> {
        let (now, unverified) = (self.now(), self.unverified());
        credentials.check(&self.shared.options, &Moment { now, unverified: &unverified })?;
        let mut meters = lock(&self.shared.meters);
        let within = meters.as_mut().is_none_or(|meters| meters.admit(endpoint.path, endpoint.quota, form, now));
        if within { Ok(()) } else { Err(CloudError::OverQuota) }
    }

    fn perform(&self, endpoint: &Endpoint, form: &Form) -> Result<Value, CloudError> {
        let (now, unverified) = (self.now(), self.unverified());
        (endpoint.answer)(form, &mut lock(&self.shared.cloud), &Moment { now, unverified: &unverified })
    }

    fn now(&self) -> OffsetDateTime {
        lock(&self.shared.clock).now()
    }

    fn unverified(&self) -> Unverified {
        lock(&self.shared.unverified).clone()
    }
}

/// A panic elsewhere must not take the sandbox down with it: its state is never half written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_secret() {
        let options = Options { app_key: "key".to_owned(), app_secret: "open-sesame".into() };

        let shown = format!("{options:?} {:?}", Sandbox::new(options.clone()));

        assert!(shown.contains("key"));
        assert!(!shown.contains("open-sesame"));
    }
}
