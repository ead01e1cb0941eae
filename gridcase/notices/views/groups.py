"""The channels of places: groups and other systems that the county's manager connects."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.config import current
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.notices import queries, rules, service
from gridcase.notices.forms import ActForm, ChannelForm, WhatForm
from gridcase.notices.models import NoticeChannel, Outbox
from gridcase.notices.rules import OF_PLACES, WHAT_OF_PLACES, Channel, What
from gridcase.notices.views.base import bp
from gridcase.notices.views.own import kind_asked
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

PAGES = frozenset(f"notices.{one}" for one in ("groups", "test_group", "change_group", "remove_group", "retry_group"))
NAV = (
    NavItem(
        "channels", N_("对外发送"), "notices.groups", "settings", frozenset({Permission.MANAGE_COUNTY}), 82,
        group="clocks", pages=PAGES,
    ),
)  # fmt: skip


@bp.route("/channels/", methods=["GET", "POST"])
@needs(Permission.MANAGE_COUNTY)
def groups() -> ResponseReturnValue:
    """The groups and systems that are connected, and one more."""
    kind, places = kind_asked(OF_PLACES), queries.places_for(viewer())
    choices = [(one.id, one.name) for one in places]
    form = ChannelForm(kind, WHAT_OF_PLACES, choices, what=What.URGENT) if kind else None
    if kind and form and form.validate_on_submit():
        place = next(one for one in places if one.id == form.place.data)
        made = submit(
            form, service.add, actor=viewer(), kind=kind, address=form.address.data or "",
            secret=form.secret.data or "" if "secret" in form else "", what=What(form.what.data),
            named=current().named_hosts, now=clock.now(), place=place, name=form["name"].data or "",
        )  # fmt: skip
        if isinstance(made, NoticeChannel):
            return _made(made, given="secret" in form and bool(form.secret.data))
    return _page(form=form, kind=kind)


def _made(channel: NoticeChannel, *, given: bool) -> ResponseReturnValue:
    """A secret that was drawn is shown this once; it is kept in no cookie and on no other page."""
    if channel.kind == Channel.WEBHOOK and not given:
        return _page(drawn=channel.secret)
    flash(_("已保存。请发一条测试消息，看对方有没有收到。"), "ok")
    return redirect(url_for(".groups"))


@bp.post("/channels/<int:channel_id>/test")
@needs(Permission.MANAGE_COUNTY)
def test_group(channel_id: int) -> ResponseReturnValue:
    """Send a test message."""
    channel, form = queries.one_of_place(channel_id, viewer=viewer()), ActForm()
    if form.validate_on_submit() and submit(form, service.test, channel, actor=viewer(), now=clock.now()):
        flash(_("测试消息几秒内发出，稍后刷新本页看结果。"), "ok")
        return redirect(url_for(".groups"))
    return _page(act=form)


@bp.post("/channels/<int:channel_id>/what")
@needs(Permission.MANAGE_COUNTY)
def change_group(channel_id: int) -> ResponseReturnValue:
    """What is sent there."""
    channel, form = queries.one_of_place(channel_id, viewer=viewer()), WhatForm(WHAT_OF_PLACES)
    if form.validate_on_submit():
        what = What(form.what.data)
        if submit(form, service.change_what, channel, what=what, actor=viewer(), now=clock.now()):
            flash(_("已保存，从下一条消息起生效。"), "ok")
    return redirect(url_for(".groups"))


@bp.post("/channels/<int:channel_id>/remove")
@needs(Permission.MANAGE_COUNTY)
def remove_group(channel_id: int) -> ResponseReturnValue:
    """Nothing more goes there."""
    channel, form = queries.one_of_place(channel_id, viewer=viewer()), ActForm()
    if form.validate_on_submit() and submit(form, service.remove, channel, actor=viewer(), now=clock.now()):
        flash(_("已删除，不再往那里发。"), "ok")
    return redirect(url_for(".groups"))


@bp.post("/channels/<int:channel_id>/retry")
@needs(Permission.MANAGE_COUNTY)
def retry_group(channel_id: int) -> ResponseReturnValue:
    """Put back what was given up in one channel."""
    channel, form = queries.one_of_place(channel_id, viewer=viewer()), ActForm()
    given_up, path, now = Outbox.channel_id == channel.id, channel.place_path or "/", clock.now()
    if form.validate_on_submit():
        done = submit(form, service.retry, given_up, actor=viewer(), path=path, now=now)
        flash(_("%(n)s 条重新排队。", n=int(done or 0)), "ok")
    return redirect(url_for(".groups"))


@bp.post("/channels/retry")
@needs(Permission.MANAGE_COUNTY)
def retry_county() -> ResponseReturnValue:
    """Put back everything that was given up in a county, from the timetable."""
    county, form = _county(), ActForm()
    if form.validate_on_submit():
        done = submit(form, service.retry_under, county.path, actor=viewer(), now=clock.now())
        flash(_("%(n)s 条重新排队。", n=int(done or 0)), "ok")
    return redirect(url_for("reminders.timetable", place=county.id))


def _county() -> Grid:
    """The county asked for, else the first of the viewer's."""
    mine = [one for one in queries.places_for(viewer()) if one.level == GridLevel.COUNTY]
    wanted = request.args.get("place", type=int)
    county = next((one for one in mine if wanted in (None, one.id)), None)
    if county is None:
        raise Missing
    return county


def _page(
    *,
    form: ChannelForm | None = None,
    kind: Channel | None = None,
    act: ActForm | None = None,
    drawn: str = "",
) -> ResponseReturnValue:
    rows = queries.of_places(viewer())
    return render_template(
        "notices/groups.html", rows=rows, queues=queries.queues_of([one.id for one, _name in rows]), form=form,
        kind=kind, kinds=OF_PLACES, act=act or ActForm(), drawn=drawn, Channel=Channel, What=What,
        whats=WHAT_OF_PLACES, why=rules.why,
    )  # fmt: skip
