"""What happened on the days before: talks that ended, their ratings, and what only the bot answered."""

from dataclasses import dataclass

from deploy.local.pictures.town import Town

LASTS_S = 240


@dataclass(frozen=True)
class Talk:
    """One talk of a rep. `says` goes back and forth, the rep first; `rating` is what the owner taps afterwards."""

    wall: str
    owner: str
    firm: str | None
    asks: str
    rep: str
    says: tuple[str, ...]
    outcome: str
    note: str = ""
    rating: str = ""
    waits_s: int = 0


DAYS: tuple[tuple[Talk, ...], ...] = (
    (
        Talk("09:20", "周老板", "F00074", "转人工，想问问贷款到期了怎么续", "rep01",
             ("周老板您好，我是小钱。您这笔是循环额度，还清当天就能再提。",
              "哦那就放心了，谢谢", "不客气，提款在企业手机银行“我的额度”里。"),
             "solved", "已说明循环用款", "非常满意"),
        Talk("10:10", "李会计", "F00006", "回单打不出来，转人工", "rep03",
             ("李会计您好，浏览器拦住了弹窗，点地址栏右边放行就能下载。", "可以了，下载出来了"),
             "solved", "放行弹窗", "满意", 35),
        Talk("14:30", "马老板", "F00017", "工资代发第一次弄，转人工", "rep04",
             ("马老板您好，先签代发协议，再按模板上传名单。", "模板在哪", "网银“代发工资”页左上角下载。"),
             "followup", "明天上传名单后回电", "满意"),
        Talk("15:40", "何老板", "F00076", "U盾密码锁了，转人工", "rep03",
             ("何老板您好，U盾锁了要带证件到网点重置。", "还得跑一趟啊"), "unsolved", "需到网点重置", "一般", 50),
    ),
    (
        Talk("09:40", "郭老板", "F00015", "想贷20万进货，转人工", "rep02",
             ("郭老板您好，我是小周。经营满一年、有纳税就能看税务贷，年化利率以审批为准。",
              "那我申请试试", "好的，申请入口我发您。"),
             "applied", "已指导申请税务贷", "非常满意"),
        Talk("10:30", "胡女士", "F00056", "积分换的加油卡没收到，转人工", "rep05",
             ("胡女士您好，卡密在“兑换记录”里，不是寄实体卡。", "看到了看到了"),
             "redeemed", "卡密在兑换记录", "非常满意"),
        Talk("11:20", "罗师傅", "F00064", "对账单一直提示没对，转人工", "rep04",
             ("罗师傅您好，三季度那张还没点“相符”，点一下就好。", "好了"),
             "solved", "三季度对账已完成", "满意", 70),
        Talk("16:10", "梁老板", "F00054", "贷款怎么批了这么久，转人工", "rep02",
             ("梁老板您好，资料昨天才补齐，审批一般三个工作日。", "都等一周了"),
             "unsolved", "催审批", "不太满意", 95),
    ),
    (
        Talk("09:15", "谢女士", "F00039", "企业网银怎么加操作员，转人工", "rep03",
             ("谢女士您好，主管U盾登录后在“操作员管理”里加。", "加好了，谢谢"),
             "solved", "已加操作员", "非常满意"),
        Talk("10:50", "宋老板", "F00041", "有人说能帮我提额，要收3000保证金，转人工", "rep05",
             ("宋老板您好，这是诈骗，放款前不收任何费用，请不要转账。",
              "幸亏问了一句", "有人再联系您，直接打96110。"),
             "solved", "已提醒，未转账", "非常满意"),
        Talk("13:40", "唐先生", "F00025", "想提前还款，要不要违约金，转人工", "rep01",
             ("唐先生您好，您这笔合同里没有违约金，年化利率按实际用款天数算。", "那我月底还"),
             "solved", "月底提前还款", "满意", 25),
        Talk("15:05", "许会计", "F00045", "电子回单要盖章的，转人工", "rep04",
             ("许会计您好，下载时选“带电子印章”即可。", "好的"), "solved", "带印章回单", "满意"),
        Talk("16:20", "杨老板", "F00062", "对公账户想改经营地址，转人工", "rep02",
             ("杨老板您好，改地址要带新的执照到开户网点，我帮您转给网点约时间。", "行，越快越好"),
             "referred", "约网点变更地址", "满意", 40),
    ),
)  # fmt: skip
# A rep's promise that nobody kept: two days later the platform lets nothing more be sent.
LEFT = Talk("16:40", "吴老板", "F00019", "贷款资料还差哪一样，转人工", "rep01",
            ("吴老板您好，我问一下审批，明天告诉您。", "好，等您消息"), "")  # fmt: skip
LEFT_ON_DAY = 0
# Asked of the bot, and answered by it.
QUESTIONS = (
    "回单怎么下载",
    "U盾证书过期了怎么办",
    "积分怎么换东西",
    "对账单在哪里看",
    "贷款利率多少",
    "工资代发怎么做",
)
THANKS = "谢谢，解决了"
# What the model has no good guess about.
PUZZLES = (
    ("吴师傅", "老是弹个框框"),
    ("郑老板", "打了电话还是不行"),
    ("小赵", "打电话了还是不行啊"),
    ("刘总", "数怎么对不上呀"),
    ("孙姐", "弄不了啊咋整"),
)


def play(town: Town) -> None:
    """Three working days, one after the other."""
    for day, talks in enumerate(DAYS):
        town.next_working_day("09:02")
        for talk in talks:
            town.at(talk.wall)
            hold(town, talk)
        if day == LEFT_ON_DAY:
            town.at(LEFT.wall)
            begin(town, LEFT)
            town.staff(LEFT.rep).offline()
        for number, words in enumerate(QUESTIONS[day : day + 4]):
            owner = town.owner(f"{'冯邓曹彭'[number]}老板{day + 1}")
            owner.say(words)
            owner.say(THANKS)
    for name, words in PUZZLES:
        town.owner(name).say(words)


def hold(town: Town, talk: Talk) -> None:
    """The talk from the first word to the rating."""
    chat = begin(town, talk)
    town.later(LASTS_S)
    rep = town.staff(talk.rep)
    rep.close(chat, talk.outcome, talk.note)
    if talk.rating:
        town.taps(town.owner(talk.owner), talk.rating)
    rep.offline()


def begin(town: Town, talk: Talk) -> int:
    """The talk up to its last word; the conversation's id."""
    owner = town.owner(talk.owner, talk.firm)
    chat = town.chat_of(owner, talk.asks)
    if talk.waits_s:
        town.later(talk.waits_s)
    rep = town.staff(talk.rep)
    rep.ready()
    rep.accept(chat)
    town.chats[talk.owner] = chat
    for turn, words in enumerate(talk.says):
        if turn % 2:
            owner.say(words)
        else:
            rep.reply(chat, words).raise_for_status()
            town.hears(owner, words)
    return chat
