"""Where personal data of customers are: every table of the product stands here, or the start fails.

Read by the purge, by what customers ask about their own data, and by whoever wants to know what the product holds.
Whoever adds a table adds a line here; the start compares this file with the mapped classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from bot.audit.model import Act, AuditAct
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
            (
                "source",
                "firm_id",
                "firm_name",
                "contact",
                "phone",
                "industry",
                "branch",
                "last_rep",
                "dedicated_rep",
                "chosen_rep",
                "bank_rep",
                "search_keys",
                "phone_key",
                "firm_key",
            )
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
            "rating_words": "评价时说的话",
        },
        empty={"session": {}, "card": {}, "reason": None, "outcome_note": None, "rating_words": None},
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
    PersonalTable("pictures", "聊天图片", "conversation_id", {"at": "时间", "media_type": "格式"}),
    PersonalTable("notes", "内部备注", "conversation_id", {"at": "时间", "text": "内容"}),
    PersonalTable(
        "handoff_facts",
        "转人工的统计",
        "conversation_id",
        {"arrived_at": "时间", "desk": "技能组", "matter": "事项", "ended_at": "结束"},
        stays="只有时间和次数的统计，与会话一同到期",
    ),
    PersonalTable(
        "stints",
        "接待的统计",
        "conversation_id",
        {"accepted_at": "接入", "ended_at": "结束"},
        stays="只有时间和次数的统计，与会话一同到期",
    ),
    PersonalTable(
        "quality_checks",
        "质检",
        "conversation_id",
        {"picked_at": "时间", "score": "得分"},
        stays="服务质量的记录，与会话一同到期",
    ),
    PersonalTable("read_markers", "客服读到哪里", "conversation_id", {"read_at": "时间"}),
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
        {
            "created_at": "登记时间",
            "due_at": "约定时间",
            "reason": "事由",
            "phone": "电话",
            "result": "结果",
            "diagnosis": "排查结果",
        },
    ),
    PersonalTable(
        "rescues",
        "消息窗口到期提醒",
        "follower_id",
        {"found_at": "时间", "ends_at": "窗口结束", "why": "为什么", "state": "结果"},
    ),
    PersonalTable(
        "followup_attempts",
        "回访通话",
        "followup_id",
        {"at": "时间", "code": "结果", "duration_s": "通话秒数", "note": "备注"},
    ),
    PersonalTable("followup_ticks", "回访时说过的事", "followup_id", {"at": "时间", "item": "事项"}),
    PersonalTable(
        "leads",
        "贷款意向",
        "follower_id",
        {"opened_at": "登记时间", "product": "产品", "stage": "进度", "need": "需求", "amount_fen": "金额（分）"},
    ),
    PersonalTable("lead_stages", "意向进度", "lead_id", {"at": "时间", "stage": "进度", "evidence": "依据"}),
    PersonalTable(
        "referrals",
        "转介网点",
        "follower_id",
        {
            "sent_at": "转介时间",
            "branch": "网点",
            "state": "状态",
            "ask": "事由",
            "answer": "网点答复",
            "return_reason": "退回原因",
        },
    ),
    PersonalTable(
        "traits",
        "客户特征",
        "follower_id",
        {
            "key": "特征",
            "word": "内容",
            "number": "数值",
            "day": "日期",
            "source": "来源",
            "as_of": "数据日期",
            "confidence": "把握",
        },
    ),
    PersonalTable("audience_list_rows", "营销名单", "follower_id", {"who": "名单里的写法", "verdict": "核对结果"}),
    PersonalTable("customer_notes", "客户备注", "follower_id", {"at": "时间", "text": "内容"}),
    PersonalTable("customer_tags", "客户标签", "follower_id", {"at": "时间", "tag": "标签", "removed_at": "取消时间"}),
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
    PersonalTable(
        "complaint_notes",
        "投诉处理记录",
        "complaint_id",
        {"at": "时间", "text": "内容"},
        stays="投诉档案，依法保存，到期自动删除",
    ),
    PersonalTable("article_testers", "图文预览名单", "follower_id", {"added_at": "加入时间", "label": "称呼"}),
    PersonalTable("article_previews", "收到的图文预览", "follower_id", {"at": "时间", "outcome": "结果"}),
    PersonalTable(
        "campaign_recipients",
        "群发记录",
        "follower_id",
        {"at": "时间", "reason": "没有发送的原因"},
        stays="营销触达和未触达的凭证，到期自动删除",
    ),
    PersonalTable(
        "mass_ledger",
        "每月群发条数",
        "follower_id",
        {"month": "月份", "at": "时间"},
        stays="微信每月四条的计数，到期自动删除",
    ),
    PersonalTable(
        "contact_slots", "营销次数", "follower_id", {"at": "时间"}, stays="为了不过多打扰您而计数，到期自动删除"
    ),
    PersonalTable(
        "campaign_touches",
        "点过或扫过的推文",
        "follower_id",
        {"first_at": "首次", "last_at": "最近", "kind": "怎么来的", "times": "次数"},
    ),
    PersonalTable("campaign_chats", "来自推文的会话", "follower_id", {"at": "时间"}),
    PersonalTable(
        "campaign_effects",
        "收到推文之后",
        "follower_id",
        {"at": "时间", "kind": "事项"},
        stays="只有时间的统计，与群发记录比较所需，到期自动删除",
    ),
    PersonalTable(
        "campaign_credits",
        "算作推文成效的办理结果",
        "follower_id",
        {"at": "时间", "kind": "事项", "amount_fen": "金额（分）"},
        empty={"follower_id": None},
    ),
    # What a court or a regulator wants of him is not told to him.
    PersonalTable("legal_holds", "依法留存的指令", "follower_id", {}, stays="依法留存"),
)

# Tables without data of customers, and why.
NOT_PERSONAL = {
    "absences": "people of the bank, not customers",
    "audience_lists": "what a list is for and how many rows it has; its first rows, masked",
    "audience_list_parts": "an uploaded file until its list is settled, sealed; nothing in it is anybody's row yet",
    "segments": "rules by which audiences are chosen, and how many they hold",
    "follower_syncs": "how far a walk through the platform's list came",
    "alerts": "what supervisors should look at: ids and figures, for a year",
    "article_days": "counts the platform gives of an article and a day",
    "article_drafts": "what lies in the platform's draft box",
    "article_pictures": "pictures the bank shows to everybody",
    "article_versions": "what the bank tells everybody, and who of the bank wrote it",
    "articles": "what the bank tells everybody",
    "campaigns": "what is sent to whom when, and who of the bank approved it; segments, not people",
    "campaign_acts": "who of the bank did what to a campaign",
    "campaign_chunks": "what was sent in one call; counts",
    "campaign_counts": "counts",
    "campaign_gatherings": "when the results of a campaign were gathered",
    "campaign_groups": "counts",
    "campaign_variants": "which article a campaign sends",
    "figure_days": "when the platform's figures were taken",
    "desk_rules": "how chats are dealt out",
    "knowledge_items": "what the bank says, to everybody",
    "knowledge_versions": "what the bank says, to everybody",
    "knowledge_acts": "who wrote and approved what the bank says; people of the bank",
    "shifts": "people of the bank, not customers",
    "staff": "people of the bank, not customers",
    "console_sessions": "people of the bank, not customers",
    "learning_acts": "who decided what a text teaches; ids only",
    "mass_halts": "who of the bank stopped all sending when",
    "mass_receipts": "counts of a send",
    "mentions": "which colleague was asked in which note; people of the bank",
    "suggestion_uses": "what became of a suggested answer; ids only",
    "outbox": "ids of rows for the screens, for a day (bot/outbox.py)",
    "outside_sends": "sends from the platform's console: counts and a segment",
    "platform_token": "the platform's token",
    "purge_reports": "counts",
    "rep_spans": "when people of the bank were on duty",
    "report_cells": "sums of a day",
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
    if entry.name == AuditAct.__tablename__:
        # Acts are never rewritten: those on a record that became part of his are found by the merging's own.
        became = AuditAct.act == Act.CUSTOMER_MERGED
        merged = select(AuditAct.object_id).where(became, AuditAct.follower_id.in_(followers))
        return link.in_(followers) | link.in_(merged)
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
_THROUGH = {
    "conversation_id": "conversations",
    "followup_id": "followups",
    "lead_id": "leads",
    "complaint_id": "complaints",
}
