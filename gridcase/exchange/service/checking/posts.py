"""Checking posts and liaison posts with who holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridcase.core.errors import Refused
from gridcase.exchange.queries import bodies, lookups
from gridcase.exchange.rules import states
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.checking.base import Check, becomes, differing
from gridcase.exchange.service.checking.persons import Persons
from gridcase.exchange.service.lines import Line
from gridcase.people import service as people
from gridcase.people.models import Post
from gridcase.people.rules import Candidate, MeetingKind, Role, misplaced
from gridcase.people.service import Election

WANTED = ("elected_on", "meeting", "candidate", "term_from", "term_to")
CHOICE = ("number", *WANTED, "votes", "signatures", "led_by", "oath_on")


class PostsCheck(Check):
    """A post keeps its role and place; its holder may change from a day on."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New posts, changed ones, and who holds them."""
        known = lookups.posts(self.reach)
        taken = lookups.taken_codes(Post, [line.values["code"] for line in lines if line.values["code"] not in known])
        self._held = lookups.holders(self.reach, on=self.today)
        self._sections, self._units = lookups.sections(self.reach), lookups.units(self.reach)
        self._persons = Persons(lines, self.reach)
        for line in lines:
            place, old = self.place(line, "place"), known.get(line.values["code"])
            if line.values["code"] in taken:
                line.wrong("code", states.TAKEN)
            elif place is not None:
                self._settle(line, place, old)
        self._leaving(lines)

    def _leaving(self, lines: Sequence[Line]) -> None:
        """No post ends while work lies at it."""
        ending = {line.target_id: line for line in lines if line.target_id and line.ready.get("valid_to") is not None}
        work = bodies.open_work({post_id: line.ready["valid_to"] for post_id, line in ending.items()})
        for post_id, open_work in work.items():
            try:
                people.refuse_open(open_work)
            except Refused as refusal:
                ending[post_id].wrong("valid_to", refusal.text)

    def role(self, line: Line) -> str:
        """The role of a row."""
        return str(line.values["role"])

    def _settle(self, line: Line, place: Any, old: Any | None) -> None:
        role = self.role(line)
        ties = self._ties(line, place)
        self.span(line, line.values.get("valid_from") or (old.valid_from if old else self.on))
        if old is not None:
            self._known(line, old, role, place, ties)
        else:
            refusal = misplaced(Role(role), place.level)
            if refusal is not None:
                line.wrong("role" if "role" in line.values else "place", refusal)
            line.state = RowState.NEW
            line.ready = {
                "role": role, "place_id": place.id, "place_path": place.path, **ties,
                "paid": bool(line.values.get("paid")), "valid_from": line.values.get("valid_from") or self.on,
            }  # fmt: skip
        self._holder(line, old)

    def _known(self, line: Line, old: Any, role: str, place: Any, ties: dict[str, int]) -> None:
        if (old.role == Role.LIAISON) != (role == Role.LIAISON):
            line.wrong("code", states.NOT_A_LIAISON if old.role == Role.LIAISON else states.ONLY_LIAISONS)
        elif old.role != role or old.place_id != place.id:
            line.wrong("place" if old.role == role else "role", states.POST_FIXED)
        changes = differing(line, old._mapping, ("title", "paid", "valid_from", "valid_to"))
        changes |= {key: value for key, value in ties.items() if value != getattr(old, key)}
        becomes(line, changes, ended="valid_to" in changes)
        line.target_id = old.id

    def _ties(self, line: Line, place: Any) -> dict[str, int]:
        """The section and the unit a post belongs to."""
        ties: dict[str, int] = {}
        for key, found in (
            ("section", self._sections.get((place.village_id, line.values.get("section") or ""))),
            ("unit", self._units.get(line.values.get("unit") or "")),
        ):
            if line.values.get(key) is not None and found is None:
                line.wrong(key, states.UNKNOWN)
            elif found is not None:
                ties[f"{key}_id"] = found.id
        return ties

    def _holder(self, line: Line, old: Any | None) -> None:
        name, phone = line.values.get("holder"), line.values.get("phone")
        if name is None:
            return
        held = self._held.get(old.id) if old is not None else None
        if held is not None and held.name == name and line.values.get("home") is None:
            if phone is not None and phone != held.phone:
                self._add(line, {"call": {"person_id": held.person_id, "phone": phone}})
            return
        person = self._persons.meant(line, held=held.person_id if held is not None else None)
        if held is not None and person == held.person_id:
            return
        if person is not None and person == self.actor.person_id:
            line.wrong("holder", states.NOT_YOURSELF)
        start = line.values.get("since") or (line.ready.get("valid_from") if old is None else None) or self.on
        self._add(line, {"appoint": {"person_id": person, "name": name, "phone": phone, "from": start.isoformat()}})

    def _add(self, line: Line, more: dict[str, Any]) -> None:
        line.ready = {**line.ready, **more}
        if line.state is RowState.SAME:
            line.state = RowState.CHANGED


