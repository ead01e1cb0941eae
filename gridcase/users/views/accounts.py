"""Accounts of those who hold posts, for the security administrator: names and posts, nothing of homes or cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.permissions import Permission
from gridcase.core.text import full_pinyin
from gridcase.grid import queries as grids
from gridcase.users import queries, service
from gridcase.users.forms import ActForm, OpenAccountForm
from gridcase.users.models import User
from gridcase.users.queries import LEAST_WORDS, TEMPORARY, Holder
from gridcase.users.rules import DEEDS, TEMPORARY_FOR, AccountState, DeviceState, free_login, state_of
from gridcase.users.service import Slip
from gridcase.users.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


def _today() -> date:
    return clock.town_day(clock.now())


def _state(user: User) -> AccountState:
    return state_of(active=user.active, locked_at=user.locked_at, locked_until_at=user.locked_until_at, now=clock.now())


@bp.get("/accounts/")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts() -> ResponseReturnValue:
    """Accounts in reach by login, searched and filtered."""
    asked, now = request.args, clock.now()
    words, state = asked.get("q", "").strip()[:40], asked.get("state", "")
    page = queries.accounts(viewer(), now=now, words=words, state=state, after=asked.get("after"))
    titles = queries.titles_held([user.person_id for user in page.rows], on=_today())
    return render_template(
        "users/accounts.html", page=page, titles=titles, words=words, state=state, states=AccountState,
        temporary=TEMPORARY, states_of={user.id: _state(user) for user in page.rows}, kept=_kept(),
        too_short=0 < len(words) < LEAST_WORDS, now=now,
    )  # fmt: skip


def _kept() -> dict[str, str]:
    return {key: value for key, value in request.args.items() if key in {"q", "state"} and value}


@bp.get("/accounts/new")
@needs(Permission.MANAGE_ACCOUNTS)
def new_account() -> ResponseReturnValue:
    """Who holds a post and has no account yet."""
    words = request.args.get("q", "").strip()[:40]
    page = queries.without_account(viewer(), on=_today(), words=words, after=request.args.get("after"))
    return render_template(
        "users/new_account.html", page=page, words=words, kept=_kept(), too_short=0 < len(words) < LEAST_WORDS,
        titles=queries.titles_held([person.id for person in page.rows], on=_today()),
    )  # fmt: skip


@bp.route("/accounts/new/<int:person_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def open_account(person_id: int) -> ResponseReturnValue:
    """Open an account: the login is proposed, the temporary password is shown once."""
    person = queries.holder_without_account(person_id, viewer=viewer(), on=_today())
    titles = queries.titles_held([person_id], on=_today()).get(person_id, [])
    form = OpenAccountForm(login=_proposed([person.name])[0])
    if form.validate_on_submit() and titles:
        slip = service.draw_slip(
            person_id=person_id, name=person.name, title="、".join(titles), login=(form.login.data or "").lower(),
            memory_kib=current().argon2_memory_kib,
        )  # fmt: skip
        if submit(form, service.open_accounts, [slip], actor=viewer(), now=clock.now()):
            return _slips([slip], _("账号已开通"))
    return render_template("users/open_account.html", form=form, person=person, titles=titles)


def _proposed(names: Sequence[str]) -> list[str]:
    """A free login for each name, in letters as it is read."""
    stems = [free_login(full_pinyin(name), ()) for name in names]
    taken, found = queries.logins_like(stems), []
    for stem in stems:
        found.append(free_login(stem, taken))
        taken.add(found[-1])
    return found


def _slips(slips: Sequence[Slip], title: str, back: str | None = None) -> ResponseReturnValue:
    """The slips, this once: what was drawn is kept nowhere, so there is nothing to come back to."""
    return render_template(
        "users/slips.html", slips=slips, title=title, back=back or url_for(".accounts"),
        address=url_for("users.sign_in", _external=True), until=_today() + TEMPORARY_FOR,
    )  # fmt: skip


@bp.route("/accounts/liaisons", methods=["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def liaison_accounts() -> ResponseReturnValue:
    """Accounts for all liaisons of a village who have none, with a slip for each."""
    someone, form = viewer(), ActForm()
    villages = grids.villages_of(someone, permission=Permission.MANAGE_ACCOUNTS)
    asked = request.values.get("village", "")
    village = next((one for one in villages if str(one.id) == asked), None)
    waiting = queries.liaisons_without_account(someone, village_path=village.path, on=_today()) if village else []
    if waiting and village and form.validate_on_submit():
        slips = _drawn(waiting)
        if submit(form, service.open_accounts, slips, actor=someone, now=clock.now()):
            return _slips(slips, _("%(village)s联户代表的账号", village=village.name))
    return render_template("users/liaisons.html", form=form, villages=villages, village=village, waiting=waiting)


def _drawn(waiting: Sequence[Holder]) -> list[Slip]:
    memory_kib = current().argon2_memory_kib
    logins = _proposed([holder.name for holder in waiting])
    return [
        service.draw_slip(person_id=one.id, name=one.name, title=one.title, login=login, memory_kib=memory_kib)
        for one, login in zip(waiting, logins, strict=True)
    ]


@bp.get("/accounts/<int:user_id>")
@needs(Permission.MANAGE_ACCOUNTS)
def account(user_id: int) -> ResponseReturnValue:
    """One account: how it stands, what may be done with it, what was done."""
    found, now = _found(user_id), clock.now()
    idle = timedelta(minutes=current().idle_minutes)
    deeds = [row for row in audit.history_of("user", found.id, limit=200) if row.action in DEEDS]
    return render_template(
        "users/account.html", user=found, state=_state(found), states=AccountState, now=now,
        titles=queries.titles_held([found.person_id], on=_today()).get(found.person_id, []),
        sessions=queries.open_sessions(found, now=now, idle=idle), own=found.id == viewer().user_id,
        deeds=deeds[:20], words=DEEDS, live=DeviceState.LIVE,
        devices=[(one, queries.state_of_device(one, now=now)) for one in queries.devices_of(found.id)],
    )  # fmt: skip


def _found(user_id: int) -> User:
    return queries.account_for(user_id, viewer=viewer(), on=_today())


def _act(user_id: int, function: Callable[..., Any], said: str) -> ResponseReturnValue:
    found, form = _found(user_id), ActForm()
    done = submit(form, function, found, actor=viewer(), now=clock.now())
    flash(said if done else next(iter(form.form_errors), ""), "message" if done else "danger")
    return redirect(url_for(".account", user_id=user_id))


@bp.post("/accounts/<int:user_id>/lock")
@needs(Permission.MANAGE_ACCOUNTS)
def lock_account(user_id: int) -> ResponseReturnValue:
    """Nobody enters with it until it is unlocked."""
    return _act(user_id, service.lock, _("账号已锁定，已登录的地方都退出了。"))


@bp.post("/accounts/<int:user_id>/unlock")
@needs(Permission.MANAGE_ACCOUNTS)
def unlock_account(user_id: int) -> ResponseReturnValue:
    """It may be used again."""
    return _act(user_id, service.unlock, _("已解除锁定，可以用原来的密码登录。"))


@bp.post("/accounts/<int:user_id>/close")
@needs(Permission.MANAGE_ACCOUNTS)
def close_account(user_id: int) -> ResponseReturnValue:
    """It ends."""
    return _act(user_id, service.close, _("账号已停用，已登录的地方都退出了。"))


@bp.post("/accounts/<int:user_id>/sessions")
@needs(Permission.MANAGE_ACCOUNTS)
def end_account_sessions(user_id: int) -> ResponseReturnValue:
    """It is signed out everywhere."""
    return _act(user_id, service.end_sessions, _("已登录的地方都退出了。"))


@bp.post("/accounts/<int:user_id>/device")
@needs(Permission.MANAGE_ACCOUNTS)
def end_account_device(user_id: int) -> ResponseReturnValue:
    """A lost phone of the account syncs no more; the form names it."""
    found, asked, form = _found(user_id), request.form.get("device", ""), ActForm()
    device = next((one for one in queries.devices_of(found.id) if str(one.id) == asked), None)
    if device is not None:
        lose, keep = service.lose_device, current_user.session_id
        done = submit(form, lose, device, keep=keep, actor=viewer(), now=clock.now())
        gone = _("这部手机已作废；其他已登录的浏览器也退出了。")
        flash(gone if done else next(iter(form.form_errors), ""), "message" if done else "danger")
    return redirect(url_for(".account", user_id=user_id))


@bp.post("/accounts/<int:user_id>/password")
@needs(Permission.MANAGE_ACCOUNTS)
def give_password(user_id: int) -> ResponseReturnValue:
    """A new temporary password, shown once; a closed account is open again."""
    found, form = _found(user_id), ActForm()
    titles = queries.titles_held([found.person_id], on=_today()).get(found.person_id, [])
    slip = service.draw_slip(
        person_id=found.person_id, name=found.person.name, title="、".join(titles), login=found.login,
        memory_kib=current().argon2_memory_kib,
    )  # fmt: skip
    if submit(form, service.give_temporary, found, slip, actor=viewer(), now=clock.now()):
        return _slips([slip], _("临时密码已设好"), url_for(".account", user_id=user_id))
    flash(next(iter(form.form_errors), ""), "danger")
    return redirect(url_for(".account", user_id=user_id))
