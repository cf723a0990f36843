//! Audits of a server: who started the last one, and that one runs at a time.

use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};

use crate::{
    client::{AdminClient, TOKEN, until},
    desk::is_moment,
    harness::{Database, Demo, Folder},
};

#[tokio::test]
async fn an_audit_is_started_and_its_result_is_read() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &[]);
    let admin = AdminClient::of(&demo, TOKEN);
    assert_eq!(admin.get("audit").await.done()["state"], "none");
    demo.publish();
    let begun = admin.post("audit", json!({})).await.done();
    assert!(is_moment(&begun["began_at"]) && begun["started_by"] == "administrator", "{begun}");
    let ended = until("the result", async || {
        let last = admin.get("audit").await.done();
        (last["state"] != "running").then_some(last)
    });
    let ended = ended.await;
    assert_eq!((&ended["state"], &ended["report"]["holds"]), (&json!("ended"), &json!(true)), "{ended}");
    let held = json!({
        "coin_id": "CNY", "holds": true, "balances": "1991.12", "held": "8.88", "deposits": "2000", "withdrawals": "0",
    });
    assert!(ended["report"]["coins"].as_array().unwrap().contains(&held), "{ended}");
    let by_command = folder.run(&["admin", "--demo", "--json", "audit"]).json();
    assert_eq!(by_command, ended["report"], "the command line says the same");
    demo.stop();
}

#[tokio::test]
async fn what_is_audited_by_the_time_is_the_last_audit_as_well() {
    let folder = Folder::new();
    let demo = Demo::start(&folder, &["metrics.audit_interval=1s"]);
    let admin = AdminClient::of(&demo, TOKEN);
    let ended = until("an audit", async || {
        let last = admin.get("audit").await.done();
        (last["state"] == "ended").then_some(last)
    });
    let ended = ended.await;
    assert_eq!((&ended["started_by"], &ended["report"]["holds"]), (&json!("interval"), &json!(true)), "{ended}");
    assert!(is_moment(&ended["began_at"]) && is_moment(&ended["ended_at"]), "{ended}");
    demo.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_audit_runs_at_a_time_and_what_was_asked_for_is_in_the_metrics() {
    let (folder, database) = (Folder::new(), Database::new("audits"));
    let demo = Demo::start(&folder, &[&database.setting, "metrics.audit_interval=off"]);
    let admin = AdminClient::of(&demo, TOKEN);
    let mut other = PgConnection::connect(&database.url()).await.unwrap();
    // No audit gets past this, and nothing else asks for it.
    other.execute("BEGIN; LOCK TABLE movements IN ACCESS EXCLUSIVE MODE").await.unwrap();

    let begun = admin.post("audit", json!({})).await.done();
    admin.post("audit", json!({})).await.is_problem(409, "audit_running");
    let running = admin.get("audit").await.done();
    assert_eq!((&begun["state"], &running["began_at"]), (&json!("running"), &begun["began_at"]), "{running}");

    other.execute("COMMIT").await.unwrap();
    let ended = until("the result", async || {
        let last = admin.get("audit").await.done();
        (last["state"] != "running").then_some(last)
    });
    let ended = ended.await;
    assert_eq!((&ended["state"], &ended["began_at"]), (&json!("ended"), &begun["began_at"]), "{ended}");
    let metrics = reqwest::get(format!("http://{}/metrics", demo.admin)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("\nhongbao_conservation_gap{coin=\"CNY\"} 0\n"), "{metrics}");
    demo.stop();
}
