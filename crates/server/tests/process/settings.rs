//! Where settings come from, and which of them wins.

use crate::harness::{Demo, Folder, Program, QUICKLY, finish, post};

/// The value of a key in what `hongbao config` printed.
fn value<'a>(config: &'a str, section: &str, key: &str) -> &'a str {
    let (_, section) = config.split_once(&format!("[{section}]\n")).expect("the section is printed");
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split_once(" = ")).find(|(name, _)| *name == key).expect("the key is printed").1
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let folder = Folder::new();
    folder.write(
        "hongbao.toml",
        "[im]\nattempt_timeout = \"3s\"\nconnect_timeout = \"100ms\"\npacing = \"100ms\"\napp_key = \"0123\"\n",
    );
    let mut command = folder.hongbao(&["config", "--set", "im.pacing=300ms"]);
    command.env("HONGBAO__IM__CONNECT_TIMEOUT", "200ms").env("HONGBAO__IM__PACING", "200ms");

    let config = finish(&mut command);

    assert_eq!((config.code, config.stderr.as_str()), (Some(0), ""));
    let im = |key| value(&config.stdout, "im", key);
    let spans = [im("timeout"), im("attempt_timeout"), im("connect_timeout"), im("pacing")];
    assert_eq!(spans, ["\"5s\"", "\"3s\"", "\"200ms\"", "\"300ms\""]);
    assert_eq!(im("app_key"), "\"0123\"");
}

#[test]
fn the_admin_api_is_on_the_loopback_unless_it_is_set() {
    let folder = Folder::new();
    let of = |args: &[&str]| {
        let config = finish(folder.hongbao(&[&["config"], args].concat()).env_remove("HONGBAO__ADMIN__LISTEN"));
        value(&config.stdout, "admin", "listen").to_owned()
    };
    assert_eq!(of(&[]), "\"127.0.0.1:8089\"");
    assert_eq!(of(&["--set", "admin.listen=off"]), "\"off\"");
}

#[test]
fn a_server_without_an_admin_api_serves_all_the_same() {
    let folder = Folder::new();
    let mut command = Demo::command(&folder, &["admin.listen=off"]);
    let mut demo = Program::start(&mut command);
    let banner = demo.wait_for("the whole banner", 2 * QUICKLY, |program| {
        Some(program.stdout()).filter(|banner| banner.contains("Ctrl-C stops it"))
    });
    let line = |name: &str| banner.lines().find_map(|line| line.trim_start().strip_prefix(name)).map(str::trim);
    assert!(line("Admin ").is_some_and(|line| line.starts_with("off ")), "{banner}");
    assert!(!banner.contains("/admin/v1/"), "no line is shown that cannot work: {banner}");
    let http = line("API ").and_then(|line| line.strip_prefix("http://")?.parse().ok()).expect("it is told");
    let answer = post(http, "/im/friend_list", "session_key=demo-alice").expect("it is answered");
    assert_eq!(answer.verdict(), (1, "no_friends"), "{answer:?}");
    demo.signal("INT");
    assert_eq!(demo.ended(QUICKLY).0.code(), Some(0));
}

#[test]
fn the_last_flag_of_one_name_wins() {
    let folder = Folder::new();
    let config = folder.run(&["config", "--set", "im.pacing=1s", "--set", "im.pacing=2s"]);
    assert_eq!(value(&config.stdout, "im", "pacing"), "\"2s\"");
}

#[test]
fn a_named_file_is_read_instead_of_the_usual_one() {
    let folder = Folder::new();
    folder.write("hongbao.toml", "[im]\npacing = \"2s\"\n");
    folder.write("other.conf", "[im]\napp_key = \"other\"\n");

    let config = folder.run(&["--config", "other.conf", "config"]).stdout;

    assert_eq!((value(&config, "im", "app_key"), value(&config, "im", "pacing")), ("\"other\"", "\"1s\""));
}

#[test]
fn the_secret_is_masked_wherever_it_comes_from() {
    let folder = Folder::new();
    folder.write("hongbao.toml", "[im]\napp_secret = \"open-sesame\"\n");
    let from_the_file = folder.run(&["config"]);
    let from_a_flag = folder.run(&["config", "--set", "im.app_secret=open-sesame"]);
    let from_the_environment = finish(folder.hongbao(&["config"]).env("HONGBAO__IM__APP_SECRET", "open-sesame"));

    for config in [from_the_file, from_a_flag, from_the_environment] {
        assert_eq!(value(&config.stdout, "im", "app_secret"), "\"***\"");
        assert!(!format!("{config:?}").contains("sesame"), "{config:?}");
    }
}

#[test]
fn printed_settings_are_a_settings_file() {
    let folder = Folder::new();
    let printed = folder.run(&["config", "--set", "red_packet.expires_in=1h 30m", "--set", "log.format=json"]).stdout;
    folder.write("copy.toml", &printed);

    assert_eq!(folder.run(&["config", "--config", "copy.toml"]).stdout, printed);
}

#[test]
fn a_server_listens_where_the_environment_says() {
    let folder = Folder::new();
    let mut command = folder.hongbao(&["serve", "--demo"]);
    command.env("HONGBAO__HTTP__LISTEN", "127.0.0.2:0").env("HONGBAO__SANDBOX__LISTEN", "127.0.0.3:0");
    let demo = Demo::of(Program::start(&mut command));
    assert_eq!((demo.http.ip().to_string(), demo.sandbox.ip().to_string()), ("127.0.0.2".into(), "127.0.0.3".into()));
    demo.stop();
}
