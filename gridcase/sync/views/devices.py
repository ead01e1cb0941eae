"""A phone is made known by who is signed in on it."""

from __future__ import annotations

import base64

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.sync import queries
from gridcase.sync.rules.sealing import seal_key
from gridcase.sync.views.base import bp
from gridcase.users import service as users
from gridcase.web.access import signed_in, viewer


@bp.get("/api/sync/session")
@signed_in("the app asks whose phone it is to become")
def session() -> ResponseReturnValue:
    """Who is signed in, and the secret that the next form must carry."""
    return {"csrf": generate_csrf(), "user": queries.account(viewer())}


@bp.post("/api/sync/devices")
@signed_in("every account may sync with a phone of its own")
def add_device() -> ResponseReturnValue:
    """A phone becomes the account's; its tokens and its seal key are said this once."""
    sent = request.get_json(silent=True)
    label = sent.get("label") if isinstance(sent, dict) else None
    with transaction():
        new = users.add_device(current_user.user, label=str(label or ""), actor=viewer(), now=clock.now())
    said = _("您的手机太多，“%(label)s”已停用。", label=new.replaced) if new.replaced else None
    key = seal_key(str(current_app.secret_key).encode(), new.device.seal_salt)
    return {
        "device": new.device.id, "token": new.token, "deposit": new.deposit, "said": said,
        "seal_key": base64.b64encode(key).decode(), "user": queries.account(viewer()),
    }, 201  # fmt: skip
