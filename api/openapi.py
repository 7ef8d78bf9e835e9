"""Writes what the console is made from: api/openapi.json, and the names of the events its page must know. By hand
(`python -m api.openapi`); tests compare both with the product.
"""

import json
import sys

from flask_openapi3 import OpenAPI

from api.app import create_app
from api.document import published
from bot.bootstrap import build
from bot.events import EventType
from config.settings import ROOT, Settings

FILE = ROOT / "api" / "openapi.json"
EVENT_TYPES = ROOT / "console" / "src" / "api" / "eventTypes.json"


def main() -> int:
    """Write the files anew."""
    settings = Settings.from_env({"APP_ENV": "test", "DATABASE_URL": "sqlite://"})
    app = create_app(build(settings, process="openapi"))
    assert isinstance(app, OpenAPI)
    with app.app_context():
        document = published(app)
    FILE.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    EVENT_TYPES.write_text(json.dumps([one.value for one in EventType], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
