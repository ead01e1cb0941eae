"""Checking circles and nominations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.exchange.queries import lookups
from gridcase.exchange.rules import states
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.checking.base import Check, becomes
from gridcase.exchange.service.lines import Line
from gridcase.people.rules import Role

CIRCLE_ROLES = frozenset({Role.LIAISON, Role.PARTY_CONTACT})


class CirclesCheck(Check):
    """A home has one circle of each role at a time."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New circles, homes that change to another, circles that end."""
        if not hasattr(self, "_posts"):
            self._posts = lookups.posts(self.reach)
        homes = lookups.homes([line.values["household"] for line in lines])
        known = lookups.circles([home.id for home in homes.values()])
        for line in lines:
            home, post = homes.get(line.values["household"]), self._posts.get(line.values["post"])
            if home is None or not self.reach.covers(home.path):
                line.wrong("household", states.UNKNOWN)
            elif home.ended_on is not None and home.ended_on <= self.on:
                line.wrong("household", states.CLOSED)
            if self._fits(line, home, post):
                assert home is not None
                assert post is not None
                line.part = self.villages[home.village_id].path if home.village_id in self.villages else home.path
                self._settle(line, home, post, known.get((home.id, post.role), []))

    def _fits(self, line: Line, home: Any | None, post: Any | None) -> bool:
        """Whether the post looks after homes of this village."""
        if post is None:
            line.wrong("post", states.UNKNOWN)
        elif post.role not in CIRCLE_ROLES:
            line.wrong("post", states.NO_CIRCLE_POST)
        elif post.valid_to is not None and post.valid_to <= self.on:
            line.wrong("post", states.CLOSED)
        elif home is not None and post.village_id != home.village_id:
            line.wrong("post", states.OTHER_VILLAGE)
        return line.sound

    def _settle(self, line: Line, home: Any, post: Any, spans: list[Any]) -> None:
        start = line.values.get("valid_from")
        self.span(line, start or self.on)
        again = self.first_rows.setdefault((home.id, post.role), line.number)
        if again != line.number:
            line.wrong("household", states.twice(again))
            return
        line.ready = {
            "household_id": home.id, "post_id": post.id, "role": post.role, "place_path": post.place_path,
            "start": start or home.since or self.on, "end": line.values.get("valid_to"),
            "reason": line.values.get("reason") or "",
        }  # fmt: skip
        line.target_id = home.id
        if not spans:
            line.state = RowState.NEW
            return
        line.ready["start"] = start or self.on
        now = next((one for one in spans if one.valid_to is None or one.valid_to > self.on), None)
        if now is None or now.post_id != post.id:
            line.state = RowState.CHANGED
        else:
            self._goes_on(line, now)

    def _goes_on(self, line: Line, old: Any) -> None:
        """The same post: its reason, its first day or its end may have been put right."""
        changes: dict[str, Any] = {}
        if line.values.get("reason") is not None and line.values["reason"] != old.reason:
            changes["reason"] = line.values["reason"]
        for key in ("valid_from", "valid_to"):
            if line.values.get(key) is not None and line.values[key] != getattr(old, key):
                changes[key] = line.values[key]
        ready = {**line.ready, "start": line.values.get("valid_from") or old.valid_from, "old_start": old.valid_from,
                 "end": line.values.get("valid_to") or old.valid_to,
                 "reason": changes.get("reason", old.reason)}  # fmt: skip
        becomes(line, changes, ended="valid_to" in changes)
        line.ready = ready if changes else {}


class NominationsCheck(Check):
    """Whom a home trusts; the person must live in the home named."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New and changed nominations."""
        codes = [line.values[key] for line in lines for key in ("household", "home")]
        homes = {code: home for code, home in lookups.homes(codes).items() if self.reach.covers(home.path)}
        members = lookups.members([home.id for home in homes.values()])
        known = lookups.nominations([home.id for home in homes.values()])
        for line in lines:
            own, other = homes.get(line.values["household"]), homes.get(line.values["home"])
            for key, home in (("household", own), ("home", other)):
                if home is None:
                    line.wrong(key, states.UNKNOWN)
            if line.values["rank"] not in (1, 2, 3):
                line.wrong("rank", states.RANKS)
            if line.sound:
                assert own is not None
                assert other is not None
                self._settle(line, own, other, members, known)

    def _settle(self, line: Line, own: Any, other: Any, members: dict[Any, Any], known: dict[Any, Any]) -> None:
        found = members.get((other.id, line.values["name"]), [])
        if own.village_id != other.village_id:
            line.wrong("home", states.OTHER_VILLAGE)
        elif not found:
            line.wrong("name", states.NO_PERSON)
        else:
            line.part = self.villages[own.village_id].path if own.village_id in self.villages else own.path
            old = known.get((own.id, line.values["rank"]))
            person_id = found[0].person_id
            line.ready = {"household_id": own.id, "rank": line.values["rank"], "person_id": person_id}
            line.target_id = old.id if old is not None else None
            same = old is not None and old.person_id == person_id
            line.state = RowState.NEW if old is None else RowState.SAME if same else RowState.CHANGED
