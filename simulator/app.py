"""The Flask application: one blueprint per area of the platform, the control API, the fake bank, the phone page."""

from flask import Flask, Response, jsonify

from simulator import article_page, control, phone_page
from simulator.api import (
    account,
    custom_message,
    datacube,
    draft,
    mass,
    material,
    media,
    menu,
    notices,
    oauth,
    publish,
    qrcode,
    tags,
    token,
    unknown,
    users,
)
from simulator.bank import api as bank_api
from simulator.bank import bind_page
from simulator.settings import SimSettings
from simulator.world import World

# A picture of 10 MiB in Base64 with its JSON around it.
MAX_BODY_BYTES = 16 * 1024 * 1024
AREAS = (
    token, custom_message, media, users, qrcode, menu, account, oauth, draft, material, publish, mass, tags, notices,
    datacube, unknown,
)  # fmt: skip


def create_app(settings: SimSettings) -> Flask:
    """A simulator with an empty world of its own."""
    app = Flask("simulator", root_path=__file__.rpartition("/")[0])
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    world = World(settings)
    app.extensions["world"] = world
    for area in AREAS:
        app.register_blueprint(area.blueprint(world))
    for page in (bank_api, bind_page, control, phone_page, article_page):
        app.register_blueprint(page.blueprint(world))

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    return app
