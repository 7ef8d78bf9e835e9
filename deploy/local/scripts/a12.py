"""A12, learning: what many ask and nobody answered stands in 待学习, grouped and counted; its answer is written by one,
approved by another, and said from then on.
"""

from deploy.local.scripts.stage import Script, Stage

QUESTION = "积分能不能换京东卡"
WAYS = (QUESTION, "积分可以换京东卡吗", "京东卡能用积分换不", "我的积分能换京东卡吗", "积分换京东卡行不行")
ANSWER = "京东卡现在换不了。能换的是加油卡、话费这些，以兑换页面上有货的为准；积分也不能换现金。"


def play(stage: Stage) -> None:
    """S5, S45, C4."""
    for number, words in enumerate(WAYS, start=1):
        owner = stage.customer(f"客户{number}")
        owner.says(words).sees("积分", buttons=("人工",))
        owner.says("不是这个意思").sees("理解错了", buttons=("积分怎么来的", "人工"))
        owner.taps("积分怎么来的").sees("积分", buttons=("人工",))
    trainer = stage.trainer("trainer01", "何训练")
    trainer.finds(QUESTION, customers=len(WAYS))

    rep = stage.rep("rep05", "小王").is_ready()
    asking = stage.customer("客户6")
    asking.says(QUESTION).sees("积分", buttons=("人工",))
    asking.says("人工").sees("已为您转接")
    rep.accepts(asking).corrects(QUESTION, "points_rules", "积分怎么来的")
    rep.replies("京东卡现在没有，能换的以页面上有货的为准，我帮您记下这个建议。")
    trainer.finds(QUESTION, customers=1).wants_an_answer()

    writer = stage.writer("marketer01", "陈运营")
    writer.writes("points_jd_card", "积分换京东卡", ANSWER, WAYS, stage.days_ahead(180)).hands_in().may_not_approve()
    still = stage.customer("客户7")
    still.says(QUESTION).sees("积分", buttons=("人工",), without=("京东卡",))
    stage.reviewer("reviewer01", "孙消保").approves(writer)
    stage.seconds_later(1)
    happy = stage.customer("客户8")
    happy.says("积分能换京东卡不").sees(ANSWER, buttons=("人工",))
    trainer.closes_answered("知识库问答“积分换京东卡”")


SCRIPT = Script(
    "a12",
    "A12　学会没答好的问题",
    "这一周很多人问“积分能不能换京东卡”，都没答到点子上。问题进了待学习，归成一组，看得到有多少人问；运营写答案，消保审批，一秒内生效，下一位就答对了。",
    "10:00",
    play,
)
