"""Puts the account's menu in place: `python -m deploy.menu`, after config/ has changed. Safe to repeat."""

import sys

from bot.bootstrap import build
from bot.errors import BotError
from config.settings import Settings, SettingsError


def main() -> int:
    """Exit code: 0 when the platform has taken the menu."""
    try:
        bot = build(Settings.from_env(), process="menu")
        bot.wechat.create_menu(bot.content.menu)
    except (SettingsError, BotError) as error:
        print(f"The menu was not set: {error}", file=sys.stderr)
        return 1
    print(f"menu set: {len(bot.content.menu)} buttons")
    return 0


if __name__ == "__main__":
    sys.exit(main())
