//! Where PostgreSQL's programs are on this machine.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Debian keeps one folder for each major version here.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Gives the folder of the server's programs: the one whose `initdb` is on the `PATH`, else Debian's newest.
pub(crate) fn bin() -> io::Result<String> {
    let found = on_path("initdb").or_else(newest).and_then(|bin| bin.to_str().map(str::to_owned));
    found.ok_or_else(|| {
        io::Error::other(format!("PostgreSQL is not installed: no initdb on the PATH, none in {DEBIAN}/*/bin"))
    })
}

/// Gives a client program: the server's own, else the one on the `PATH`, which is enough for a server of another owner.
pub(crate) fn client(name: &str) -> String {
    let beside = bin().map(|bin| format!("{bin}/{name}")).ok().filter(|file| Path::new(file).exists());
    beside.unwrap_or_else(|| name.to_owned())
}

/// Gives the folder where a program on the `PATH` really lives, for a link may stand there without its neighbours.
fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut files = env::split_paths(&path).filter_map(|folder| folder.join(program).canonicalize().ok());
    files.find_map(|file| file.parent().filter(|bin| is_bin(bin)).map(Path::to_owned))
}

fn newest() -> Option<PathBuf> {
    let folders = fs::read_dir(DEBIAN).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let versions = folders.filter_map(|folder| {
        let version: u32 = folder.file_name()?.to_str()?.parse().ok()?;
        Some((version, folder.join("bin"))).filter(|(_, bin)| is_bin(bin))
    });
    versions.max().map(|(_, bin)| bin)
}

fn is_bin(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].into_iter().all(|name| folder.join(name).exists())
}
