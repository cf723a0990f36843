//! Lists page by page, a coin without new packets, and what the log says of each request.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    client::{AdminClient, TOKEN},
    harness::{Demo, Folder, post},
};

/// Reads a list page by page, and gives one member of each entry, by page.
async fn pages(admin: &AdminClient, path: &str, list: &str, member: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("{path}{cursor}")).await.done();
        let entries = page[list].as_array().expect("it is a list").iter();
        pages.push(entries.map(|entry| entry[member].clone()).collect());
        let Some(next) = page["next"].as_str() else { return pages };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn users_and_groups_come_page_by_page() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    for user in ["u1", "u2", "u3"] {
        admin.put(&format!("users/{user}"), json!({})).await.done();
    }
    let users = pages(&admin, "users?prefix=u&limit=2", "users", "user_id").await;
    assert_eq!(users, [vec![json!("u1"), json!("u2")], vec![json!("u3")]]);
    let exactly = pages(&admin, "users?prefix=u&limit=3", "users", "user_id").await;
    assert_eq!(exactly.len(), 1, "a full page that is the last has no next: {exactly:?}");

    let mut made = Vec::new();
    for name in ["Tea", "Rice", "Noodles"] {
        let form = format!("session_key=demo-dave&group_name={name}");
        made.push(json!(post(demo.http, "/im/group_create", &form).expect("the API answers").data("group_id")));
    }
    made.sort_by_key(ToString::to_string);
    let groups = pages(&admin, "users/dave/groups?limit=2", "groups", "group_id").await;
    assert_eq!(groups, [made[..2].to_vec(), made[2..].to_vec()]);
    admin.get("users/dave/groups?cursor=x").await.is_problem(400, "invalid_request");
    demo.stop();
}

#[tokio::test]
async fn no_packet_can_be_sent_in_a_coin_that_takes_none() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let open = demo.publish();
    let wish = |takes_packets| json!({ "scale": 2, "min_amount": "0.01", "max_amount": "20000", "takes_packets": takes_packets });
    assert_eq!(admin.put("coins/CNY", wish(false)).await.done()["takes_packets"], false);

    let form = "session_key=demo-alice&toUserId=bob&coin_id=CNY&amount=1";
    let refused = post(demo.http, "/im/msg_redpack_publish", form).expect("the API answers");
    assert_eq!(refused.verdict(), (5, "coin_not_held"), "{refused:?}");
    assert_eq!(demo.accept(&open).verdict(), (0, ""), "what is open stays");

    admin.put("coins/CNY", wish(true)).await.done();
    demo.publish();
    demo.stop();
}

#[tokio::test]
async fn a_line_of_the_log_names_the_request_and_the_token() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let created = ["admin", "--demo", "--json", "token", "create", "--name", "backend", "--scope", "people"];
    let created = folder.run(&created).json();
    let token = created["token"].as_str().expect("it is told once");
    let told = AdminClient::of(&demo, token).put("users/erin", json!({})).await;
    let request = told.headers["x-request-id"].to_str().expect("it is a text").to_owned();
    told.done();

    let log = AdminClient::of(&demo, TOKEN).get("log").await.done();

    let line = &log["operations"][0];
    assert_eq!((&line["request_id"], &line["token_id"]), (&json!(request), &created["token_id"]), "{line}");
    let (_, stderr) = demo.stop();
    assert!(stderr.contains(&request), "the server's own log has it as well: {stderr}");
}

#[tokio::test]
async fn what_is_stuck_is_a_list_with_a_limit_and_no_cursor() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    assert_eq!(admin.get("groups/stuck?limit=3").await.done(), json!({ "stuck": [] }));
    for wrong in ["groups/stuck?limit=0", "groups/stuck?cursor=x"] {
        admin.get(wrong).await.is_problem(400, "invalid_request");
    }
    admin.ask(Method::POST, "groups/stuck", None).await.is_problem(405, "method_not_allowed");
    demo.stop();
}
