//! `/admin/v1/deposits` and `/admin/v1/withdrawals`

use hongbao_api::admin::{
    Text,
    movement::{Deposit, MovementData, MovementRequest, Withdraw},
    movements::{BatchData, BatchRequest, BatchedMovement, DepositBatch, WithdrawBatch},
};
use hongbao_app::admin::{AdminFailure, Movement};
use hongbao_domain::ledger::Direction;

use super::handle::{Context, ServeAdmin};

impl ServeAdmin for DepositBatch {
    async fn serve(context: &Context, request: BatchRequest) -> Result<BatchData, AdminFailure> {
        move_all(context, Direction::In, request).await
    }
}

impl ServeAdmin for WithdrawBatch {
    async fn serve(context: &Context, request: BatchRequest) -> Result<BatchData, AdminFailure> {
        move_all(context, Direction::Out, request).await
    }
}

async fn move_all(context: &Context, direction: Direction, request: BatchRequest) -> Result<BatchData, AdminFailure> {
    let references: Vec<_> = request.movements.iter().map(|movement| movement.reference.0).collect();
    let movements = request.movements.into_iter().map(|one| {
        let BatchedMovement { reference: Text(reference), user_id: Text(user), coin_id: Text(coin), amount } = one;
        Movement { reference, user, coin, quantity: amount.0 }
    });
    let became = context.shared.admin.move_all(direction, movements.collect()).await?;
    Ok(BatchData::of(&references, &became))
}

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
