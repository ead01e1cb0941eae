"""The own channels: where, besides the inbox, somebody wants to be told."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.notices import queries, rules, service
from gridcase.notices.forms import ActForm, ChannelForm, CodeForm, WhatForm
from gridcase.notices.models import NoticeChannel, Outbox
from gridcase.notices.rules import OF_PERSONS, Channel, What
from gridcase.notices.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


def kind_asked(kinds: tuple[Channel, ...]) -> Channel | None:
    """The kind of a channel to be added, out of the address."""
    asked = request.args.get("kind")
    if asked is not None and asked not in kinds:
        raise Missing
    return Channel(asked) if asked else None


def kinds_open() -> tuple[Channel, ...]:
    """What a person may add: mail only where the server can send it."""
    return tuple(one for one in OF_PERSONS if one is not Channel.MAIL or current().mail_host)


@bp.route("/inbox/channels", methods=["GET", "POST"])
@needs(Permission.SEE_WORK)
def channels() -> ResponseReturnValue:
    """Where I am told, and one more place."""
    kind = kind_asked(kinds_open())
    form = ChannelForm(kind, tuple(What), what=What.DAILY) if kind else None
    if kind and form and form.validate_on_submit():
        made = submit(
            form, service.add, actor=viewer(), kind=kind, address=form.address.data or "",
            secret=form.secret.data or "" if "secret" in form else "", what=What(form.what.data),
            named=current().named_hosts, now=clock.now(),
        )  # fmt: skip
        if isinstance(made, NoticeChannel):
            return _tested(made.id, _("已保存。"))
    return _page(form=form, kind=kind)


def _tested(channel_id: int, said: str) -> ResponseReturnValue:
    """A channel that was just made shows at once whether it works."""
    form = ActForm()
    channel = queries.one_of_person(channel_id, viewer=viewer())
    submit(form, service.test, channel, actor=viewer(), now=clock.now())
    flash(said + _("测试消息几秒内发出。"), "ok")
    return redirect(url_for(".channels"))


@bp.post("/inbox/channels/<int:channel_id>/test")
@needs(Permission.SEE_WORK)
def test_channel(channel_id: int) -> ResponseReturnValue:
    """Send myself a test message."""
    channel, form = queries.one_of_person(channel_id, viewer=viewer()), ActForm()
    if form.validate_on_submit() and submit(form, service.test, channel, actor=viewer(), now=clock.now()):
        flash(_("测试消息几秒内发出。"), "ok")
        return redirect(url_for(".channels"))
    return _page(act=form)


@bp.post("/inbox/channels/<int:channel_id>/confirm")
@needs(Permission.SEE_WORK)
def confirm_channel(channel_id: int) -> ResponseReturnValue:
    """The code of the test mail."""
    channel, form = queries.one_of_person(channel_id, viewer=viewer()), CodeForm()
    if form.validate_on_submit():
        code = form.code.data or ""
        done = submit(form, service.confirm, channel, code=code, actor=viewer(), now=clock.now())
        if done:
            flash(_("邮箱已验证，从现在起会收到提醒。"), "ok")
            return redirect(url_for(".channels"))
        if done is False:
            form.refuse(Refused(N_("验证码不对，请看最近一封测试邮件，T 后面的六位数字。"), field="code"))
    return _page(code=form, code_of=channel_id)


@bp.post("/inbox/channels/<int:channel_id>/what")
@needs(Permission.SEE_WORK)
def change_channel(channel_id: int) -> ResponseReturnValue:
    """What I want to be sent there."""
    channel, form = queries.one_of_person(channel_id, viewer=viewer()), WhatForm(tuple(What))
    if form.validate_on_submit():
        what = What(form.what.data)
        if submit(form, service.change_what, channel, what=what, actor=viewer(), now=clock.now()):
            flash(_("已保存，从下一条消息起生效。"), "ok")
    return redirect(url_for(".channels"))


@bp.post("/inbox/channels/<int:channel_id>/retry")
@needs(Permission.SEE_WORK)
def retry_channel(channel_id: int) -> ResponseReturnValue:
    """Put back what could not be sent to me."""
    channel, form = queries.one_of_person(channel_id, viewer=viewer()), ActForm()
    given_up, now = Outbox.channel_id == channel.id, clock.now()
    if form.validate_on_submit():
        done = submit(form, service.retry, given_up, actor=viewer(), path="/", now=now)
        flash(_("%(n)s 条重新排队。", n=int(done or 0)), "ok")
    return redirect(url_for(".channels"))


@bp.post("/inbox/channels/<int:channel_id>/remove")
@needs(Permission.SEE_WORK)
def remove_channel(channel_id: int) -> ResponseReturnValue:
    """Nothing more goes there."""
    channel, form = queries.one_of_person(channel_id, viewer=viewer()), ActForm()
    if form.validate_on_submit() and submit(form, service.remove, channel, actor=viewer(), now=clock.now()):
        flash(_("已删除，不再往那里发。"), "ok")
    return redirect(url_for(".channels"))


def _page(
    *,
    form: ChannelForm | None = None,
    kind: Channel | None = None,
    act: ActForm | None = None,
    code: CodeForm | None = None,
    code_of: int | None = None,
) -> ResponseReturnValue:
    mine = queries.of_person(viewer().person_id or 0)
    held = {one.kind for one in mine}
    return render_template(
        "notices/channels.html", channels=mine, queues=queries.queues_of([one.id for one in mine]), form=form,
        kind=kind, kinds=[one for one in kinds_open() if one not in held], act=act or ActForm(),
        code=code or CodeForm(), code_of=code_of, Channel=Channel, What=What, whats=tuple(What), why=rules.why,
        no_mail=not current().mail_host,
    )  # fmt: skip
