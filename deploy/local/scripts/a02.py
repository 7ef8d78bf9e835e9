"""A2, 张先生's points run out: what he has and until when, what he can get, and the way there step by step."""

from deploy.local.scripts.stage import Script, Stage

FIRM = "F00002"


def play(stage: Stage) -> None:
    """S23, S25-S28, C19, C22. The call of the rep and the campaign before it belong to the journeys."""
    zhang = stage.customer("张先生", FIRM)

    zhang.says("我那个积分是不是快过期了").sees("积分", "到期", buttons=("兑换积分", "人工"))
    zhang.says("能换啥").sees("加油卡、话费", "不能换现金")
    zhang.says("那换加油卡，咋弄").sees("1/5", "自己打开企业手机银行", "别从任何链接进", buttons=("完成", "卡住了"))
    zhang.taps("完成").sees("2/5", "我的权益")
    zhang.taps("看图").sees("第2步的图马上发您").sees("图片")
    zhang.says("没看到这个权益啊").sees("操作员管理", buttons=("完成", "人工"))
    zhang.says("好了有了").sees("3/5", "加油卡")
    zhang.says("下一步").sees("4/5", "确认兑换")
    zhang.taps("完成").sees("5/5", "我的订单")
    stage.bank_reports("银行系统报来：张先生的企业兑换了加油卡", "points_redeemed", zhang)
    zhang.sees("积分兑换成功了", "卡号卡密只自己用，别发给任何人")
    zhang.taps("完成").sees("兑换好了", "回单、对账现在也都能在手机上办")
    zhang.says("真是又省事又省心！").sees("谢谢")


SCRIPT = Script(
    "a02",
    "A2　张先生：积分快到期，换成加油卡",
    "张记汽配商行绑定了企业，一批权益积分快到期。张先生在微信里问到自己的积分，一步一步换成加油卡；银行报来兑换成功才算办完，办完只顺带介绍一样功能。",
    "10:00",
    play,
)
