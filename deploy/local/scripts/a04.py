"""A4, a clerk at night: the receipt in four steps; no menu is a matter of rights; what stays open gets a call."""

from deploy.local.scripts.stage import Script, Stage

PHONE = "13800001234"
OTHER_WAYS = ("灰单在哪下", "打回单", "回单咋个整出来嘛", "俺想把那个电子回单弄出来", "怎么导出回单", "要给供应商回单")


def play(stage: Stage) -> None:
    """S23, S24, C29."""
    clerk = stage.customer("小李（出纳）")
    stage.at("22:40")

    clerk.says("上个月给供应商转的那笔，回单在哪下")
    clerk.sees(
        "【智能客服】", "①登录", "②查询→电子回单", "③选账号和日期", "④选中交易", "查询权限", "解决了吗",
        buttons=("解决了", "没解决", "人工"),
    )  # fmt: skip
    clerk.says("没解决，没有这个菜单")
    clerk.sees("网银还是手机银行", buttons=("企业网银", "企业手机银行"))
    clerk.taps("企业网银").sees("没有查询权限", "操作员管理", buttons=("解决了", "没解决", "人工"))
    clerk.taps("没解决")
    clerk.sees("人工现在不在线", "明天9:", "前给您回电", "手机号")
    clerk.says(PHONE).sees("明天9:", "尾号1234", "密码和验证码", without=(PHONE,))

    for number, words in enumerate(OTHER_WAYS, start=1):
        other = stage.customer(f"别的出纳{number}")
        other.says(words).sees("②查询→电子回单", "④选中交易", buttons=("解决了", "没解决", "人工"))
        other.taps("解决了").sees("太好了")


SCRIPT = Script(
    "a04",
    "A4　出纳夜里找回单",
    "22:40，没有服务代表在线。出纳自己下载回单；错别字、省略和方言问法得到同样的答案；没弄好的，约定时间回电。",
    "22:00",
    play,
)
