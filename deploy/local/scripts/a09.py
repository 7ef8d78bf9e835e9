"""A9, accounts that sleep: what may not be said is underlined, a second person approves, the night is left in peace."""

from deploy.local.scripts.marketer import ago
from deploy.local.scripts.stage import Script, Stage

LOUD = "工行最低利率贷款，100%批贷，日息万一，转发好友领红包"
CALM = (
    "您的对公账户已较长时间未使用。可登录企业手机银行查看；如不再使用，可到网点办理销户。"
    "谨防以年检、激活为名的诈骗，我行不通过QQ、微信收取资料。详询95588。拒收请回复R"
)
TITLE = "您的对公账户很久没用了"


def play(stage: Stage) -> None:
    """S19, S21, S29-S33, C1, C4, C5, C15, C27."""
    today = stage.record.now.date()
    firms = (("林", "F00081"), ("贺", "F00082"), ("赵", "F00083"))
    owners = [stage.customer(f"{name}老板", firm) for name, firm in firms]
    left = stage.customer("孟老板", "F00084")
    for known in (*owners, left):
        # The bank says which firm he is of when he first speaks.
        known.says("你好").looks_away()
    left.leaves()
    rows = [(one, ago(400 + 30 * number, today)) for number, one in enumerate([*owners, left])]
    mia = stage.marketer("marketer01", "小米")
    mia.imports("城东支行不动户", "总行", "最近动账日", rows, junk="F99999")
    mia.picks(
        "城东支行一年没动账的户", {"op": "all", "of": [{"field": "list", "op": "any_of", "value": [mia.list_id]}]}
    )
    mia.writes("好消息", LOUD, "marketing").sees_marks("最低利率", "100%批贷", "日息万一", "转发好友领红包")
    mia.cannot_seal()
    mia.writes(TITLE, CALM, "service").seals()
    mia.plans("唤醒不动户", "service", "21:30").hands_in().may_not_approve()
    stage.approver("reviewer01", "老郑").approves(mia)
    mia.schedules()

    stage.at("21:31")
    for owner in owners:
        owner.sees_nothing()
    stage.next_day_at("9:00")
    for owner in owners:
        owner.sees(TITLE)
    stage.seconds_later(2)
    mia.sees_finished().sees_left_out(left, "not_following")
    owners[0].says("你们发的这个，账户不用了怎么销").sees("销户")
    owners[1].says("R").sees("已为您停止所有营销联系")


SCRIPT = Script(
    "a09",
    "A9　不动户唤醒：写、审、发、看结果",
    "网点给来一份一年没动账的名单。运营写推文，不能说的话当场划出；改好以后由另一个人审批；定在晚上的，挪到第二天早上。",
    "15:00",
    play,
)
