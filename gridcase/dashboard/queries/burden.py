"""What the forms cost a town or a county; never a form that fewer than five people may open there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import TOWN, cut_to
from gridcase.core.scope import reach, under
from gridcase.core.words import Text
from gridcase.dashboard.models import FormFieldUse, FormMinutes, FormUse
from gridcase.dashboard.rules.burden import HOLDERS_LEAST, UNUSED_DAYS, Cost, months_back
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.models import Holding, Post
from gridcase.people.rules import ROLE_PERMISSIONS, Role

MANAGES = (Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY)


@dataclass(frozen=True)
class Form:
    """A form of this system: its title and who may open it (nothing: everybody)."""

    title: Text | str
    permissions: frozenset[Permission]


@dataclass(frozen=True)
class Burden:
    """What was counted, the dearest form first; what was never opened; how many forms are not told of."""

    costs: list[Cost]
    unused: list[str]
    untold: int


def towns(viewer: Viewer) -> list[Grid]:
    """The towns the viewer answers for, by code."""
    mine = or_(*(reach(viewer, permission, path=Grid.path) for permission in MANAGES))
    wanted = (Grid.level == GridLevel.TOWN) & Grid.valid_to.is_(None)
    return list(db.session.scalars(select(Grid).where(wanted, mine).order_by(Grid.code)))


def burden(
    viewer: Viewer, forms: Mapping[str, Form], *, today: date, months: int, town: Grid | None = None
) -> Burden:  # fmt: skip
    """The forms of these months. `town`: of one town; else of everything the viewer answers for."""
    since = months_back(today, months)
    told = _told(viewer, forms, _used_in(viewer, since, town), today, town)
    costs = {key: Cost(key, forms[key].title) for key in told}
    asked = (viewer, since, town)
    for form, opened, sent, refused in _summed(
        (FormUse.form,), (FormUse.opened, FormUse.sent, FormUse.refused), *asked
    ):
        if form in costs:
            costs[form].opened, costs[form].sent, costs[form].refused = opened, sent, refused
    fields = (FormFieldUse.form, FormFieldUse.field)
    for form, field, wanted, empty in _summed(fields, (FormFieldUse.asked, FormFieldUse.empty), *asked):
        if form in costs:
            costs[form].fields[field] = (wanted, empty)
    for form, step, times in _summed((FormMinutes.form, FormMinutes.step), (FormMinutes.times,), *asked):
        if form in costs:
            costs[form].minutes[step] = times
    used = [cost for cost in costs.values() if cost.opened or cost.sent]
    opened_lately = _opened_lately(viewer, today, town)
    return Burden(used, sorted(told - opened_lately), len(forms) - len(told))


def _summed(
    keys: tuple[Any, ...], counts: tuple[Any, ...], viewer: Viewer, since: date, town: Grid | None
) -> Iterator[tuple[Any, ...]]:
    """Counts of some months added up by these columns: a county has a hundred thousand rows of a page of forms."""
    sums = (func.sum(count) for count in counts)
    query = select(*keys, *sums).where(*_within(keys[0].class_, viewer, since, town)).group_by(*keys)
    for row in db.session.execute(query):
        yield (*row[: len(keys)], *(int(count) for count in row[len(keys) :]))


def _within(model: Any, viewer: Viewer, since: date, town: Grid | None) -> list[Any]:
    mine = or_(*(reach(viewer, permission, path=model.town) for permission in MANAGES))
    return [model.month >= since, mine, *([] if town is None else [model.town == town.path])]


def _opened_lately(viewer: Viewer, today: date, town: Grid | None) -> set[str]:
    since = today - timedelta(days=UNUSED_DAYS)
    wanted = [*_within(FormUse, viewer, since.replace(day=1), town), FormUse.last_opened_on >= since]
    return set(db.session.scalars(select(FormUse.form).where(*wanted).distinct()))


def _used_in(viewer: Viewer, since: date, town: Grid | None) -> dict[str, set[str]]:
    """The towns (of county desks: the county) in which each form was opened."""
    found: dict[str, set[str]] = {}
    query = select(FormUse.form, FormUse.town).where(*_within(FormUse, viewer, since, town)).distinct()
    for form, path in db.session.execute(query):
        found.setdefault(form, set()).add(path)
    return found


def _told(
    viewer: Viewer, forms: Mapping[str, Form], used_in: Mapping[str, set[str]], today: date, town: Grid | None
) -> set[str]:
    """The forms that at least five people may open in the towns that used them: of fewer it would be told what one of
    them does, however many there are elsewhere."""
    mine = or_(*(reach(viewer, permission, path=Post.place_path) for permission in MANAGES))
    people = (
        select(Post.role, Holding.person_id, Post.place_path)
        .join(Holding, Holding.post_id == Post.id)
        .where(mine, in_force(Holding, today), under(Post.place_path, town.path) if town else mine)
        .distinct()
    )
    holders: dict[tuple[Role, str], set[int]] = {}
    for role, person_id, path in db.session.execute(people):
        holders.setdefault((Role(role), cut_to(path, TOWN)), set()).add(person_id)
    told = set()
    for key, form in forms.items():
        where = used_in.get(key)
        able = set[int]().union(
            *(
                who
                for (role, path), who in holders.items()
                if (not form.permissions or ROLE_PERMISSIONS[role] & form.permissions)
                and (where is None or path in where)
            )
        )
        if len(able) >= HOLDERS_LEAST:
            told.add(key)
    return told


def since_when(viewer: Viewer) -> date | None:
    """The first month anything was counted."""
    mine = or_(*(reach(viewer, permission, path=FormUse.town) for permission in MANAGES))
    return db.session.scalar(select(func.min(FormUse.month)).where(mine))
