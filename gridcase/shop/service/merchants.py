"""The alliance: who applies, who gets in, who leaves; one-time proofs and the discounts given on them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.points import queries as points
from gridcase.points.rules import Module
from gridcase.shop import queries
from gridcase.shop.models import Merchant, MerchantFigure, MerchantTier, PastDiscount, Proof, ShopKnock
from gridcase.shop.rules import (
    PROOF_MINUTES,
    MerchantState,
    Tier,
    checked_tiers,
    code_from,
    level_of,
    saved_by,
    tier_for,
)
from gridcase.shop.rules.codes import digest_of
from gridcase.shop.rules.merchants import PASSES
from gridcase.shop.service.rights import check_home, for_home, over

MOST_WRONG = 30  # codes that are none, from one address in an hour
KEPT = timedelta(days=2)
MOST_FEN = 10_000_000  # a purchase of 100,000 yuan
_WRONG = N_("没有这个码，请和顾客核对；字母和数字里没有 0、1、I、L、O。")
_TOO_MANY = N_("错的次数太多，请一小时后再试。")


@dataclass(frozen=True)
class Review:
    """The four ratings of 1 to 5 and the words of who looked; admitted for the time of the agreement."""

    ratings: Mapping[str, int]
    words: str
    admitted: bool
    since: date | None = None
    until: date | None = None
    tiers: Sequence[Tier] = ()


def apply(place: Grid, *, name: str, trade: str, address: str, online: bool, actor: Viewer, now: datetime) -> Merchant:
    """A merchant wants to join the alliance of a county or town."""
    grant = over(actor, place.path, Permission.MANAGE_MERCHANTS)
    name = clean_line(name)
    if place.level not in queries.merchants.LEVELS:
        raise Refused(N_("商家登记在县或镇。"), field="place")
    taken = select(Merchant.id).where(Merchant.place_id == place.id, Merchant.name == name)
    if db.session.scalar(taken) is not None:
        raise Refused(N_("这里已经登记过同名商家。"), field="name")
    row = Merchant(
        place_id=place.id, path=place.path, name=name, level=level_of(place.level, online=online).value,
        trade=clean_line(trade)[:40], address=clean_line(address)[:80], state=MerchantState.APPLIED.value,
        applied_on=town_day(now),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _note("merchant.apply", row, grant.post_id, actor, now)
    return row


def review(row: Merchant, found: Review, *, actor: Viewer, now: datetime) -> None:
    """Somebody has looked at the four conditions: in, with agreement and discounts, or not."""
    grant = over(actor, row.path, Permission.MANAGE_MERCHANTS)
    db.session.refresh(row, with_for_update={"of": Merchant})
    if row.state not in (MerchantState.APPLIED, MerchantState.DECLINED, MerchantState.REMOVED):
        raise Refused(N_("这家商家已经在联盟里。"))
    if any(not 1 <= rating <= 5 for rating in found.ratings.values()):
        raise Refused(N_("每项评 1 到 5 分。"))
    if found.admitted:
        _admit(row, found)
    row.state = (MerchantState.MEMBER if found.admitted else MerchantState.DECLINED).value
    for name, rating in found.ratings.items():
        setattr(row, name, rating)
    row.review, row.reviewed_by, row.reviewed_on = clean_line(found.words)[:200], actor.name, town_day(now)
    row.removed_on, row.removed_why = None, ""
    _note("merchant.review", row, grant.post_id, actor, now, ratings=dict(found.ratings), admitted=found.admitted)


def _admit(row: Merchant, found: Review) -> None:
    if min(found.ratings.values()) < PASSES:
        raise Refused(N_("四项都在 %(n)s 分以上才能入盟；有不够的，请选“暂不入盟”。", n=PASSES), field="admitted")
    if found.since is None or found.until is None or found.until < found.since:
        raise Refused(N_("请填协议的起止日期，截止日期不早于开始日期。"), field="until")
    row.since, row.until = found.since, found.until
    set_tiers(row, found.tiers)


def set_tiers(row: Merchant, tiers: Sequence[Tier]) -> None:
    """The discounts of a merchant, instead of those before."""
    wanted = {tier.points: tier for tier in checked_tiers(tiers)}
    row.tiers[:] = [old for old in row.tiers if old.points in wanted]
    for old in row.tiers:
        old.percent = wanted.pop(old.points).percent
    row.tiers.extend(MerchantTier(points=tier.points, percent=tier.percent) for tier in wanted.values())


def remove(row: Merchant, *, why: str, actor: Viewer, now: datetime) -> None:
    """A merchant leaves or is sent away; proofs already shown still hold their half hour."""
    grant = over(actor, row.path, Permission.MANAGE_MERCHANTS)
    db.session.refresh(row, with_for_update={"of": Merchant})
    if row.state != MerchantState.MEMBER:
        raise Refused(N_("这家商家不在联盟里。"))
    row.state, row.removed_on, row.removed_why = MerchantState.REMOVED.value, town_day(now), clean_line(why)[:200]
    _note("merchant.remove", row, grant.post_id, actor, now)


def report(
    row: Merchant, *, year: int, growth_percent: int | None, profit_fen: int | None, actor: Viewer, now: datetime
) -> None:
    """What a merchant says of its own year; said again it is the new word that stands."""
    grant = over(actor, row.path, Permission.MANAGE_MERCHANTS)
    if growth_percent is None and profit_fen is None:
        raise Refused(N_("请至少填一项。"), field="growth_percent")
    if not 2000 <= year <= town_day(now).year:
        raise Refused(N_("年份不对，请核对。"), field="year")
    said = db.session.get(MerchantFigure, (row.id, year), with_for_update=True)
    if said is None:
        said = MerchantFigure(merchant_id=row.id, year=year)
        db.session.add(said)
    said.growth_percent, said.profit_fen, said.user_id, said.at = growth_percent, profit_fen, actor.user_id, now
    _note("merchant.report", row, grant.post_id, actor, now, year=year)


def bring_discounts(
    place: Grid, *, until: date, saved_fen: int, source: str, actor: Viewer, now: datetime
) -> PastDiscount:
    """The total of discounts given up to a day before this system; it stands apart in the log."""
    grant = over(actor, place.path, Permission.MANAGE_MERCHANTS)
    if until > town_day(now):
        raise Refused(N_("截止日期不能晚于今天。"), field="until")
    if saved_fen < 1:
        raise Refused(N_("请填金额，最多两位小数。"), field="saved")
    told = select(PastDiscount.id).where(PastDiscount.place_id == place.id, PastDiscount.until == until)
    if db.session.scalar(told) is not None:
        raise Refused(N_("这里到这一天的优惠总数已经登记过。"), field="until")
    row = PastDiscount(
        place_id=place.id, path=place.path, until=until, saved_fen=saved_fen, source=clean_line(source)[:60],
        user_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="merchant.past", subject_kind="grid", subject_id=place.id, place_path=place.path,
        post_id=grant.post_id, now=now, detail={"past": row.id, "saved_fen": saved_fen},
    )  # fmt: skip
    return row


def prove(row: Merchant, *, household: Household, client_uuid: str, key: bytes, actor: Viewer, now: datetime) -> Proof:
    """A one-time proof for one purchase: points are looked at, none are spent."""
    for_home(actor, household)
    today = town_day(now)
    before = queries.merchants.proof_by_uuid(client_uuid)
    if before is not None:
        if (before.merchant_id, before.household_id) != (row.id, household.id):
            raise Refused(N_("请重新打开这张表。"))
        return before
    if not household.path.startswith(row.path):
        raise Missing
    if row.state != MerchantState.MEMBER or not (row.since and row.until and row.since <= today <= row.until):
        raise Refused(N_("这家商家现在不在联盟里。"))
    check_home(household, Module.MERCHANTS, today=today)
    held = points.balances_of(household.id, viewer=actor).merit
    tiers = queries.merchants.tiers_of(row)
    tier = tier_for(tiers, held)
    if tier is None:
        raise Refused(N_("还差 %(n)s 分才能享受优惠。", n=tiers[0].points - held))
    code = code_from(key, client_uuid)
    proof = Proof(
        client_uuid=client_uuid, merchant_id=row.id, household_id=household.id, village_id=household.village_id,
        digest=digest_of(key, queries.merchants.PURPOSE, code), points_held=held, percent=tier.percent, made_at=now,
        until=now + timedelta(minutes=PROOF_MINUTES), user_id=actor.user_id,
    )  # fmt: skip
    db.session.add(proof)
    db.session.flush()
    audit.record(
        actor=actor, action="merchant.prove", subject_kind="merchant", subject_id=row.id, place_path=household.path,
        now=now, detail={"home": household.id, "proof": proof.id, "percent": tier.percent},
    )  # fmt: skip
    return proof


def look(words: str, *, keys: Sequence[bytes], address: str, now: datetime) -> tuple[Any, Refused | None]:
    """What a code stands for, for the merchant's staff; what was typed wrongly is counted, so it must be kept."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    if queries.merchants.knocks(address, hour=hour) >= MOST_WRONG:
        return None, Refused(_TOO_MANY, field="code")
    found = queries.merchants.proof_by_code(words, keys=keys)
    if found is None:
        _knock(address, now=now)
        return None, Refused(_WRONG, field="code")
    return found, _stands(found.Proof, now=now)


