//! A whole trial, from the first process to the verdict.

use std::{
    fs,
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
    process::Output,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{
    check::{self, Violation},
    cli::{Options, word},
    clients::{AtWork, Desk},
    dice::Dice,
    error::TortureError,
    history::{self, Event, History},
    plan::{Step, schedule},
    read::Reader,
    receiver::Receiver,
    settings::{AGREED_WITHIN, CALLED_AGAIN_WITHIN, RESOLVED_WITHIN, TOLD_AFTER, USERS, user},
    state::{Delivery, State},
    world::{World, group, inbox, name},
};

const PAUSE: Duration = Duration::from_millis(20);

/// How often all is added up while clients are at work.
const SUMS_EVERY: Duration = Duration::from_secs(2);

/// How long what has a key may be asked about in the end. Whatever hangs is resolved sooner.
const SETTLED_WITHIN: Duration = Duration::from_secs(40);

/// How long the product's own audit may take.
const AUDITED_WITHIN: Duration = Duration::from_mins(2);

/// For how long it is waited for what should have happened sooner, so that its lateness can be told from its absence.
const AT_MOST: u32 = 3;

/// What a trial has come to.
pub(crate) struct Verdict {
    pub(crate) folder: PathBuf,
    pub(crate) seed: u64,
    pub(crate) history: Vec<history::Line>,
    pub(crate) violations: Vec<Violation>,
}

/// Tortures servers and checks what they said.
pub(crate) fn run(options: &Options) -> Result<Verdict, TortureError> {
    let seed = options.seed.unwrap_or_else(|| RandomState::new().hash_one(()));
    let folder = folder(options, seed)?;
    let history = Arc::new(History::create(&folder)?);
    let (store, minutes) = (word(&options.store), options.minutes.to_string());
    history.add(Event::Begin { seed, store, replicas: options.replicas(), minutes });
    let mut world = World::new(options, &folder, Arc::clone(&history))?;
    world.start_all()?;
    let receiver = Receiver::start(Arc::clone(&history), Dice::new(seed ^ 0x0eb0_0c50))?;
    let ids = receiver.join(&world)?;
    let joined = Instant::now();
    world.set_up()?;
    thread::sleep(TOLD_AFTER.saturating_sub(joined.elapsed()));
    history.add(Event::Endpoints { ids });
    torture(options, seed, &mut world, &history, &receiver)?;
    let state = read(options, &world)?;
    world.stop()?;
    drop(world);
    history.flush()?;
    fs::write(folder.join(STATE), serde_json::to_vec(&state)?)?;
    let (history, violations) = check(&folder)?;
    Ok(Verdict { folder, seed, history, violations })
}

const STATE: &str = "state.json";

/// Checks a trial that is over.
pub(crate) fn check(folder: &Path) -> Result<(Vec<history::Line>, Vec<Violation>), TortureError> {
    let history = history::read(folder)?;
    let state: State = serde_json::from_slice(&fs::read(folder.join(STATE))?)?;
    let violations = check::violations(&history, &state);
    Ok((history, violations))
}

fn folder(options: &Options, seed: u64) -> Result<PathBuf, TortureError> {
    let folder = match &options.folder {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("torture-{}-{seed}", word(&options.store))),
    };
    fs::create_dir_all(&folder)?;
    if fs::read_dir(&folder)?.next().is_some() {
        return Err(TortureError::new(format!("{} is not empty", folder.display())));
    }
    Ok(fs::canonicalize(folder)?)
}

