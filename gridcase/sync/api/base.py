"""The blueprint of the interface: who asks, how errors read, how often one may ask."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from flask import Blueprint, Response, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.db import db, transaction
from gridcase.core.words import N_, Text
from gridcase.sync import queries
from gridcase.sync.rules import Counter
from gridcase.sync.rules.reading import BadFields
from gridcase.users import queries as users
from gridcase.users import service as user_service
from gridcase.users.models import Device
from gridcase.users.rules import DeviceState
from gridcase.web.access import by_token
from gridcase.web.filters import translate

bp = Blueprint("sync_api", __name__, url_prefix="/api/sync")
View = TypeVar("View", bound=Callable[..., Any])
LARGEST_ITEM = 64 * 1024
SEEN_EVERY = 3600  # seconds; reading alone is noted once an hour
BUSY_SECONDS = 5
SPOKEN = {"zh": "zh_Hans_CN", "en": "en"}  # of a phone: X-Language
BEARER, DEPOSIT = "Bearer ", "Deposit "
counter = Counter()
log = logging.getLogger(__name__)

WORDS: dict[str, Text] = {
    "no_token": N_("请在这部手机上重新登录。"),
    "device_revoked": N_("这部手机已作废，不能再同步。要继续用，请重新登录。"),
    "device_expired": N_("太久没有用，或密码改过，请在这部手机上重新登录。"),
    "account_closed": N_("您的账号现在不能用，请联系镇里的管理员。记下的内容还在手机里。"),
    "too_many": N_("同步得太频繁，请过一会儿再试。"),
    "busy": N_("服务器正忙，请过一会儿再试。"),
    "bad_request": N_("这次发来的内容不完整，请再试一次。"),
    "bad_fields": N_("有的内容填得不对，请看每一项的提示。"),
    "too_large": N_("内容太大，没有收下。"),
}


class Denied(Exception):
    """An answer that ends the request: a code of the contract and its status."""

    def __init__(self, code: str, status: int, *, text: Text | None = None, retry: int | None = None) -> None:
        super().__init__(code)
        self.code, self.status, self.text, self.retry = code, status, text or WORDS[code], retry


def error(code: str, status: int, *, text: Text | None = None, **more: Any) -> Response:
    """An error as the contract has it."""
    answer = jsonify(error=code, text=translate(text or WORDS[code]), **more)
    answer.status_code = status
    return answer


def device() -> Device:
    """The phone that asks."""
    found: Device = g.device
    return found


def by_device(view: View) -> View:
    """Let in a live phone by its token; the account's language, or for reading that of the page, and nothing of a
    session."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        found = _live(users.device_by_token(_token(BEARER)))
        g.viewer = queries.viewer_on(found.user, clock.now())
        with force_locale(_asked_language() or found.user.locale):
            _count(found)
            return view(*args, **kwargs)

    marked: View = by_token("a phone brings its own token")(guarded)  # type: ignore[assignment]
    return marked


def by_deposit(view: View) -> View:
    """Let in by the secret of a locked outbox: it reads nothing, it can only hand in."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        found = users.device_by_deposit(_token(DEPOSIT))
        if found is None:
            raise Denied("no_token", 401)
        g.device, g.language = found, found.user.locale
        with force_locale(found.user.locale):
            _count(found)
            return view(*args, **kwargs)

    marked: View = by_token("a locked outbox hands in with a secret of its own")(guarded)  # type: ignore[assignment]
    return marked


def _asked_language() -> str | None:
    """The language the app is shown in, where something is read: classes and errands stand beside the page's words."""
    return SPOKEN.get(request.headers.get("X-Language", "")) if request.method == "GET" else None


def _token(scheme: str) -> str:
    """What stands behind the scheme in the request's head; "" where there is none."""
    head = request.headers.get("Authorization", "")
    return head[len(scheme) :].strip() if head.startswith(scheme) else ""


def _live(found: Device | None) -> Device:
    if found is None:
        raise Denied("no_token", 401)
    g.device, g.language = found, found.user.locale
    check_live(found)
    return found


def check_live(found: Device) -> None:
    """Raise the answer for a phone that may not sync; asked again under the lock of a write."""
    if not users.may_enter(found.user):
        raise Denied("account_closed", 401)
    state = users.state_of_device(found, now=clock.now())
    if state in (DeviceState.EXPIRED, DeviceState.REPLACED):  # a sixth phone is no theft: nothing is cleared
        raise Denied("device_expired", 401)
    if state != DeviceState.LIVE:
        raise Denied("device_revoked", 401)


def _count(found: Device) -> None:
    wait = counter.wait(found.id, seconds=clock.now().timestamp(), most=current().sync_per_minute)
    if wait:
        raise Denied("too_many", 429, retry=wait)


def sent_json(most: int = LARGEST_ITEM) -> dict[str, Any]:
    """The JSON object of the request."""
    request.max_content_length = most
    if not request.is_json:
        raise Denied("bad_request", 415)
    try:
        found = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as problem:
        raise Denied("bad_request", 400) from problem
    if not isinstance(found, dict):
        raise Denied("bad_request", 400)
    return found


@bp.after_request
def _seen(response: Response) -> Response:
    """A phone that only reads is in use too; noted once an hour, and never in the way of the answer."""
    found = g.get("device")
    if found is not None and request.method == "GET" and response.status_code in (200, 304):
        now = clock.now()
        if (now - found.seen_at).total_seconds() >= SEEN_EVERY:
            try:
                with transaction():
                    user_service.see_device(found.id, now=now)
            except OperationalError:
                log.warning("device %s was not noted as seen", found.id)
    return response


def _language() -> str:
    """The account's language, where it is known who asks; kept apart, for the database may be what is out of order."""
    return str(g.get("language", "zh_Hans_CN"))


@bp.errorhandler(Denied)
def _denied(denied: Denied) -> ResponseReturnValue:
    db.session.rollback()
    with force_locale(_language()):
        answer = make_response(error(denied.code, denied.status, text=denied.text))
    if denied.retry is not None:
        answer.headers["Retry-After"] = str(denied.retry)
    return answer


@bp.errorhandler(BadFields)
def _bad_fields(bad: BadFields) -> ResponseReturnValue:
    with force_locale(_language()):
        return error("bad_fields", 422, fields={name: translate(why) for name, why in bad.fields.items()})


@bp.errorhandler(OperationalError)
def _busy(problem: OperationalError) -> ResponseReturnValue:
    log.error("database: %s", problem)
    return _denied(Denied("busy", 503, retry=BUSY_SECONDS))


@bp.errorhandler(HTTPException)
def _http(problem: HTTPException) -> ResponseReturnValue:
    code = problem.code or 500
    return _denied(Denied("too_large" if code == 413 else "bad_request", code))
