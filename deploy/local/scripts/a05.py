"""A5, discipline of the hand-off: first ask, place, nothing asked twice, a transfer, the sixth message."""

from deploy.local.scripts.stage import Script, Stage


def play(stage: Stage) -> None:
    """S9, S10, C30."""
    first, second = stage.customer("甲老板"), stage.customer("乙老板")
    zhou = stage.customer("老周", "F00005")
    first.says("转人工").sees("已为您转接", "前面还有0位")
    second.says("人工").sees("已为您转接", "前面还有1位")
    zhou.says("优盾插上没反应").sees("驱动或接口的问题", "USB口", buttons=("解决了", "没解决", "人工"))
    zhou.says("转人工").sees("已为您转接", "可以先留言", "不用再说一遍")
    zhou.says("换了两个口都不行").sees_nothing()

    wu, zheng = stage.rep("rep03", "小吴"), stage.rep("rep04", "小郑")
    wu.sees_waiting("客户要求人工", "客户要求人工", "客户要求人工")
    first.says("不等了").sees("不排队了")
    second.says("还要等多久").sees("前面还有0位")
    second.says("不用等了").sees("不排队了")
    wu.is_ready().accepts(zhou)
    wu.sees_on_card("身份：L3", "已答过：U盾用不了", "U盾问题：驱动或接口的问题").reads("换了两个口都不行")
    wu.replies("周老板，换了口不行，多半是驱动的问题，我请同事带您装一遍。")
    zheng.is_ready()
    wu.transfers_to(zheng, "ebank", "已换过两个USB口，要带着装驱动")
    wu.goes_home()
    zheng.accepts(zhou).sees_on_card("已答过", "转接附言：已换过两个USB口")

    zhou.says("弄好了，能用了").sees_nothing()
    zheng.closes("solved", "装驱动后能用")
    zhou.sees("满意吗")

    patient = stage.customer("戊老板")
    stage.at("10:05")
    patient.says("人工").sees("已为您转接")
    zheng.accepts(patient)
    for number in range(1, 3):
        zheng.replies(f"第{number}步，照着做就行。")
    zheng.replies_in_a_row("第3步，看灯亮不亮。", "亮了点“下一步”。")
    zheng.replies_in_a_row("第4步，照着做就行。")
    zheng.is_refused("last_message", "第5步，最后重启电脑。")
    zheng.replies_in_a_row("第5步，最后重启电脑。", takes_last=True)
    zheng.is_refused("allowance_spent", "第6步，再登一次。")

    lost = stage.customer("丙老板")
    lost.says("老是弹个框框").sees(buttons=("人工",))
    lost.says("数怎么对不上呀").sees("要不要我现在转人工", buttons=("人工", "不用了"))
    lost.taps("不用了").sees("人工")

    zheng.goes_home()
    crowd = [stage.customer(f"排队{number}") for number in range(1, 6)]
    for one in crowd:
        one.says("转人工").sees("已为您转接")
    late = stage.customer("丁老板", "F00006")
    late.says("转人工").sees("给您回电", "预留的号码", "可以吗", buttons=("可以，给我回电",))


SCRIPT = Script(
    "a05",
    "A5　转人工的规矩",
    "一说就转；位次说清楚；服务代表看得到试过什么，不再问“请问您有什么问题”；转接不丢摘要；快发完时短句并成一条，最后一条要确认，第六条发不出去会说明原因。",
    "10:00",
    play,
)
