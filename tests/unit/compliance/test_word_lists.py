"""The word lists the product ships: they load strictly, catch the known cases, and let our own words pass."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.compliance.rules import Finding, FraudKind, Grade, Place, check_outbound, fraud_words
from config.errors import ConfigError
from config.rules import FOLDER, load_fraud, load_wording

WORDING = load_wording()
FRAUD = load_fraud()
OWN_TEXTS = ("replies/*.yml", "canned.yml", "products.yml", "guides.yml", "diagnosis.yml", "menu.yml", "faq.yml")


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)


@pytest.mark.parametrize("pattern", OWN_TEXTS)
def test_our_own_texts_pass_our_own_rules(pattern: str) -> None:
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob(pattern)]
    texts = list(texts_in(files))

    wrong = [
        (found.rule, text)
        for text in texts
        for place in Place
        for found in check_outbound(text, wording=WORDING, place=place)
        if found.grade is not Grade.WARN
    ]

    assert texts
    assert wrong == []


def test_copy_of_the_acceptance_script_is_blocked_on_four_counts() -> None:
    copy = "工行最低利率贷款,100%批贷,日息万一,转发好友领红包"

    found = [f for f in check_outbound(copy, wording=WORDING) if f.grade is Grade.BLOCK]

    assert {f.excerpt for f in found if f.rule == "C5"} == {"最低利率", "100%批", "100%批贷"}
    assert {"C1", "C5", "C27"} == {f.rule for f in found}


@pytest.mark.parametrize(
    "word",
    [
        "保本",
        "零风险",
        "稳赚",
        "必批",
        "包过",
        "百分百批贷",
        "秒批",
        "不查征信",
        "黑户可贷",
        "洗白征信",
        "全网最低",
        "最高额度",
        "唯一",
        "国家级",
        "内部渠道",
    ],
)
def test_absolute_claim_is_blocked(word) -> None:
    found = check_outbound(f"我行{word}贷款", wording=WORDING)

    assert any(f.rule == "C5" and f.grade is Grade.BLOCK for f in found)


@pytest.mark.parametrize(
    "text",
    [
        "第一步:打开手机银行",
        "请确保本人操作",
        "钱包过期了",
        "首次登录第一时间修改",
        "不要相信内部渠道",
        "额度最高可达100万,以审批为准",
        "社保本地缴纳",
    ],
)
def test_everyday_words_are_not_blocked(text) -> None:
    assert [f for f in check_outbound(text, wording=WORDING) if f.grade is Grade.BLOCK] == []


def test_tempting_words_only_warn() -> None:
    assert {f.grade for f in check_outbound("限时免费,秒到账", wording=WORDING)} == {Grade.WARN}


@pytest.mark.parametrize("place", Place)
def test_advertised_credit_must_carry_risk_lender_and_whom_to_ask(place: Place) -> None:
    found = check_outbound("经营快贷，额度高、放款快，欢迎申请", wording=WORDING, place=place)

    assert found == [Finding("C5", "欢迎申请", Grade.REQUIRE, ("risk_line", "lender", "hotline"))]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("我行经营快贷，额度高，详询95588。贷款有风险，借款需谨慎。", None),
        ("我行经营快贷，额度高，详询{hotline}。贷款有风险，借款需谨慎。", None),
        ("我行经营快贷，额度高。贷款有风险，借款需谨慎。", ("hotline",)),
        ("我行经营快贷。额度高，详询95588。贷款有风险", ("risk_line",)),
        ("税务贷审批快，详询95588。贷款有风险，借款需谨慎。", ("lender",)),
        ("不要相信“贷款放款快、低息”的短信", None),
        ("经营快贷怎么申请？请法人在手机银行里点“申请”", None),
        ("回单下载，欢迎体验", None),
        ("您的贷款审批快好了，额度大概20万，请尽快申请提款", None),
        ("贷款额度高低看经营情况，利率低于合同约定的请告诉我", None),
    ],
)
def test_what_advertised_credit_lacks_is_named(text: str, missing: tuple[str, ...] | None) -> None:
    found = [f for f in check_outbound(text, wording=WORDING, place=Place.ARTICLE) if f.grade is Grade.REQUIRE]

    assert [f.missing for f in found] == ([] if missing is None else [missing])


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("放款前说要先交保证金才能放款", "F1"),
        ("有个贷款公司说帮我刷流水能提额到100万,让我把U盾和公章先寄过去", "F2"),
        ("让我把U盾寄过去", "F3"),
        ("能借U盾给朋友用吗", "F3"),
        ("有人加我QQ说年检", "F4"),
        ("中介说有内部渠道百分百下款", "F5"),
        ("找了家公司过桥垫资", "F6"),
        ("警察让我把钱转到安全账户", "F7"),
        ("客服要我屏幕共享", "F8"),
        ("短信说积分到期让点链接", "F9"),
        ("老板让我转20万到新账户", "F10"),
        ("有人租对公账户,日结", "F11"),
        ("帮做征信修复", "F12"),
    ],
)
def test_each_known_way_of_cheating_is_recognised(text, script) -> None:
    signal = fraud_words(text, words=FRAUD)

    assert signal is not None
    assert signal.kind is FraudKind.SUSPECTED
    assert script in signal.scripts


@pytest.mark.parametrize(
    "text",
    [
        "我被骗了20万",
        "钱转了才发现是假的",
        "我已经转过去了",
        "U盾寄出去了,是骗子",
        "账户的钱被转走了",
        "网银被盗了,快帮我止付",
        "给骗子转了保证金",
    ],
)
def test_victim_is_recognised(text) -> None:
    signal = fraud_words(text, words=FRAUD)

    assert signal is not None
    assert signal.kind is FraudKind.VICTIM


@pytest.mark.parametrize(
    "text",
    [
        "U盾到期要寄回吗",
        "U盾寄到哪了",
        "新U盾能快递吗,多久到",
        "防诈骗知识",
        "怎么防止被骗",
        "平时怎么防着被骗",
        "什么是刷流水",
        "我要借款,U盾要带吗",
        "贷款借款时要用U盾吗",
        "登录要我输验证码收不到",
        "收款账号填错了想改",
        "工资已经转了,回单怎么打",
        "银行承兑汇票保证金比例多少",
        "公司要打银行流水",
        "积分快到期了能换什么",
        "年检要准备什么资料",
        "我想贷款20万",
    ],
)
def test_innocent_question_is_no_fraud(text) -> None:
    assert fraud_words(text, words=FRAUD) is None


RULE = {"id": "C5", "grade": "block", "owner": "消保", "since": "2026-11-01", "words": ["保本"]}
REQUIREMENT = {
    "id": "C5",
    "owner": "消保",
    "since": "2026-11-01",
    "where": ["article"],
    "names": ["贷款"],
    "urges": ["放款快"],
    "must": {"hotline": ["95588"]},
}
SCRIPT = {"id": "F1", "strong": ["刷流水"]}
FRAUD_FILE = {
    "owner": "风控",
    "since": "2026-11-01",
    "scripts": [SCRIPT],
    "victim": {"id": "victim", "strong": ["被骗"]},
}


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ({"rules": []}, "rules"),
        ({"rules": [RULE | {"grade": "forbid"}]}, "rules.0.grade"),
        ({"rules": [RULE | {"words": []}]}, "rules.0.words"),
        ({"rules": [RULE | {"words": ["VIP贷"]}]}, "rules.0.words.0"),
        ({"rules": [RULE | {"words": ["转发+"]}]}, "rules.0.words.0"),
        ({"rules": [RULE | {"words": ["第"]}]}, "rules.0.words.0"),
        ({"rules": [RULE | {"since": "1.11.2026"}]}, "rules.0.since"),
        ({"rules": [RULE | {"sincce": "x"}]}, "rules.0.sincce"),
        ({"rules": [RULE | {"owner": 7}]}, "rules.0.owner"),
        ({"rules": [RULE | {"grade": "require"}]}, "rules.0.grade"),
        ({"rules": [RULE], "requirements": [REQUIREMENT | {"where": ["sms"]}]}, "requirements.0.where.0"),
        ({"rules": [RULE], "requirements": [REQUIREMENT | {"where": []}]}, "requirements.0.where"),
        ({"rules": [RULE], "requirements": [REQUIREMENT | {"must": {}}]}, "requirements.0.must"),
        ([], "file"),
    ],
)
def test_wording_that_does_not_fit_stops_the_start_naming_the_key(tmp_path: Path, rows, named) -> None:
    (tmp_path / "wording.yml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")

    with pytest.raises(ConfigError, match=rf"config/wording\.yml: {named}:"):
        load_wording(tmp_path)


def test_a_requirement_holds_where_the_file_says(tmp_path: Path) -> None:
    rows = {"rules": [RULE], "requirements": [REQUIREMENT]}
    (tmp_path / "wording.yml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")

    wording = load_wording(tmp_path)

    places = [place for place in Place if check_outbound("贷款放款快", wording, place=place)]
    assert places == [Place.ARTICLE]


def test_missing_or_broken_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is missing"):
        load_wording(tmp_path)

    (tmp_path / "fraud.yml").write_text("scripts: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="is not YAML"):
        load_fraud(tmp_path)


def test_fraud_script_may_stand_only_once(tmp_path: Path) -> None:
    rows = FRAUD_FILE | {"scripts": [SCRIPT, SCRIPT]}
    (tmp_path / "fraud.yml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")

    with pytest.raises(ConfigError, match="F1: stands twice"):
        load_fraud(tmp_path)
