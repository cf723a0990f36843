//! What the members of answers are called in Chinese. A name means one thing everywhere, so the name is enough.

use serde_json::{Map, Value};

/// A name on the wire, and what it means.
const NAMES: [(&str, &str); 127] = [
    ("added", "本次请求是否新增了该用户；不涉及新增时不给出。"),
    ("amount", "金额，精确的十进制数。"),
    ("answer", "响应内容，不含凭证等秘密；尚无响应时为null。"),
    ("asked", "所请求的操作。"),
    ("at", "时间。"),
    ("attempts", "已尝试的次数。"),
    ("balance", "余额，精确的十进制数。"),
    ("balances", "各币种的余额。"),
    ("began_at", "开始时间；从未开始则为null。"),
    ("blocked_id", "对方的用户ID，对方不能加该用户为好友。"),
    ("blocks", "该用户屏蔽的人。"),
    ("body", "请求体的内容，不含凭证等秘密。"),
    ("cause", "原因。"),
    ("changed_at", "进入该状态的时间。"),
    ("claimed_at", "领取时间。"),
    ("claims", "领取记录。"),
    ("code", "原因的固定名称，不翻译。"),
    ("coin_id", "币ID。"),
    ("coins", "币种。"),
    ("content", "红包备注。"),
    ("count", "处理的条数。"),
    ("created_at", "创建时间。"),
    ("cursor", "上一页的next。"),
    ("deliveries", "通知。"),
    ("deliveries_dropped", "一并丢弃的通知条数。"),
    ("deposits", "充值总额。"),
    ("desired", "融云应有的状态：no_group、member或no_member。"),
    ("detail", "给人看的一句话。"),
    ("due_at", "下次尝试的时间；不再尝试或正在尝试时为null。"),
    ("ended_at", "领取、退回或取消的时间；此前为null。"),
    ("error", "最近一次失败的原因；没有则为null。"),
    ("event", "事件类型。"),
    ("event_id", "事件ID，每次尝试都相同。"),
    ("events", "要接收的事件类型；不填为全部。"),
    ("expires_at", "到期时间。"),
    ("expires_in_s", "有效期，秒；不填为30天。"),
    ("failed_checks", "未能一致的检查次数。"),
    ("findings", "发现的错误，每项一句话，指明是哪一行。"),
    ("former_secret_until", "旧密钥同时签名的截止时间；没有则为null。"),
    ("friend_count", "好友数。"),
    ("friends", "好友。"),
    ("from", "自该时间起。"),
    ("from_user_id", "红包发送方的用户ID。"),
    ("group_id", "群组ID。"),
    ("group_name", "群组名称。"),
    ("groups", "群组。"),
    ("happened_at", "事件发生的时间。"),
    ("held", "红包中尚未领取或退回的金额。"),
    ("holders", "核对过的账户、红包和资金变动的数量。"),
    ("holds", "资金是否相符。"),
    ("idempotency_key", "调用方的Idempotency-Key。"),
    ("is_active", "是否启用；停用的用户没有登录凭证，也收不到任何东西。"),
    ("is_enabled", "是否启用。"),
    ("keep_former_for_s", "旧密钥继续签名的时间，秒；不填为一天。"),
    ("kind", "类别。"),
    ("last_used_at", "最近一次使用的时间，精确到分钟；从未使用则为null。"),
    ("lasts_s", "有效期，秒；不填则直到吊销。"),
    ("limit", "每页最多条数。"),
    ("max_amount", "单个红包的最大金额。"),
    ("member_count", "群组成员数，含调用者。"),
    ("memo", "群组备注；没有则为空。"),
    ("message_uid", "融云的消息ID；没有则为null。"),
    ("min_amount", "单个红包的最小金额。"),
    ("movement", "已执行的资金变动；被拒绝则为null。"),
    ("movements", "资金变动，1到1000笔。"),
    ("name", "名称；用户的可为空。"),
    ("next", "下一页的cursor；最后一页为null。"),
    ("next_check_at", "下次检查的时间。"),
    ("number", "序号，从1开始。"),
    ("object_name", "消息类别。"),
    ("operation_id", "操作ID。"),
    ("operations", "操作记录。"),
    ("overdue", "应已解决而未解决的内容，每项一句话。"),
    ("owner_id", "群主的用户ID。"),
    ("packet", "红包。"),
    ("packets", "红包。"),
    ("portrait_uri", "用户头像地址，可为空。"),
    ("portraitUri", "用户头像地址，可为空。"),
    ("posting", "账目；没有资金变动则为null。"),
    ("postings", "账目。"),
    ("prefix", "只列出ID以此开头的用户。"),
    ("receiver_id", "唯一可以领取的用户；null表示不限。"),
    ("reference", "应用自己账目中的永久唯一参考号；重复提交不会再次入账。"),
    ("refused", "被拒绝的笔数。"),
    ("repeated", "此前是否已经执行过；为true时本次没有任何变动。"),
    ("replayed", "重发的事件数。"),
    ("report", "审计结果；尚无则为null。"),
    ("request_id", "请求标识，与响应的X-Request-Id和服务器日志一致。"),
    ("results", "每一笔的结果，顺序与请求相同。"),
    ("revoked", "失效的登录会话数。"),
    ("revoked_at", "吊销的时间；未吊销则为null。"),
    ("scale", "小数位数，不可更改。"),
    ("scopes", "权限：read、people、money、operator。"),
    ("secret", "签名密钥，只给出这一次。"),
    ("sender_id", "红包发送方的用户ID。"),
    ("session_count", "未过期的登录会话数。"),
    ("session_id", "登录会话的公开ID，不能用于登录。"),
    ("session_key", "登录凭证。"),
    ("sessions", "登录会话。"),
    ("share", "份额的序号。"),
    ("shares", "份额。"),
    ("since", "成为好友的时间。"),
    ("stage", "按当前时间判断的状态：open、claimed、expired、refunded或cancelled。"),
    ("started_by", "触发方式：administrator或interval（定期，只核对资金）；从未审计则为null。"),
    ("state", "状态。"),
    ("status", "HTTP状态；操作尚未结束时为null。"),
    ("steps", "经历的每一步，最早的在前。"),
    ("stuck", "始终未能一致的群组和成员，检查失败次数多的在前。"),
    ("taker_id", "领取者的用户ID。"),
    ("takes_friend_requests", "他人是否可以加该用户为好友。"),
    ("takes_packets", "是否可以发新红包。"),
    ("target", "接收方：notice，或端点ID。"),
    ("title", "HTTP状态的含义。"),
    ("to_user_id", "接收方的用户ID；不是单个用户时为null。"),
    ("token", "令牌本身，只给出这一次。"),
    ("token_id", "令牌ID。"),
    ("tokens", "令牌。"),
    ("transfer_id", "红包交易ID。"),
    ("type", "固定为about:blank，详情见code。"),
    ("until", "截至该时间，不含。"),
    ("url", "端点地址。"),
    ("user_id", "用户ID。"),
    ("users", "用户。"),
    ("webhook_id", "端点ID。"),
    ("webhooks", "端点。"),
    ("what", "发生的事情，一句英文。"),
    ("withdrawals", "提现总额。"),
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
            let Some(property) = property.as_object_mut() else { continue };
            explain(property);
            if let Some(chinese) = chinese(name) {
                property.insert("x-description-zh".to_owned(), chinese.into());
            }
        }
    }
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        explain(items);
    }
    if let Some(Value::Array(types)) = schema.get_mut("oneOf") {
        types.iter_mut().filter_map(Value::as_object_mut).for_each(explain);
    }
}
