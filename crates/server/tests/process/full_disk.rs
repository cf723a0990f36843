//! A disk that is full for a while. The limit of the operating system on the size of a file stands for it.

use std::process::{Command, ExitStatus};

use crate::harness::{BRISK, Demo, Folder, Program, QUICKLY, get, post, until};

/// Starts a demo that survives a write over the limit, which is a signal first.
fn start(folder: &Folder) -> Demo {
    let demo = Demo::command(folder, &BRISK);
    let mut command = folder.command("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(demo.get_program()).args(demo.get_args());
    Demo::of(Program::start(&mut command))
}

fn limit(demo: &Demo, size: &str) {
    let pid = demo.program.id().to_string();
    let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={size}:unlimited")]).status();
    assert!(set.as_ref().is_ok_and(ExitStatus::success), "{set:?}");
}

#[test]
fn a_full_disk_is_121_and_red_and_all_is_well_afterwards() {
    let folder = Folder::new();
    let demo = start(&folder);
    demo.publish();
    let asks = [
        ("/im/friend_add", "session_key=demo-alice&user_id=bob"),
        ("/im/group_create", "session_key=demo-alice&group_name=friends"),
    ];

    limit(&demo, "0");
    let published = demo.publish_in_background().outcome().unwrap();
    assert_eq!(published.verdict().0, 121, "{}", published.body);
    for (path, form) in asks {
        let answer = post(demo.http, path, form).unwrap();
        assert_eq!(answer.verdict().0, 121, "{path}: {}", answer.body);
    }
    let status = || get(demo.http, "/readyz").unwrap().http_status;
    until(QUICKLY, "a red probe", || (status() == 503).then_some(()));
    limit(&demo, "unlimited");

    until(QUICKLY, "a green probe", || (status() == 200).then_some(()));
    demo.publish();
    let befriended = post(demo.http, "/im/friend_add", "session_key=demo-alice&user_id=bob").unwrap();
    assert!([0, 4].contains(&befriended.verdict().0), "{}", befriended.body);
    until(QUICKLY * 2, "what was begun to be undone", || {
        let balance = folder.balance("alice", "CNY");
        (balance == Some(("982.24".to_owned(), "17.76".to_owned()))).then_some(())
    });
    folder.assert_audit();
}
