"""A7, fraud under way: stop first, then 110 and the hotline, then a person ahead of everybody; no product."""

from deploy.local.scripts.stage import Script, Stage


def play(stage: Stage) -> None:
    """S35, F2, F3."""
    waiting = stage.customer("排队的客户")
    waiting.says("转人工").sees("已为您转接")
    owner = stage.customer("马老板", "F00007")

    owner.says("有个贷款公司说帮我刷流水能提额到100万，让我把U盾和公章先寄过去")
    owner.sees(
        "⚠️先别寄", "典型诈骗", "正规贷款不需要刷流水", "U盾、公章绝不能交给他人", "110报警", "95588冻结", "96110",
        "优先接入人工", without=("年化利率", "申请贷款"),
    )  # fmt: skip
    rep = stage.rep("rep05", "小王")
    rep.sees_waiting("疑似诈骗", "客户要求人工")
    owner.says("已经转了3万")
    owner.sees("⚠️请马上拨打110报警", "95588冻结账户和U盾", "截图")
    rep.is_ready().accepts(owner).sees_on_card("客户已受骗", "刷流水")
    rep.replies("马老板，先打110和95588，我在线陪着您。对方的聊天记录先别删。")
    rep.is_refused("fraud_risk", card="product:jingying_kuaidai")
    rep.closes("referred", "已报警，95588已冻结")
    owner.sees("满意吗")

    other = stage.customer("朱老板")
    other.says("贷款中介让我先交8000保证金才放款").sees("⚠️先别转", "放款前不收任何费用", "110", "96110", "优先接入人工")
    other.says("不用等了").sees("不排队了")
    other.says("那我想在你们这贷20万进货，用一年，没有房产抵押，执照办了3年").sees(
        "先别急着贷款", "96110", without=("年化利率",)
    )


SCRIPT = Script(
    "a07",
    "A7　正在被骗",
    "贷款公司让马老板刷流水、寄U盾。先叫停，再报警和冻结，再优先接人工；这次会话里不推任何产品。",
    "10:00",
    play,
)
