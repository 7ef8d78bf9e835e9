"""A8, a complaint: sorry, a number and a date in the same turn; nothing asked that the bank already holds."""

from deploy.local.scripts.stage import Script, Stage


def play(stage: Stage) -> None:
    """C9. Whoever complained is asked what he thinks of the result of it, not to rate a chat."""
    owner = stage.customer("何老板", "F00008")
    owner.says("你们客服踢皮球，我要投诉！")
    owner.sees("很抱歉", "已登记", "15日内", "延长", without=("手机号", "您的姓名"))
    rep = stage.rep("rep05", "小王")
    rep.sees_waiting("客户投诉")
    rep.is_ready().accepts(owner).sees_on_card("客户投诉")
    rep.replies("何老板您好，您投诉的事我来跟，有结果我告诉您。")
    rep.closes("followup", "联系网点核实后答复")

    other = stage.customer("郭老板", "F00009")
    other.says("贷款拖了一个月没人管，我要去12378投诉").sees("编号TS", "15日内")
    rep.accepts(other).closes("followup", "催贷款部门本周答复")
    owner.says("我的投诉处理得怎么样了").sees("TS", "给您结果")
    rep.accepts(owner).closes("followup", "已说明办到哪一步")

    night = stage.customer("夜里的客户", "F00010")
    stage.at("21:10")
    night.says("态度太差了，投诉").sees("已登记", "15日内", "明天9:")
    busy = stage.customer("问回单的客户")
    busy.says("回单怎么下载").sees("电子回单")
    busy.says("没解决").sees("网银还是手机银行")
    busy.says("我要投诉").sees("已登记")


SCRIPT = Script(
    "a08",
    "A8　投诉",
    "何老板被推来推去，要投诉。同一轮里致歉、登记、说清期限；已有的信息不再问。",
    "10:00",
    play,
)
