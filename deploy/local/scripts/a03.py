"""A3, 王先生 has a new account and cannot log in: the bot asks a stranger at most four questions; the rep calls the new
holder, finds the cause with him, calls again as promised, and teaches him what is left.
"""

from deploy.local.scripts.stage import Script, Stage

FIRM, FIRM_NAME = "F00003", "王氏五金加工厂"
ADVICE = ("95588", "密码只自己输，不用告诉任何人")
TIP = "出租出借账户、刷流水都是骗局"
LESSONS = ("转账汇款", "银企对账", "账户使用注意事项")


def play(stage: Stage) -> None:
    """S32, S34, S36-S43, C19, C22."""
    stranger = stage.customer("没绑定的客户")
    stranger.says("孩子跟我说办个网银更方便，可我年纪大了，都不会登")
    stranger.sees("U盾是刚领的吗", "人工", buttons=("刚领的", "用过一阵了", "人工"))
    stranger.taps("刚领的").sees("登录成功过吗", buttons=("登成功过", "没成功过"))
    stranger.says("一次都没登上过").sees("灯亮吗", buttons=("灯亮", "灯不亮"))
    stranger.says("亮的")
    stranger.sees("您别着急", "证书还没激活", *ADVICE, buttons=("解决了", "没解决", "人工"))

    opened = f"银行系统报来：{FIRM_NAME}昨天新开户，联系人王先生"
    stage.account_was_opened(opened, FIRM, firm_name=FIRM_NAME, contact="王先生", phone="13800008709")
    rep = stage.caller("rep03", "小吴", "王先生").has_to_call("新开户")
    rep.says("您好，我是银行的服务代表，本次通话会录音。请问是王总吗？").hears("是我。")
    rep.comes_to("himself").cannot_close_without(TIP).reads_out(TIP).reads_out("已问过使用情况")
    rep.hears("孩子跟我说办个网银更方便，可我都不会登。").speaks_slowly()
    rep.finds_the_cause("ukey", "刚领的", "没成功过", "灯亮", cause="证书还没激活")
    rep.reads_out("已说好下一步").says("那我明天上午10点再给您打电话。")
    rep.finishes("told", "U盾证书未激活，已教客户打95588激活", stage.tomorrow_at("10:00"), "看看U盾能不能登录")

    wang = stage.customer("王先生", FIRM)
    stage.note("王先生关注了账号，绑定了企业；打过的电话、约好的回访都跟到他名下")
    wang.says("孩子跟我说办个网银更方便，可我年纪大了，都不会登")
    wang.sees("查到您企业的U盾证书还没激活", *ADVICE, buttons=("解决了", "没解决", "人工"))

    stage.next_day_at("9:40")
    stage.bank_reports("银行系统报来：U盾证书已激活", "certificate_activated", wang)
    wang.sees("U盾证书已激活", "可以登录网银", "谁要都不给")

    stage.at("10:00")
    rep.has_to_call("看看U盾能不能登录").says("王先生，现在能登进去了吗？").comes_to("himself").hears("能了能了！")
    for lesson in LESSONS:
        rep.reads_out(lesson)
    rep.comes_to("settled", "能登录了，教会了转账和对账", duration_s=1800)
    stage.supervisor("supervisor01", "李主管").sees_kept(rep)
    rep.knows_the_next("new_account_d7", "系统自动排好：开户满一周再回访")
    wang.says("太麻烦你了，你比我孩子教得还耐心！").sees("谢谢", buttons=("人工",))


SCRIPT = Script(
    "a03",
    "A3　王先生：新户的U盾登不上",
    "王氏五金加工厂昨天刚开户。没绑定的客户，机器人最多问四个问题找到原因；新户第二天由服务代表回访：先核实本人、提醒防诈，再陪着排查，约好明天再看，答应的事一件不落。",
    "10:00",
    play,
)
