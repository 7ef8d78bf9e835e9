"""How prices of credit are written, in texts as the rules see them (fold of bot/compliance/rules.py).

Rule C1: 人民银行公告〔2021〕第3号 wants the annualised rate beside every other price.
"""

import re
from collections.abc import Iterator

SENTENCE = re.compile(r"[^。!?;\n]+")
RATE_WORD = re.compile(r"利率|利息|日息|月息|年息|息费")
RATE_FIGURE = re.compile(
    r"[0-9.]+\s*(?:%|‰|厘|bp)|[一二三四五六七八九几0-9]厘|百分之|千分之|万分之"
    r"|(?<![0-9一二两三四五六七八九十百千几])万[一二两三四五六七八九几0-9]|[息利]\D{0,6}[0-9.]+\s*[元块]|[0-9.]+\s*[元块](?:钱)?\S{0,4}利?息"
)
# The word alone tells nobody the price: "日息万三,年化利率请咨询客服". Up to the figure stands no other rate, and
# nothing that sends him elsewhere for it.
_PERCENT = r"(?:[0-9]+(?:\.[0-9]+)?\s*%|百分之[0-9.零一二两三四五六七八九十点]++)"
ANNUAL_RATE = re.compile(
    rf"年化[^,。!?;\n(日月天请询详见]{{0,8}}(?:\([^)]{{0,20}}\))?[^,。!?;\n日月天请询详见]{{0,8}}?{_PERCENT}"
    r"(?!\s*[/每一]{0,2}[天日月])"
    rf"|{_PERCENT}起?\s*\((?:单利,?)?年化(?:利率)?(?:,?单利)?\)"
    r"|年化[^。!?;]{0,20}?\{rates?\}"
)
MONEY_A_DAY = re.compile(
    r"(?:[0-9.]+|[一二两三四五六七八九几])\s*[元块](?:钱)?(?:一天|/天|每天|一日|/日)|(?:每天|一天)[^,]{0,6}[0-9.]+\s*[元块]"
)


def bare_rates(plain: str) -> Iterator[str]:
    """The sentences that tell a price."""
    for sentence in SENTENCE.findall(plain):
        if tells_price(sentence):
            yield sentence.strip()


def tells_price(words: str) -> bool:
    """True for words that tell what credit costs."""
    return bool((RATE_WORD.search(words) and RATE_FIGURE.search(words)) or MONEY_A_DAY.search(words))
