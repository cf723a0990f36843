//! What a backend says of a user, and what the IM cloud has of it then.

use serde_json::{Value, json};

use crate::{
    client::{AdminClient, TOKEN},
    harness::{Demo, Folder, get, post},
};

/// What the sandbox has of a user.
fn at_the_cloud(demo: &Demo, user: &str) -> (Value, Value) {
    let kept = get(demo.sandbox, &format!("/sandbox/users/{user}")).expect("the sandbox answers").body;
    (kept["name"].clone(), kept["portraitUri"].clone())
}

const PORTRAIT: &str = "https://app.example/erin.png";

#[tokio::test]
async fn name_portrait_and_policy_are_put_and_the_cloud_has_the_profile() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let added = admin.put("users/erin", json!({ "name": "Erin", "portrait_uri": PORTRAIT })).await.done();
    assert_eq!((&added["added"], &added["portrait_uri"]), (&json!(true), &json!(PORTRAIT)));
    assert_eq!(at_the_cloud(&demo, "erin"), (json!("Erin"), json!(PORTRAIT)));

    let renamed = admin.put("users/erin", json!({ "name": "Erin B." })).await.done();
    assert_eq!(at_the_cloud(&demo, "erin"), (json!("Erin B."), json!(PORTRAIT)), "what is left out stays");
    assert_eq!((&renamed["added"], &renamed["takes_friend_requests"]), (&json!(false), &json!(true)));

    let shut = admin.put("users/erin", json!({ "takes_friend_requests": false })).await.done();
    assert_eq!((&shut["name"], &shut["takes_friend_requests"]), (&json!("Erin B."), &json!(false)));
    let asked = post(demo.http, "/im/friend_add", "session_key=demo-alice&user_id=erin").expect("the API answers");
    assert_eq!(asked.verdict().0, 5);
    assert_eq!(admin.get("users/erin").await.done()["portrait_uri"], PORTRAIT);
    demo.stop();
}

#[tokio::test]
async fn what_the_cloud_refuses_is_502_and_the_same_request_goes_on() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    let rule = json!({ "path": "/user/refresh.json", "fault": "reject" }).to_string();
    assert_eq!(post(demo.sandbox, "/sandbox/faults", &rule).expect("the sandbox answers").http_status, 200);
    let wish = json!({ "name": "Alicia", "takes_friend_requests": false });

    let refused = admin.under("rename").put("users/alice", wish.clone()).await;
    refused.is_problem(502, "im_cloud");
    let between = admin.get("users/alice").await.done();
    assert_eq!(
        (&between["name"], &between["takes_friend_requests"]),
        (&json!("Alice"), &json!(false)),
        "all else is done"
    );

    let done = admin.under("rename").put("users/alice", wish).await.done();
    assert_eq!(done["name"], "Alicia");
    assert_eq!(at_the_cloud(&demo, "alice").0, "Alicia");
    demo.stop();
}
