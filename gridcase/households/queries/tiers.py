"""Reading care tiers: the rules in force, what weighs on a home (masked for whom it must be), what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.places import with_above
from gridcase.core.scope import covers
from gridcase.core.words import Text
from gridcase.grid import queries as grids
from gridcase.households.models import Household, HouseholdFactor, TierChange, TierObjection, TierState, TierSuggestion
from gridcase.households.queries.sight import visible
from gridcase.households.rules.tiers import CareTier
from gridcase.households.rules.tiers_factors import (
    FACTORS,
    RESTRICTED_CODES,
    RESTRICTED_LABEL,
    Source,
    Weight,
    shown_label,
)
from gridcase.households.rules.tiers_rules import DEFAULT_RULES, SETTING, Suggestion, TierRules, read_rules, suggest
from gridcase.households.rules.tiers_steps import ProposalState
from gridcase.people.models import Person, Post
from gridcase.people.queries import valid_on
from gridcase.people.rules import Role
from gridcase.users.models import User


def rules_for(path: str, *, on: date) -> TierRules:
    """The rules in force for a place: those of the nearest place above that set its own, else the defaults."""
    found = grids.setting(path, SETTING, on=on)
    return read_rules(found[0], found[1]) if found else DEFAULT_RULES


def grant_over(home: Household, viewer: Viewer, permission: Permission) -> Grant | None:
    """The post by which the viewer holds a permission over this very home."""
    for grant in viewer.grants_with(permission):
        if covers(grant, path=home.path, section_id=home.section_id, household_id=home.id):
            return grant
    return None


def may(home: Household, viewer: Viewer, permission: Permission) -> bool:
    """Whether the viewer holds a permission over this very home."""
    return grant_over(home, viewer, permission) is not None


def home_for(household_id: int, *, viewer: Viewer, permissions: Sequence[Permission]) -> Household:
    """A home the viewer reaches by any of these permissions, else `Missing`."""
    ways = or_(*(visible(viewer, permission) for permission in permissions))
    found = db.session.scalar(select(Household).where(Household.id == household_id, ways))
    if found is None:
        raise Missing
    return found


def in_force(on: date) -> ColumnElement[bool]:
    """Factors that hold on a day."""
    return and_(
        HouseholdFactor.noted_on <= on,
        HouseholdFactor.valid_until >= on,
        or_(HouseholdFactor.ended_on.is_(None), HouseholdFactor.ended_on > on),
    )


def factors_in_force(household_id: int, *, on: date) -> Sequence[HouseholdFactor]:
    """The factors of a home on a day, as they were written: for services and for `suggestion_for`, never for a page."""
    return db.session.scalars(
        select(HouseholdFactor)
        .where(HouseholdFactor.household_id == household_id, in_force(on))
        .order_by(HouseholdFactor.code, HouseholdFactor.id)
    ).all()


def suggestion_for(home: Household, *, on: date) -> Suggestion:
    """What the rules come to for a home on a day."""
    codes = [factor.code for factor in factors_in_force(home.id, on=on)]
    return suggest(codes, rules_for(home.path, on=on))


# --- what a reader sees of it


@dataclass(frozen=True)
class FactorLine:
    """One factor as this reader sees it. What is restricted for him has no id, no weight and no days."""

    label: Text
    id: int | None = None
    weight: Weight | None = None
    source: Text | None = None
    basis: str = ""
    whose: str = ""
    noted_on: date | None = None
    valid_until: date | None = None
    restricted: bool = False
    confirmed: bool = True
    noted_by_me: bool = False


def factor_lines(home: Household, *, viewer: Viewer, on: date) -> list[FactorLine]:
    """The factors in force for this reader; all that is restricted for him is one line, whatever it is."""
    sees_plain = may(home, viewer, Permission.SEE_TIER)
    sees_all = may(home, viewer, Permission.SEE_SENSITIVE_FACTORS)
    rules, lines, hidden = rules_for(home.path, on=on), [], False
    factors = factors_in_force(home.id, on=on)
    names = _names(select(Person.id, Person.name), Person.id, {one.person_id for one in factors})
    for one in factors:
        if one.code in RESTRICTED_CODES and not sees_all:
            hidden = True
        elif sees_plain or one.code in RESTRICTED_CODES:
            lines.append(_line(one, rules, names, viewer))
    return [*lines, FactorLine(RESTRICTED_LABEL, restricted=True)] if hidden else lines


def _line(one: HouseholdFactor, rules: TierRules, names: dict[int, str], viewer: Viewer) -> FactorLine:
    restricted = one.code in RESTRICTED_CODES
    return FactorLine(
        FACTORS[one.code].label, one.id, rules.weight(one.code), Source(one.source).label, one.basis,
        names.get(one.person_id or 0, ""), one.noted_on, one.valid_until, restricted,
        not restricted or one.confirmed_at is not None,
        viewer.user_id is not None and one.noted_by_user_id == viewer.user_id,
    )  # fmt: skip


@dataclass(frozen=True)
class ShownSuggestion:
    """A suggestion as this reader sees it: where something restricted counted, sum and weights are left out."""

    tier: CareTier
    total: int | None
    reasons: tuple[tuple[Text, Weight | None], ...]
    version: int


def shown(tier: str, total: int, reasons: Iterable[Sequence[Any]], version: int, *, sees_all: bool) -> ShownSuggestion:
    """Mask a suggestion: the weight of what is restricted would tell what it is."""
    pairs = [(str(code), weight) for code, weight in reasons]
    open_to_him = sees_all or not any(code in RESTRICTED_CODES for code, _ in pairs)
    lines: dict[Text, Weight | None] = {}
    for code, weight in pairs:
        lines[shown_label(code, sees_restricted=sees_all)] = weight if open_to_him else None
    return ShownSuggestion(CareTier(tier), total if open_to_him else None, tuple(lines.items()), version)


def shown_suggestion(home: Household, *, viewer: Viewer, on: date) -> ShownSuggestion:
    """What the rules come to today, for this reader."""
    found = suggestion_for(home, on=on)
    sees_all = may(home, viewer, Permission.SEE_SENSITIVE_FACTORS)
    return shown(found.tier, found.total, found.as_json(), found.version, sees_all=sees_all)


def own_reasons(home: Household, *, on: date) -> list[Text]:
    """The reasons as the home itself reads them: nothing restricted, not even that there is something."""
    codes = sorted({one.code for one in factors_in_force(home.id, on=on)} - RESTRICTED_CODES)
    return [FACTORS[code].label for code in codes]


def state_of(household_id: int) -> TierState | None:
    """Since when the tier stands, and how often the home was visited since."""
    return db.session.get(TierState, household_id)


def last_change(household_id: int) -> TierChange | None:
    """The newest confirmation."""
    return db.session.scalar(
        select(TierChange).where(TierChange.household_id == household_id).order_by(TierChange.id.desc()).limit(1)
    )


def waiting_for(household_id: int) -> TierSuggestion | None:
    """The proposal of a home that waits for its confirmation."""
    return db.session.scalar(
        select(TierSuggestion).where(
            TierSuggestion.household_id == household_id, TierSuggestion.state == ProposalState.PROPOSED
        )
    )


def open_objection_of(household_id: int) -> TierObjection | None:
    """The objection of a home that waits for its answer."""
    return db.session.scalar(
        select(TierObjection).where(TierObjection.household_id == household_id, TierObjection.answered_at.is_(None))
    )


def objections_of(household_id: int) -> Sequence[TierObjection]:
    """The objections of a home, newest first."""
    return db.session.scalars(
        select(TierObjection).where(TierObjection.household_id == household_id).order_by(TierObjection.id.desc())
    ).all()


# --- one thing, for those whose work it is


def get_factor(factor_id: int, *, viewer: Viewer, restricted: bool) -> tuple[HouseholdFactor, Household]:
    """A factor the viewer may end or confirm, and its home; a restricted one is missing for all who may not read it."""
    mine = HouseholdFactor.code.in_(RESTRICTED_CODES) if restricted else HouseholdFactor.code.not_in(RESTRICTED_CODES)
    right = Permission.SEE_SENSITIVE_FACTORS if restricted else Permission.PROPOSE_TIER
    return _with_home(HouseholdFactor, factor_id, mine, visible(viewer, right))


def get_proposal(proposal_id: int, *, viewer: Viewer) -> tuple[TierSuggestion, Household]:
    """A proposal and its home, for those who serve the home."""
    return _with_home(TierSuggestion, proposal_id, visible(viewer, Permission.PROPOSE_TIER))


def get_objection(objection_id: int, *, viewer: Viewer) -> tuple[TierObjection, Household]:
    """An objection and its home, for those who may answer it."""
    return _with_home(TierObjection, objection_id, visible(viewer, Permission.CONFIRM_TIER))


OfHome = TypeVar("OfHome", HouseholdFactor, TierSuggestion, TierObjection)


def _with_home(model: type[OfHome], row_id: int, *conditions: ColumnElement[bool]) -> tuple[OfHome, Household]:
    row = db.session.execute(
        select(model, Household)
        .join(Household, Household.id == model.household_id)
        .where(model.id == row_id, *conditions)
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


# --- who


def _names(query: Any, column: Any, ids: Collection[int | None]) -> dict[int, str]:
    wanted = {one for one in ids if one is not None}
    return {row[0]: row[1] for row in db.session.execute(query.where(column.in_(wanted)))} if wanted else {}


def workers(user_ids: Collection[int | None]) -> dict[int, str]:
    """The names behind accounts."""
    return _names(select(User.id, Person.name).join(Person, Person.id == User.person_id), User.id, user_ids)


def post_titles(post_ids: Collection[int | None]) -> dict[int, str]:
    """The titles of posts."""
    return _names(select(Post.id, Post.title), Post.id, post_ids)


def nearest_posts(home: Household, roles: Sequence[Role], *, on: date, without: Collection[int] = ()) -> list[Post]:
    """The posts of the first of these roles that is filled at the home's places, the nearest place first."""
    return nearest_of([home], roles, on=on, without=without)[home.id]


def nearest_of(
    homes: Sequence[Household], roles: Sequence[Role], *, on: date, without: Collection[int] = ()
) -> dict[int, list[Post]]:
    """The same of many homes in one statement."""
    above = {place for home in homes for place in with_above(home.path)}
    at: dict[str, list[Post]] = {}
    for post in db.session.scalars(
        select(Post)
        .where(Post.place_path.in_(sorted(above)), Post.role.in_(roles), valid_on(Post, on))
        .order_by(Post.id)
    ):
        if post.id not in without:
            at.setdefault(post.place_path, []).append(post)
    return {home.id: _nearest(home, at, roles) for home in homes}


def _nearest(home: Household, at: Mapping[str, Sequence[Post]], roles: Sequence[Role]) -> list[Post]:
    posts = [
        post
        for place in with_above(home.path)
        for post in at.get(place, ())
        if post.role != Role.SECTION_LEADER or (post.section_id is not None and post.section_id == home.section_id)
    ]
    if not posts:
        return []
    best = min((roles.index(Role(post.role)), -len(post.place_path)) for post in posts)
    return [post for post in posts if (roles.index(Role(post.role)), -len(post.place_path)) == best]
