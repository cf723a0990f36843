//! The pages are true: what they show in `console` blocks is run, from top to bottom on a fresh demo, and answers so.
//! What they say about databases and backups is done on databases, and backed up.

mod backup;
mod examples;
mod likeness;
mod openapi;
mod page;
mod postgres;
mod terms;

use std::collections::BTreeSet;

use hongbao_api::METHODS;

use self::{likeness::Names, page::Step};
use crate::harness::{Demo, Folder, finish, request};

/// Runs a page. What it prints must be what the page says, with other ids, times, tokens and names of messages.
#[track_caller]
fn replay(page: &str) {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let mut names = Names::default();
    for Step { command, output } in page::steps(page) {
        let script = names.in_real_life(&at_home(&demo, &command));
        let done = finish(folder.command("bash").args(["-c", &in_one_shell(&script)]));
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{page}: {script}: {done:?}");
        names.assert_alike(&output, done.stdout.trim_end(), &format!("{page}: {command}"));
    }
    demo.stop();
}

/// What a page keeps in a variable or a function is there for its next lines.
fn in_one_shell(script: &str) -> String {
    let keep = "{ declare -p reply key; declare -f admin; } >shell 2>/dev/null";
    format!("[ ! -e shell ] || . ./shell\n{script}\nended=$?\n{keep}\nexit $ended")
}

/// Speaks to the demo that is there, by the program that is there.
fn at_home(demo: &Demo, command: &str) -> String {
    command
        .replace("127.0.0.1:8080", &demo.http.to_string())
        .replace("127.0.0.1:8089", &demo.admin.to_string())
        .replace("127.0.0.1:9090", &demo.sandbox.to_string())
        .replace(page::CARGO_RUN, concat!(env!("CARGO_BIN_EXE_hongbao"), " "))
}

#[test]
fn the_api_answers_as_its_page_says() {
    replay("docs/api.md");
}

#[test]
fn the_api_answers_as_its_chinese_page_says() {
    replay("docs/api.zh.md");
}

#[test]
fn the_first_page_is_true() {
    replay("README.md");
}

#[test]
fn the_chinese_first_page_is_true() {
    replay("README.zh.md");
}

#[test]
fn the_first_page_shows_the_lines_of_the_banner_one_after_the_other() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let banner = demo.program.stdout();
    let pasted: Vec<_> = banner.lines().filter(|line| line.starts_with("  ")).map(str::trim).collect();
    let commands = page::steps("README.md").into_iter().map(|step| at_home(&demo, &step.command));
    let commands: Vec<_> = commands.filter(|command| !command.contains(env!("CARGO_BIN_EXE_hongbao"))).collect();
    let shown: Vec<_> = pasted.into_iter().filter(|line| commands.iter().any(|command| command == line)).collect();
    assert_eq!((shown.len(), shown), (9, commands.iter().map(String::as_str).collect()), "{banner}");
    demo.stop();
}

#[test]
fn the_admin_api_answers_as_its_page_says() {
    replay("docs/admin.md");
}

#[test]
fn the_admin_api_answers_as_its_chinese_page_says() {
    replay("docs/admin.zh.md");
}

#[test]
fn a_token_is_made_listed_and_revoked_as_the_page_about_the_admin_api_says() {
    let [made, listed, revoked]: [String; 3] =
        page::commands("docs/admin.md", "Tokens").try_into().expect("three commands");
    assert_eq!(page::commands("docs/admin.zh.md", "令牌"), [made.clone(), listed.clone(), revoked.clone()]);
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let hongbao = |line: &str, more: &[&str]| {
        let words: Vec<_> = line
            .strip_prefix("hongbao ")
            .expect("it is a command of ours")
            .split(' ')
            .chain(more.iter().copied())
            .collect();
        let done = folder.run(&[&words[..], &["--demo"]].concat());
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{line}: {done:?}");
        done.stdout
    };
    let told: serde_json::Value = serde_json::from_str(&hongbao(&made, &["--json"])).expect("it is JSON");
    let [token, id] = ["token", "token_id"].map(|name| told[name].as_str().expect("it is told").to_owned());
    let is_let_in = || {
        let bearer = format!("Authorization: Bearer {token}");
        request(demo.admin, "GET", "/admin/v1/coins", &[&bearer], "").expect("the server answers").http_status
    };
    assert_eq!(is_let_in(), 200);
    assert!(hongbao(&listed, &[]).contains(&id));
    hongbao(&revoked.replace("TOKEN_ID", &id), &[]);
    assert_eq!(is_let_in(), 401);
    demo.stop();
}

#[test]
fn a_command_asks_a_server_as_the_page_about_operations_says() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    for (page, heading) in [("docs/operations.md", "Coins and money"), ("docs/operations.zh.md", "币种与资金")] {
        let lines = page::commands(page, heading);
        let line = lines.iter().find(|line| line.starts_with("HONGBAO_ADMIN_TOKEN=")).expect("the page shows it");
        let script = at_home(&demo, line).replace("hongbao admin", concat!(env!("CARGO_BIN_EXE_hongbao"), " admin"));
        let done = finish(folder.command("bash").args(["-c", &script]));
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{page}: {done:?}");
        assert!(done.stdout.contains("CNY") && done.stdout.contains("1000"), "{page}: {done:?}");
    }
    demo.stop();
}

#[test]
fn both_languages_show_the_same() {
    for (english, chinese) in
        [("docs/api.md", "docs/api.zh.md"), ("docs/admin.md", "docs/admin.zh.md"), ("README.md", "README.zh.md")]
    {
        assert_eq!(page::steps(english), page::steps(chinese), "{english} and {chinese}");
    }
}

#[test]
fn each_method_is_shown_in_each_language() {
    let methods: BTreeSet<_> = METHODS.iter().map(|method| method.path.trim_start_matches("/im/").to_owned()).collect();
    for page in ["docs/api.md", "docs/api.zh.md"] {
        let called = page::steps(page).into_iter().filter_map(|step| {
            let (_, path) = step.command.split_once("/im/")?;
            Some(path.split(' ').next()?.to_owned())
        });
        assert_eq!(called.collect::<BTreeSet<_>>(), methods, "{page}");
    }
}
