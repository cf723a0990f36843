//! `/admin/v1/deposits` and `/admin/v1/withdrawals`

use hongbao_api::admin::{
    Text,
    movement::{Deposit, MovementData, MovementRequest, Withdraw},
};
use hongbao_app::admin::{AdminFailure, Movement};

use super::handle::{Context, ServeAdmin};

const fn movement(request: &MovementRequest) -> Movement {
    let MovementRequest { reference: Text(reference), user_id: Text(user), coin_id: Text(coin), amount } = *request;
    Movement { reference, user, coin, quantity: amount.0 }
}

impl ServeAdmin for Deposit {
    async fn serve(context: &Context, request: MovementRequest) -> Result<MovementData, AdminFailure> {
        let (moved, scale) = context.shared.admin.deposit(movement(&request)).await?;
        Ok(MovementData::of(&moved, scale))
    }
}

impl ServeAdmin for Withdraw {
    async fn serve(context: &Context, request: MovementRequest) -> Result<MovementData, AdminFailure> {
        let (moved, scale) = context.shared.admin.withdraw(movement(&request)).await?;
        Ok(MovementData::of(&moved, scale))
    }
}
