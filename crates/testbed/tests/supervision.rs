//! What was started ends with the process that started it.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use hongbao_testbed::{Cluster, Options, VARIABLE};

/// Set for a process that this test starts and kills.
const VICTIM: &str = "TESTBED_VICTIM";

fn wait_until(what: &str, is_true: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::yield_now();
    }
}

/// The process of the next test that is killed; without its variable it has nothing to do.
#[test]
fn a_victim_starts_a_server() {
    if env::var(VICTIM).is_err() {
        return;
    }
    let cluster = Cluster::open(Options::default()).unwrap();
    let folder = cluster.psql("postgres", "SHOW data_directory").unwrap();
    eprintln!("\nserver {} {folder}", cluster.address());
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
fn a_server_ends_with_a_process_that_is_killed() {
    let mut victim = Command::new(env::current_exe().unwrap());
    victim.args(["--exact", "a_victim_starts_a_server", "--nocapture"]).env(VICTIM, "1");
    let mut victim = victim.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(victim.stderr.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find_map(|line| line.strip_prefix("server ").map(str::to_owned)).unwrap();
    let (address, data) = line.split_once(' ').unwrap();
    let (address, folder): (SocketAddr, _) = (address.parse().unwrap(), Path::new(data).parent().unwrap());
    assert!(TcpStream::connect(address).is_ok() && folder.exists());

    victim.kill().unwrap();
    victim.wait().unwrap();

    wait_until("the server is gone", || TcpStream::connect(address).is_err());
    wait_until("its folder is gone", || !folder.exists());
}

#[test]
fn a_dropped_server_is_gone_at_once() {
    let cluster = Cluster::open(Options::default()).unwrap();
    let (address, data) = (cluster.address(), cluster.psql("postgres", "SHOW data_directory").unwrap());

    drop(cluster);

    assert!(TcpStream::connect(address).is_err());
    assert!(!Path::new(&data).parent().unwrap().exists());
}

#[test]
fn a_command_runs_with_a_server_at_its_side() {
    let run = |script: &str| {
        Command::new(env!("CARGO_BIN_EXE_hongbao-testbed")).args(["run", "--", "sh", "-c", script]).output().unwrap()
    };
    let query = format!("psql -Atc 'SHOW data_directory' ${VARIABLE}; exit 7");

    let output = run(&query);
    let data = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(7), "{data}");
    assert!(data.starts_with('/') && !Path::new(data.trim()).exists(), "{data}");

    assert_eq!(run("kill -9 $$").status.code(), Some(137));
}

#[test]
fn whoever_starts_it_no_server_runs_as_root() {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("hongbao-testbed");
    fs::copy(env!("CARGO_BIN_EXE_hongbao-testbed"), &program).unwrap();
    let we = fs::metadata(&program).unwrap().uid();
    let query = "psql -Atc 'SHOW data_directory' $HONGBAO_TEST_POSTGRES_URL | xargs stat -c %u";
    let owner_of_a_server_of = |user: u32| {
        let mut command = Command::new(&program);
        command.args(["run", "--", "sh", "-c", query]).current_dir("/").env_remove("TMPDIR");
        if user != we {
            command.uid(user);
        }
        let output = command.output().unwrap();
        let owner = String::from_utf8_lossy(&output.stdout).trim().parse::<u32>();
        owner.unwrap_or_else(|_| panic!("{output:?}"))
    };

    if we == 0 {
        assert_ne!(owner_of_a_server_of(0), 0);
        assert_eq!(owner_of_a_server_of(65534), 65534);
    } else {
        assert_eq!(owner_of_a_server_of(we), we);
    }
}

#[test]
fn a_command_is_told_to_stop() {
    let script = "trap 'exit 3' TERM; trap 'exit 4' INT; echo ready; while :; do sleep 0.05; done";
    for (signal, code) in [("TERM", 3), ("INT", 4)] {
        let mut testbed = Command::new(env!("CARGO_BIN_EXE_hongbao-testbed"));
        testbed.args(["run", "--", "sh", "-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut testbed = testbed.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(testbed.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");

        let kill = format!("kill -{signal} {}", testbed.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());

        assert_eq!(testbed.wait().unwrap().code(), Some(code), "{signal}");
    }
}
