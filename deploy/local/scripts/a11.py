"""A11, wages due tomorrow: no lists of staff in the chat, the usual causes, then a rep who knows what was tried."""

from deploy.local.scripts.stage import Script, Stage


def play(stage: Stage) -> None:
    """S22, S23, C24. The referral to a branch belongs to the branch's own desk."""
    rep = stage.rep("rep03", "小吴").is_ready()
    clerk = stage.customer("韩会计", "F00014")

    clerk.says("明天发工资，批量代发失败12笔怎么办，我把表发你")
    clerk.sees(
        "请不要在聊天中发送员工名单和账号", "余额不足", "收款账户异常", "模板不对", "失败明细",
        buttons=("人工",),
    )  # fmt: skip
    clerk.sends("file", "工资表.xlsx", title="工资表.xlsx").sees("请不要在聊天中发送员工名单和账号")
    clerk.says("明细里有9笔写着没签约，我弄不来，转人工").sees("已为您转接网银服务代表", "前面还有0位")

    rep.accepts(clerk).sees_on_card("已答过：代发工资").reads("9笔写着没签约")
    rep.replies("韩会计，没签约的那9笔要先开通代发，我来联系开户网点。另外3笔写的是什么原因？")
    clerk.says("另外3笔写着户名账号不符").sees_nothing()
    rep.reads("户名账号不符")
    rep.replies("那3笔跟员工核对户名和账号，改好后只重发这3笔。没签约的，我请开户网点今天联系您。")
    rep.closes("referred", "代发未签约，转开户网点")
    clerk.sees("满意吗")
    clerk.taps("满意").sees("谢谢您的评价")


SCRIPT = Script(
    "a11",
    "A11　代发工资失败",
    "明天发工资，批量代发失败12笔。员工名单不收；先说常见原因，再接人工，服务代表看得到试过什么。",
    "10:00",
    play,
)
