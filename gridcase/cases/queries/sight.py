"""Which cases somebody sees, and how he stands to one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from gridcase.cases.models import Case
from gridcase.cases.rules import Standing, State
from gridcase.core.config import current
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import covers, reach, under

# Who collected a restricted case keeps no more over it than what the villager's trust asks for.
COLLECTOR_KEEPS = frozenset({
    Permission.SEE_CASE, Permission.SEE_REPORTER, Permission.REGISTER_CASE, Permission.SELF_SOLVE_CASE,
    Permission.ANSWER_CASE,
})  # fmt: skip


def scoped(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """Cases over which the viewer's posts hold a permission, those addressed to them included."""
    return reach(
        viewer, permission, path=Case.path, section_id=Case.section_id, unit_id=Case.handler_unit_id,
        post_id=Case.handler_post_id, household_id=Case.household_id,
    )  # fmt: skip


def addressed_to(viewer: Viewer) -> ColumnElement[bool]:
    """Cases sent to a post or unit of the viewer's."""
    return _any_of(
        (Case.handler_post_id, viewer.post_ids()),
        (Case.handler_unit_id, viewer.unit_ids()),
    )


def _any_of(*ways: tuple[Any, frozenset[int]]) -> ColumnElement[bool]:
    found = [column.in_(sorted(ids)) for column, ids in ways if ids]
    return or_(Case.id.in_([]), *found)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Cases the viewer may open: in reach, addressed to him, or collected by his post; restricted ones only for named
    roles, for whom they were sent to, and for the very person who collected them."""
    collected = frozenset(
        grant.post_id for grant in viewer.grants_with(Permission.SEE_CASE) if grant.post_id is not None
    )
    in_reach = or_(scoped(viewer, Permission.SEE_CASE), _any_of((Case.collector_post_id, collected)))
    return and_(in_reach, or_(Case.restricted.is_(False), _restricted_too(viewer)))


def ways_in(viewer: Viewer, *, newest: bool) -> list[ColumnElement[bool]]:
    """Where to look for what `visible` allows, one condition a grant and index: an OR over all of them would read and
    sort a whole town to show its newest 25. It only says where to look; `visible` decides. `newest` walks everything
    from the newest on, else a partial index of few cases is asked.
    """
    ways: list[ColumnElement[bool]] = []
    for grant in viewer.grants_with(Permission.SEE_CASE):
        ways += _ways_of(grant, newest)
    open_to_him = or_(Case.restricted.is_(False), _restricted_too(viewer))
    return [and_(way, open_to_him) for way in ways]


def _ways_of(grant: Grant, newest: bool) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = []
    if grant.household_ids is not None:
        ways.append(Case.household_id.in_(sorted(grant.household_ids)))
    elif grant.section_id is not None:
        ways.append(Case.section_id == grant.section_id)
    elif grant.unit_id is not None:
        ways.append(Case.handler_unit_id == grant.unit_id)
    elif grant.path is not None:
        ways.append(_place(grant.path, newest))
    if grant.post_id is not None:
        ways += [Case.handler_post_id == grant.post_id, Case.collector_post_id == grant.post_id]
    return ways


def _place(path: str, newest: bool) -> ColumnElement[bool]:
    """A town or a village by its own column, whose index is in the order of its newest; else the subtree."""
    ids = [int(part) for part in path.split("/") if part]
    if newest and len(ids) in (2, 3):
        return (Case.town_id if len(ids) == 2 else Case.village_id) == ids[-1]
    return under(Case.path, path) if ids else Case.path >= "/"


def _restricted_too(viewer: Viewer) -> ColumnElement[bool]:
    mine = frozenset() if viewer.user_id is None else frozenset({viewer.user_id})
    return or_(
        scoped(viewer, Permission.SEE_RESTRICTED_CASE),
        addressed_to(viewer),
        _any_of((Case.collector_user_id, mine)),
    )


def open_condition() -> ColumnElement[bool]:
    """Cases not ended yet, in the words of the partial indexes."""
    return Case.closed_at.is_(None)


def visible_on_map(viewer: Viewer) -> ColumnElement[bool]:
    """Cases of the map and of figures over places: in reach, and never a restricted one, whoever looks."""
    return and_(
        reach(
            viewer, Permission.SEE_CASE, path=Case.path, section_id=Case.section_id, household_id=Case.household_id
        ),
        Case.restricted.is_(False),
    )  # fmt: skip


def get_case(case_id: int, *, viewer: Viewer) -> Case:
    """One case of the viewer's with its class, else `Missing`."""
    found = db.session.scalar(select(Case).where(Case.id == case_id, visible(viewer)))
    if found is None:
        raise Missing
    return found


def is_addressed(case: Case, grant: Grant) -> bool:
    """Whether the case was sent to this post, or to the unit it works for."""
    by_post = grant.post_id is not None and grant.post_id == case.handler_post_id
    return by_post or (grant.unit_id is not None and grant.unit_id == case.handler_unit_id)


def grants_over(case: Case, viewer: Viewer) -> list[Grant]:
    """The viewer's grants that reach this very case, the addressed ones first: `visible` for a row already loaded."""
    addressed = [grant for grant in viewer.grants if is_addressed(case, grant)]
    others = [
        grant
        for grant in viewer.grants
        if grant not in addressed
        and (
            covers(grant, path=case.path, section_id=case.section_id, household_id=case.household_id)
            or (grant.post_id is not None and grant.post_id == case.collector_post_id)
        )
    ]
    return addressed + others


def permissions_over(case: Case, viewer: Viewer) -> frozenset[Permission]:
    """What the viewer may do with this very case."""
    grants = grants_over(case, viewer)
    held = frozenset[Permission]().union(*(grant.permissions for grant in grants))
    if not case.restricted or any(is_addressed(case, grant) for grant in grants):
        return held
    if Permission.SEE_RESTRICTED_CASE in held:
        return held
    collected = case.collector_user_id is not None and case.collector_user_id == viewer.user_id
    return held & COLLECTOR_KEEPS if collected else frozenset()


def standing_of(case: Case, viewer: Viewer) -> Standing:
    """How the viewer stands to this case: what the rules ask to say which moves are open."""
    user = viewer.user_id
    return Standing(
        state=State(case.state),
        permissions=permissions_over(case, viewer),
        is_addressed=any(is_addressed(case, grant) for grant in viewer.grants),
        is_handler=user is not None and case.handled_by_user_id == user,
        is_reporter=case.collector_post_id in viewer.post_ids()
        or (user is not None and case.collector_user_id == user),
        answered=case.answer is not None,
        second_check_due=case.second_check == "due",
        closed_at=case.closed_at,
        reopen_within=timedelta(days=current().reopen_days),
    )
