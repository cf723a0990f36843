//! `/admin/v1/log`

use hongbao_api::admin::{
    Place,
    log::{LogData, OperationData, ReadLog, ReadLogRequest},
};
use hongbao_app::admin::AdminFailure;
use hongbao_ports::query::Page;

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for ReadLog {
    async fn serve(context: &Context, request: ReadLogRequest) -> Result<LogData, AdminFailure> {
        let ReadLogRequest { cursor, limit } = request;
        let page = Page { after: cursor.map(|Place(at, id)| (at, id)), limit: limit.and_one() };
        let mut operations = context.shared.admin.operations(page).await?;
        let next = limit.cut(&mut operations, |last| Place(last.began_at, last.id));
        Ok(LogData { operations: operations.iter().map(OperationData::from).collect(), next })
    }
}
