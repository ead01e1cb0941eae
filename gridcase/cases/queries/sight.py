"""Which cases somebody sees, and how he stands to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select

from gridcase.cases.models import Case, CaseParty, Whistle, WhistleUnit
from gridcase.cases.rules import LEVELS, Level, PartyKind, RequestKind, RequestState, Standing, State
from gridcase.core.config import current
from gridcase.core.db import db, one_of
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.places import VILLAGE, cut_to, depth_of
from gridcase.core.scope import covers, reach, reach_of, under

_OPEN = Case.closed_at.is_(None)
# Conditions of so many viewers are kept: a page asks for the same ones a dozen times, and making them anew takes longer
# than the database needs to answer.
VIEWERS = 256
STATEMENTS = 100  # whole ones: each takes some 80 KB with what SQLAlchemy knows of it
# Who collected a restricted case keeps no more over it than what the villager's trust asks for.
COLLECTOR_KEEPS = frozenset({
    Permission.SEE_CASE, Permission.SEE_REPORTER, Permission.REGISTER_CASE, Permission.SELF_SOLVE_CASE,
    Permission.ANSWER_CASE,
})  # fmt: skip
# Who took a case in at a window for a village that is not his own follows it and brings the villager's word.
AWAY_KEEPS = COLLECTOR_KEEPS - {Permission.SELF_SOLVE_CASE}
# What a co-handler or a called unit may do: read along, and report in.
PARTY_KEEPS = frozenset({Permission.SEE_CASE, Permission.SEE_REPORTER, Permission.HANDLE_CASE})


def scoped(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """Cases over which the viewer's posts hold a permission: by place, addressed to them, or as a party."""
    return reached_by(viewer.grants_with(permission), along=permission in PARTY_KEEPS)


@lru_cache(maxsize=4 * VIEWERS)
def reached_by(grants: tuple[Grant, ...], *, along: bool) -> ColumnElement[bool]:
    """Cases that these grants reach; `along`: those in which one is co-handler or called, too. The same for all
    permissions that the same posts hold, so that a statement names it once."""
    by_post = reach_of(
        grants, path=Case.path, section_id=Case.section_id, unit_id=Case.handler_unit_id,
        post_id=Case.handler_post_id, household_id=Case.household_id,
    )  # fmt: skip
    as_party = in_party(grants, PartyKind if along else (PartyKind.DESK,))
    return by_post if as_party is None else or_(by_post, as_party)


def in_party(grants: Sequence[Grant], kinds: Iterable[PartyKind]) -> ColumnElement[bool] | None:
    """Cases in which these posts, or the units they work for, are a party; None where there is no way in."""
    posts = sorted({grant.post_id for grant in grants if grant.post_id is not None})
    units = sorted({grant.unit_id for grant in grants if grant.unit_id is not None})
    ways = [_within(column, ids) for column, ids in ((CaseParty.post_id, posts), (CaseParty.unit_id, units)) if ids]
    if not ways:
        return None
    present = (CaseParty.ended_at.is_(None), one_of(CaseParty.kind, kinds))
    return Case.id.in_(select(CaseParty.case_id).where(or_(*ways), *present))


@lru_cache(maxsize=VIEWERS)
def addressed_to(viewer: Viewer) -> ColumnElement[bool]:
    """Cases sent to a post or unit of the viewer's."""
    return _any_of(
        (Case.handler_post_id, viewer.post_ids()),
        (Case.handler_unit_id, viewer.unit_ids()),
    )


def _any_of(*ways: tuple[Any, frozenset[int]]) -> ColumnElement[bool]:
    return or_(false(), *(_within(column, sorted(ids)) for column, ids in ways if ids))


