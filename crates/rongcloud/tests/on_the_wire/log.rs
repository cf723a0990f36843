//! What this thread logs, kept in memory.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{filter::LevelFilter, fmt};

#[derive(Clone, Default)]
pub(crate) struct Pages(Arc<Mutex<Vec<u8>>>);

impl Write for Pages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pages {
    pub(crate) fn read(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panics").clone()).expect("a log is text")
    }
}

/// Records everything up to `level`, until the guard is dropped.
pub(crate) fn record(level: LevelFilter) -> (Pages, DefaultGuard) {
    let pages = Pages::default();
    let writer = pages.clone();
    let subscriber = fmt().with_max_level(level).with_ansi(false).with_writer(move || writer.clone()).finish();
    (pages, tracing::subscriber::set_default(subscriber))
}
