"""Points where villagers are served: what is said of one. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text
from gridcase.core.worktime import WorkCalendar
from gridcase.people.rules.opening import read

LENGTHS = {"name": 40, "address": 80, "opening": 400, "hours": 60, "does": 300, "duty": 80}
MOST_LINES, LINE_LENGTH = 8, 30  # of what is done there
_MISSING = {
    "name": N_("请填服务点的名称。"),
    "address": N_("请写在哪里，让没去过的人找得到。"),
    "duty": N_("请写谁值班，写岗位或单位，不写姓名。"),
}


class PointKind(Labelled):
    """What a point is for."""

    HALL = "hall", N_("便民服务大厅")
    STATION = "station", N_("村便民服务站")
    WINDOW = "window", N_("代办点、服务窗口")
    LEGAL = "legal", N_("公共法律服务点")


TAKES_CASES: Collection[PointKind] = frozenset({PointKind.HALL, PointKind.STATION, PointKind.WINDOW})


@dataclass(frozen=True)
class PointFacts:
    """A point as villagers read it. `duty` names posts or organisations, never persons; `opening` is what can be read
    as hours (`opening.read`), `hours` what else there is to say of them; `does` is a line a matter."""

    name: str
    address: str
    hours: str
    duty: str
    phone: str | None = None
    kind: PointKind = PointKind.LEGAL
    opening: str = ""
    on_holidays: bool = False
    does: str = ""

    def checked(self) -> PointFacts:
        """The same, or `Refused` beside the field that is empty or makes no sense."""
        for name, words in _MISSING.items():
            if not getattr(self, name):
                raise Refused(words, field=name)
        if not self.opening and not self.hours:
            raise Refused(N_("请写什么时候有人，例如周一至周五 9:00–17:00。"), field="opening")
        if self.opening:
            read(self.opening)
        lines = lines_of(self.does)
        if len(lines) > MOST_LINES or any(len(line) > LINE_LENGTH for line in lines):
            raise Refused(N_("最多 %(n)s 行，每行最多 %(long)s 个字。", n=MOST_LINES, long=LINE_LENGTH), field="does")
        return self

    def values(self) -> dict[str, str | bool | None]:
        """By column."""
        return {
            "name": self.name, "address": self.address, "hours": self.hours, "duty": self.duty, "phone": self.phone,
            "kind": self.kind.value, "opening": read(self.opening).kept() if self.opening else "",
            "on_holidays": self.on_holidays, "does": "\n".join(lines_of(self.does)),
        }  # fmt: skip


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.replace("\r", "").split("\n") if line.strip()]


@dataclass(frozen=True)
class Door:
    """The hours of a point in words, and how it stands at a moment; `open` is None where nothing says it."""

    lines: tuple[Text, ...] = ()
    open: bool | None = None
    words: Text | None = None


def door_of(text: str, *, on_holidays: bool, at: datetime, calendar: WorkCalendar) -> Door:
    """What a page says of the hours that are kept of a point."""
    if not text:
        return Door()
    opening = read(text, holidays=on_holidays)
    status = opening.status(at, calendar)
    return Door(tuple(opening.lines()), status.open, status.words(at))
