//! Settings that cannot be used: one sentence says which, and nothing is started.

use crate::harness::{Finished, Folder, finish, free_address, refuses};

/// Starts a demo with settings on top; afterwards no port is open and nothing is stored. `hongbao config` says the same.
#[track_caller]
fn start(settings: &[&str]) -> Finished {
    let folder = Folder::new();
    let (http, sandbox) = (free_address(), free_address());
    let (listen, sandbox_listen) = (format!("http.listen={http}"), format!("sandbox.listen={sandbox}"));
    let settings = [listen.as_str(), sandbox_listen.as_str()].into_iter().chain(settings.iter().copied());
    let settings: Vec<_> = settings.flat_map(|setting| ["--set", setting]).collect();
    let finished = folder.run(&[&["serve", "--demo"], &settings[..]].concat());
    let config = folder.run(&[&["config"], &settings[..]].concat());
    assert_eq!((config.code, &config.stdout, &config.stderr), (finished.code, &finished.stdout, &finished.stderr));
    assert!(refuses(http) && refuses(sandbox));
    assert!(folder.files(".").is_empty(), "{:?}", folder.files("."));
    finished
}

#[test]
fn an_unknown_setting_is_named_wherever_it_comes_from() {
    start(&["http.lisen=127.0.0.1:1"]).assert_trouble(&["lisen", "`http`", "listen"]);
    start(&["htp.listen=127.0.0.1:1"]).assert_trouble(&["htp", "http"]);

    let folder = Folder::new();
    let mut command = folder.hongbao(&["serve", "--demo"]);
    finish(command.env("HONGBAO__HTTP__LISEN", "127.0.0.1:1")).assert_trouble(&["lisen", "`http`"]);

    folder.write("hongbao.toml", "[http]\nlisen = \"127.0.0.1:1\"\n");
    folder.run(&["serve", "--demo"]).assert_trouble(&["lisen", "`http`"]);
    folder.run(&["config"]).assert_trouble(&["lisen", "`http`"]);
    folder.run(&["admin", "audit", "--demo"]).assert_trouble(&["lisen", "`http`"]);
}

