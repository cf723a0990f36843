//! `/admin/v1/groups`

use hongbao_api::admin::group::{StuckData, StuckGroups, StuckGroupsData, StuckGroupsRequest};
use hongbao_app::admin::AdminFailure;

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for StuckGroups {
    async fn serve(context: &Context, request: StuckGroupsRequest) -> Result<StuckGroupsData, AdminFailure> {
        let stuck = context.shared.admin.stuck_groups(request.limit.entries()).await?;
        Ok(StuckGroupsData { stuck: stuck.iter().map(StuckData::from).collect() })
    }
}
