"""BotError → application/problem+json. The one place where the console's errors get their HTTP status."""

import structlog
from flask import Flask, Response, json
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from bot import errors

log = structlog.get_logger()

PROBLEM_TYPE = "application/problem+json"
STATUS: tuple[tuple[type[errors.BotError], int], ...] = (
    (errors.NotSignedIn, 401),
    (errors.NotAllowed, 403),
    (errors.CaseNotYours, 409),
    (errors.CaseAlreadyTaken, 409),
    (errors.CaseStateConflict, 409),
    (errors.CapacityReached, 409),
    (errors.RepAbsent, 409),
    (errors.LessonStateConflict, 409),
    (errors.ComplaintStateConflict, 409),
    (errors.FollowupTaken, 409),
    (errors.FollowupStateConflict, 409),
    (errors.ChecklistIncomplete, 409),
    (errors.LeadStateConflict, 409),
    (errors.ReferralStateConflict, 409),
    (errors.CheckStateConflict, 409),
    (errors.RequestStateConflict, 409),
    (errors.VersionStateConflict, 409),
    (errors.CampaignStateConflict, 409),
    (errors.ArticleChanged, 409),
    (errors.PreviewsUsedUp, 409),
    (errors.AlertStateConflict, 409),
    (errors.ListStateConflict, 409),
    (errors.SegmentConflict, 409),
    (errors.RepNotThere, 409),
    (errors.SamePerson, 403),
    (errors.NeverSilent, 403),
    (errors.NotFound, 404),
    (errors.InvalidInput, 422),
    (errors.SendRefused, 409),
    (errors.Refused, 422),
    (errors.RetryLater, 503),
)
# When trying again makes sense: limits count by the minute, outages are over when they are over.
RETRY_AFTER_S = {429: 60, 503: 5}
TITLES = {
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    409: "状态已变化",
    413: "内容过大",
    415: "格式不支持",
    422: "内容不符合要求",
    429: "操作太频繁，请稍后再试",
    500: "系统出错了，请稍后再试",
    503: "暂时无法完成，请稍后再试",
}


def problem(status: int, code: str, detail: str = "", **fields: object) -> Response:
    """A problem document."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, "请求无法完成"),
        "status": status,
        "code": code,
        "detail": detail,
        "fields": fields,
    }
    return Response(json.dumps(body), status=status, content_type=PROBLEM_TYPE)


def of_error(error: errors.BotError) -> Response:
    """The problem of one of our errors."""
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    return _with_retry(problem(status, error.code, **error.fields))


def of_validation(error: ValidationError) -> Response:
    """The problem of a request that does not fit its schema; names the places, never repeats the values."""
    places = [".".join(str(part) for part in found["loc"]) or "body" for found in error.errors()]
    return problem(422, "invalid_input", places=places)


def register(app: Flask) -> None:
    """Answer every error of the app with a problem document."""
    app.register_error_handler(errors.BotError, of_error)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_surprise)


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    response = problem(status, (error.name or "error").lower().replace(" ", "_"))
    if error.response is not None and "Retry-After" in error.response.headers:
        response.headers["Retry-After"] = error.response.headers["Retry-After"]
    return _with_retry(response)


def _with_retry(response: Response) -> Response:
    if response.status_code in RETRY_AFTER_S:
        response.headers.setdefault("Retry-After", str(RETRY_AFTER_S[response.status_code]))
    return response


def _of_surprise(error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    return problem(500, "internal_error")
