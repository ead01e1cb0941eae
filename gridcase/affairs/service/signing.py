"""Who was there: ticked by who runs it, read off a sheet, or signed in by a code on paper without an account."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.affairs.models import Activity, ActivityKnock, Participation
from gridcase.affairs.queries import activities as queries
from gridcase.affairs.queries import signing as lists
from gridcase.affairs.queries.signing import Namesake
from gridcase.affairs.rules import (
    CODE_DIGITS,
    ActivityState,
    HowCame,
    HowJoined,
    Limit,
    SignedName,
    read_digits,
    read_names,
)
from gridcase.affairs.service.activities import answers_for, line_for, lock, named_of, note
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.sheets import match_headers, read_table
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.households import queries as households
from gridcase.households.models import Household

MOST_NAMES = 500
KEPT = timedelta(days=2)
FROM_ONE_ADDRESS = Limit("address", 200)  # a village shares one address behind its operator
WRONG_FROM_ONE_ADDRESS = Limit("wrong", 30)
WRONG_AT_ONE = Limit("activity", 100)
_WRONG = N_("没有对上。请核对户编号最后 6 位和姓名；编号在联户卡上，也可以请组织的人点名。")
_TOO_OFTEN = N_("这里试得太多了，请找组织的人点名。")
_NAMES = {"name": ("姓名", "名字", "签名", "户主", "name")}


@dataclass(frozen=True)
class Asked:
    """A name that may be several people: whom it could mean."""

    signed: SignedName
    namesakes: tuple[Namesake, ...]


@dataclass(frozen=True)
class Matched:
    """A sheet of names laid beside the register."""

    sure: tuple[Namesake, ...]
    asked: tuple[Asked, ...]
    unknown: tuple[SignedName, ...]

    @property
    def total(self) -> int:
        """How many names the sheet has."""
        return len(self.sure) + len(self.asked) + len(self.unknown)


def text_of(data: bytes) -> str:
    """The names of a table that was sent: the column of names, else the first one; a line each."""
    sheet = read_table(data)
    found = match_headers(sheet.headers, _NAMES)
    column = found.get("name") or next(iter(sheet.headers), "")
    return "\n".join(clean_line(str(row.cells.get(column) or "")) for row in sheet.rows)


def match_sheet(row: Activity, text: str, *, actor: Viewer, now: datetime) -> Matched:
    """Lay a sheet of names beside the homes of the village: who is found, who must be asked, who is not there.

    A code beside a name decides between namesakes; for a child it is asked whether the guardian agrees.
    """
    answers_for(actor, row.path)
    signed = read_names(text)
    if not signed:
        raise Refused(N_("没有读到姓名。一行写一个，或把签到表的姓名一列贴进来。"), field="text")
    if len(signed) > MOST_NAMES:
        raise Refused(N_("一次最多 %(most)s 人，请分几次。", most=MOST_NAMES), field="text")
    known = lists.namesakes(row, [one.name for one in signed], viewer=actor, on=town_day(now))
    joined = {line.person_id for line in queries.lines_of(row.id) if line.person_id and line.joined_at}
    sure: dict[int, Namesake] = {}
    asked: list[Asked] = []
    unknown: list[SignedName] = []
    for one in signed:
        fitting = _fitting(one, known.get(one.name, []), joined)
        if not fitting:
            unknown.append(one)
        elif len(fitting) == 1 and not fitting[0].child:
            sure[fitting[0].person_id] = fitting[0]
        else:
            asked.append(Asked(one, tuple(fitting)))
    return Matched(tuple(sure.values()), tuple(asked), tuple(unknown))


def _fitting(one: SignedName, found: Sequence[Namesake], joined: Collection[int | None]) -> list[Namesake]:
    """Whom a name could mean: those whose code stands beside it, else the one who had put the name down, else all."""
    if one.digits:
        coded = [who for who in found if read_digits(who.code)[-CODE_DIGITS:] == one.digits[-CODE_DIGITS:]]
        if coded:
            return coded
    announced = [who for who in found if who.person_id in joined]
    return announced if len(announced) == 1 else list(found)


def take_sheet(row: Activity, text: str, *, actor: Viewer, picks: Mapping[int, int], now: datetime) -> int:
    """Note everybody of a sheet as present; `picks`: line of the sheet -> the person meant, for those asked about.

    Who was not picked is left out. Returns how many are new on the list.
    """
    matched = match_sheet(row, text, actor=actor, now=now)
    lock(row)
    chosen = list(matched.sure)
    for ask in matched.asked:
        person = picks.get(ask.signed.line)
        chosen += [who for who in ask.namesakes if who.person_id == person]
    if not chosen:
        raise Refused(N_("这些姓名在村里一个也没有对上。"), field="text")
    pairs = dict.fromkeys((who.household_id, None if who.child else who.person_id) for who in chosen)
    agreed = {who.household_id for who in chosen if who.child}
    new = _note_present(row, list(pairs), how=HowCame.SHEET, actor=actor, now=now, agreed=agreed)
    note("activity.sheet", row, actor, now, names=matched.total, new=new)
    return new


def tick(row: Activity, line_ids: Collection[int], *, actor: Viewer, now: datetime) -> int:
    """Those of the list who are here, called by name; returns how many are new."""
    answers_for(actor, row.path)
    lock(row)
    lines = [queries.line_of(one, viewer=actor)[0] for one in sorted(set(line_ids))]
    new = [line for line in lines if not line.came and line.activity_id == row.id]
    for line in new:
        line.came, line.came_at, line.user_id = HowCame.LIST.value, now, actor.user_id
    if new:
        note("activity.tick", row, actor, now, count=len(new))
    return len(new)


def untick(row: Activity, line: Participation, *, actor: Viewer, now: datetime) -> None:
    """Somebody ticked by mistake was not here; who had not put the name down leaves the list."""
    answers_for(actor, row.path)
    lock(row)
    if line.joined_at is None:
        db.session.delete(line)
    else:
        line.came, line.came_at = "", None
    note("activity.untick", row, actor, now, home=line.household_id)


def add_present(row: Activity, home: Household, *, actor: Viewer, person_id: int | None, now: datetime) -> int:
    """Somebody who is here and had not put the name down."""
    households.get_household(home.id, viewer=actor, permission=Permission.RUN_ACTIVITY)
    answers_for(actor, row.path)
    lock(row)
    if home.village_id != row.village_id:
        raise Missing
    named = named_of(home.id, person_id, on=town_day(now))
    new = _note_present(row, [(home.id, named)], how=HowCame.LIST, actor=actor, now=now)
    note("activity.tick", row, actor, now, count=new)
    return new


def _note_present(
    row: Activity,
    pairs: Sequence[tuple[int, int | None]],
    *,
    how: HowCame,
    actor: Viewer | None,
    now: datetime,
    agreed: Collection[int] = (),
) -> int:
    """Mark (home, person) pairs as present; returns how many were not before. `agreed`: homes of a child whose guardian
    agrees."""
    lines: dict[int, list[Participation]] = {}
    for line in queries.rows_of(row.id, [home for home, _person in pairs]):
        lines.setdefault(line.household_id, []).append(line)
    new = 0
    for home_id, person_id in pairs:
        found = line_for(lines.setdefault(home_id, []), person_id)
        if found is None:
            found = Participation(
                activity_id=row.id,
                household_id=home_id,
                person_id=person_id,
                joined=HowJoined.NONE.value,
                came="",
                guardian_agreed=False,
            )
            db.session.add(found)
            lines[home_id].append(found)
        found.person_id = found.person_id or person_id
        found.guardian_agreed = found.guardian_agreed or (person_id is None and home_id in agreed)
        if not found.came:
            found.came, found.came_at = how.value, now
            found.user_id = actor.user_id if actor else None
            new += 1
    db.session.flush()
    return new


def sign_in(row: Activity, *, digits: str, name: str, address_digest: str, now: datetime) -> tuple[str, Refused | None]:
    """Somebody at the place signs in by the code on paper: (masked name of the home, None), or why not.

    What went wrong is counted, so it must be kept. Nothing is told that the typed words did not say already.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    wrong = ((WRONG_FROM_ONE_ADDRESS, address_digest), (WRONG_AT_ONE, str(row.id)))
    tries = [*wrong, (FROM_ONE_ADDRESS, address_digest)]
    if any(lists.knocks(limit.kind, who, hour=hour) >= limit.most for limit, who in tries):
        return "", Refused(_TOO_OFTEN)
    knock(FROM_ONE_ADDRESS, address_digest, now=now)
    db.session.refresh(row, with_for_update=True)
    if row.state != ActivityState.RUNNING:
        raise Missing
    typed, words = read_digits(digits), clean_line(name)
    found = (
        lists.behind_digits(row, typed[-CODE_DIGITS:], words, on=town_day(now))
        if len(typed) >= CODE_DIGITS and words
        else []
    )
    if len(found) != 1:
        for limit, who in wrong:
            knock(limit, who, now=now)
        return "", Refused(_WRONG)
    _note_present(row, found, how=HowCame.CODE, actor=None, now=now)
    note("activity.sign_in", row, queries.at_the_door(), now, home=found[0][0])
    return words, None


def knock(limit: Limit, who: str, *, now: datetime) -> int:
    """Count one more; returns how often it was in this hour. Counts of other days are thrown away."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    insert = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    statement = insert(ActivityKnock).values(kind=limit.kind, who=who, hour=hour, times=1)
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "who", "hour"], set_={"times": ActivityKnock.times + 1}
    )
    times = db.session.execute(statement.returning(ActivityKnock.times)).scalar_one()
    if times == 1:
        db.session.execute(delete(ActivityKnock).where(ActivityKnock.hour < now - KEPT))
    return times


def address_digest(address: str, *, key: bytes, now: datetime) -> str:
    """Who signs in, for counting alone: changes every day, and says nothing about the address."""
    return hashlib.sha256(key + f"{now:%Y%m%d}:{address}".encode()).hexdigest()[:40]
