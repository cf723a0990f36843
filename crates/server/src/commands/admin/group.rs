//! On what the IM cloud does not come to agree.

use std::{fmt, process::ExitCode};

use clap::Subcommand;
use hongbao_api::{
    admin::{
        Moment, Text,
        group::{StuckData, StuckGroups, StuckGroupsRequest},
    },
    rfc3339,
};
use serde::Serialize;

use super::{
    argument::Limit,
    context::{Access, AdminContext, CommandError},
};

/// Groups.
#[derive(Debug, Subcommand)]
pub(super) enum GroupCommand {
    /// List groups and members on which the IM cloud has not come to agree after several checks.
    ///
    /// They are checked less and less often, at last every six hours. A new join of the same user begins anew.
    Stuck {
        #[command(flatten)]
        limit: Limit,
    },
}

/// What is stuck, those with the most failed checks first.
#[derive(Serialize)]
#[serde(transparent)]
struct Report(Vec<StuckData>);

pub(super) async fn run(context: &AdminContext<'_>, command: GroupCommand) -> Result<ExitCode, CommandError> {
    let GroupCommand::Stuck { limit } = command;
    let request = StuckGroupsRequest { limit: limit.into() };
    let found = context.ask::<StuckGroups>(Access::Read, "cannot read what is stuck", request).await?;
    context.show(&Report(found.stuck))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "nothing is stuck");
        }
        for StuckData { group_id: Text(group_id), user_id, desired, failed_checks, next_check_at } in &self.0 {
            let (user, Moment(next)) = (user_id.map_or_else(String::new, |Text(user)| user.to_string()), next_check_at);
            let should = match desired.as_str() {
                "member" => format!("should have {user} as a member"),
                "no_member" => format!("should not have {user} as a member"),
                _ => "should not be there".to_owned(),
            };
            writeln!(
                f,
                "group {group_id} {should} at the cloud: {failed_checks} checks failed, the next one is at {}",
                rfc3339(*next)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hongbao_domain::{
        group::{Desired, Due, Stuck},
        id::{GroupId, UserId},
        time::Timestamp,
    };

    use super::*;

    fn report() -> Report {
        let (group, alice, bob): (_, UserId, UserId) =
            (GroupId::from_u128(7), "alice".parse().unwrap(), "bob".parse().unwrap());
        let next_at = Timestamp::from_micros(1_795_392_377_123_456);
        let stuck = |due, desired, failed| Stuck { due, desired, failed, next_at };
        let rows = [
            stuck(Due::Group(group), Desired::NoGroup { owner: alice }, 9),
            stuck(Due::Membership(group, bob), Desired::NoMember(bob), 6),
            stuck(Due::Membership(group, alice), Desired::Member(alice), 5),
        ];
        Report(rows.iter().map(StuckData::from).collect())
    }

    #[test]
    fn people_read_what_the_cloud_should_have_and_when_it_is_looked_at_again() {
        let id = GroupId::from_u128(7);
        let failed =
            |times| format!("at the cloud: {times} checks failed, the next one is at 2026-11-23T00:06:17.123Z\n");
        let expected = [
            format!("group {id} should not be there {}", failed(9)),
            format!("group {id} should not have bob as a member {}", failed(6)),
            format!("group {id} should have alice as a member {}", failed(5)),
        ];
        assert_eq!(report().to_string(), expected.concat());
        assert_eq!(Report(Vec::new()).to_string(), "nothing is stuck\n");
    }

    #[test]
    fn programs_read_a_list() {
        let lines = serde_json::to_value(report()).unwrap();
        let desired: Vec<_> = lines.as_array().unwrap().iter().map(|line| line["desired"].as_str().unwrap()).collect();
        assert_eq!(desired, ["no_group", "no_member", "member"]);
        assert_eq!((&lines[0]["user_id"], &lines[1]["user_id"]), (&serde_json::Value::Null, &"bob".into()));
        assert_eq!(
            (&lines[1]["failed_checks"], &lines[1]["next_check_at"]),
            (&6.into(), &"2026-11-23T00:06:17.123Z".into())
        );
    }
}
