"""The own password: changed when one likes, and at the first sign-in with one that somebody else gave."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.users import service
from gridcase.users.forms import PasswordForm
from gridcase.users.models import User
from gridcase.users.rules import FEWEST_HAN, SHORTEST_PASSWORD
from gridcase.users.views.base import bp, policy
from gridcase.users.views.sign_in import start
from gridcase.web.access import signed_in, viewer
from gridcase.web.formkit import submit


@bp.route("/account/password", methods=["GET", "POST"])
@signed_in("everybody has a password of one's own")
def change_password() -> ResponseReturnValue:
    """The old one and twice the new one; other devices are signed out, this one stays."""
    form, user = PasswordForm(), current_user.user
    forced = user.temporary_until_at is not None
    if form.validate_on_submit() and _changed(form, user):
        start(user, policy())
        flash(_("密码已改，其他地方的登录都已退出。"))
        return redirect(url_for("home.index"))
    return render_template(
        "users/password.html", form=form, forced=forced, shortest=SHORTEST_PASSWORD, fewest_han=FEWEST_HAN
    )


def _changed(form: PasswordForm, user: User) -> bool:
    limits, now, old = policy(), clock.now(), form.old.data or ""
    fits = service.password_fits(user, old, memory_kib=limits.memory_kib)
    if not fits:  # a guess counts like one at the door
        with transaction():
            service.note_failure(user, actor=viewer(), now=now, policy=limits)
    return bool(
        submit(
            form, service.change_own_password, user, actor=viewer(), old=old, new=form.password.data or "",
            repeated=form.repeated.data or "", now=now, memory_kib=limits.memory_kib, fits=fits,
        )
    )  # fmt: skip
