//! A disk that takes no more: every step is refused while it lasts, and all goes on by itself afterwards.
//!
//! The limit of the operating system on the size of a file stands for the disk. SQLite meets it as an I/O error, mostly at a
//! COMMIT.
#![expect(clippy::unwrap_used, reason = "what a test asks for and does not get fails it")]

use std::{process::Command, sync::Arc, time::Duration};

use futures_util::future::{BoxFuture, join_all};
use hongbao_domain::{
    friend::{AddFriend, SetBlock},
    group::{JoinRef, Memo, PrepareGroup, PrepareJoin},
    id::{GroupId, SessionKey},
    im_cloud::CloudApp,
    ledger::{AccountKey, Deposit},
    money::{Amount, Coin, Scale},
    profile::Profile,
    user::UserStatus,
};
use hongbao_ports::{
    Clock, Failure, Fault, FaultKind, Groups, Ids, Ledger, Profiles, Readiness, Schema, Sessions, Submit, Users,
    query::{LedgerQueries, SessionQueries},
};
use hongbao_sqlite::{Settings, SqliteStore};
use hongbao_store::Batches;
use hongbao_testkit::{ManualClock, SeqIds, user};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{Mutex, MutexGuard},
};

const LEASE: Duration = Duration::from_mins(1);
const PREPARED: GroupId = GroupId::from_u128(1);
const ACTIVE: GroupId = GroupId::from_u128(2);

/// A limit on the size of every file that this process writes.
struct Disk {
    pid: String,
    /// Without a handler the signal would end the process.
    _signal: Signal,
    /// The limit is that of the process, so only one test may have it.
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::const_new(());

impl Disk {
    async fn new() -> Self {
        const SIGXFSZ: i32 = 25;
        let alone = ALONE.lock().await;
        let signal = signal(SignalKind::from_raw(SIGXFSZ)).unwrap();
        Self { pid: std::process::id().to_string(), _signal: signal, _alone: alone }
    }

    fn limit(&self, size: &str) {
        let set = Command::new("prlimit").args(["--pid", &self.pid, &format!("--fsize={size}:unlimited")]).status();
        assert!(set.unwrap().success());
    }

    fn fill(&self) {
        self.limit("0");
    }

    fn free(&self) {
        self.limit("unlimited");
    }
}

struct Fixture {
    store: Arc<SqliteStore>,
    ledger: Batches,
    app: CloudApp,
}

type Step<'step> = (&'static str, BoxFuture<'step, Result<(), Fault>>);

/// What became of a step: a refusal would mean that it was done before, when it was said not to be.
fn done<T, R: std::fmt::Debug>(result: Result<T, Failure<R>>) -> Result<(), Fault> {
    match result {
        Ok(_) => Ok(()),
        Err(Failure::Fault(fault)) => Err(fault),
        Err(Failure::Refused(refusal)) => panic!("{refusal:?}"),
    }
}

impl Fixture {
    async fn new(url: String) -> Self {
        let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(ManualClock::default()), Arc::new(SeqIds::new()));
        let settings = Settings { retry_timeout: Duration::from_millis(300), ..Settings::new(url) };
        let store = Arc::new(SqliteStore::open(&settings, clock, ids.clone()).await.unwrap());
        let batches =
            hongbao_store::Settings { retry_timeout: settings.retry_timeout, ..hongbao_store::Settings::default() };
        let ledger = Batches::start(store.clone(), ids, batches);
        let app = CloudApp { key: "app".to_owned(), secret_fingerprint: [7; 8] };
        Self { store, ledger, app }
    }

    async fn fill_in(&self) {
        let cent = Amount::from_minor(1).unwrap();
        let coin = Coin::try_new("CNY".parse().unwrap(), Scale::new(2).unwrap(), cent, Amount::MAX).unwrap();
        self.ledger.add_coin(coin).await.unwrap();
        for name in ["alice", "bob", "carol"] {
            let status = UserStatus { is_active: true, takes_friend_requests: true };
            Users::add(&self.ledger, user(name), status).await.unwrap();
        }
        for id in [PREPARED, ACTIVE] {
            self.prepare(id).await.unwrap();
        }
        self.ledger.activate_group(ACTIVE).await.unwrap();
        self.ledger.prepare_join(PrepareJoin { group: ACTIVE, user: user("bob"), lease: LEASE }).await.unwrap();
        self.deposit("before").await.unwrap();
    }

