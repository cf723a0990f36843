//! Which file was opened.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use hongbao_ports::Fault;

use crate::lock::beside;

/// Which file was opened: the store's, or its log. SQLite goes on with it when it is deleted or another takes its name, and
/// all that is written then is lost with the process; so a file that can be read is not proof enough.
///
/// It is only looked at, never opened: closing a second descriptor of a file gives up all locks of this process on it.
pub(crate) struct OpenedFile {
    path: PathBuf,
    /// What is said when it is not there, and when another file is.
    sentences: [&'static str; 2],
    device: u64,
    inode: u64,
}

impl OpenedFile {
    /// Remembers the store in `path`.
    pub(crate) fn store(path: &Path) -> io::Result<Self> {
        Self::find(
            path.to_owned(),
            ["cannot find the store's file", "cannot find the store's file: another has its name"],
        )
    }

    /// Remembers the log of the store in `path`. It stays the same file as long as any connection is open, and the probe's
    /// always is.
    pub(crate) fn log_of(path: &Path) -> io::Result<Self> {
        let sentences = ["cannot find the store's log", "cannot find the store's log: another file has its name"];
        Self::find(beside(path, "-wal"), sentences)
    }

    fn find(path: PathBuf, sentences: [&'static str; 2]) -> io::Result<Self> {
        let metadata = path.metadata()?;
        Ok(Self { path, sentences, device: metadata.dev(), inode: metadata.ino() })
    }

    /// Says whether it is still there, under its name.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let [gone, replaced] = self.sentences;
        let now = self.path.metadata().map_err(|error| Fault::unavailable(gone).because(error))?;
        if (now.dev(), now.ino()) == (self.device, self.inode) { Ok(()) } else { Err(Fault::unavailable(replaced)) }
    }
}
