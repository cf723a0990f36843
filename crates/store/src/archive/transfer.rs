//! Moving everything that one store keeps to another.
//!
//! It is written, read again and audited before anything is kept: who does not keep the target has changed nothing.

#[cfg(test)]
mod tests;

use futures_util::TryStreamExt;
use hongbao_domain::ledger::{Audit, Finding};
use hongbao_ports::Fault;

use super::{Archive, Leases, Table};

/// What is in the target now, and just so in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// How many rows each table has.
    pub tables: Vec<(Table, u64)>,
    /// The audit, which is the same in both.
    pub audit: Audit,
}

/// Says why nothing is to be kept.
#[derive(Debug)]
pub enum NotMoved {
    /// In the source something is in progress that only a server can end.
    InProgress(Leases),
    /// The target has rows already, in this table.
    NotEmpty(Table),
    /// The money does not hold in the source.
    Unsound(Vec<Finding>),
    /// What can be read from the target is not what was read from the source.
    Differs(Table),
    /// The two audits are not equal.
    AuditsDiffer,
    /// A server has turned up on the source.
    InUse,
    /// A store broke, at this.
    Broke(Step, Fault),
}

/// What is done to the two stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The source is looked at and audited.
    InspectSource,
    /// The target is looked at.
    InspectTarget,
    /// A table of the source is read.
    Read(Table),
    /// A table of the target is written.
    Write(Table),
    /// A table of the target is read again.
    ReadAgain(Table),
    /// The target is audited.
    AuditTarget,
}

impl Step {
    fn broke(self) -> impl Fn(Fault) -> NotMoved {
        move |fault| NotMoved::Broke(self, fault)
    }
}

/// How many rows there are, and a number that stands for what is in them, whatever their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum {
    rows: u64,
    digest: u128,
}

/// Moves everything, and compares. `copied` is told after each page how many rows of a table are copied.
pub async fn transfer(
    source: &mut dyn Archive,
    target: &mut dyn Archive,
    copied: &mut (dyn FnMut(Table, u64) + Send),
) -> Result<Moved, NotMoved> {
    let leases = source.leases().await.map_err(Step::InspectSource.broke())?;
    if !leases.are_none() {
        return Err(NotMoved::InProgress(leases));
    }
    for table in Table::ALL.iter().filter(|table| **table != Table::Deployment) {
        let first = target.pages(*table).try_next().await.map_err(Step::InspectTarget.broke())?;
        if first.is_some() {
            return Err(NotMoved::NotEmpty(*table));
        }
    }
    let audit = source.audit().await.map_err(Step::InspectSource.broke())?;
    if !audit.holds() {
        return Err(NotMoved::Unsound(audit.findings));
    }
    target.unmark().await.map_err(Step::Write(Table::Deployment).broke())?;
    let mut sums = Vec::new();
    for table in Table::ALL {
        sums.push((*table, copy(source, target, *table, copied).await?));
    }
    for (table, sum) in &sums {
        if add_up(target, *table).await? != *sum {
            return Err(NotMoved::Differs(*table));
        }
    }
    if target.audit().await.map_err(Step::AuditTarget.broke())? != audit {
        return Err(NotMoved::AuditsDiffer);
    }
    if !source.is_alone().await.map_err(Step::InspectSource.broke())? {
        return Err(NotMoved::InUse);
    }
    Ok(Moved { tables: sums.into_iter().map(|(table, sum)| (table, sum.rows)).collect(), audit })
}

async fn copy(
    source: &mut dyn Archive,
    target: &mut dyn Archive,
    table: Table,
    copied: &mut (dyn FnMut(Table, u64) + Send),
) -> Result<Sum, NotMoved> {
    let mut sum = Sum::default();
    let mut pages = source.pages(table);
    while let Some(page) = pages.try_next().await.map_err(Step::Read(table).broke())? {
        target.write(&page).await.map_err(Step::Write(table).broke())?;
        sum.rows += page.count();
        sum.digest = sum.digest.wrapping_add(page.digest());
        copied(table, sum.rows);
    }
    Ok(sum)
}

async fn add_up(target: &mut dyn Archive, table: Table) -> Result<Sum, NotMoved> {
    let mut sum = Sum::default();
    let mut pages = target.pages(table);
    while let Some(page) = pages.try_next().await.map_err(Step::ReadAgain(table).broke())? {
        sum.rows += page.count();
        sum.digest = sum.digest.wrapping_add(page.digest());
    }
    Ok(sum)
}