    async fn prepare(&self, id: GroupId) -> Result<(), Fault> {
        let name = "好友".parse().unwrap();
        let prepare = PrepareGroup { id, name, memo: Memo::default(), owner: user("alice"), lease: LEASE };
        done(self.ledger.prepare_group(prepare).await)
    }

    async fn deposit(&self, reference: &str) -> Result<(), Fault> {
        let account = AccountKey { user: user("alice"), coin: "CNY".parse().unwrap() };
        let amount = Amount::from_minor(100).unwrap();
        done(self.ledger.deposit(Deposit { reference: reference.parse().unwrap(), account, amount }).await)
    }

    /// One step of each kind, each of which can be done once.
    fn steps(&self) -> Vec<Step<'_>> {
        let store = &self.ledger;
        let key: SessionKey = "a-session-key".parse().unwrap();
        let profile = |name: &str| Profile {
            user: user(name),
            name: "张三".parse().unwrap(),
            portrait_uri: "https://example.com/1.png".parse().unwrap(),
        };
        let join = JoinRef { group: ACTIVE, user: user("bob"), fence: 1 };
        let expires_at = ManualClock::default().now().after(LEASE);
        vec![
            ("deposit", Box::pin(self.deposit("after"))),
            (
                "add_friend",
                Box::pin(async {
                    done(store.submit(AddFriend { user: user("alice"), other: user("bob"), max: u32::MAX }).await)
                }),
            ),
            (
                "set_block",
                Box::pin(async {
                    done(store.submit(SetBlock { user: user("alice"), other: user("carol"), is_blocked: true }).await)
                }),
            ),
            ("register", Box::pin(async move { done(store.register(&key, user("alice"), expires_at).await) })),
            ("prepare_group", Box::pin(self.prepare(GroupId::from_u128(3)))),
            ("activate_group", Box::pin(async { done(store.activate_group(PREPARED).await) })),
            ("activate_join", Box::pin(async move { done(store.activate_join(join, LEASE).await) })),
            ("introduce", Box::pin(async move { store.introduce(&profile("alice")).await })),
            ("invalidate", Box::pin(async { store.invalidate(&self.app, user("bob")).await.map(|_| ()) })),
            ("confirm", Box::pin(async move { Profiles::confirm(store, &self.app, &profile("carol"), 0).await })),
            (
                "keep_token",
                Box::pin(async {
                    let token = "a-token".parse().unwrap();
                    store.keep_token(&self.app, user("alice"), &token, 0).await
                }),
            ),
        ]
    }

    async fn run_all(&self) -> Vec<(&'static str, Result<(), Fault>)> {
        join_all(self.steps().into_iter().map(|(name, step)| async move { (name, step.await) })).await
    }

    async fn is_ready(&self) -> bool {
        matches!(self.store.schema().await, Ok(Schema::Current))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_is_refused_on_a_full_disk_and_done_when_it_is_free_again() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new().await;
    let fixture = Fixture::new(format!("sqlite://{}/hongbao.db", folder.path().display())).await;
    fixture.fill_in().await;

    disk.fill();
    for _ in 0..2 {
        for (name, answer) in fixture.run_all().await {
            let kind = answer.expect_err(name).kind();
            assert!(matches!(kind, FaultKind::Unavailable | FaultKind::Unresolved), "{name}: {kind:?}");
        }
    }
    disk.free();

    assert!(fixture.is_ready().await);
    for (name, answer) in fixture.run_all().await {
        assert!(answer.is_ok(), "{name}: {answer:?}");
    }
    let balance = fixture.store.holdings(user("alice")).await.unwrap()[0].balance.amount.minor();
    assert_eq!(balance, 200, "one deposit before, one after, and none that was refused");
    assert!(fixture.store.audit().await.unwrap().holds());
    assert!(fixture.store.user_of(&"a-session-key".parse().unwrap()).await.unwrap().is_some());
}

/// The last commit is older than what counts as a proof, so the question has to write.
#[tokio::test]
async fn a_store_on_a_full_disk_is_away_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new().await;
    let fixture = Fixture::new(format!("sqlite://{}/hongbao.db", folder.path().display())).await;

    disk.fill();
    let full = fixture.store.schema().await;
    disk.free();

    assert!(full.is_err_and(|fault| fault.kind() == FaultKind::Unavailable));
    assert!(fixture.is_ready().await);
}
