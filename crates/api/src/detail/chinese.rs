//! The sentences in Chinese, in the same order as the English ones.

use super::Sentence;

pub(super) const SENTENCES: &[Sentence] = &[
    ("not_logged_in", "未登录。"),
    // 发送红包
    ("receiver_missing", "接收红包的用户ID为空。"),
    ("receiver_malformed", "接收红包的用户ID格式错误。"),
    ("coin_missing", "币ID为空。"),
    ("coin_malformed", "币ID格式错误。"),
    ("amount_missing", "红包金额为空。"),
    ("amount_malformed", "红包金额不是十进制数。"),
    ("amount_not_positive", "红包金额必须大于零。"),
    ("amount_too_precise", "红包金额的小数位数超过该币的精度。"),
    ("amount_below_minimum", "红包金额低于该币的最小红包金额。"),
    ("amount_above_maximum", "红包金额高于该币的最大红包金额。"),
    ("self_not_allowed", "不能给自己发红包。"),
    ("receiver_not_found", "接收方不存在。"),
    ("coin_not_held", "币不在您的资产列表中。"),
    ("balance_too_low", "余额不足。"),
    // 领取红包
    ("transfer_id_missing", "红包交易ID为空。"),
    ("transfer_id_malformed", "红包交易ID格式错误。"),
    ("packet_not_found", "红包不存在。"),
    ("expired", "红包已过期。"),
    ("cancelled", "红包已取消。"),
    ("claimed_by_you", "您已领取过该红包。"),
    ("all_taken", "红包已被领完。"),
    ("not_yours", "没有权限领取该红包。"),
    // 融云
    ("im_cloud_rejected", "融云服务器拒绝了请求，未发生任何变动。"),
    ("im_cloud_unknown", "融云服务器没有正常应答，未发生任何变动。"),
    ("im_cloud_busy", "融云服务器繁忙，未发生任何变动。"),
    ("profile_unknown", "融云服务器没有正常应答，修改可能已生效，请查看用户信息。"),
    ("message_unknown", "融云服务器没有正常应答，消息可能已送达。"),
    // 无法识别的请求
    ("unknown_path", "没有这个方法。"),
    ("method_not_allowed", "此处不允许使用该HTTP方法。"),
    ("media_type", "请求体必须是表单、multipart表单或JSON。"),
    ("body_too_large", "请求体过大。"),
    ("body_incomplete", "请求体未能及时完整到达。"),
    ("query_malformed", "查询字符串编码错误。"),
    ("form_malformed", "表单编码错误。"),
    ("multipart_malformed", "multipart请求体已损坏，或包含文件。"),
    ("json_malformed", "请求体不是JSON对象。"),
    ("parameter_missing", "缺少参数{parameter}。"),
    ("parameter_reserved", "参数{parameter}的值为系统保留值。"),
    ("parameter_ambiguous", "参数{parameter}重复。"),
    ("parameter_not_text", "参数{parameter}必须是字符串。"),
    ("parameter_too_long", "参数{parameter}过长。"),
    ("parameter_illegal_character", "参数{parameter}包含不允许的字符。"),
    // 服务器自身的故障
    ("internal", "服务器内部错误。"),
    ("unavailable", "服务暂时不可用，尚未开始处理，请重试。"),
    ("unresolved", "结果尚不确定，请先查询再重试。"),
];
