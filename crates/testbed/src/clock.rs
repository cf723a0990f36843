//! A clock that jumps, for programs that are started under it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where Debian's package `libfaketime` has the library for programs with threads: one folder for each architecture.
const DEBIAN: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The clock of programs that are started with [`Clock::environment`]. It is right until it is [shifted](Clock::shift).
/// Clocks that only count on, by which programs wait, are not touched.
#[derive(Debug, Clone)]
pub struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// Makes a clock whose error is kept in `file`, which every program under it must be able to read.
    pub fn open(file: &Path) -> io::Result<Self> {
        let missing = || io::Error::other("libfaketime is not installed: it is Debian's package libfaketime");
        let folders = fs::read_dir(DEBIAN)?.filter_map(Result::ok).map(|entry| entry.path().join(LIBRARY));
        let library = folders.into_iter().find(|library| library.exists()).ok_or_else(missing)?;
        let clock = Self { library, file: file.to_owned() };
        clock.shift(0)?;
        Ok(clock)
    }

    /// Sets the clock so many seconds ahead of the right time, or behind it. Programs see it within a tenth of a second.
    pub fn shift(&self, seconds: i64) -> io::Result<()> {
        // A program that reads while it is written must not see half of it.
        let draft = self.file.with_extension("draft");
        fs::write(&draft, format!("{seconds:+}\n"))?;
        fs::rename(draft, &self.file)
    }

    /// Gives the variables of a program under this clock.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }

    /// Gives the variables of a program for which so much time has really passed: clocks that only count on are shifted as
    /// well. It reads the file once a second, so that it is as fast as without.
    pub fn counting(&self) -> [(&'static str, String); 3] {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
        ]
    }
}
