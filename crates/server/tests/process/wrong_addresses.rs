//! Ports that cannot be had.

use crate::harness::{Demo, Folder, Program, free_address, refuses, taken_address};

#[test]
fn a_server_whose_port_is_taken_says_so_and_starts_nothing() {
    let folder = Folder::new();
    let (_neighbour, taken) = taken_address();
    let free = free_address();
    let (listen, sandbox) = (format!("http.listen={taken}"), format!("sandbox.listen={free}"));

    let refused = folder.run(&["serve", "--demo", "--set", &listen, "--set", &sandbox]);

    refused.assert_trouble(&[&taken.to_string(), "http.listen", "taken"]);
    assert!(refuses(free));
    assert!(folder.files(".").is_empty());
}

#[test]
fn a_demo_whose_sandbox_port_is_taken_says_so_and_starts_nothing() {
    let folder = Folder::new();
    let (_neighbour, taken) = taken_address();
    let free = free_address();
    let (listen, sandbox) = (format!("http.listen={free}"), format!("sandbox.listen={taken}"));

    let refused = folder.run(&["serve", "--demo", "--set", &listen, "--set", &sandbox]);

    refused.assert_trouble(&[&taken.to_string(), "sandbox.listen"]);
    assert!(refuses(free));
    assert!(folder.files(".").is_empty());
}

#[test]
fn the_second_demo_at_the_same_address_leaves_the_first_one_alone() {
    let folder = Folder::new();
    let demo = folder.demo(&[]);
    let (listen, sandbox) = (format!("http.listen={}", demo.http), format!("sandbox.listen={}", demo.sandbox));

    folder.run(&["serve", "--demo", "--set", &listen, "--set", &sandbox]).assert_trouble(&["http.listen"]);

    let id = demo.publish();
    assert_eq!(demo.accept(&id).verdict(), (0, ""));
    demo.stop();
    folder.assert_audit();
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let folder = Folder::new();
    // Reserved for documentation: no machine has it.
    let refused = folder.run(&["serve", "--demo", "--set", "http.listen=192.0.2.1:8080"]);
    refused.assert_trouble(&["192.0.2.1:8080", "http.listen", "not an address of this machine"]);
    assert!(!refused.stderr.contains("taken"), "{}", refused.stderr);
}

#[test]
fn a_name_may_stand_for_an_address() {
    let folder = Folder::new();
    let settings = ["serve", "--demo", "--set", "http.listen=localhost:0", "--set", "sandbox.listen=localhost:0"];
    let demo = Demo::of(Program::start(&mut folder.hongbao(&settings)));
    assert!(demo.http.ip().is_loopback() && demo.sandbox.ip().is_loopback());
    demo.publish();
    let url = format!("http.listen=localhost:{}", demo.http.port());
    let health = folder.run(&["health", "--set", &url]);
    assert_eq!((health.code, health.stderr.as_str()), (Some(0), ""));
    demo.stop();

    let unknown = folder.run(&["serve", "--demo", "--set", "http.listen=no-such-host.invalid:0"]);
    unknown.assert_trouble(&["no-such-host.invalid:0", "no address", "http.listen"]);
}

#[test]
fn a_sandbox_whose_port_is_taken_says_so() {
    let folder = Folder::new();
    let (_neighbour, taken) = taken_address();
    let listen = taken.to_string();
    let refused = folder.run(&["sandbox", "--listen", &listen, "--app-key", "key", "--app-secret", "secret"]);
    refused.assert_trouble(&[&listen, "--listen"]);
}
