"""Sign-in, sign-out, language and elder mode."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user, login_user, logout_user

from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import Text
from gridcase.people.rules import Role
from gridcase.users import queries, service
from gridcase.users.forms import SignInForm
from gridcase.users.models import User
from gridcase.users.session import Account
from gridcase.users.views.base import bp, policy
from gridcase.web.access import public, signed_in, viewer

LOGIN_LONGEST = 60


def _safe(target: str | None) -> str:
    """Only paths of this site. Browsers drop tabs and line ends and read a backslash as a slash, so that these could
    hide another host behind what looks like a path."""
    target = target or ""
    local = target.startswith("/") and not target.startswith("//") and target.isprintable() and "\\" not in target
    return target if local else url_for("home.index")


@bp.route("/sign-in", methods=["GET", "POST"])
@public("nobody is signed in yet")
def sign_in() -> ResponseReturnValue:
    """Name and password; the same words whatever was wrong."""
    form = SignInForm(next=request.args.get("next", ""), login=request.args.get("login", "")[:LOGIN_LONGEST])
    if current_user.is_authenticated and request.method == "GET":
        return redirect(_safe(form.next.data))
    if form.validate_on_submit() and _try(form):
        return redirect(_safe(form.next.data))
    return render_template("users/sign_in.html", form=form, demo_accounts=_demo_accounts())


def _demo_accounts() -> list[tuple[str, Text, str]]:
    """Name, role and person of each account of the demo; its name says its role."""
    accounts = queries.demo_accounts() if current().demo else []
    return [(user.login, Role(user.login).label, user.person.name) for user in accounts if user.login in set(Role)]


def _try(form: SignInForm) -> bool:
    now, limits = clock.now(), policy()
    user = queries.by_login(form.login.data or "")
    known = user if service.may_try(user, now=now) else None
    fits = service.password_fits(known, form.password.data or "", memory_kib=limits.memory_kib)
    if known is None or not fits or not queries.may_enter(known):
        with transaction():
            service.note_failure(known, actor=_nobody(), now=now, policy=limits)
        words = _("账号或密码不对。连续错 %(n)s 次，账号会锁定一段时间；忘记密码请找安全管理员。", n=limits.lock_after)
        form.form_errors = [words]
        return False
    start(known, limits)
    return True


def _nobody() -> Viewer:
    return Viewer(kind="staff", name="-")


def start(user: User, limits: service.SignInPolicy) -> None:
    """A new session on this device, and nothing of an older one."""
    now, elder = clock.now(), session.get("large_text")
    actor = queries.viewer_of(user, now=now)
    with transaction():
        if elder is not None and elder != user.large_text:  # chosen on the page one signed in at
            service.set_preferences(user.id, actor=actor, now=now, large_text=elder)
        token = service.open_session(user, actor=actor, now=now, policy=limits)
    session.clear()  # a key planted before sign-in must not live on
    login_user(Account(token, 0))


@bp.post("/sign-out")
@signed_in("everybody may leave")
def sign_out() -> ResponseReturnValue:
    """End this session on the server."""
    with transaction():
        service.close_session(current_user.token, actor=viewer(), now=clock.now())
    logout_user()
    session.clear()
    g.viewer = None
    refresh()  # the next page is nobody's: what is said there is in its language, not in the account's
    flash(_("已退出。"))
    return redirect(url_for(".sign_in"))


@bp.post("/preferences/locale")
@public("the sign-in page has a language too")
def set_locale() -> ResponseReturnValue:
    """Chinese or English."""
    wanted = request.form.get("locale", "")
    if wanted in service.LOCALES:
        session["locale"] = wanted
        if current_user.is_authenticated:
            with transaction():
                service.set_preferences(current_user.user.id, actor=viewer(), now=clock.now(), locale=wanted)
    return redirect(_safe(request.form.get("next")))


@bp.post("/preferences/large-text")
@public("the sign-in page is read by old people too")
def set_large_text() -> ResponseReturnValue:
    """Elder mode on or off."""
    large = request.form.get("large_text") == "1"
    session["large_text"] = large
    if current_user.is_authenticated:
        with transaction():
            service.set_preferences(current_user.user.id, actor=viewer(), now=clock.now(), large_text=large)
    return redirect(_safe(request.form.get("next")))
