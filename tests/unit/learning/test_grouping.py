"""Nearly equal texts stand together; others do not, and the work stays bounded."""

import itertools
import random
import time

from bot.learning.grouping import group_alike


def test_nearly_the_same_words_stand_together_and_others_apart() -> None:
    texts = ["回单怎么打印", "网银登不上去了", "怎么打印回单", "回单打印怎么弄", "网银登不上", "我要投诉"]

    groups = group_alike(texts)

    assert [[texts[at] for at in group] for group in groups] == [
        ["回单怎么打印", "怎么打印回单", "回单打印怎么弄"],
        ["网银登不上去了", "网银登不上"],
        ["我要投诉"],
    ]


def test_the_first_text_leads_its_group_and_order_is_kept() -> None:
    assert group_alike(["积分过期了吗", "利率多少", "积分过期", "积分过期了"]) == [[0, 2, 3], [1]]


def test_the_same_question_in_five_frames_is_one_group_whoever_asked_first() -> None:
    ways = [
        "积分能不能换京东卡",
        "积分可以换京东卡吗",
        "京东卡能用积分换不",
        "我的积分能换京东卡吗",
        "积分换京东卡行不行",
    ]

    assert all(len(group_alike(order)) == 1 for order in itertools.permutations(ways))


def test_a_text_of_nothing_but_a_frame_is_still_a_text_and_a_refusal_is_no_frame() -> None:
    assert group_alike(["能不能", "可以吗", "能不能"]) == [[0, 2], [1]]
    assert group_alike(["可以换", "不可以换"]) == [[0], [1]]


def test_one_character_and_no_texts_do_no_harm() -> None:
    assert group_alike(["贷", "还", "贷"]) == [[0, 2], [1]]
    assert group_alike([]) == []


def test_a_thousand_different_texts_take_well_under_a_second() -> None:
    chance = random.Random(7)
    texts = ["".join(chance.choices([chr(0x4E00 + number) for number in range(800)], k=14)) for _ in range(1000)]
    started = time.perf_counter()

    groups = group_alike(texts)

    assert len(groups) > 900
    assert time.perf_counter() - started < 2
