"""What is told of a product wherever it is shown: in chats, on the desk and in articles."""

from bot.knowledge.content import Product
from bot.knowledge.rates import amount_text, rate_text, term_text

RISK = "额度、利率以银行审批为准。贷款有风险，借款需谨慎。"
LENDER = "由我行放款，有疑问可以打{hotline}。"
SAMPLE = "【示例】"


def card_text(product: Product) -> str:
    """A product as an owner reads it, but for the bank's names in {braces}; the annualised rate stands first."""
    lines = (f"「{product.name}」{product.pitch}", rate_line(product), *terms(product), RISK, LENDER)
    return "\n".join(lines)


def rate_line(product: Product) -> str:
    """The annualised rate, named as simple interest (C1)."""
    return f"年化利率（单利）：{rate_text(product.annual_rate_bp)}起{_mark(product)}"


def terms(product: Product) -> tuple[str, ...]:
    """How much, how long, for whom, and what it costs beside interest."""
    sample = _mark(product)
    return (
        f"额度：最高可达{amount_text(product.max_amount_fen)}{sample}",
        f"期限：最长{term_text(product.max_term_months)}",
        f"条件：{'；'.join(product.needs)}",
        f"费用：{product.costs}{sample}",
    )


def _mark(product: Product) -> str:
    return SAMPLE if product.is_sample else ""