/// Lets clients work while the world breaks; then mends it, and has all that is still open come to its end.
fn torture(
    options: &Options,
    seed: u64,
    world: &mut World,
    history: &Arc<History>,
    receiver: &Receiver,
) -> Result<(), TortureError> {
    let mut dice = Dice::new(seed ^ 0xc11e_2775);
    let reader = Reader::new(options.store, world.database.url())?;
    let addresses = Arc::clone(&world.addresses);
    let desk = Desk { token: world.add_token()?, command: world.admin_command() };
    let clients = AtWork::start(addresses, Arc::clone(history), world.cloud(), options.replicas(), desk, dice.split());
    let steps = schedule(seed, options.store, options.replicas(), options.minutes.ms);
    let broken = break_all(&steps, options.minutes.ms, world, &reader, history);
    // Clients are sent home first, whatever has happened.
    let mended = broken.and_then(|()| world.mend());
    receiver.mend();
    let clients = clients.stop()?;
    mended?;
    history.add(Event::Quiet);
    let quiet = Instant::now();
    let hanging = wait(quiet, RESOLVED_WITHIN, || reader.hanging())?;
    history.add(Event::Rest { after_ms: millis(quiet), hangs: count(&hanging) });
    clients.settle(SETTLED_WITHIN, dice.split());
    clients.ask_again_in_the_end(dice.split());
    let open = clients.settle(SETTLED_WITHIN, dice.split()) + clients.settle_movements(SETTLED_WITHIN, dice.split());
    let late = Instant::now();
    // What was asked again may have begun something anew.
    wait(late, RESOLVED_WITHIN, || reader.hanging())?;
    if open > 0 {
        history.add(Event::Alarm { server: "all".to_owned(), line: format!("{open} requests have no end") });
    }
    let differ = wait(late, AGREED_WITHIN, || disagreements(&reader, world))?;
    history.add(Event::Agreed { after_ms: millis(late), differ: count(&differ) });
    let agreed = Instant::now();
    wait(agreed, CALLED_AGAIN_WITHIN, || undelivered(&reader, |delivery| !delivery.may_wait()))?;
    let wait = undelivered(&reader, |_| true)?;
    history.add(Event::Delivered { after_ms: millis(agreed), wait: count(&wait) });
    history.add(audit(world)?);
    Ok(())
}

/// Has the store audited by the product itself, which knows nothing of what was asked.
fn audit(world: &World) -> Result<Event, TortureError> {
    let done = world.admin_command().run(&["audit"], "", AUDITED_WITHIN)?;
    // The sums of coins are fine, and long.
    let said = |done: &Output| {
        let all = [&*done.stdout, &*done.stderr].map(String::from_utf8_lossy).concat();
        all.lines().filter(|line| !line.contains(" = deposits ")).collect::<Vec<_>>().join("; ")
    };
    Ok(Event::Audited {
        status: done.as_ref().and_then(|done| done.status.code()),
        said: done.as_ref().map(said).unwrap_or_default(),
    })
}

fn break_all(
    steps: &[Step],
    length_ms: u64,
    world: &mut World,
    reader: &Reader,
    history: &History,
) -> Result<(), TortureError> {
    let began = Instant::now();
    let mut summed = began;
    let mut steps = steps.iter().peekable();
    while millis(began) < length_ms {
        world.tick()?;
        while let Some(step) = steps.next_if(|step| step.at_ms <= millis(began)) {
            world.act(&step.act)?;
        }
        if summed.elapsed() > SUMS_EVERY {
            summed = Instant::now();
            // A database that is away has no sums.
            if let Ok(coins) = reader.sums() {
                history.add(Event::Sums { coins });
            }
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Looks until nothing is found, for longer than it should take at most.
fn wait(
    since: Instant,
    limit: Duration,
    look: impl Fn() -> Result<Vec<String>, TortureError>,
) -> Result<Vec<String>, TortureError> {
    loop {
        let found = look()?;
        if found.is_empty() || since.elapsed() > limit * AT_MOST {
            return Ok(found);
        }
        thread::sleep(10 * PAUSE);
    }
}

/// Names what no endpoint has taken yet, of what is wanted.
fn undelivered(reader: &Reader, is_wanted: impl Fn(&Delivery) -> bool) -> Result<Vec<String>, TortureError> {
    let open = reader.deliveries()?.into_iter().filter(|row| row.state != "delivered" && is_wanted(row));
    Ok(open.map(|row| row.id).collect())
}

/// Names the groups on which the cloud does not agree and is not to be asked again.
fn disagreements(reader: &Reader, world: &World) -> Result<Vec<String>, TortureError> {
    let mut state = reader.state()?;
    cloud_groups(&mut state, world)?;
    Ok(check::disagreements(&state))
}

fn read(options: &Options, world: &World) -> Result<State, TortureError> {
    let mut state = Reader::new(options.store, world.database.url())?.state()?;
    cloud_groups(&mut state, world)?;
    for number in 0..USERS {
        let user = user(number);
        state.cloud_names.insert(user.clone(), name(world.cloud(), &user)?);
        let inbox = inbox(world.cloud(), &user)?;
        state.inboxes.insert(user, inbox);
    }
    Ok(state)
}

fn cloud_groups(state: &mut State, world: &World) -> Result<(), TortureError> {
    for row in &state.groups {
        if let Some(found) = group(world.cloud(), &row.id)? {
            state.cloud_groups.insert(row.id.clone(), found);
        }
    }
    Ok(())
}

fn count(found: &[String]) -> u64 {
    u64::try_from(found.len()).unwrap_or(u64::MAX)
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
