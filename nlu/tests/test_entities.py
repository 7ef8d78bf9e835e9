"""Entities of the trained model: tables with misspellings, firms, overlaps, offsets."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from evaluation.entity_figures import entity_scores
from evaluation.gold import read_entities
from evaluation.guesses import find_entities
from serving.prediction import LoadedModel

REPAIRED_ON = Path(__file__).with_name("repaired_entities.yml")


def entities(model: LoadedModel, text: str) -> list[tuple[str, Any]]:
    reply = model.parse(text, metadata={"today": "2026-11-24"})
    return [(one["entity"], one["value"]) for one in reply["entities"]]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("经营快贷怎么申请", "jingying_kuaidai"),
        ("经营快货利息", "jingying_kuaidai"),
        ("我要办网贷通", "wangdaitong"),
        ("网货通能用多久", "wangdaitong"),
        ("e抵快贷", "edi_kuaidai"),
        ("Ｅ抵快代呢", "edi_kuaidai"),
        ("一抵快贷要啥", "edi_kuaidai"),
        ("数字供应链融资", "gongyinglian"),
        ("供应链那个", "gongyinglian"),
        ("税务代有吗", "shuiwudai"),
        ("稳岗贷", "yonggongdai"),
        ("用工货", "yonggongdai"),
        ("结算袋", "jiesuandai"),
        ("商户贷", "shanghudai"),
        ("开户带", "kaihudai"),
        ("种植e贷", "zhongzhi_edai"),
        ("种植一贷", "zhongzhi_edai"),
    ],
)
def test_a_product_is_found_in_its_misspellings(model: LoadedModel, text: str, product: str) -> None:
    assert entities(model, text) == [("product", product)]


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        *(
            (text, "ukey")
            for text in ("U盾坏了", "优盾", "U顿插上没反应", "u盾", "又盾丢了", "盾牌不认", "我的盾找不到")
        ),
        *((text, "ebank") for text in ("企业网银进不去", "网上银行")),
        *((text, "mobile_bank") for text in ("手机银行闪退", "企业手机银行", "APP打不开")),
        *((text, "receipt") for text in ("下载回单", "灰单怎么打")),
        ("证书过期", "certificate"),
        ("积分商城在哪", "points_mall"),
    ],
)
def test_a_bank_tool_is_found_in_its_misspellings(model: LoadedModel, text: str, tool: str) -> None:
    assert entities(model, text) == [("bank_tool", tool)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("合肥", [("city", "340100")]),
        ("合肥庐阳区", [("city", "340103")]),
        ("沈阳铁西", [("city", "210106")]),
        ("芜湖路支行", []),
        ("毕业证书", []),
        ("开火锅店的", [("industry", "catering")]),
        ("我们是皖味餐饮管理有限公司的", [("company", "皖味餐饮管理有限公司")]),
        ("想注册一家有限公司", []),
        ("myapple", []),
    ],
)
def test_the_longest_reading_wins_and_lookalikes_are_dropped(
    model: LoadedModel, text: str, expected: list[tuple[str, str]]
) -> None:
    assert entities(model, text) == expected


def test_offsets_point_at_what_the_customer_wrote(model: LoadedModel) -> None:
    text = "/::) 上个月 营业执照四年了，想用 网贷通 贷２０Ｗ[微笑]一年期，电话138 0000 1234"

    found = model.parse(text)["entities"]

    written = [(one["entity"], one.get("role"), text[one["start"] : one["end"]]) for one in found]
    assert written == [
        ("date", None, "上个月"),
        ("term", "in_business", "四年"),
        ("product", None, "网贷通"),
        ("amount", None, "２０Ｗ"),
        ("term", None, "一年期"),
        ("phone", None, "138 0000 1234"),
    ]


def test_any_mixture_of_numerals_and_names_parses_without_error_or_overlap(model: LoadedModel) -> None:
    letters = (
        "0123456789.,+-到至一两三九十百千万亿零半几多来个wk年月日号天周星期上下这本块元期贷借开了执照季度底初有限"
        "公司我们[]/:)e税盾南山路合肥"
    )
    dice = random.Random(7)

    for _ in range(1500):
        text = "".join(dice.choices(letters, k=dice.randint(0, 25)))
        spans = [(one["start"], one["end"]) for one in model.parse(text)["entities"]]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_what_the_extractor_was_repaired_on_stays_repaired(model: LoadedModel) -> None:
    messages = read_entities(REPAIRED_ON)

    scores = entity_scores(messages, find_entities(model, messages))

    assert {score.kind: score.f1 for score in scores if score.f1 < 1} == {}
