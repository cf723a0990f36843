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
use crate::harness::{Demo, Folder, finish};

/// Runs a page. What it prints must be what the page says, with other ids, times, tokens and names of messages.
#[track_caller]
fn replay(page: &str) {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let (mut names, mut reply) = (Names::default(), String::new());
    for Step { command, output } in page::steps(page) {
        let script = names.in_real_life(&at_home(&demo, &command));
        let done = finish(folder.command("bash").args(["-c", &script]).env("reply", &reply));
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""), "{page}: {script}: {done:?}");
        let printed = done.stdout.trim_end();
        names.assert_alike(&output, printed, &format!("{page}: {command}"));
        // What a page keeps in a variable is what it shows.
        if command.starts_with("reply=") {
            printed.clone_into(&mut reply);
        }
    }
    demo.stop();
}

/// Speaks to the demo that is there, by the program that is there.
fn at_home(demo: &Demo, command: &str) -> String {
    command
        .replace("127.0.0.1:8080", &demo.http.to_string())
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
fn both_languages_show_the_same() {
    for (english, chinese) in [("docs/api.md", "docs/api.zh.md"), ("README.md", "README.zh.md")] {
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
