"""Where personal data of customers are: every table of the product stands here, or the start fails.

Read by the purge, by what customers ask about their own data, and by whoever wants to know what the product holds.
Whoever adds a table adds a line here; the start compares this file with the mapped classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from bot.db import Base


@dataclass(frozen=True)
class PersonalTable:
    """One table with data of customers.

    `link` is the column by which a row belongs to a follower. `columns` are what he is told of a row, with their
    Chinese names. `empty` are the columns to blank where the row itself has to stay, with what they hold then; without
    it the row is deleted. `stays` says why a customer's request does not touch the rows.
    """

    name: str
    label: str
    link: str
    columns: Mapping[str, str]
    empty: Mapping[str, Any] = field(default_factory=dict)
    stays: str | None = None


PERSONAL = (
    PersonalTable(
        "followers",
        "客户资料",
        "id",
        {
            "openid": "微信标识",
            "label": "显示名",
            "is_following": "是否关注",
            "unfollowed_at": "取消关注时间",
            "source": "来源",
            "first_seen_at": "首次关注",
            "last_seen_at": "最近联系",
            "identity_level": "身份核实级别",
            "firm_id": "企业编号",
            "firm_name": "企业名称",
            "contact": "联系人",
            "phone": "电话",
            "industry": "行业",
            "branch": "开户网点",
            "opted_out_at": "停止营销时间",
        },
        empty=dict.fromkeys(
            ("source", "firm_id", "firm_name", "contact", "phone", "industry", "branch", "last_rep", "dedicated_rep")
        )
        | {"identity_level": 1},
    ),
    PersonalTable(
        "conversations",
        "会话",
        "follower_id",
        {
            "opened_at": "开始",
            "closed_at": "结束",
            "skill": "技能组",
            "reason": "转人工原因",
            "session": "已知信息",
            "card": "摘要",
            "outcome": "办理结果",
            "outcome_note": "备注",
            "rating": "评价",
        },
        empty={"session": {}, "card": {}, "reason": None, "outcome_note": None},
    ),
    PersonalTable(
        "lines",
        "聊天记录",
        "conversation_id",
        {"at": "时间", "speaker": "谁说的", "text": "内容", "detail": "附加内容"},
    ),
    PersonalTable(
        "offer_ends",
        "接待的安排",
        "conversation_id",
        {"ended_at": "时间", "ended_as": "结果"},
    ),
    PersonalTable("matters", "问过的事", "conversation_id", {"at": "时间", "intent": "事项", "verdict": "是否解决"}),
    PersonalTable(
        "deliveries",
        "发给您的消息",
        "follower_id",
        {"created_at": "时间", "sender": "谁发的", "state": "结果", "content": "内容"},
    ),
    PersonalTable(
        "inbox", "收到的微信推送", "openid", {"received_at": "时间", "message": "内容", "answer": "当时的回复"}
    ),
    PersonalTable(
        "allowances",
        "可发条数",
        "follower_id",
        {"granted_at": "开始", "expires_at": "结束", "trigger": "由什么产生"},
        stays="微信的发送额度，两天内自行失效",
    ),
    PersonalTable(
        "followups",
        "回访",
        "follower_id",
        {"created_at": "登记时间", "due_at": "约定时间", "reason": "事由", "phone": "电话", "result": "结果"},
    ),
    PersonalTable(
        "bank_facts",
        "办理结果",
        "follower_id",
        {"occurred_at": "时间", "type": "事项", "firm_id": "企业编号", "amount_fen": "金额（分）"},
        empty={"follower_id": None},
    ),
    PersonalTable(
        "parses",
        "识别记录",
        "follower_id",
        {"at": "时间", "text": "内容", "intent": "识别为", "taken_as": "按什么回答"},
    ),
    PersonalTable("lessons", "学习项", "follower_id", {"text": "说法", "state": "状态"}),
    PersonalTable(
        "data_requests",
        "数据请求",
        "follower_id",
        {"created_at": "时间", "kind": "事项", "state": "状态", "due_at": "期限", "handled_at": "办结时间"},
        stays="办理请求的证明",
    ),
    PersonalTable(
        "sealed_records",
        "封存的资料",
        "follower_id",
        {"data_class": "类别", "sealed_at": "封存时间", "until": "保存到", "content": "内容"},
        stays="依法保存，到期自动删除",
    ),
    PersonalTable(
        "audit_acts", "查阅记录", "follower_id", {"at": "时间", "act": "做了什么"}, stays="处理个人信息的记录"
    ),
    PersonalTable(
        "consents",
        "授权记录",
        "follower_id",
        {"at": "时间", "purpose": "事项", "granted": "是否同意", "text_version": "文本版本", "channel": "在哪里说的"},
        stays="您同意或不同意的凭证",
    ),
    PersonalTable(
        "complaints",
        "投诉",
        "follower_id",
        {
            "filed_at": "登记时间",
            "ticket": "编号",
            "text": "内容",
            "state": "状态",
            "result": "处理结果",
            "closed_at": "办结时间",
        },
        stays="投诉档案，依法保存，到期自动删除",
    ),
    # What a court or a regulator wants of him is not told to him.
    PersonalTable("legal_holds", "依法留存的指令", "follower_id", {}, stays="依法留存"),
)

# Tables without data of customers, and why.
NOT_PERSONAL = {
    "absences": "people of the bank, not customers",
    "alerts": "what supervisors should look at: ids and figures, for a year",
    "desk_rules": "how chats are dealt out",
    "knowledge_items": "what the bank says, to everybody",
    "knowledge_versions": "what the bank says, to everybody",
    "knowledge_acts": "who wrote and approved what the bank says; people of the bank",
    "shifts": "people of the bank, not customers",
    "staff": "people of the bank, not customers",
    "console_sessions": "people of the bank, not customers",
    "learning_acts": "who decided what a text teaches; ids only",
    "outbox": "ids of rows for the screens, for a day (bot/outbox.py)",
    "platform_token": "the platform's token",
    "purge_reports": "counts",
}


def find_entry(table: str) -> PersonalTable | None:
    """The entry of a table, or None for a table without personal data."""
    return next((one for one in PERSONAL if one.name == table), None)


def get_table(name: str) -> Table:
    """The mapped table of this name. Raises KeyError."""
    return Base.metadata.tables[name]


def belonging(entry: PersonalTable, followers: Select[Any]) -> ColumnElement[bool]:
    """Which rows of a table belong to the followers whose ids are selected."""
    link = get_table(entry.name).c[entry.link]
    if entry.link == "openid":
        known = get_table("followers")
        return link.in_(select(known.c.openid).where(known.c.id.in_(followers)))
    if entry.link in _THROUGH:
        other = get_table(_THROUGH[entry.link])
        return link.in_(select(other.c.id).where(other.c.follower_id.in_(followers)))
    return link.in_(followers)


def owner_of(entry: PersonalTable) -> ColumnElement[int]:
    """The id of the follower a row belongs to."""
    link = get_table(entry.name).c[entry.link]
    if entry.link == "openid":
        known = get_table("followers")
        return select(known.c.id).where(known.c.openid == link).scalar_subquery()
    if entry.link in _THROUGH:
        other = get_table(_THROUGH[entry.link])
        return select(other.c.follower_id).where(other.c.id == link).scalar_subquery()
    return link


# Columns that lead to a follower by way of another table.
_THROUGH = {"conversation_id": "conversations"}
