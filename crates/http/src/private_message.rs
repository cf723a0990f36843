//! The handler of messages from user to user.

use hongbao_api::message::{Publish, PublishRequest, Published};
use hongbao_app::Caller;
use hongbao_domain::message::{Message, SendRefusal};
use hongbao_ports::Failure;

use crate::{Shared, handle::Serve};

impl Serve for Publish {
    async fn serve(shared: Shared, caller: Caller, request: PublishRequest) -> Result<Published, Failure<SendRefusal>> {
        let PublishRequest { receiver, object_name, content, push_content, include_sender } = request;
        let (from, kind) = (caller.user, object_name.clone());
        let message = Message { from, to: receiver, object_name: kind, content, push_content, include_sender };
        let message_uid = shared.messages.send(&caller, message).await?;
        Ok(Published { to_user_id: receiver, object_name, message_uid })
    }
}
