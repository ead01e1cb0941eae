"""Redemption in two steps: goods and points are set aside together, and leave together when the goods change hands.

Each step is one transaction over the points' ledger and the stock, so that a power cut between loses nothing and pays
once. Always in this order, so that nobody waits crosswise: the reservation, the village's ledger, the batches.
"""

from __future__ import annotations

from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households.models import Household
from gridcase.points import queries as points_queries
from gridcase.points import service as points
from gridcase.points.rules import Module
from gridcase.shop import queries
from gridcase.shop.models import Goods, Redemption, Shop
from gridcase.shop.rules import MOST_AT_ONCE, MoveKind, RedemptionState, code_from, until_day
from gridcase.shop.rules.codes import TAIL, digest_of
from gridcase.shop.service import stock
from gridcase.shop.service.rights import check_home, check_open, for_home, over


def key_of(row: Redemption) -> str:
    """Under which key the ledger holds, spends or gives back the points of a reservation."""
    return f"shop:{row.id}"


def reserve(
    goods: Goods,
    *,
    household: Household,
    quantity: int,
    client_uuid: str,
    key: bytes,
    actor: Viewer,
    now: datetime,
) -> Redemption:
    """Set goods aside for a home and hold its points; `key` is the installation's, from which the code follows.

    The same form sent twice is one reservation.
    """
    grant, today = for_home(actor, household), town_day(now)
    before = queries.redemptions.by_uuid(client_uuid)
    if before is not None:
        return _same(before, goods, household)
    shop = _check(goods, household, quantity, actor=actor, today=today)
    code = code_from(key, client_uuid)
    row = Redemption(
        client_uuid=client_uuid, shop_id=shop.id, goods_id=goods.id, household_id=household.id,
        village_id=household.village_id, quantity=quantity, points=goods.points * quantity,
        digest=digest_of(key, queries.redemptions.purpose(shop.id), code), tail=code[-TAIL:],
        state=RedemptionState.RESERVED.value, reserved_at=now, until=until_day(today, shop.code_days),
        user_id=actor.user_id, post_id=grant.post_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    points.hold_for(
        household_id=household.id, amount=row.points, key=key_of(row), source_kind=queries.redemptions.SOURCE,
        source_id=str(row.id), actor=actor, now=now,
    )  # fmt: skip
    parts = queries.goods.parts_for(goods, quantity, on=today)
    if parts is None:
        raise Refused(stock.SHORT)
    stock.move(parts, MoveKind.RESERVE, key=f"reserve:{row.id}", actor=actor, now=now, redemption_id=row.id)
    _note("shop.reserve", row, shop, grant.post_id, actor=actor, now=now, quantity=quantity, points=row.points)
    return row


def _check(goods: Goods, home: Household, quantity: int, *, actor: Viewer, today: date) -> Shop:
    """`Refused` with the sentence that helps, before anything is held."""
    shop = goods.shop
    if not home.path.startswith(shop.path) or home.ended_on is not None:
        raise Missing
    check_open(shop, today=today)
    check_home(home, Module.SHOP, today=today)
    if not goods.on_shelf:
        raise Refused(N_("这件货品已经下架，请选别的。"))
    if not 1 <= quantity <= MOST_AT_ONCE:
        raise Refused(N_("一次可以预约 1 到 %(most)s 件。", most=MOST_AT_ONCE), field="quantity")
    free = queries.goods.free_of(goods, on=today)
    if not free:
        raise Refused(stock.OUT)
    if free < quantity:
        raise Refused(N_("只剩 %(n)s 件，请改少一些。", n=free), field="quantity")
    short = goods.points * quantity - points_queries.balances_of(home.id, viewer=actor).merit
    if short > 0:
        raise Refused(N_("积分不够，还差 %(n)s 分。", n=short), field="quantity")
    return shop


def _same(before: Redemption, goods: Goods, home: Household) -> Redemption:
    if (before.goods_id, before.household_id) != (goods.id, home.id):
        raise Refused(N_("请重新打开这张表。"))
    return before


def hand_over(row: Redemption, *, actor: Viewer, now: datetime, handed_on: date | None = None) -> Redemption:
    """The goods change hands: the points are spent and the stock leaves, both or neither.

    `handed_on`: it was ticked on the printed list that day and is entered now.
    """
    row = queries.redemptions.locked(row.id)
    shop, home = queries.redemptions.shop_of(row), queries.redemptions.home_of(row)
    grant = over(actor, shop.path, *stock.KEEPERS)
    day = handed_on or town_day(now)
    _check_standing(row)
    if row.until < day:
        raise Refused(N_("这份预约 %(day)s 就到期了，积分会退回，请重新预约。", day=row.until))
    if not town_day(row.reserved_at) <= day <= town_day(now):
        raise Refused(N_("领取日期填预约那天到今天之间。"), field="handed_on")
    if row.household_id in points_queries.kin_homes(actor.person_id):
        raise Refused(N_("这是您自己家或亲属家的预约，请另一位管理员交付。"))
    if row.user_id is not None and row.user_id == actor.user_id:
        raise Refused(N_("这份预约是您代这一户办的，请另一位管理员交付。"))
    for when in {day, town_day(now)}:  # a day written on paper does not go round a veto that came since
        check_home(home, Module.SHOP, today=when)
    parts = queries.goods.parts_of(row)
    if any(last is not None and last < day for _part, last in parts):
        raise Refused(N_("留的这批货已经过期，不能交付。请取消这份预约，积分会退回。"))
    row.state, row.ended_at, row.ended_by_user_id = RedemptionState.HANDED.value, now, actor.user_id
    row.on_paper = handed_on is not None
    points.spend(key_of(row), goods_fen=queries.goods.worth_of(row), actor=actor, now=now)
    stock.move(
        [part for part, _last in parts], MoveKind.HAND_OVER, key=f"end:{row.id}", actor=actor, now=now,
        redemption_id=row.id,
    )  # fmt: skip
    said = {"day": handed_on.isoformat()} if handed_on else {}  # the keeper's word, which may lie before a veto
    _note("shop.hand_over", row, shop, grant.post_id, actor=actor, now=now, paper=row.on_paper, **said)
    return row


def ended(row: Redemption) -> Refused:
    """Why a code opens nothing any more."""
    if row.state == RedemptionState.HANDED:
        assert row.ended_at is not None
        return Refused(N_("这个码已经用过，货品在 %(at)s 交付了。", at=row.ended_at))
    return Refused(N_("这份预约已经取消或过期，积分已退回，请重新预约。"))


def _check_standing(row: Redemption) -> None:
    if row.state != RedemptionState.RESERVED:
        raise ended(row)


def cancel(row: Redemption, *, actor: Viewer, now: datetime) -> None:
    """Whoever redeems for the home, or keeps the shop, gives it back: goods to the shelf, points to the home."""
    row = queries.redemptions.locked(row.id)
    shop = queries.redemptions.shop_of(row)
    try:
        post_id = for_home(actor, queries.redemptions.home_of(row)).post_id
    except Missing:
        post_id = over(actor, shop.path, *stock.KEEPERS).post_id
    _check_standing(row)
    _give_back(row, RedemptionState.CANCELLED, shop, post_id, actor=actor, now=now)


def expire(redemption_id: int, *, actor: Viewer, now: datetime) -> bool:
    """Nobody came: both sides go back. False: somebody was quicker."""
    row = queries.redemptions.locked(redemption_id)
    if row.state != RedemptionState.RESERVED or row.until >= town_day(now) - queries.redemptions.PAPER_DAYS:
        return False
    _give_back(row, RedemptionState.EXPIRED, queries.redemptions.shop_of(row), None, actor=actor, now=now)
    return True


def _give_back(
    row: Redemption, state: RedemptionState, shop: Shop, post_id: int | None, *, actor: Viewer, now: datetime
) -> None:
    row.state, row.ended_at, row.ended_by_user_id = state.value, now, actor.user_id
    points.release(key_of(row), actor=actor, now=now)
    stock.move(
        [part for part, _last in queries.goods.parts_of(row)], MoveKind.RELEASE, key=f"end:{row.id}", actor=actor,
        now=now, redemption_id=row.id,
    )  # fmt: skip
    _note("shop.release", row, shop, post_id, actor=actor, now=now, state=state.value)


def _note(
    action: str, row: Redemption, shop: Shop, post_id: int | None, *, actor: Viewer, now: datetime, **detail: object
) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="redemption", subject_id=row.id, place_path=shop.path,
        post_id=post_id, now=now, detail={"home": row.household_id, "goods": row.goods_id, **detail},
    )  # fmt: skip
    db.session.flush()
