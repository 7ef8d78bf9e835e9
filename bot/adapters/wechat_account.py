"""The account's ports over the platform's server API, put together for bootstrap."""

from bot.account_ports import Account
from bot.adapters.wechat_articles import WechatDrafts, WechatMaterial, WechatPublishing
from bot.adapters.wechat_calls import PlatformCalls
from bot.adapters.wechat_figures import WechatFigures
from bot.adapters.wechat_followers import WechatFollowerList, WechatQuotas, WechatTags
from bot.adapters.wechat_mass import WechatMassSends
from bot.adapters.wechat_notices import WechatNotices


def account_over(calls: PlatformCalls) -> Account:
    """All of it, over one account's calls."""
    return Account(
        drafts=WechatDrafts(calls),
        material=WechatMaterial(calls),
        publishing=WechatPublishing(calls),
        mass=WechatMassSends(calls),
        tags=WechatTags(calls),
        followers=WechatFollowerList(calls),
        quotas=WechatQuotas(calls),
        notices=WechatNotices(calls),
        figures=WechatFigures(calls),
    )
