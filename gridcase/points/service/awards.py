"""Points from a closed case: posted at once to `pending`, exactly once; taken back when the case is reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household
from gridcase.points import queries
from gridcase.points.models import Transfer
from gridcase.points.rules import (
    CASE_RULES,
    NOT_BY_CLOSING,
    NOTICE_DAYS,
    AccountKind,
    CaseRule,
    Claim,
    Item,
    Period,
    Scheme,
    TransferKind,
    points_left,
    why_no_points,
    window_of,
)
from gridcase.points.service import budget, ledger, postings, reversals
from gridcase.points.service.ledger import Movement, Purse

CASE = "case"


@dataclass(frozen=True)
class _Wish:
    """A home that a rule of the case's class would reward, by the scheme of its village where there is one."""

    rule: CaseRule
    home: Household
    scheme: Scheme | None

    @property
    def item(self) -> Item | None:
        """What the scheme says of the rule."""
        return self.scheme.for_case(self.rule.code) if self.scheme is not None else None

    def amount(self, *, on: date) -> tuple[int, str]:
        """(points, why none): the rest under the cap rather than nothing."""
        if self.scheme is None:
            earned = queries.earned(self.home.id, [self.rule.code], window=window_of(Period.MONTH, on))
            left = points_left(self.rule, earned_this_month=earned)
        elif self.item is None:
            return 0, "scheme"
        else:
            left = self._left(self.item, on)
        return left, "" if left else "cap"

    def _left(self, item: Item, on: date) -> int:
        """Under the item's cap, which what was declared under the item fills too, decided or not yet."""
        if item.cap is None or item.cap_per is None or item.cap_per is Period.MATTER:
            return min(item.points, item.cap or item.points)
        window = window_of(item.cap_per, on)
        earned = queries.earned(self.home.id, [self.rule.code, item.code], window=window)
        waiting = queries.declarations.waiting_points(self.home.id, item.code, window=window)
        return max(0, min(item.points, item.cap - earned - waiting))


@dataclass(frozen=True)
class _Closing:
    """What is known of the closed case that decides whether it earns."""

    case_id: int
    class_code: str
    restricted: bool
    imported: bool
    actor_homes: frozenset[int]
    paid_homes: frozenset[int]
    day: date

    def refusal(self, wish: _Wish) -> str | None:
        """Why this home gets nothing; None when it does."""
        claim = Claim(
            household_id=wish.home.id,
            class_code=self.class_code,
            restricted=self.restricted,
            is_duplicate=False,  # a duplicate is not closed by itself
            paid=wish.home.id in self.paid_homes,
            actor_households=self.actor_homes,
            unsorted=self.imported,
        )
        text = why_no_points(claim)
        return None if text is None else str(text)


def award_for_case(
    *,
    case_id: int,
    number: str,
    village_id: int | None,
    class_code: str,
    reporter_rule: str | None,
    helper_rule: str | None,
    reporter_household_id: int | None,
    helper_household_id: int | None,
    restricted: bool,
    imported: bool,
    actor: Viewer,
    now: datetime,
    notice_days: int = NOTICE_DAYS,
) -> list[Transfer]:
    """Post what a closed case earns, in the ledger of each home's own village, and open its public notice.

    Called twice for one closing it posts once; closing again after a reopening posts once more. What earns nothing (red
    lines, own or kin's home, paid workers, the cap, no item for it in the village's scheme) is left out, and the audit
    row says why. Value, cap and notice are those of the scheme in force in the home's village; without one, the rules'.
    """
    wishes = _wishes((reporter_rule, reporter_household_id), (helper_rule, helper_household_id), on=town_day(now))
    if not wishes:
        return []
    issue = ledger.hold({wish.home.village_id for wish in wishes})
    closing = _Closing(
        case_id=case_id,
        class_code=class_code,
        restricted=restricted,
        imported=imported,
        actor_homes=queries.kin_homes(actor.person_id),
        paid_homes=queries.paid_homes({wish.home.id for wish in wishes}, on=town_day(now)),
        day=town_day(now),
    )
    movements, skipped = _weigh(wishes, closing, issue)
    ids = ledger.post(movements, actor=actor, now=now)
    _open_notices(ids, movements, wishes, closing, days=notice_days)
    budget.warn({wish.home.village_id for wish in wishes}, now=now)
    if ids or skipped:
        audit.record(
            actor=actor, action="points.award", subject_kind=CASE, subject_id=case_id, now=now,
            place_path=wishes[0].home.path,
            detail={"number": number, "village_id": village_id, "transfers": ids, "skipped": skipped},
        )  # fmt: skip
    return queries.transfers(ids)


