"""What stands in the blocks of an article: a product of the approved catalogue, its annualised rate never smaller than
anything beside it, and the QR code by which a reader asks us. Pure.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from bot.articles.body import ASK, PRODUCT, Token, with_blocks
from bot.knowledge.content import Product
from bot.knowledge.product_card import LENDER, RISK, rate_line, terms

_CARD = "margin:16px 0;padding:14px 16px;border:1px solid #d9e6e4;border-radius:8px;background-color:#f6faf9"
_NAME = "margin:0;font-size:17px;font-weight:bold"
_RATE = "margin:8px 0;font-size:17px;font-weight:bold;color:#b3261e"
_LINE = "margin:4px 0;font-size:14px;color:#4a5666"
_SMALL = "margin:4px 0;font-size:12px;color:#576272"
_ASK = "margin:20px 0;padding:14px 16px;text-align:center;border:1px solid #e4e8ed;border-radius:8px"
_ASK_PLACE = re.compile(rf'<section {ASK}=""></section>')
ASK_LINE = "长按识别二维码，直接向我们咨询"
ASK_NOTE = "二维码30天内有效。请勿在聊天中发送密码、验证码。"


@dataclass(frozen=True)
class Rendered:
    """A body with its product blocks: the HTML, the catalogue's versions they were made of, and products that are not
    on offer. The place of the QR code is still empty.
    """

    html: str
    products: Mapping[str, int]
    missing: tuple[str, ...]


def render(body: str, products: Mapping[str, Product], fill: Callable[[str], str]) -> Rendered:
    """A cleaned body with its product blocks; `fill` puts the bank's names into {braces}."""
    used: dict[str, int] = {}
    missing: list[str] = []

    def block(token: Token) -> str:
        wanted = token.get(PRODUCT)
        if wanted is None:
            return f'<section {ASK}=""></section>'
        product = products.get(wanted)
        if product is None:
            missing.append(wanted)
            return f'<section {PRODUCT}="{wanted}"></section>'
        used[wanted] = product.version
        return f'<section {PRODUCT}="{wanted}" style="{_CARD}">{product_block(product, fill)}</section>'

    return Rendered(with_blocks(body, block), used, tuple(dict.fromkeys(missing)))


def product_block(product: Product, fill: Callable[[str], str]) -> str:
    """What stands inside of a product's block."""
    lines = [
        (_NAME, product.name),
        (_LINE, product.pitch),
        (_RATE, rate_line(product)),
        *((_LINE, line) for line in terms(product)),
        *(((_LINE, f"另需：{product.condition}"),) if product.condition else ()),
        (_SMALL, RISK),
        (_SMALL, LENDER),
    ]
    return "".join(f'<p style="{style}">{escape(fill(line), quote=False)}</p>' for style, line in lines)


def with_ask(rendered: str, qr_address: str) -> str:
    """The HTML with the QR code in the places for it."""
    block = (
        f'<section {ASK}="" style="{_ASK}"><img src="{escape(qr_address)}" alt="" style="width:160px">'
        f'<p style="{_LINE}">{ASK_LINE}</p><p style="{_SMALL}">{ASK_NOTE}</p></section>'
    )
    return _ASK_PLACE.sub(lambda _: block, rendered)
