"""What this morning brought before the pictures are taken: shifts, complaints, referrals, leads, checks, requests."""

from datetime import datetime, timedelta

from bot.clock import BANK_ZONE
from deploy.local.pictures.album import NothingToShow
from deploy.local.pictures.earlier import Talk, hold
from deploy.local.pictures.town import SUPERVISOR, Town
from deploy.local.product import eventually

BRANCH, BRANCH_PERSON = "鼓楼支行", "branch01"
TRAINER, MARKETER = "trainer01", "marketer01"
TALKS = (
    Talk("09:08", "曹老板", "F00027", "税务贷额度怎么才这么点，转人工", "rep02",
         ("曹老板您好，额度按近两年纳税算，年化利率以审批为准，补报后可重测。", "明白了"),
         "solved", "已说明测额规则", "非常满意"),
    Talk("09:14", "彭先生", "F00034", "电子回单批量怎么下，转人工", "rep04",
         ("彭先生您好，按日期查询后点“批量下载”，一次最多一百张。", "好使"), "solved", "批量下载", "满意", 20),
    Talk("09:22", "何老板", "F00076", "你们客服踢皮球，我要投诉！", "rep05",
         ("何老板您好，您投诉的事我来跟，今天就联系网点，有结果我告诉您。",), "followup", "联系网点核实后答复"),
    Talk("09:30", "梁老板", "F00054", "贷款拖了一个月没人管，我要去12378投诉", "rep05",
         ("梁老板您好，很抱歉让您等这么久，我催贷款部门本周给您答复。", "行，我再等一周"),
         "followup", "催贷款部门本周答复"),
)  # fmt: skip
SHIFTS = {
    "rep01": "day day day day day",
    "rep02": "early early early early early",
    "rep03": "late late day day day",
    "rep04": "day day early early -",
    "rep05": "late day late day late",
    "supervisor01": "day day day day day",
}
# Owner, rep, why, and what is asked of the branch.
REFERRALS = (
    ("唐先生", "rep01", "credit", "客户想用厂房抵押追加50万元，请客户经理上门看抵押物。"),
    ("周老板", "rep01", "documents", "循环额度下周到期，请约客户带新的财务报表到网点。"),
    ("杨老板", "rep02", "on_site", "变更经营地址，执照已换好，客户希望本周办完。"),
    ("郭老板", "rep02", "sign_up", "税务贷已批，缺开户签约，请安排周四下午。"),
)
STAGE = "application_stage_changed"
# What the core bank reports of the loans that were asked about.
BANK_FACTS: tuple[tuple[str, str, str, dict[str, str | int]], ...] = (
    ("梁老板", "F00054", STAGE, {"stage": "applied"}),
    ("周老板", "F00074", STAGE, {"stage": "applied"}),
    ("周老板", "F00074", STAGE, {"stage": "approved"}),
    ("郭老板", "F00015", STAGE, {"stage": "applied"}),
    ("郭老板", "F00015", STAGE, {"stage": "approved"}),
    ("郭老板", "F00015", "drawdown_paid", {"amount_fen": 20_000_000}),
)
CALLS = (
    ("10:30", "周老板", "promised_call", "告诉周老板循环额度续期要带哪些报表"),
    ("15:00", "唐先生", "own_reminder", "月底提前还款前，提醒备足资金"),
)
ANSWER = "answer/points_rules"
ADDED = "京东卡现在没有。"
ORIGIN = {"owner": "电子银行部", "source": "积分业务说明", "effective_from": "2026-01-01"}
ASKS_FOR_HIS_DATA = "我要查你们存了我哪些个人信息"


def play(town: Town) -> None:
    """The morning up to ten o'clock."""
    town.next_working_day("09:03")
    _rosters(town)
    for talk in TALKS:
        town.at(talk.wall)
        hold(town, talk)
    town.at("09:50")
    _complaints(town)
    _referrals(town)
    _leads(town)
    _calls(town)
    _checks(town)
    _lessons(town)
    _words(town)
    _privacy(town)


