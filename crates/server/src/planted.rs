//! Which defect is planted, for the torture to find.

use std::env;

use hongbao_domain::planted::{Defect, plant};

use crate::CliError;

const VARIABLE: &str = "HONGBAO_PLANTED_DEFECT";

/// Plants what the environment names, if it names one.
pub(crate) fn plant_from_environment() -> Result<(), CliError> {
    let Some(name) = env::var_os(VARIABLE) else { return Ok(()) };
    let defect = match name.to_str() {
        Some("fence") => Defect::Fence,
        Some("early-answer") => Defect::EarlyAnswer,
        Some("refund") => Defect::Refund,
        Some(_) | None => return Err(CliError::new(format!("{VARIABLE} names no defect"))),
    };
    plant(defect);
    Ok(())
}
