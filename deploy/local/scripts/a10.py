"""A10, no more marketing, and what do you know of me: at once, in every wording, also to a rep."""

from deploy.local.scripts.marketer import ago
from deploy.local.scripts.stage import Script, Stage

STOPPED = ("已为您停止所有营销联系", "服务类通知", "仍会发送")
REFUSALS = ("R", "退订", "拒收", "TD", "不要再给我打电话了")


def play(stage: Stage) -> None:
    """C10-C13, C16."""
    owner = stage.customer("罗老板", "F00011")
    owner.says("别再给我发营销了").sees(*STOPPED)
    owner.says("退订").sees("已经停了", without=STOPPED[:1])
    for number, words in enumerate(REFUSALS, start=1):
        stage.customer(f"退订的客户{number}").says(words).sees(*STOPPED)
    owner.says("帮我查一下积分").sees("积分")

    rep = stage.rep("rep05", "小王").is_ready()
    talking = stage.customer("梁老板", "F00012")
    talking.says("转人工").sees("已为您转接")
    rep.accepts(talking)
    talking.says("不要再打电话推销了").sees(*STOPPED)
    rep.closes("solved", "已告知")
    talking.sees("满意吗")

    asking, known = stage.customer("宋老板"), stage.customer("唐老板", "F00013")
    asking.says("你们留了我哪些信息？删掉").sees("核实身份", without=("操作员",))
    known.says("你们留了我哪些信息").sees("已经登记", "申请编号")
    known.says("把我的信息都删掉").sees("必须保存", "确定要删吗")
    known.says("确定").sees("已经登记", "申请编号", "营销消息从现在起也停了")
    asking.says("不要根据我的情况给我推荐产品").sees("不再根据您的情况")
    stage.customer("烦了的客户").says("别推销了，烦死了").sees(*STOPPED)

    mia, day = stage.marketer("marketer01", "小米"), ago(20, stage.record.now.date())
    mia.imports("老客户回访名单", "总行", "最近动账日", [(owner, day), (talking, day)], junk="F99999")
    mia.picks("老客户", {"op": "all", "of": [{"field": "list", "op": "any_of", "value": [mia.list_id]}]})
    mia.plans("老客户优惠", "marketing", "10:30")
    mia.sees_left_out(owner, "opted_out").sees_left_out(talking, "opted_out")


SCRIPT = Script(
    "a10",
    "A10　别再发营销，我的信息怎么处理",
    "客户用各种说法拒收营销，立即停；服务照常。问自己的信息，要登记、核身、给出结果。",
    "10:00",
    play,
)
