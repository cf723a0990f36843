//! Whether the IM cloud that is set lets this app in.

mod messages;

use std::{fmt, sync::Arc};

use hongbao_rongcloud::{Checked, Finding, RongCloud};
use serde::Serialize;
use tracing::{info, warn};

use self::messages::Message;

/// What is said of one host.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Which setting names the host.
    setting: &'static str,
    host: String,
    outcome: &'static str,
    detail: String,
    /// Empty where there is nothing to do.
    remedy: String,
    im_cloud: Option<Quote>,
}

/// The cloud's own words.
#[derive(Debug, Serialize)]
struct Quote {
    http_status: u16,
    code: Option<i64>,
    message: String,
}

/// Asks each host, and gives how bad it is and what to say of it.
pub(crate) async fn ask(cloud: &RongCloud) -> Vec<(u8, Line)> {
    let settings = ["im.base_url", "im.backup_url"].into_iter();
    settings.zip(cloud.check().await).map(|checked| (severity(&checked.1.finding), line(checked))).collect()
}

/// Asks for a server that starts, and logs what comes of it. It neither delays the server nor ends it: the cloud
/// may be away for a while.
pub(crate) async fn check_at_start(cloud: Arc<RongCloud>) {
    for (severity, line) in ask(&cloud).await {
        let (host, outcome, sentence) = (&line.host, line.outcome, line.to_string());
        let sentence = sentence.trim_end();
        match severity {
            0 => info!(im.host = %host, im.outcome = outcome, "IM cloud {sentence}"),
            1 => {
                warn!(im.host = %host, im.outcome = outcome, "IM cloud {sentence}; until then calls there end with status 3");
            }
            _ => warn!(im.host = %host, im.outcome = outcome, "IM cloud {sentence}"),
        }
    }
}

const fn severity(finding: &Finding) -> u8 {
    match finding {
        Finding::Good => 0,
        Finding::Refused { .. } => 1,
        Finding::NotTried(_) => 2,
    }
}

fn line((setting, Checked { host, finding }): (&'static str, Checked)) -> Line {
    let Message { outcome, detail, remedy } = messages::of(&finding, setting);
    let im_cloud = messages::answer(&finding).map(|answer| Quote {
        http_status: answer.http_status,
        code: answer.code,
        message: answer.message.clone(),
    });
    Line { setting, host, outcome, detail, remedy, im_cloud }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, detail, remedy, im_cloud, .. } = self;
        write!(f, "{host}: {detail}")?;
        if let Some(Quote { http_status, code, message }) = im_cloud {
            write!(f, " (HTTP {http_status}")?;
            if let Some(code) = code {
                write!(f, ", code {code}")?;
            }
            if !message.is_empty() {
                write!(f, ", `{message}`")?;
            }
            f.write_str(")")?;
        }
        if !remedy.is_empty() {
            write!(f, "; {remedy}")?;
        }
        writeln!(f)
    }
}
