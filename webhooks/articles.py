"""GET /a/<code>: the link under an article. WeChat is asked who opened it, nobody else is; then it leads on to the
bank's page the article was approved with, or shows a page of ours.

Only who WeChat names counts, once however often he comes back; so bots and previews never do.
"""

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.bootstrap import Bot

IN_WECHAT = "MicroMessenger"
LONGEST_CODE = 512


def article_routes(bot: Bot) -> Blueprint:
    """GET /a/<code>."""
    routes = Blueprint("articles", __name__, template_folder="templates")
    links = bot.article_links

    @routes.get("/a/<code>")
    def follow(code: str) -> AnyResponse:
        found = links.find(code)
        if found is None:
            abort(404)
        scene, page = found
        came_back = request.args.get("code", "")
        if request.method == "GET" and not came_back and IN_WECHAT in request.headers.get("User-Agent", ""):
            return _unkept(redirect(links.way_in(code)))
        if request.method == "GET" and 0 < len(came_back) <= LONGEST_CODE:
            links.open(scene, came_back)
        if page.leads_to is not None:
            return _unkept(redirect(page.leads_to))
        return _unkept(Response(render_template("article.html", title=page.title), content_type="text/html"))

    return routes


def _unkept(answer: AnyResponse) -> AnyResponse:
    """Each opening is asked for anew, and the bank's page is not told our address with its code."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return answer
