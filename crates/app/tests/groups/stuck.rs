//! What can never come to agree.

use std::{
    io::{self, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hongbao_app::groups::{GroupDeps, Reconciler};
use hongbao_domain::{group::Check, im_cloud::CloudRefusal};
use hongbao_ports::{Lane, MockCloudGroups, Turn};
use tracing_subscriber::{filter::LevelFilter, fmt};

use crate::fixture::{Fixture, LEASE, deps};

const MINUTE: Duration = Duration::from_mins(1);

/// What this thread logs.
#[derive(Clone, Default)]
struct Pages(Arc<Mutex<Vec<u8>>>);

impl Write for Pages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pages {
    fn lines(&self, level: &str) -> usize {
        let text = String::from_utf8(self.0.lock().expect("no writer panics").clone()).expect("a log is text");
        text.lines().filter(|line| line.contains(level)).count()
    }
}

/// A cloud that never shows the members of a group, and counts how often it was asked.
fn silent() -> (MockCloudGroups, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let mut cloud = MockCloudGroups::new();
    cloud.expect_turn().withf(|lane, _| *lane == Lane::Background).returning(|_, _| Ok(Turn::grant()));
    cloud.expect_members().returning(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Err(CloudRefusal::Rejected(None))
    });
    (cloud, asked)
}

#[tokio::test(start_paused = true)]
async fn what_can_never_agree_is_asked_a_few_times_a_day_and_is_one_warning() {
    let fixture = Fixture::new();
    let id = fixture.prepare_only().await;
    fixture.store.clock.advance(LEASE);
    let (cloud, asked) = silent();
    let deps =
        GroupDeps { cloud: Arc::new(cloud), ..deps(&fixture.store, fixture.cloud.clone(), fixture.store.ids.clone()) };
    let reconciler = Reconciler::new(deps, fixture.store.queries.clone());
    let pages = Pages::default();
    let writer = pages.clone();
    let subscriber = fmt().with_max_level(LevelFilter::INFO).with_ansi(false).with_writer(move || writer.clone());
    let _log = tracing::subscriber::set_default(subscriber.finish());

    for _ in 0..24 * 60 {
        reconciler.sweep().await.unwrap();
        fixture.store.clock.advance(MINUTE);
    }

    // The first day: at 0, 2, 4, 6, 10, 18, 34, 66, 130, 258, 514, 874 and 1234 minutes.
    assert_eq!(asked.load(Ordering::Relaxed), 13);
    assert_eq!(pages.lines(" WARN "), 1);
    let [stuck] = fixture.store.queries.stuck(9).await.unwrap()[..] else { panic!("one is stuck") };
    assert_eq!((stuck.due, stuck.failed), (hongbao_domain::group::Due::Group(id), 13));
    assert!(stuck.failed > Check::STUCK_AFTER);
}
