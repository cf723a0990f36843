//! `Dockerfile` and `docker-compose.yml` say only what the program understands. No container is started here.
#![expect(clippy::unwrap_used, reason = "what a test asks for and does not get fails it")]

use std::{collections::BTreeMap, fs, path::Path};

use crate::harness::{Folder, finish};

fn read(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(name)).unwrap()
}

/// Puts in the value of each `${NAME:-default}`, `${NAME-default}`, `${NAME:?complaint}` and `${NAME}`.
fn interpolated(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = text.split("${");
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        let (inside, rest) = part.split_once('}').unwrap();
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
        let (name, otherwise) = inside.split_at(end);
        let default = otherwise.trim_start_matches(':').strip_prefix('-').map(str::to_owned);
        whole += &value(name).or(default).unwrap_or_else(|| panic!("nothing for {name}"));
        whole += rest;
    }
    whole
}

/// The variables of `sandbox.env`.
fn sandbox_variables() -> BTreeMap<String, String> {
    let file = read("sandbox.env");
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What a server in a container is told by its environment.
fn environment(value: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let compose = interpolated(&read("docker-compose.yml"), value);
    let lines = compose.lines().map(str::trim).filter(|line| line.starts_with("HONGBAO__"));
    let pairs = lines.map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), "")));
    pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned())).collect()
}

/// Every list of words that is a command of the program: after one of these marks, without the program itself.
fn commands(text: &str, marks: &[&str]) -> Vec<Vec<String>> {
    let lists = text.lines().filter_map(|line| marks.iter().find_map(|mark| line.split_once(mark)));
    let lists = lists.map(|(_, list)| serde_json::from_str::<Vec<String>>(list.trim()).unwrap());
    let ours = lists.map(|mut words| {
        words.retain(|word| word != "CMD" && word != "/usr/local/bin/hongbao");
        words
    });
    ours.filter(|words| !words.is_empty()).collect()
}

#[test]
fn every_setting_in_the_environment_of_the_containers_is_known() {
    let folder = Folder::new();
    let of_the_sandbox = sandbox_variables();
    let real =
        environment(|name| Some(format!("my{name}")).filter(|_| name.ends_with("PASSWORD") || name.contains("APP")));
    let sandbox = environment(|name| of_the_sandbox.get(name).cloned());
    assert!(real.len() >= 8, "{real:?}");
    for (variables, base_url) in [(real, "https://api.rong-api.com"), (sandbox, "http://sandbox:9090")] {
        let config = finish(folder.hongbao(&["config"]).envs(variables));
        assert_eq!((config.code, config.stderr.as_str()), (Some(0), ""));
        assert!(config.stdout.contains(&format!("base_url = \"{base_url}\"")), "{}", config.stdout);
        for address in ["0.0.0.0:8080", "0.0.0.0:8089"] {
            assert!(config.stdout.contains(&format!("listen = \"{address}\"")), "{}", config.stdout);
        }
    }
}

#[test]
fn every_setting_in_the_image_is_known() {
    let folder = Folder::new();
    let image = read("Dockerfile");
    let words = image.split_whitespace().map(|word| word.trim_end_matches('\\'));
    let variables: Vec<_> =
        words.filter(|word| word.starts_with("HONGBAO__")).filter_map(|w| w.split_once('=')).collect();
    assert_eq!(variables.len(), 3, "{variables:?}");
    let config = finish(folder.hongbao(&["config"]).envs(variables));
    assert_eq!((config.code, config.stderr.as_str()), (Some(0), ""));
}

/// The ports of `0.0.0.0` at which a server listens that is told so.
fn listens(variables: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let listens = variables.filter(|(name, _)| name.ends_with("__LISTEN"));
    listens.map(|(_, address)| address.strip_prefix("0.0.0.0:").unwrap().to_owned()).collect()
}

#[test]
fn every_port_at_which_a_server_listens_is_told_and_only_this_machine_reaches_it() {
    let image = read("Dockerfile");
    let words = image.split_whitespace().map(|word| word.trim_end_matches('\\'));
    let variables = words.filter_map(|word| word.strip_prefix("HONGBAO__")?.split_once('='));
    let exposed = image.lines().find_map(|line| line.strip_prefix("EXPOSE ")).unwrap();
    let listened = listens(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(exposed.split(' ').collect::<Vec<_>>(), listened);

    let of_the_sandbox = sandbox_variables();
    let value = |name: &str| of_the_sandbox.get(name).cloned();
    let listened = listens(environment(value).into_iter());
    let compose = interpolated(&read("docker-compose.yml"), value);
    let published: Vec<_> = compose.lines().filter_map(|line| line.trim().strip_prefix("- \"127.0.0.1:")).collect();
    let all = compose.lines().filter(|line| line.trim().starts_with("- \"") && line.contains(':'));
    assert_eq!(all.count(), published.len(), "{compose}");
    for port in listened.iter().map(String::as_str).chain(["9090"]) {
        assert!(published.contains(&format!("{port}:{port}\"").as_str()), "{port} of {published:?}");
    }
    assert_eq!((listened.len(), published.len()), (2, 3), "{listened:?} {published:?}");
}

#[test]
fn every_command_of_the_containers_is_one_of_the_program() {
    let folder = Folder::new();
    let image = commands(&read("Dockerfile"), &["ENTRYPOINT ", "CMD "]);
    let compose = read("docker-compose.yml");
    let compose: Vec<_> = compose.lines().filter(|line| !line.contains("pg_isready")).collect();
    let compose = commands(&compose.join("\n"), &["command: ", "test: "]);
    assert_eq!((image.len(), compose.len()), (2, 3), "{image:?} {compose:?}");
    for command in image.iter().chain(&compose) {
        let words: Vec<_> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let help = folder.run(&words);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""), "{command:?}");
    }
}

#[test]
fn no_secret_has_a_default() {
    let compose = read("docker-compose.yml");
    let variables = compose.split("${").skip(1).map(|variable| variable.split_once('}').unwrap().0);
    for secret in variables.filter(|variable| variable.contains("PASSWORD") || variable.starts_with("IM_APP_")) {
        assert!(secret.contains(":?") || !secret.contains('-'), "{secret}");
    }
    assert!(compose.contains("${POSTGRES_PASSWORD:?") && compose.contains("${IM_APP_SECRET:?"));
}
