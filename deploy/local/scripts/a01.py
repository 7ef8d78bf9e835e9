"""A1, 陶先生's restaurants: his own rep at the first ask, the product that suits, stuck at step four, the money."""

from deploy.local.scripts.stage import Script, Stage

FIRM = "F00001"


def play(stage: Stage) -> None:
    """S8-S16, C1, C4, C6, C19, C29."""
    rep = stage.rep("rep01", "小钱").is_ready()
    tao = stage.newcomer("陶先生", FIRM)

    tao.sees("我是智能客服", "不会在聊天里向您要密码和验证码", buttons=("申请贷款", "人工"))
    tao.says("你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款")
    tao.sees("已为您转接普惠专属服务代表", "前面还有0位", "20秒内", "请勿在聊天中发送密码、验证码")
    rep.accepts(tao).sees_on_card("餐饮", "复工复产", "金额：未知")
    stage.supervisor("supervisor01", "李主管").sees_serving(rep)
    rep.replies("陶先生您好，我是普惠服务代表小钱。方便说下大概需要多少、用多久、有没有房产抵押吗？")
    tao.says("二三十万，周转半年，没有抵押，营业执照四年了。").sees_nothing()
    rep.sees_on_card("经营快贷：适合", "税务贷：待确认", "网贷通：不适合")

    for card in ("jingying_kuaidai", "shuiwudai"):
        rep.sends_card(f"product:{card}")
        tao.sees("年化利率（单利）", "【示例】", "以银行审批为准", "贷款有风险，借款需谨慎")
    tao.says("就这个经营快贷，怎么弄？").sees_nothing()
    rep.sends_card("guide:loan_apply")
    tao.sees("1/7", buttons=("完成", "卡住了"))
    for step in ("2/7", "3/7", "4/7"):
        tao.taps("完成").sees(step, buttons=("完成", "卡住了"))
    tao.taps("卡住了").sees("卡在第4步", "授权")
    tao.says("一直说没授权").sees_nothing()
    rep.sees_on_card("第4步").reads("一直说没授权")
    rep.replies("陶先生，两份授权书都要读到底再点同意；弄好后退出App重新进，再点“继续申请”。")

    stage.at("10:25")
    rep.looks_at_board()
    due = stage.days_ahead(30)
    stage.bank_reports(
        "银行系统报来：经营快贷 25 万元已放款", "drawdown_paid", tao, amount_fen=25_000_000, due_on=due.isoformat()
    )
    tao.sees("资金已到账25万元", "按约定用途使用", "首个还款日", "任何人以放款为由收费都是诈骗")
    tao.sees_there(f"{due.month}月{due.day}日")
    rep.sees_board_grow_by(25_000_000)
    tao.says("太感谢了！").sees_nothing()
    rep.closes("drawn", "经营快贷 25 万元到账")
    tao.sees("这次服务您还满意吗", buttons=("非常满意", "不满意"))
    tao.taps("非常满意").sees("谢谢您的评价")


SCRIPT = Script(
    "a01",
    "A1　陶先生：三家餐厅复工，想贷款",
    "陶先生关注了账号，营业时间，服务代表小钱在岗。他要找专属客服；一次就找到，款到账才算办完。",
    "10:00",
    play,
)