def _stands(proof: Proof, *, now: datetime) -> Refused | None:
    if proof.used_at is not None:
        return Refused(N_("这个码在 %(at)s 用过了，不能再用。", at=proof.used_at), field="code")
    if proof.until < now:
        return Refused(N_("这个码过了 30 分钟，请顾客重新出示一个。"), field="code")
    return None


def use(words: str, *, amount_fen: int, keys: Sequence[bytes], now: datetime) -> Proof:
    """The purchase has been made: `amount_fen` is its usual price. One code, one purchase."""
    found = queries.merchants.proof_by_code(words, keys=keys)
    if found is None:
        raise Refused(_WRONG, field="code")
    proof = queries.merchants.locked_proof(found.Proof.id)
    problem = _stands(proof, now=now)
    if problem is not None:
        raise problem
    if not 1 <= amount_fen <= MOST_FEN:
        raise Refused(N_("请填这次购物打折前的金额。"), field="amount")
    proof.used_at, proof.amount_fen = now, amount_fen
    proof.saved_fen = saved_by(amount_fen, proof.percent)
    audit.record(
        actor=Viewer(kind="merchant", name=found.Merchant.name), action="merchant.discount", subject_kind="merchant",
        subject_id=proof.merchant_id, place_path=found.Merchant.path, now=now,
        detail={"proof": proof.id, "amount_fen": amount_fen, "saved_fen": proof.saved_fen},
    )  # fmt: skip
    db.session.flush()
    return proof


def address_digest(address: str, *, key: bytes, now: datetime) -> str:
    """Who tries codes, for counting alone: changes every day, and says nothing about the address."""
    return hashlib.sha256(key + f"shop {now:%Y%m%d}:{address}".encode()).hexdigest()[:40]


def _knock(who: str, *, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    insert = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    statement = insert(ShopKnock).values(who=who, hour=hour, times=1)
    statement = statement.on_conflict_do_update(index_elements=["who", "hour"], set_={"times": ShopKnock.times + 1})
    times = db.session.execute(statement.returning(ShopKnock.times)).scalar_one()
    if times == 1:
        db.session.execute(delete(ShopKnock).where(ShopKnock.hour < now - KEPT))


def _note(action: str, row: Merchant, post_id: int | None, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="merchant", subject_id=row.id, place_path=row.path, post_id=post_id,
        now=now, detail=dict(detail),
    )  # fmt: skip
    db.session.flush()
