"""How a mediation ends, how long it may take, and what an agreement needs. Pure. Source: domain.md 2.1."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridcase.cases.rules.majors import DISPUTES
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

COURT_DAYS = 30  # within which both parties may ask a court to confirm their agreement
LOOK_AFTER_DAYS = 30  # proposed for the first look at how the agreement is kept
SOON_DAYS = 3  # before the end of the period
COURT_SOON_DAYS = 7
MOST_PARTIES, MOST_SESSIONS, MOST_LOOKS = 20, 50, 20


class Result(Labelled):
    """How a mediation ended."""

    AGREED = "agreed", N_("达成协议")
    FAILED = "failed", N_("未达成协议")
    WITHDRAWN = "withdrawn", N_("当事人撤回")
    REFERRED = "referred", N_("转仲裁或诉讼")

    @property
    def asks_ways(self) -> bool:
        """Whether the parties must have been told which legal ways are open to them."""
        return self in (Result.FAILED, Result.REFERRED)


LEGAL_WAYS: tuple[Text, ...] = (
    N_("向人民法院起诉"),
    N_("依法申请仲裁（如劳动争议、农村土地承包）"),
    N_("请有关行政部门处理"),
)


def usual_end(opened: date) -> date:
    """The last day of the usual period: the same day of the next month, or its last."""
    year, month = (opened.year + 1, 1) if opened.month == 12 else (opened.year, opened.month + 1)
    return date(year, month, min(opened.day, calendar.monthrange(year, month)[1]))


def court_until(signed: date) -> date:
    """The last day on which both parties together may ask a court to confirm the agreement."""
    return signed + timedelta(days=COURT_DAYS)


def is_dispute(class_code: str) -> bool:
    """Whether cases of this class are mediated."""
    return class_code.startswith(DISPUTES)


_MARKS = (
    N_("甲方"), N_("乙方"), N_("丙方"), N_("丁方"), N_("戊方"),
    N_("己方"), N_("庚方"), N_("辛方"), N_("壬方"), N_("癸方"),
)  # fmt: skip


def party_mark(place: int) -> Text:
    """What a party is called in the agreement: 甲方, 乙方; beyond the ten signs by number."""
    if place <= len(_MARKS):
        return _MARKS[place - 1]
    return N_("第%(n)s方", n=place)


@dataclass(frozen=True)
class Drafted:
    """What an agreement has so far: the day each party agreed to mediate, the two texts it cannot do without, and the
    days on which the parties sat together."""

    consents: Sequence[date | None]
    dispute: str | None
    terms: str | None
    sittings: Sequence[date] = ()


def unwilling(consents: Sequence[date | None]) -> list[Text]:
    """Which parties have not said yet that they want to mediate."""
    return [
        N_("%(who)s还没有记同意调解的日期，请先补上。", who=party_mark(place))
        for place, day in enumerate(consents, start=1)
        if day is None
    ]


def lacking(drafted: Drafted) -> list[Text]:
    """What is left to do before there is something to sign, in the order in which it is done."""
    found = unwilling(drafted.consents)
    if len(drafted.consents) < 2:
        found = [N_("协议要有双方当事人，请先登记当事人。"), *found]
    if not drafted.sittings:
        found.append(N_("还没有记调解经过，请至少记一次。"))
    if not drafted.dispute or not drafted.terms:
        found.append(N_("请先写好协议：争议事项和约定内容。"))
    return found


def likely_signed(drafted: Drafted, today: date) -> date | None:
    """The day on which they signed, as far as one can tell: when they sat together last. Never simply today: the
    thirty days of the court run from it."""
    return max((day for day in drafted.sittings if day <= today), default=None)


def signing_refusal(drafted: Drafted, signed_on: date | None, today: date) -> Text | None:
    """Why that cannot be the day of signing."""
    if signed_on is None:
        return N_("请填双方签字的日期。")
    if signed_on > today:
        return N_("日期不能晚于今天。")
    for place, day in enumerate(drafted.consents, start=1):
        if day is not None and signed_on < day:
            return N_("%(who)s %(day)s 才同意调解，签字不能早于那天。", who=party_mark(place), day=day.isoformat())
    last = max(drafted.sittings, default=signed_on)
    if signed_on < last:
        return N_("最后一次调解在 %(day)s，签字不能早于那天。", day=last.isoformat())
    return None
