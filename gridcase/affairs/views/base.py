"""The blueprint, its entries in the navigation, and what its pages share."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Blueprint, current_app, flash, request

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.web.formkit import BaseForm
from gridcase.web.frame import NavItem

bp = Blueprint("affairs", __name__)
RUNS, JOINS, GIVES = Permission.RUN_ACTIVITY, Permission.DECLARE_POINTS, Permission.GIVE_AWARDS


def _pages(words: str) -> frozenset[str]:
    return frozenset(f"affairs.{word}" for word in words.split())


NAV = (
    NavItem(
        "affairs", N_("活动"), "affairs.index", "calendar", frozenset({RUNS, JOINS}), 44, group="points", work=False,
        pages=_pages("index new show edit join start cancel end give code sheet add work "
            "teams new_team team requests ask request_page finish_request suggestions "
            "my_year member_year member_values promises"),
    ),
    NavItem(
        "awards", N_("评先"), "affairs.awards", "check", frozenset({GIVES, JOINS, Permission.OBJECT_POINTS}), 45,
        group="points", work=False, module="boards",
        pages=_pages(
            "awards new_round award_round candidates hang_out object_award answer_award revoke plate choice boards "
            "hang_red hang_black"
        ),
    ),
    NavItem(
        "campaigns", N_("专项行动"), "affairs.campaigns", "check", frozenset({RUNS, Permission.MANAGE_TOWN}), 37,
        group="figures", work=False,
        pages=_pages(
            "campaigns new_campaign campaign campaign_enter campaign_entries campaign_activities campaign_action "
            "campaign_action_new campaign_homes campaign_opinions campaign_opinion"
        ),
    ),
)  # fmt: skip


def today() -> date:
    """The town's day."""
    return clock.town_day(clock.now())


def utc(local: datetime | None) -> datetime:
    """A moment typed in the town's time."""
    moment = local if local is not None else datetime(1, 1, 2, tzinfo=UTC)
    return moment.replace(tzinfo=clock.TOWN_ZONE).astimezone(UTC)


def local(moment: datetime) -> datetime:
    """A moment as one types it: in the town's time, without the zone."""
    return moment.astimezone(clock.TOWN_ZONE).replace(tzinfo=None)


def from_where(now: datetime) -> tuple[str, bytes]:
    """The address that knocks and the installation's key, for counting alone."""
    return request.remote_addr or "", str(current_app.secret_key).encode()


def say_refusals(form: BaseForm) -> None:
    """What a one-button form was refused for, above the page it came from."""
    for words in form.form_errors:
        flash(words, "warning")
