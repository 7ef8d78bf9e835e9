"""Writes api/openapi.json, from which the console's client is made: `python -m api.openapi`. A test compares both."""

import json
import sys

from flask_openapi3 import OpenAPI

from api.app import create_app
from api.document import published
from bot.bootstrap import build
from config.settings import ROOT, Settings

FILE = ROOT / "api" / "openapi.json"


def main() -> int:
    """Write the file anew."""
    settings = Settings.from_env({"APP_ENV": "test", "DATABASE_URL": "sqlite://"})
    app = create_app(build(settings, process="openapi"))
    assert isinstance(app, OpenAPI)
    with app.app_context():
        document = published(app)
    FILE.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
