"""A3, 王先生 has a new account and cannot log in: the cause from the bank or in four questions, a promised call,
and the news of the bank.

The calls of the rep in this script (whom do I speak to, the fraud tip, teaching) belong to the journeys.
"""

from deploy.local.scripts.stage import Script, Stage

FIRM = "F00003"
ADVICE = ("95588", "密码只自己输，不用告诉任何人")


def play(stage: Stage) -> None:
    """S34, S38-S41, C19, C22."""
    stranger = stage.customer("没绑定的客户")
    stranger.says("孩子跟我说办个网银更方便，可我年纪大了，都不会登")
    stranger.sees("U盾是刚领的吗", "人工", buttons=("刚领的", "用过一阵了", "人工"))
    stranger.taps("刚领的").sees("登录成功过吗", buttons=("登成功过", "没成功过"))
    stranger.says("一次都没登上过").sees("灯亮吗", buttons=("灯亮", "灯不亮"))
    stranger.says("亮的")
    stranger.sees("您别着急", "证书还没激活", *ADVICE, buttons=("解决了", "没解决", "人工"))

    wang = stage.customer("王先生", FIRM)
    wang.says("孩子跟我说办个网银更方便，可我年纪大了，都不会登")
    wang.sees("查到您企业的U盾证书还没激活", *ADVICE, buttons=("解决了", "没解决", "人工"))

    wang.says("那明天上午你们给我打个电话看看吧").sees("几个时间有空", buttons=("明天10:00-10:30",))
    wang.taps("明天10:00-10:30").sees("约好了", "明天10:00-10:30", "不会要密码和验证码")

    stage.next_day_at("9:40")
    stage.bank_reports("银行系统报来：U盾证书已激活", "certificate_activated", wang)
    wang.sees("U盾证书已激活", "可以登录网银", "谁要都不给")
    wang.says("能登了能登了！你比我孩子教得还耐心").sees("谢谢", buttons=("人工",))


SCRIPT = Script(
    "a03",
    "A3　王先生：新户的U盾登不上",
    "王氏五金加工厂昨天刚开户。王先生年纪大，不会登网银；绑定了企业，银行查得到就直接说原因；没绑定的，机器人最多问四个问题找到原因。约好明天再看。",
    "10:00",
    play,
)
