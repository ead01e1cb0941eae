"""Points of public legal service: what is said of one, and which questions count there. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from gridcase.core.errors import Refused
from gridcase.core.words import N_

INQUIRY = "1001"  # the class of questions about policy and law
HOTLINE = "12348"  # the national line of public legal service
LENGTHS = {"name": 40, "address": 80, "hours": 60, "duty": 80}
_MISSING = {
    "name": N_("请填服务点的名称。"),
    "address": N_("请写在哪里，让没去过的人找得到。"),
    "hours": N_("请写什么时候有人，例如周一至周五 9:00–17:00。"),
    "duty": N_("请写谁值班，写岗位或单位，不写姓名。"),
}


@dataclass(frozen=True)
class LegalFacts:
    """A point as villagers read it. `duty` names posts or organisations, never persons."""

    name: str
    address: str
    hours: str
    duty: str
    phone: str | None = None

    def checked(self) -> LegalFacts:
        """The same, or `Refused` beside the field that is empty."""
        for name, words in _MISSING.items():
            if not getattr(self, name):
                raise Refused(words, field=name)
        return self

    def values(self) -> dict[str, str | None]:
        """By column."""
        return asdict(self)
