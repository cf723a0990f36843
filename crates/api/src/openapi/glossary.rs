//! What the members of answers are called in Chinese. A name means one thing everywhere, so the name is enough.

use serde_json::{Map, Value};

/// A name on the wire, and what it means.
const NAMES: [(&str, &str); 71] = [
    ("amount", "金额，精确的十进制数。"),
    ("asked", "所请求的操作。"),
    ("at", "时间。"),
    ("balance", "余额，精确的十进制数。"),
    ("balances", "各币种的余额。"),
    ("body", "请求体的内容，不含凭证等秘密。"),
    ("cause", "原因。"),
    ("changed_at", "进入该状态的时间。"),
    ("claimed_at", "领取时间。"),
    ("claims", "领取记录。"),
    ("code", "原因的固定名称，不翻译。"),
    ("coin_id", "币ID。"),
    ("coins", "币种。"),
    ("content", "红包备注。"),
    ("created_at", "创建时间。"),
    ("cursor", "上一页的next。"),
    ("detail", "给人看的一句话。"),
    ("ended_at", "领取、退回或取消的时间；此前为null。"),
    ("expires_at", "到期时间。"),
    ("expires_in_s", "有效期，秒；不填为30天。"),
    ("from", "自该时间起。"),
    ("from_user_id", "红包发送方的用户ID。"),
    ("group_id", "群组ID。"),
    ("group_name", "群组名称。"),
    ("held", "红包中尚未领取或退回的金额。"),
    ("idempotency_key", "调用方的Idempotency-Key。"),
    ("is_active", "是否启用；停用的用户没有登录凭证，也收不到任何东西。"),
    ("limit", "每页最多条数。"),
    ("max_amount", "单个红包的最大金额。"),
    ("member_count", "群组成员数，含调用者。"),
    ("memo", "群组备注；没有则为空。"),
    ("message_uid", "融云的消息ID；没有则为null。"),
    ("min_amount", "单个红包的最小金额。"),
    ("name", "用户名称，可为空。"),
    ("next", "下一页的cursor；最后一页为null。"),
    ("number", "序号，从1开始。"),
    ("object_name", "消息类别。"),
    ("operation_id", "操作ID。"),
    ("operations", "操作记录。"),
    ("owner_id", "群主的用户ID。"),
    ("packets", "红包。"),
    ("portraitUri", "用户头像地址，可为空。"),
    ("portrait_uri", "用户头像地址，可为空。"),
    ("postings", "账目。"),
    ("prefix", "只列出ID以此开头的用户。"),
    ("receiver_id", "唯一可以领取的用户；null表示不限。"),
    ("reference", "应用自己账目中的永久唯一参考号；重复提交不会再次入账。"),
    ("repeated", "此前是否已经执行过；为true时本次没有任何变动。"),
    ("request_id", "请求标识，与响应的X-Request-Id和服务器日志一致。"),
    ("revoked", "失效的登录会话数。"),
    ("scale", "小数位数，不可更改。"),
    ("sender_id", "红包发送方的用户ID。"),
    ("session_id", "登录会话的公开ID，不能用于登录。"),
    ("session_key", "登录凭证。"),
    ("sessions", "登录会话。"),
    ("share", "份额的序号。"),
    ("shares", "份额。"),
    ("since", "成为好友的时间。"),
    ("stage", "按当前时间判断的状态：open、claimed、expired、refunded或cancelled。"),
    ("state", "状态。"),
    ("status", "HTTP状态；操作尚未结束时为null。"),
    ("taker_id", "领取者的用户ID。"),
    ("takes_friend_requests", "他人是否可以加该用户为好友。"),
    ("title", "HTTP状态的含义。"),
    ("to_user_id", "接收方的用户ID；不是单个用户时为null。"),
    ("token_id", "令牌ID。"),
    ("transfer_id", "红包交易ID。"),
    ("type", "固定为about:blank，详情见code。"),
    ("until", "截至该时间，不含。"),
    ("user_id", "用户ID。"),
    ("users", "用户。"),
];

/// Gives what a member is called.
pub(super) fn chinese(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, chinese)| *chinese)
}

/// Explains the members of a type in Chinese, at any depth.
pub(super) fn explained(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        explain(object);
    }
    schema
}

fn explain(schema: &mut Map<String, Value>) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties {
            if let (Some(property), Some(chinese)) = (property.as_object_mut(), chinese(name)) {
                property.insert("x-description-zh".to_owned(), chinese.into());
            }
        }
    }
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        explain(items);
    }
}