def _rosters(town: Town) -> None:
    monday = town.now().date() - timedelta(days=town.now().weekday())
    roster = town.ask(SUPERVISOR, "rosters")
    for rep in roster["reps"]:
        week = SHIFTS[rep["username"]].split()
        shifts = [
            {"on": str(monday + timedelta(days=at)), "template": one} for at, one in enumerate(week) if one != "-"
        ]
        body = {"seen": rep["version"], "monday": str(monday), "shifts": shifts}
        town.call(SUPERVISOR, f"reps/{rep['username']}/week", body, "PUT")
    away = next(rep for rep in town.ask(SUPERVISOR, "rosters")["reps"] if rep["username"] == "rep04")
    starts = datetime.combine(monday + timedelta(days=7), datetime.min.time(), BANK_ZONE)
    absence = {
        "seen": away["version"], "away_for": "leave", "starts_at": starts.isoformat(), "deputy": "rep03",
        "ends_at": (starts + timedelta(days=3)).isoformat(), "note": "马老板的代发名单周一到，收到请先核对人数。",
    }  # fmt: skip
    town.call(SUPERVISOR, "reps/rep04/absences", absence)


def _complaints(town: Town) -> None:
    complaint = town.ask(SUPERVISOR, "complaints")["items"][-1]["id"]
    town.call("rep05", f"complaints/{complaint}/take")
    town.call("rep05", f"complaints/{complaint}/notes", {"text": "贷款部门已受理，审批岗今天补看资料，本周答复客户。"})


def _referrals(town: Town) -> None:
    sent = []
    for owner, rep, reason, ask in REFERRALS:
        body = {"customer_id": _customer(town, owner), "reason": reason, "ask": ask, "branch": BRANCH}
        sent.append(town.call(rep, "referrals", body)["id"])
    town.call(BRANCH_PERSON, f"referrals/{sent[1]}/accept")
    town.call(BRANCH_PERSON, f"referrals/{sent[2]}/accept")
    town.call(BRANCH_PERSON, f"referrals/{sent[2]}/answer", {"answer": "已约周四下午两点，客户带执照和公章来办。"})


def _leads(town: Town) -> None:
    for owner, firm, kind, data in BANK_FACTS:
        event = {"type": kind, "openid": town.owner(owner).openid, "firm_id": firm, "data": data}
        town.simulator.post("/sim/bank/events", json=event).raise_for_status()


def _calls(town: Town) -> None:
    for wall, owner, kind, reason in CALLS:
        body = {"conversation_id": town.chats[owner], "kind": kind, "reason": reason}
        town.call("rep01", "followups", body | {"due_at": town.today_at(wall).isoformat()})


def _checks(town: Town) -> None:
    town.tick("pick_checks")
    town.tick("roll_up")
    rows = eventually(lambda: town.ask(SUPERVISOR, "quality/checks")["items"], within_s=20)
    if not rows:
        raise NothingToShow("no chat was picked for a check")
    done = rows[-1]
    form = town.ask(SUPERVISOR, "quality/form")
    marks = {item["id"]: "good" for item in form["items"]} | {"once": "part"}
    body = {"marks": marks, "reasons": {"once": "企业名称已知，又问了一遍"}, "comment": "收尾说得清楚，继续保持。"}
    town.call(SUPERVISOR, f"quality/checks/{done['id']}/score", body)
    town.call(done["rep"], f"quality/checks/{done['id']}/appeal", {"words": "客户换了一家企业来问，所以又核对了一次。"})


def _lessons(town: Town) -> None:
    group = town.ask(TRAINER, "learning/groups")["items"][-1]
    texts = [{"parse_id": one["parse_id"], "text": one["text"]} for one in group["texts"]]
    town.call(TRAINER, "learning/lessons", {"decision": "teach", "intent": "reconciliation", "utterances": texts})


def _words(town: Town) -> None:
    path = f"knowledge/items/{ANSWER}"
    version = town.ask(MARKETER, path)["versions"][0]
    body = version["body"] | {"text": version["body"]["text"] + ADDED}
    draft = town.call(MARKETER, path, {"title": version["title"], "body": body, **ORIGIN}, "PUT")
    town.call(MARKETER, f"knowledge/versions/{draft['id']}/submit")


def _privacy(town: Town) -> None:
    town.owner("胡女士").say(ASKS_FOR_HIS_DATA)
    chat = town.chats["梁老板"]
    town.call(SUPERVISOR, "legal-holds", {"conversation_id": chat, "reason": "监管转办投诉，办结前保留全部记录"})
    town.call("rep05", f"handoffs/{town.chats['何老板']}/unmask", {"field": "contact", "reason": "投诉回电核实经过"})


def _customer(town: Town, owner: str) -> int:
    return town.follower_of(town.chats[owner])
