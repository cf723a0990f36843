//! One server for each file.
//!
//! Two servers on one file would do no harm to the money: SQLite's locks and the versions of rows keep them apart, as they do
//! for `hongbao admin` beside a server. But each would wait for the other in a busy loop. A server takes a lock of the
//! operating system on a file of its own, which ends with the process, however that ends.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// The lock of the only server. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct ServerLock {
    path: PathBuf,
    _file: File,
}

/// Names a file beside another one: `hongbao.db` and `-wal` give `hongbao.db-wal`.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    PathBuf::from(name)
}

impl ServerLock {
    /// Takes the lock for the store in `file`; `None`: another server has it.
    pub(crate) fn take(file: &Path) -> io::Result<Option<Self>> {
        // By whatever name it is asked for, it is one file.
        let path = beside(&fs::canonicalize(file).unwrap_or_else(|_| file.to_owned()), "-lock");
        loop {
            let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
            match opened.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // The former holder may have removed the file after it was opened here: then the lock is worth nothing.
            if has_its_name(&opened, &path)? {
                return Ok(Some(Self { path, _file: opened }));
            }
        }
    }
}

fn has_its_name(opened: &File, path: &Path) -> io::Result<bool> {
    let (opened, named) = (opened.metadata()?, fs::metadata(path));
    match named {
        Ok(named) => Ok((opened.dev(), opened.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl Drop for ServerLock {
    fn drop(&mut self) {
        // Under the lock, so that it is never removed under another holder. What stays is harmless.
        drop(fs::remove_file(&self.path));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        thread,
    };

    use super::*;

    #[test]
    fn a_second_server_gets_no_lock_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hongbao.db");
        let first = ServerLock::take(&file).unwrap();
        assert!(first.is_some());
        assert!(ServerLock::take(&file).unwrap().is_none());

        drop(first);

        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
        assert!(ServerLock::take(&file).unwrap().is_some());
    }

    #[test]
    fn a_file_has_one_lock_by_whatever_name_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("hongbao.db"), folder.path().join("link.db"));
        fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let _first = ServerLock::take(&file).unwrap().unwrap();
        assert!(ServerLock::take(&link).unwrap().is_none());
    }

    /// A server that opens the file just before the holder removes it locks a file that no other will find.
    #[test]
    fn of_many_who_take_the_lock_and_give_it_back_one_has_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let (file, holders) = (folder.path().join("hongbao.db"), AtomicU32::new(0));
        let take_often = || {
            for _ in 0..2_000 {
                if let Some(lock) = ServerLock::take(&file).unwrap() {
                    assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "another has it");
                    (0..10).for_each(|_| thread::yield_now());
                    holders.fetch_sub(1, Ordering::SeqCst);
                    drop(lock);
                }
            }
        };
        thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(take_often))));
    }

    #[test]
    fn a_file_that_a_killed_server_left_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hongbao.db-lock"), "").unwrap();
        assert!(ServerLock::take(&folder.path().join("hongbao.db")).unwrap().is_some());
    }
}