#[test]
fn a_variable_that_was_meant_as_a_setting_is_named() {
    let folder = Folder::new();
    for name in ["HONGBAO_IM__APP_KEY", "HONGBAO_IM_APP_KEY", "HONGBAO_RED_PACKET__LEASE", "HONGBAO__DATABASE"] {
        for command in [&["serve", "--demo"][..], &["config"], &["admin", "audit"]] {
            let refused = finish(folder.hongbao(command).env(name, "open-sesame"));
            refused.assert_trouble(&[name, "HONGBAO__SECTION__KEY", "red_packet"]);
            assert!(!refused.stderr.contains("sesame"), "{}", refused.stderr);
        }
    }
    let config =
        finish(folder.hongbao(&["config"]).env("HONGBAO_PORT", "tcp://10.0.0.1:8080").env("HONGBAO_IMAGE", "a"));
    assert_eq!((config.code, config.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_value_that_cannot_be_used_is_not_repeated_where_it_may_hold_a_secret() {
    let folder = Folder::new();
    for file in [
        "database = \"postgres://hb:open-sesame@db/hongbao\"\n",
        "im = \"open-sesame\"\n",
        "[im]\nquota_share = \"open-sesame\"\n",
    ] {
        folder.write("hongbao.toml", file);
        let refused = folder.run(&["config"]);
        refused.assert_trouble(&["wrong type", "expected", "key `"]);
        assert!(!refused.stderr.contains("sesame"), "{}", refused.stderr);
    }
}

#[test]
fn what_is_printed_in_the_place_of_a_secret_is_not_taken_for_it() {
    let folder = Folder::new();
    for setting in ["im.app_secret=open-sesame", "database.url=postgres://hb:open-sesame@127.0.0.1:1/hb"] {
        let printed = folder.run(&["config", "--set", setting]);
        assert!(printed.code == Some(0) && !printed.stdout.contains("sesame"), "{printed:?}");
        folder.write("masked.toml", &printed.stdout);

        for command in ["serve", "config", "migrate"] {
            let refused = folder.run(&[command, "--config", "masked.toml"]);
            refused.assert_trouble(&[setting.split_once('=').unwrap().0, "***", "hongbao config"]);
        }
    }
    let moved =
        folder.run(&["transfer-store", "--from", "postgres://hb:***@127.0.0.1:1/hb", "--to", "sqlite://new.db"]);
    moved.assert_trouble(&["--from", "masked"]);
}

#[test]
fn a_line_end_in_a_key_or_a_secret_is_named() {
    for name in ["app_key", "app_secret"] {
        let folder = Folder::new();
        let mut serve = folder.hongbao(&["serve", "--set", "http.listen=127.0.0.1:0"]);
        serve.env("HONGBAO__IM__APP_KEY", "key").env("HONGBAO__IM__APP_SECRET", "open-sesame");
        serve.env(format!("HONGBAO__IM__{}", name.to_uppercase()), "open-sesame\n");
        let refused = finish(&mut serve);
        refused.assert_trouble(&["section im", name, "line end"]);
        assert!(!refused.stderr.contains("sesame"), "{}", refused.stderr);
    }
}

#[test]
fn a_malformed_value_is_named_with_its_setting() {
    let malformed = [
        ("http.listen", "localhost"),
        ("http.listen", "127.0.0.1:65536"),
        ("http.listen", ":8080"),
        ("sandbox.listen", ""),
        ("im.timeout", "soon"),
        ("im.timeout", "5"),
        ("http.deadline", "-1s"),
        ("http.body_budget", "32MB"),
        ("http.min_body_rate", "-1"),
        ("red_packet.expires_in", "18446744073709551615s"),
        ("im.timeout", "18446744073709551615s"),
        ("im.private_messages_per_minute", "many"),
        ("im.quota_share", "0"),
        ("log.format", "xml"),
    ];
    for (setting, value) in malformed {
        start(&[&format!("{setting}={value}")]).assert_trouble(&[setting]);
    }
    start(&["log.filter=a=b=c"]).assert_trouble(&["log.filter", "a=b=c"]);
    start(&["http.body_budget=3MiB"]).assert_trouble(&["http.body_budget", "4MiB"]);
    for origin in ["*", "null", "https://app.example.com/"] {
        start(&[&format!("http.cors_origins=https://app.example.com,{origin}")])
            .assert_trouble(&["http.cors_origins", &format!("`{origin}`")]);
    }
    start(&["im.notice_prefix=RC:"]).assert_trouble(&["notice_prefix"]);
}

#[test]
fn a_settings_file_that_is_named_must_be_there() {
    let folder = Folder::new();
    for command in ["serve", "config"] {
        folder.run(&[command, "--config", "nowhere.toml"]).assert_trouble(&["nowhere.toml"]);
    }
}

#[test]
fn a_settings_file_that_cannot_be_read_is_not_passed_over() {
    let folder = Folder::new();
    folder.write("hongbao.toml", b"[im]\napp_key = \"\xff\"\n");
    folder.run(&["config"]).assert_trouble(&["hongbao.toml"]);

    let folder = Folder::new();
    std::fs::create_dir(folder.path("hongbao.toml")).unwrap();
    folder.run(&["config"]).assert_trouble(&["hongbao.toml"]);
}

#[test]
fn a_settings_file_that_is_not_toml_is_refused_without_showing_what_is_in_it() {
    let folder = Folder::new();
    let broken =
        ["app_secret = \"open-sesame", "app_secret = open-sesame", "app_secret = \"a\\open-sesame\"", "open-sesame"];
    for broken in broken {
        folder.write("hongbao.toml", format!("[im]\napp_key = \"key\"\n{broken}\n"));

        let refused = folder.run(&["serve"]);

        refused.assert_trouble(&["hongbao.toml", "line 3"]);
        assert!(!refused.stderr.contains("sesame"), "{}", refused.stderr);
    }
}

#[test]
fn times_that_do_not_fit_together_are_refused() {
    let law = ["im.pacing", "im.timeout", "http.deadline", "red_packet.lease", "red_packet.clean_up_interval"];
    start(&["im.timeout=7001ms"]).assert_trouble(&law);
    start(&["im.pacing=3001ms"]).assert_trouble(&law);
    start(&["http.deadline=7s"]).assert_trouble(&law);
    start(&["red_packet.lease=11s"]).assert_trouble(&law);
    start(&["red_packet.expires_in=0s"]).assert_trouble(&["red_packet.expires_in"]);
    start(&["red_packet.clean_up_interval=0s"]).assert_trouble(&law);
    start(&["red_packet.clean_up_interval=3001ms"]).assert_trouble(&law);
    start(&["im.connect_timeout=2s"]).assert_trouble(&["connect_timeout", "attempt_timeout"]);
    start(&["im.attempt_timeout=6s"]).assert_trouble(&["attempt_timeout", "timeout"]);
    start(&["http.body_budget=1MiB"]).assert_trouble(&["http.body_budget", "4MiB"]);
    start(&["http.cors_origins=*"]).assert_trouble(&["http.cors_origins"]);
    start(&["group.check_pause=14s"]).assert_trouble(&["group.check_pause", "red_packet.lease"]);
}

#[test]
fn a_real_server_needs_an_app_key_and_an_app_secret() {
    let folder = Folder::new();
    for given in ["im.pacing=1s", "im.app_key=key", "im.app_secret=open-sesame"] {
        let listen = format!("http.listen={}", free_address());
        let refused = folder.run(&["serve", "--set", &listen, "--set", given]);
        refused.assert_trouble(&["im.app_key", "im.app_secret", "--demo"]);
        assert!(!refused.stderr.contains("sesame"), "{}", refused.stderr);
    }
    assert!(folder.files(".").is_empty());
}