def _within(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """One of these ids; of the many who hold one post it is one number, which is cheaper to send than a list."""
    found: ColumnElement[bool] = column == ids[0] if len(ids) == 1 else column.in_(ids)
    return found


@lru_cache(maxsize=VIEWERS)
def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Cases the viewer may open: in reach, addressed to him, or collected by his post; restricted ones only for named
    roles, for whom they were sent to, and for the very person who collected them."""
    collected = frozenset(
        grant.post_id for grant in viewer.grants_with(Permission.SEE_CASE) if grant.post_id is not None
    )
    in_reach = or_(scoped(viewer, Permission.SEE_CASE), _any_of((Case.collector_post_id, collected)))
    return and_(in_reach, not_hidden(viewer))


@lru_cache(maxsize=VIEWERS)
def ways_in(viewer: Viewer, *, newest: bool) -> tuple[ColumnElement[bool], ...]:
    """Where to look for what `visible` allows, and nothing that is hidden from the viewer. A way on which he may read
    all there is says no more about it: the shorter the statement, the less its plan costs."""
    ways = _ways(viewer, newest=newest)
    return tuple(way if reads_all else and_(way, not_hidden(viewer)) for way, reads_all in ways)


@lru_cache(maxsize=VIEWERS)
def places_to_look(viewer: Viewer, *, newest: bool) -> tuple[ColumnElement[bool], ...]:
    """Where to look for what `visible` allows, one condition a grant and index: an OR over all of them would read and
    sort a whole town to show its newest 25. It only says where to look; `visible` decides. `newest`: a list in its
    order, of which only the first are read (an index of the town or village has them so); else few are looked for.
    """
    return tuple(way for way, _reads_all in _ways(viewer, newest=newest))


@lru_cache(maxsize=VIEWERS)
def _ways(viewer: Viewer, *, newest: bool) -> tuple[tuple[ColumnElement[bool], bool], ...]:
    """Each place to look, and whether the viewer may read all that lies there, restricted cases too."""
    grants = viewer.grants_with(Permission.SEE_CASE)
    ways = [way for grant in grants for way in _ways_of(grant, newest)]
    as_party = in_party(grants, PartyKind)
    return (*ways, *([] if as_party is None else [(as_party, False)]))


@lru_cache(maxsize=VIEWERS)
def not_hidden(viewer: Viewer) -> ColumnElement[bool]:
    """Of the cases in the viewer's reach those that are not restricted, or that he may read all the same."""
    return or_(Case.restricted.is_(False), _restricted_too(viewer))


def _ways_of(grant: Grant, newest: bool) -> list[tuple[ColumnElement[bool], bool]]:
    """What was sent to the post or its unit may be read, whatever it is; what lies at its place if its role may."""
    named = Permission.SEE_RESTRICTED_CASE in grant.permissions
    ways: list[tuple[ColumnElement[bool], bool]] = []
    if grant.household_ids is not None:
        ways.append((Case.household_id.in_(sorted(grant.household_ids)), named))
    elif grant.section_id is not None:
        ways.append((Case.section_id == grant.section_id, named))
    elif grant.unit_id is not None:
        ways.append((Case.handler_unit_id == grant.unit_id, True))
    elif grant.path is not None:
        ways.append((_place(grant.path, newest), named))
    if grant.post_id is not None:
        ways += [(Case.handler_post_id == grant.post_id, True), (Case.collector_post_id == grant.post_id, False)]
    return ways


def _place(path: str, newest: bool) -> ColumnElement[bool]:
    """A town or a village by its own column, whose index is in the order of its newest; else the subtree."""
    ids = [int(part) for part in path.split("/") if part]
    if newest and len(ids) in (2, 3):
        return (Case.town_id if len(ids) == 2 else Case.village_id) == ids[-1]
    return under(Case.path, path) if ids else Case.path >= "/"


@lru_cache(maxsize=VIEWERS)
def _restricted_too(viewer: Viewer) -> ColumnElement[bool]:
    named = viewer.grants_with(Permission.SEE_RESTRICTED_CASE)
    said = {grant.post_id for grant in named}  # what was sent to these posts is among what they reach
    mine = frozenset() if viewer.user_id is None else frozenset({viewer.user_id})
    return or_(
        scoped(viewer, Permission.SEE_RESTRICTED_CASE),
        _any_of(
            (Case.handler_post_id, viewer.post_ids() - said),
            (Case.handler_unit_id, viewer.unit_ids()),
            (Case.collector_user_id, mine),
        ),
    )


def open_condition() -> ColumnElement[bool]:
    """Cases not ended yet, in the words of the partial indexes."""
    return _OPEN


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
    found = db.session.scalar(_one(viewer), {"case_id": case_id})
    if found is None:
        raise Missing
    return found


@lru_cache(maxsize=STATEMENTS)
def _one(viewer: Viewer) -> Select[Case]:
    return select(Case).where(Case.id == bindparam("case_id"), visible(viewer))


def is_addressed(case: Case, grant: Grant) -> bool:
    """Whether the case was sent to this post, or to the unit it works for."""
    by_post = grant.post_id is not None and grant.post_id == case.handler_post_id
    return by_post or (grant.unit_id is not None and grant.unit_id == case.handler_unit_id)


def party_kinds(case: Case, grant: Grant) -> frozenset[PartyKind]:
    """As what this post, or the unit it works for, is in the case besides the lead."""
    return frozenset(
        PartyKind(party.kind)
        for party in case.parties
        if party.ended_at is None
        and (
            (grant.post_id is not None and grant.post_id == party.post_id)
            or (grant.unit_id is not None and grant.unit_id == party.unit_id)
        )
    )


def _held(case: Case, grant: Grant) -> frozenset[Permission]:
    """What a grant gives over this case: a co-handler's less than its post's, and a collector's from elsewhere."""
    if is_addressed(case, grant) or _covered(case, grant) or PartyKind.DESK in party_kinds(case, grant):
        return grant.permissions
    if _collected(case, grant):
        return grant.permissions & AWAY_KEEPS if _is_away(case, grant) else grant.permissions
    return grant.permissions & PARTY_KEEPS


def _reached(case: Case, grant: Grant) -> bool:
    return _covered(case, grant) or _collected(case, grant)


def _collected(case: Case, grant: Grant) -> bool:
    return grant.case_id is None and grant.post_id is not None and grant.post_id == case.collector_post_id


def _is_away(case: Case, grant: Grant) -> bool:
    return grant.path is not None and not case.path.startswith(cut_to(grant.path, VILLAGE))


def _covered(case: Case, grant: Grant) -> bool:
    if grant.case_id is not None:
        return grant.case_id == case.id
    return covers(grant, path=case.path, section_id=case.section_id, household_id=case.household_id)


def _reads_restricted(case: Case, grant: Grant) -> bool:
    """Whether this post's role reads restricted cases and has this one before it. That another holder of the post
    collected it is not enough: the villager's trust was in a person."""
    return Permission.SEE_RESTRICTED_CASE in grant.permissions and (
        _covered(case, grant) or PartyKind.DESK in party_kinds(case, grant)
    )


def grants_over(case: Case, viewer: Viewer) -> list[Grant]:
    """The viewer's grants that reach this very case, the addressed ones first: `visible` for a row already loaded."""
    addressed = [grant for grant in viewer.grants if is_addressed(case, grant)]
    others = [grant for grant in viewer.grants if grant not in addressed and _reached(case, grant)]
    known = addressed + others
    return known + [grant for grant in viewer.grants if grant not in known and party_kinds(case, grant)]


def permissions_over(case: Case, viewer: Viewer) -> frozenset[Permission]:
    """What the viewer may do with this very case."""
    grants = grants_over(case, viewer)
    held = frozenset[Permission]().union(*(_held(case, grant) for grant in grants))
    if not case.restricted or any(is_addressed(case, grant) for grant in grants):
        return held
    if any(_reads_restricted(case, grant) for grant in grants):
        return held
    collected = case.collector_user_id is not None and case.collector_user_id == viewer.user_id
    return held & COLLECTOR_KEEPS if collected else frozenset()


def standing_of(case: Case, viewer: Viewer) -> Standing:
    """How the viewer stands to this case: what the rules ask to say which moves are open."""
    user = viewer.user_id
    requests = case.requests if case.state == State.IN_PROGRESS else []  # asked and answered in that state alone
    asked = [one for one in requests if one.state == RequestState.ASKED]
    called, held = _called(case, viewer), permissions_over(case, viewer)
    return Standing(
        state=State(case.state),
        permissions=held,
        is_addressed=any(is_addressed(case, grant) for grant in viewer.grants),
        is_handler=user is not None and case.handled_by_user_id == user,
        is_reporter=case.collector_post_id in viewer.post_ids()
        or (user is not None and case.collector_user_id == user)
        or any(grant.case_id == case.id for grant in viewer.grants),
        answered=case.answer is not None,
        second_check_due=case.second_check == "due",
        closed_at=case.closed_at,
        reopen_within=timedelta(days=current().reopen_days),
        is_helper=any(PartyKind.HELPER in party_kinds(case, grant) for grant in viewer.grants),
        level=Level(case.level) if case.level else None,
        reach=reach_over(case, viewer),
        requests=frozenset(RequestKind(one.kind) for one in asked),
        own_requests=frozenset(
            RequestKind(one.kind) for one in asked if user is not None and one.asked_by_user_id == user
        ),
        extensions=sum(one.kind == RequestKind.EXTENSION and one.state == RequestState.GRANTED for one in requests),
        extensions_allowed=current().extensions,
        restricted=case.restricted,
        must_report=any(one.arrived_at is None for one in called),
        rates_units=_owes_ratings(case, viewer),
        rates_whistle=any(one.whistle_rating is None for one in called),
        contact_waits=contact_waits(case),
        on_agenda=Permission.KEEP_DECISIONS in held and any(one.waits for one in case.agenda),
    )


def contact_waits(case: Case) -> bool:
    """Whether the clock of the first contact runs: somebody can be called, and nobody has."""
    return case.contact_due_at is not None and case.contacted_at is None and not case.anonymous


def whistle_of(case: Case) -> Whistle | None:
    """The whistle of a case, asked for only where one can be: it has climbed."""
    return case.whistle if case.level is not None else None


def reach_over(case: Case, viewer: Viewer) -> Level:
    """The highest desk at which the viewer sits over this case: by the place of the post."""
    found = [desk_of_post(grant) for grant in grants_over(case, viewer)]
    return max(found, key=LEVELS.index, default=Level.GRID)


def desk_of_post(grant: Grant) -> Level:
    """The desk a post sits at, by its place; who serves homes or a section sits at the grid's."""
    if grant.path is None or grant.section_id is not None or grant.household_ids is not None:
        return Level.GRID
    depth = depth_of(grant.path)
    return LEVELS[max(0, len(LEVELS) - max(depth, 1))]


def blew(case: Case, viewer: Viewer) -> bool:
    """Whether the viewer, or the post he holds now, has blown the whistle of this case."""
    whistle = whistle_of(case)
    if whistle is None:
        return False
    return whistle.by_post_id in viewer.post_ids() or (
        viewer.user_id is not None and whistle.by_user_id == viewer.user_id
    )


def _owes_ratings(case: Case, viewer: Viewer) -> bool:
    whistle = whistle_of(case)
    return whistle is not None and blew(case, viewer) and any(one.unit_rating is None for one in whistle.units)


def _called(case: Case, viewer: Viewer) -> list[WhistleUnit]:
    """The places of the whistle that are the viewer's unit's."""
    whistle = whistle_of(case)
    return [] if whistle is None else [one for one in whistle.units if one.unit_id in viewer.unit_ids()]
