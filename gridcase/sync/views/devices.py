"""The own phones: made known by who is signed in on them, looked at, ended; and what locked ones handed in."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.permissions import Permission
from gridcase.sync import queries, service
from gridcase.sync.forms import ActForm
from gridcase.sync.models import SealedItem
from gridcase.sync.rules import NotTaken
from gridcase.sync.rules.outcomes import WORDS, Reason, SealedState
from gridcase.sync.rules.sealing import seal_key
from gridcase.sync.views.base import bp
from gridcase.sync.views.saying import Said, said
from gridcase.users import queries as user_queries
from gridcase.users import service as users
from gridcase.users.rules import DeviceState
from gridcase.users.session import leave_asleep
from gridcase.web.access import signed_in, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit
from gridcase.web.security import secret_keys

FRESH = timedelta(minutes=10)


@bp.get("/api/sync/session")
@signed_in("the app asks whose phone it is to become")
def session() -> ResponseReturnValue:
    """Who is signed in, and the secret that the next form must carry. The app asks by itself: nobody wakes for it."""
    leave_asleep()
    return {"csrf": generate_csrf(), "user": queries.account(viewer()), "fresh": _fresh()}


def _fresh() -> bool:
    """Whether the password was typed a moment ago. A browser left open must not become somebody's phone."""
    return current_user.since is not None and clock.now() - current_user.since <= FRESH


@bp.post("/api/sync/devices")
@signed_in("every account may sync with a phone of its own")
def add_device() -> ResponseReturnValue:
    """A phone becomes the account's; its tokens and its seal key are said this once."""
    if not _fresh():
        return {"error": "sign_in_again", "text": _("为了安全，请重新登录，再设这部手机。")}, 403
    sent = request.get_json(silent=True)
    label = sent.get("label") if isinstance(sent, dict) else None
    with transaction():
        new = users.add_device(current_user.user, label=str(label or ""), actor=viewer(), now=clock.now())
    said = _("您的手机太多，“%(label)s”已停用。", label=new.replaced) if new.replaced else None
    key = seal_key(secret_keys()[0], new.device.seal_salt)
    return {
        "device": new.device.id, "token": new.token, "deposit": new.deposit, "said": said,
        "seal_key": base64.b64encode(key).decode(), "user": queries.account(viewer()),
    }, 201  # fmt: skip


@bp.get("/devices")
@signed_in("everybody sees and ends the own phones")
def devices() -> ResponseReturnValue:
    """My phones, and what came from a locked one and waits for me."""
    now, mine = clock.now(), user_queries.devices_of(viewer().user_id or 0)
    handed = len(queries.handed_for(viewer())) if viewer().may(Permission.LOG_VISIT) else 0
    kept = [(one, _said(one), WORDS[Reason(one.reason)] if one.reason else None) for one in _kept()]
    homes = queries.homes_known([said.home for _one, said, _why in kept if said and said.home], current_user.user)
    return render_template(
        "sync/devices.html", handed=handed, live=DeviceState.LIVE, waiting=SealedState.WAITING, kept=kept, homes=homes,
        devices=[(one, user_queries.state_of_device(one, now=now)) for one in mine],
    )  # fmt: skip


def _kept() -> list[SealedItem]:
    return queries.kept_of(viewer().user_id or 0)


def _said(kept: SealedItem) -> Said | None:
    """What it says; None where it cannot be opened."""
    try:
        return said(service.open_box(kept, kept.device, secret_keys()))
    except NotTaken:
        return None


@bp.post("/devices/<int:device_id>/lost")
@signed_in("everybody sees and ends the own phones")
def lose_device(device_id: int) -> ResponseReturnValue:
    """One click: that phone syncs no more, and whatever browser is signed in elsewhere is signed out."""
    device = user_queries.own_device(device_id, user_id=viewer().user_id or 0)
    said = _("这部手机已作废；其他已登录的浏览器也退出了。")
    return _act(users.lose_device, device, keep=current_user.session_id, said=said)


@bp.post("/devices/kept/<int:sealed_id>/file")
@signed_in("what a locked phone handed in waits for its owner")
def file_kept(sealed_id: int) -> ResponseReturnValue:
    """It is mine: filed, or handed over."""
    kept = queries.one_kept(sealed_id, user_id=viewer().user_id or 0)
    sender = service.Sender(current_user.user, kept.device, translate, sealed=True)
    return _act(service.file_kept, kept, sender=sender, secrets=secret_keys())


@bp.post("/devices/kept/<int:sealed_id>/disown")
@signed_in("what a locked phone handed in waits for its owner")
def disown_kept(sealed_id: int) -> ResponseReturnValue:
    """It is not mine, or no longer wanted."""
    kept = queries.one_kept(sealed_id, user_id=viewer().user_id or 0)
    return _act(service.disown, kept, said=_("好，这一条不算。"))


def _act(function: Callable[..., Any], *args: Any, said: str = "", **kwargs: Any) -> ResponseReturnValue:
    form = ActForm()
    done = submit(form, function, *args, actor=viewer(), now=clock.now(), **kwargs)
    words = translate(done) if done is not True and done else said
    flash(words if done else next(iter(form.form_errors), ""), "message" if done else "danger")
    return redirect(url_for(".devices"))
