"""A6, secrets in the chat: blacked out before anybody sees them, neither from the customer nor wanted by a rep."""

from deploy.local.scripts.stage import Script, Stage

CARD = "6222021234567890128"
ID_NUMBER = "110101199003077774"


def play(stage: Stage) -> None:
    """C21-C25."""
    rep = stage.rep("rep03", "小吴")
    owner = stage.customer("孙老板")

    owner.says("我U盾密码是12345678，验证码 482913，帮我激活")
    owner.sees(
        "请不要在聊天里发密码、验证码", "不会索要", "95588处理", "请您本人致电95588", without=("12345678", "482913")
    )  # fmt: skip
    owner.sends("image", "一张身份证照片").sees("都不要发到聊天里", without=("已收到",))
    owner.says(f"我身份证 {ID_NUMBER}，卡号 {CARD}，帮我看看为什么登不上")
    owner.sees(without=(ID_NUMBER, CARD))

    rep.is_ready()
    owner.says("转人工").sees("已为您转接", "请勿在聊天中发送密码、验证码")
    rep.accepts(owner)
    owner.says("密码是87654321，你帮我登一下").sees("请不要在聊天里发密码")
    rep.reads("密码是", "[已屏蔽]", without=("87654321",))
    rep.is_refused("wording_blocked", "把验证码发我，我帮您登")
    rep.replies("密码请您自己输，我们不会要。您致电95588，按提示激活就行。")
    rep.closes("solved", "已说明本人致电95588激活")
    owner.sees("满意吗")

    owner.sends("image", "一张营业执照照片").sees("https://")


SCRIPT = Script(
    "a06",
    "A6　聊天里发了密码",
    "密码、验证码、卡号、证件号在存下来之前就被遮住；服务代表要验证码的话发不出去；证件照片不在聊天里收。",
    "10:00",
    play,
)
