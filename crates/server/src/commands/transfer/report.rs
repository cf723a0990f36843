//! What came of it, for people and for programs.

use std::{collections::BTreeMap, fmt};

use hongbao_api::admin::audit::AuditData;
use hongbao_store::archive::transfer::Moved;
use serde::Serialize;

use crate::{error::CliError, settings::Place};

#[derive(Serialize)]
pub(super) struct Report {
    from: String,
    to: String,
    tables: BTreeMap<&'static str, u64>,
    audit: AuditData,
}

impl Report {
    pub(super) fn new(from: &Place, to: &Place, moved: &Moved) -> Self {
        Self {
            from: from.to_string(),
            to: to.to_string(),
            tables: moved.tables.iter().map(|(table, rows)| (table.as_str(), *rows)).collect(),
            audit: AuditData::of(&moved.audit),
        }
    }

    pub(super) fn to_json(&self) -> Result<String, CliError> {
        let json = serde_json::to_string(self).map_err(|error| CliError::because("cannot print", &error))?;
        Ok(json + "\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (table, rows) in &self.tables {
            writeln!(f, "{table}: {rows}")?;
        }
        write!(f, "{}", self.audit)?;
        writeln!(f, "everything of {} is in {}, row for row, and the audits are equal", self.from, self.to)
    }
}