def _open_notices(
    ids: Sequence[int], movements: Sequence[Movement], wishes: Sequence[_Wish], closing: _Closing, *, days: int
) -> None:
    """Each hangs for as long as the scheme of its home's village says."""
    schemes = {wish.home.village_id: wish.scheme for wish in wishes}
    for transfer_id, movement in zip(ids, movements, strict=True):
        scheme = schemes[movement.village_id]
        length = scheme.notice_days if scheme is not None else days
        postings.open_notices([transfer_id], [movement], opens_on=closing.day, days=length)


def _wishes(*pairs: tuple[str | None, int | None], on: date) -> list[_Wish]:
    """Rule and home of the reporter and of the helper; help in the own matter earns nothing more."""
    wishes: list[_Wish] = []
    for code, household_id in pairs:
        home = db.session.get(Household, household_id) if household_id is not None else None
        rule = None if code in NOT_BY_CLOSING else CASE_RULES.get(code or "")
        if home is not None and rule is not None and all(wish.home.id != home.id for wish in wishes):
            wishes.append(_Wish(rule, home, queries.scheme_of(home.village_id, on=on)))
    return wishes


def _weigh(
    wishes: Sequence[_Wish], closing: _Closing, issue: Mapping[int, int]
) -> tuple[list[Movement], list[dict[str, str | int]]]:
    """What is posted, and what is left out with the reason."""
    rounds = queries.rounds_of_case(closing.case_id)
    earning: list[tuple[_Wish, str, int]] = []
    skipped: list[dict[str, str | int]] = []
    for wish in wishes:
        round_ = 1 + rounds.get((wish.rule.code, wish.home.id), 0)
        key = f"{CASE}:{closing.case_id}:{round_}:{wish.rule.code}:{wish.home.id}"
        if queries.is_posted(key):
            continue
        amount, why_none = wish.amount(on=closing.day)
        reason = closing.refusal(wish) or why_none
        if reason:
            skipped.append({"rule": wish.rule.code, "household_id": wish.home.id, "reason": reason})
        else:
            earning.append((wish, key, amount))
    purses = ledger.purses_of({(wish.home.village_id, wish.home.id) for wish, _, _ in earning})
    return [_movement(*item, closing.case_id, issue, purses) for item in earning], skipped


def _movement(
    wish: _Wish,
    key: str,
    amount: int,
    case_id: int,
    issue: Mapping[int, int],
    purses: Mapping[tuple[int, str], Purse],
) -> Movement:
    return Movement(
        key=key,
        kind=TransferKind.AWARD,
        debit_id=issue[wish.home.village_id],
        credit_id=purses[wish.home.id, AccountKind.PENDING].id,
        amount=amount,
        rule=wish.rule.code,
        source_kind=CASE,
        source_id=str(case_id),
        village_id=wish.home.village_id,
        household_id=wish.home.id,
        version_id=wish.scheme.id if wish.scheme is not None else None,
    )


def reverse_for_case(*, case_id: int, actor: Viewer, now: datetime) -> list[Transfer]:
    """Take back what a reopened case had earned: what is pending first, else merit, and what was spent is owed.

    Called twice it takes back once. Returns the reversing transfers.
    """
    villages = {award.village_id for award in queries.standing_awards(CASE, str(case_id))}
    if not villages:
        return []
    ledger.hold(villages)
    standing = queries.standing_awards(CASE, str(case_id))  # again, now that nobody else can take them back
    if not standing:
        return []
    ids = reversals.take_back(standing, source=(CASE, str(case_id)), actor=actor, now=now)
    home = db.session.get_one(Household, standing[0].household_id)
    audit.record(
        actor=actor, action="points.reverse", subject_kind=CASE, subject_id=case_id, now=now, place_path=home.path,
        detail={"awards": [award.id for award in standing], "transfers": ids},
    )  # fmt: skip
    return queries.transfers(ids)
