//! A primary, and a synchronous standby that can take over: after that, the next one is made.

use std::{
    io, mem,
    sync::Arc,
    thread::{self, JoinHandle},
};

use hongbao_testbed::{Cluster, Options};

use crate::error::TortureError;

/// How often it is tried in the end to make a standby.
const TRIES: usize = 3;

/// Two servers.
pub(super) struct Pair {
    pub(super) primary: Arc<Cluster>,
    standby: Standby,
    /// How far their clocks are from the right one.
    shift_s: i64,
}

enum Standby {
    None,
    /// A copy takes seconds, and nothing waits for it but commits.
    Made(JoinHandle<io::Result<Cluster>>),
    There(Box<Cluster>),
}

impl Pair {
    pub(super) fn open() -> Result<Self, TortureError> {
        let settings = [
            // What is lost is there again soon, whatever the clock does.
            "wal_retrieve_retry_interval = '100ms'",
            "wal_sender_timeout = 0",
            "wal_receiver_timeout = 0",
        ];
        let settings = settings.map(str::to_owned).into();
        let options = Options { settings, durable: true, clock: true, log_file_mib: Some(1), ..Options::default() };
        Ok(Self { primary: Arc::new(Cluster::open(options)?), standby: Standby::None, shift_s: 0 })
    }

    /// Shifts the clocks of both.
    pub(super) fn shift_clock(&mut self, seconds: i64) -> io::Result<()> {
        self.shift_s = seconds;
        let standby = if let Standby::There(standby) = &self.standby { Some(&**standby) } else { None };
        let mut clocks = [Some(&*self.primary), standby].into_iter().flatten().filter_map(Cluster::clock);
        clocks.try_for_each(|clock| clock.shift(seconds))
    }

    /// Goes on with the next standby: begins to make one where there is none, and takes one that is made.
    pub(super) fn tick(&mut self) -> io::Result<()> {
        self.standby = match mem::replace(&mut self.standby, Standby::None) {
            Standby::Made(thread) if thread.is_finished() => match thread.join() {
                Ok(Ok(standby)) => {
                    standby.clock().map_or(Ok(()), |clock| clock.shift(self.shift_s))?;
                    Standby::There(Box::new(standby))
                }
                // The primary was killed, or its disk was full.
                Ok(Err(_)) | Err(_) => Standby::None,
            },
            Standby::None => {
                let primary = Arc::clone(&self.primary);
                Standby::Made(thread::spawn(move || primary.standby()))
            }
            standby @ (Standby::Made(_) | Standby::There(_)) => standby,
        };
        Ok(())
    }

    /// Waits until there is a standby, for commits may wait for it as well.
    pub(super) fn complete(&mut self) -> Result<(), TortureError> {
        let mut why = String::new();
        for _ in 0..TRIES {
            let thread = match mem::replace(&mut self.standby, Standby::None) {
                Standby::There(standby) => {
                    self.standby = Standby::There(standby);
                    return Ok(());
                }
                Standby::Made(thread) => thread,
                Standby::None => {
                    let primary = Arc::clone(&self.primary);
                    thread::spawn(move || primary.standby())
                }
            };
            match thread.join() {
                Ok(Ok(standby)) => self.standby = Standby::There(Box::new(standby)),
                Ok(Err(error)) => why = error.to_string(),
                Err(_) => "a thread panicked".clone_into(&mut why),
            }
        }
        if matches!(self.standby, Standby::There(_)) {
            Ok(())
        } else {
            Err(TortureError::because("there is no standby", why))
        }
    }

    /// Whether the standby has all that anyone may have seen.
    pub(super) fn can_fail_over(&self) -> bool {
        matches!(self.standby, Standby::There(_)) && self.primary.is_followed().unwrap_or(false)
    }

    /// Kills the primary and has the standby take its place, if there is one; gives the old primary.
    pub(super) fn fail_over(&mut self) -> io::Result<Option<Arc<Cluster>>> {
        let Standby::There(standby) = mem::replace(&mut self.standby, Standby::None) else { return Ok(None) };
        self.primary.kill()?;
        standby.promote()?;
        Ok(Some(mem::replace(&mut self.primary, Arc::new(*standby))))
    }
}