class LiaisonsCheck(PostsCheck):
    """Posts of one role, in a village."""

    def role(self, line: Line) -> str:
        """Always a liaison."""
        return Role.LIAISON

    def _settle(self, line: Line, place: Any, old: Any | None) -> None:
        if place.village_id is None:
            line.wrong("place", states.NOT_A_VILLAGE)
        super()._settle(line, place, old)
        if any(line.values.get(key) is not None for key in CHOICE):
            self._choice(line, old)

    def settle(self, lines: Sequence[Line]) -> None:
        """The posts, and how their holders were chosen."""
        known = lookups.posts(self.reach)
        ids = [known[line.values["code"]].id for line in lines if line.values["code"] in known]
        self._certificates = bodies.certificates(ids, on=self.today)
        self._numbers = bodies.certificate_ids([line.values["number"] for line in lines if line.values.get("number")])
        super().settle(lines)

    def _choice(self, line: Line, old: Any | None) -> None:
        """A new choice with a certificate, or the one on record put right."""
        held = self._held.get(old.id) if old is not None and "appoint" not in line.ready else None
        if held is None and "appoint" not in line.ready:
            line.wrong("holder", states.NO_HOLDER)
            return
        current = self._certificates.get((old.id, held.person_id)) if old is not None and held is not None else None
        number = line.values.get("number")
        if current is not None and number not in (None, current.number):
            current = None
        self._number(line, number, current)
        given = {key: line.values[key] for key in CHOICE if line.values.get(key) is not None}
        whole = {key: given.get(key, getattr(current, key, None)) for key in CHOICE}
        for key in WANTED:
            if whole[key] is None:
                line.wrong(key, states.ELECTION_PART)
        if line.sound:
            self._sensible(line, whole)
        changes = {key: value for key, value in given.items() if value != getattr(current, key, None)}
        if changes:
            own = {"id": current.id, **changes} if current is not None else whole
            self._add(line, {"certificate": own})

    def _number(self, line: Line, number: str | None, current: Any | None) -> None:
        if number is None:
            return
        found, own = self._numbers.get(number), current.id if current is not None else None
        if found is not None and found != own:
            line.wrong("number", states.OLD_NUMBER)
        again = self.first_rows.setdefault(("number", number), line.number)
        if again != line.number:
            line.wrong("number", states.twice(again))

    def _sensible(self, line: Line, whole: dict[str, Any]) -> None:
        try:
            people.check_election(election_of(whole), today=self.today)
        except Refused as refusal:
            line.wrong(refusal.field or "elected_on", refusal.text)


def election_of(values: Mapping[str, Any]) -> Election:
    """The choice as the cells of a row say it."""
    return Election(
        elected_on=values["elected_on"], meeting=MeetingKind(values["meeting"]),
        candidate=Candidate(values["candidate"]), led_by=values["led_by"] or "", term_from=values["term_from"],
        term_to=values["term_to"], votes=values["votes"], signatures=values["signatures"], oath_on=values["oath_on"],
        number=values["number"],
    )  # fmt: skip
