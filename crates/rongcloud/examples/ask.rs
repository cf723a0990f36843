//! Makes one call of the adapter, or many, as another process would: for `scripts/sdk-conformance`.
//!
//! `ask CALL ARGUMENT…`, with `SANDBOX_URL`, `APP_KEY` and `APP_SECRET` in the environment. An argument that is empty
//! was not given. `ask tokens PER_SECOND REPLICAS COUNT NAME` fetches so many tokens as one of several replicas, as
//! fast as its share of the quota allows, and prints what became of them.

use std::{
    env,
    error::Error,
    io::{Write, stdout},
    process,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hongbao_domain::{
    id::{EventId, TransferId},
    im_cloud::CloudRefusal,
    message::Message,
    profile::{Profile, ProfileChange},
    time::Timestamp,
};
use hongbao_ports::{Clock, CloudGroups, CloudMessages, CloudUsers, Ids, ImCloud, Notice, NoticeKind, Turn};
use hongbao_rongcloud::{PushTexts, RongCloud, Settings};
use tokio::task::JoinSet;

const TIMEOUT: Duration = Duration::from_secs(20);

type Fallible<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Fallible<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["tokens", per_second, replicas, count, name] => {
            let (get_token_per_second, replicas) = (Some(per_second.parse()?), replicas.parse()?);
            let settings = Settings { get_token_per_second, replicas, ..settings()? };
            tokens(adapter(&settings)?, count.parse()?, name).await
        }
        ["notify", from, to, event, packet, remark, push] => {
            let texts = PushTexts { red_packet: (*push).to_owned(), opened: String::new(), refunded: String::new() };
            let adapter = adapter(&Settings { push: texts, ..settings()? })?;
            ask(&adapter, &["notify", from, to, event, packet, remark]).await
        }
        call => ask(&adapter(&settings()?)?, call).await,
    }
}

async fn ask(cloud: &RongCloud, call: &[&str]) -> Fallible<()> {
    let outcome = match *call {
        ["token", user, name, portrait] => cloud.get_token(&profile(user, name, portrait)?, TIMEOUT).await.map(drop),
        ["refresh", user, name, portrait] => {
            let change = ProfileChange { name: given(name)?, portrait_uri: given(portrait)? };
            cloud.refresh(parsed(user)?, &change, TIMEOUT).await.map(drop)
        }
        ["info", user] => cloud.info(parsed(user)?, TIMEOUT).await.map(drop),
        ["send", from, to, object_name, content, push, copy] => {
            let (object_name, content) = (parsed(object_name)?, parsed(content)?);
            let (push_content, include_sender) = (given(push)?, given(copy)?.map(|copy: u8| copy == 1));
            let (from, to) = (parsed(from)?, parsed(to)?);
            let message = Message { from, to, object_name, content, push_content, include_sender };
            cloud.send(&message, TIMEOUT).await.map(drop)
        }
        ["notify", from, to, event, packet, remark] => {
            let event = EventId::from_u128(parsed::<TransferId>(event)?.to_u128());
            let kind = NoticeKind::Published { remark: parsed(remark)? };
            let notice = Notice { event, packet: parsed(packet)?, from: parsed(from)?, to: parsed(to)?, kind };
            cloud.notify(Turn::grant(), &notice).await
        }
        ["create", group, name, owner] => {
            cloud.create(Turn::grant(), parsed(group)?, &parsed(name)?, parsed(owner)?).await
        }
        ["join", group, name, user] => cloud.join(Turn::grant(), parsed(group)?, &parsed(name)?, parsed(user)?).await,
        ["quit", group, user] => cloud.quit(Turn::grant(), parsed(group)?, parsed(user)?).await,
        ["dismiss", group, owner] => cloud.dismiss(Turn::grant(), parsed(group)?, parsed(owner)?).await,
        ["members", group] => cloud.members(Turn::grant(), parsed(group)?).await.map(drop),
        _ => return Err("no such call".into()),
    };
    outcome.map_err(|refusal| format!("{refusal:?}").into())
}

/// Wants all tokens at once and lets the adapter pace them.
async fn tokens(cloud: RongCloud, count: u32, name: &str) -> Fallible<()> {
    let cloud = Arc::new(cloud);
    let mut calls = JoinSet::new();
    for number in 0..count {
        let (cloud, user) = (Arc::clone(&cloud), profile(&format!("{name}-{number}"), "N", "http://a/1.png")?);
        calls.spawn(async move { cloud.get_token(&user, TIMEOUT).await });
    }
    let (mut done, mut throttled, mut otherwise) = (0, 0, 0);
    while let Some(answer) = calls.join_next().await {
        match answer? {
            Ok(_token) => done += 1,
            Err(CloudRefusal::Rejected(Some(answer))) if answer.code == Some(1008) => throttled += 1,
            Err(CloudRefusal::Rejected(_) | CloudRefusal::Unknown(_) | CloudRefusal::Busy) => otherwise += 1,
        }
    }
    writeln!(stdout(), "{{\"done\":{done},\"throttled\":{throttled},\"otherwise\":{otherwise}}}")?;
    Ok(())
}

fn settings() -> Fallible<Settings> {
    Ok(Settings {
        base_url: env::var("SANDBOX_URL")?,
        backup_url: None,
        attempt_timeout: TIMEOUT,
        timeout: TIMEOUT,
        ..Settings::for_app(env::var("APP_KEY")?, env::var("APP_SECRET")?.into())
    })
}

fn adapter(settings: &Settings) -> Fallible<RongCloud> {
    Ok(RongCloud::try_new(settings, Arc::new(Machine), Arc::new(Counter::default()))?)
}

fn profile(user: &str, name: &str, portrait: &str) -> Fallible<Profile> {
    Ok(Profile { user: parsed(user)?, name: parsed(name)?, portrait_uri: parsed(portrait)? })
}

fn parsed<T: FromStr<Err: Error + 'static>>(text: &str) -> Fallible<T> {
    Ok(text.parse()?)
}

fn given<T: FromStr<Err: Error + 'static>>(text: &str) -> Fallible<Option<T>> {
    if text.is_empty() { Ok(None) } else { parsed(text).map(Some) }
}

/// The machine's clock.
struct Machine;

impl Clock for Machine {
    #[expect(clippy::disallowed_methods, reason = "a process of its own has to ask somebody")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Numbers that no other process has at the same time.
#[derive(Default)]
struct Counter(AtomicU64);

impl Ids for Counter {
    fn fresh(&self) -> u128 {
        (u128::from(process::id()) << 32) | u128::from(self.0.fetch_add(1, Ordering::Relaxed))
    }
}
