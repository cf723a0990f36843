//! Whether the IM cloud that is set lets this app in.

mod messages;

use std::{fmt, process::ExitCode, sync::Arc};

use hongbao_ports::{Clock, Ids};
use hongbao_rongcloud::{Checked, Finding, RongCloud};
use serde::Serialize;
use tracing::{info, warn};

use self::messages::Message;
use crate::{
    cli::{Im, ImCommand},
    compose::{CloudAccess, connect},
    error::CliError,
    print::print,
    settings::Settings,
    system::{SystemClock, SystemIds},
};

/// What is said of one host.
#[derive(Debug, Serialize)]
struct Line {
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

/// Runs one command about the IM cloud.
pub(crate) async fn run(settings: &Settings, im: Im) -> Result<ExitCode, CliError> {
    match im.command {
        ImCommand::Check { json } => check(settings, json).await,
    }
}

/// Exit status 0: every host lets the app in. 1: one of them says no. 2: one of them could not be asked.
async fn check(settings: &Settings, json: bool) -> Result<ExitCode, CliError> {
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let cloud = connect(&settings.im, CloudAccess::of(&settings.im)?, &clock, &ids)?;
    let (codes, lines): (Vec<_>, Vec<_>) = ask(&cloud).await.into_iter().unzip();
    let code = codes.into_iter().fold(0, worse);
    if json {
        let text = serde_json::to_string(&lines).map_err(|error| CliError::because("cannot print", &error))?;
        print(&(text + "\n"))?;
    } else {
        print(&lines.iter().map(ToString::to_string).collect::<String>())?;
    }
    Ok(ExitCode::from(code))
}

/// Asks each host, and gives how bad it is and what to say of it.
async fn ask(cloud: &RongCloud) -> Vec<(u8, Line)> {
    let settings = ["im.base_url", "im.backup_url"].into_iter();
    settings.zip(cloud.check().await).map(|checked| (severity(&checked.1.finding), line(checked))).collect()
}

/// Does the same for a server that starts, and logs what comes of it. It neither delays the server nor ends it: the cloud
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

/// A no of the cloud outweighs a host that could not be asked: it is sure, and stays until somebody acts.
const fn worse(one: u8, other: u8) -> u8 {
    match (one, other) {
        (1, _) | (_, 1) => 1,
        (0, code) | (code, _) => code,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_the_worst_and_what_was_not_tried_is_worse_than_good() {
        for (codes, expected) in
            [(&[0, 0][..], 0), (&[0, 2], 2), (&[2, 0], 2), (&[2, 2], 2), (&[2, 1], 1), (&[1, 2], 1), (&[0, 1], 1)]
        {
            assert_eq!(codes.iter().copied().fold(0, worse), expected, "{codes:?}");
        }
    }
}
