"""Stock: what comes in, what is set aside, what leaves, what a count finds. Everything goes through `move`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, hold_writers
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.shop import queries
from gridcase.shop.models import Batch, Donation, Goods, Shop, StockMove, StockTake, StockTakeLine
from gridcase.shop.rules import DonationForm, MoveKind, Part, Source, TakeState
from gridcase.shop.rules.goods import EFFECTS, in_yuan
from gridcase.shop.service import donations
from gridcase.shop.service.rights import over

KEEPERS = (Permission.KEEP_SHOP, Permission.MANAGE_SHOP)
MOST_PIECES = 100_000
MOST_UNPRICED = 3  # pieces without a price that one person may put right alone
ALONE_DAYS = timedelta(days=30)  # differences one person put right alone in this time count together
NO_GIFT = N_("请选是哪一笔捐赠；没有的，请管理积分超市的人先记进捐赠台账。")
OUT = N_("这件货品现在没有货，请等补货，或选别的。")
SHORT = N_("这件货品刚刚被别人预约完了，请选别的，或等补货后再来。")


@dataclass(frozen=True)
class Arrival:
    """What came in: so many pieces at so many fen each; None: it does not spoil."""

    quantity: int
    unit_fen: int
    source: Source
    received_on: date
    expires_on: date | None = None
    donation_id: int | None = None  # goods that were given; or money that was given and paid for a purchase


@dataclass(frozen=True)
class Counted:
    """Pieces of one batch as somebody found them, and why they differ."""

    batch_id: int
    counted: int
    reason: str = ""


def move(
    parts: Sequence[Part],
    kind: MoveKind,
    *,
    key: str,
    actor: Viewer,
    now: datetime,
    redemption_id: int | None = None,
    take_id: int | None = None,
) -> None:
    """Write moves and change the numbers of their batches; `Refused` when one would fall below 0.

    A guarded UPDATE decides, whatever was read before; the key makes the same move impossible twice.
    """
    free, held = EFFECTS[kind]
    for part in sorted(parts, key=lambda part: part.batch_id):
        more_free, more_held = free * part.quantity, held * part.quantity
        changed = db.session.execute(
            update(Batch)
            .where(Batch.id == part.batch_id, Batch.free + more_free >= 0, Batch.held + more_held >= 0)
            .values(free=Batch.free + more_free, held=Batch.held + more_held)
            .returning(Batch.id),
            execution_options={"synchronize_session": False},
        ).all()
        if not changed:
            raise Refused(SHORT)
        db.session.add(
            StockMove(
                key=f"{key}:{part.batch_id}", batch_id=part.batch_id, kind=kind.value, quantity=part.quantity,
                redemption_id=redemption_id, take_id=take_id, user_id=actor.user_id, at=now,
            )
        )  # fmt: skip
    db.session.flush()


def receive(goods: Goods, arrival: Arrival, *, client_uuid: str, actor: Viewer, now: datetime) -> Batch:
    """Take a batch in. The same form sent twice is one batch."""
    grant = over(actor, goods.shop.path, *KEEPERS)
    before = queries.goods.batch_by_uuid(client_uuid)
    if before is not None:
        return before
    _check_arrival(arrival, today=town_day(now))
    if arrival.donation_id is not None:
        _note_donation(goods, arrival, client_uuid=client_uuid, actor=actor, now=now)
    batch = Batch(
        client_uuid=client_uuid, goods_id=goods.id, source=arrival.source.value, donation_id=arrival.donation_id,
        received_on=arrival.received_on, expires_on=arrival.expires_on, quantity=arrival.quantity,
        unit_fen=arrival.unit_fen, free=0, held=0, user_id=actor.user_id, received_at=now,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    move([Part(batch.id, arrival.quantity)], MoveKind.RECEIVE, key="receive", actor=actor, now=now)
    db.session.refresh(batch)
    audit.record(
        actor=actor, action="shop.receive", subject_kind="shop", subject_id=goods.shop_id, place_path=goods.shop.path,
        post_id=grant.post_id, now=now,
        detail={
            "goods": goods.id, "batch": batch.id, "quantity": batch.quantity, "unit_fen": batch.unit_fen,
            "source": batch.source, "donation": batch.donation_id,
        },
    )  # fmt: skip
    return batch


def _check_arrival(arrival: Arrival, *, today: date) -> None:
    if not 1 <= arrival.quantity <= MOST_PIECES:
        raise Refused(N_("数量填 1 到 %(most)s。", most=MOST_PIECES), field="quantity")
    if arrival.unit_fen < 0:
        raise Refused(N_("单价不能小于 0。"), field="unit_price")
    if arrival.received_on > today:
        raise Refused(N_("入库日期不能晚于今天。"), field="received_on")
    if arrival.expires_on is not None and arrival.expires_on < today:
        raise Refused(N_("这批货已经过期，不能入库。"), field="expires_on")
    if arrival.source is Source.DONATION and arrival.donation_id is None:
        raise Refused(NO_GIFT, field="donation")
    if arrival.source is Source.DONATION and not arrival.unit_fen:
        raise Refused(N_("捐的物资也要估个单价，按市价。"), field="unit_price")


def _note_donation(goods: Goods, arrival: Arrival, *, client_uuid: str, actor: Viewer, now: datetime) -> None:
    """Given goods belong to a donation of goods; a purchase paid from given money is a use of that money."""
    assert arrival.donation_id is not None
    given = queries.donations.for_shop(arrival.donation_id, goods.shop)
    wanted = DonationForm.GOODS if arrival.source is Source.DONATION else DonationForm.MONEY
    if given.form != wanted:
        raise Refused(N_("捐的物资选“捐赠”入库；捐的资金选“采购”入库。"), field="donation")
    if wanted is DonationForm.GOODS:
        _check_worth(given, arrival)
    else:
        donations.use(
            given, amount_fen=arrival.quantity * arrival.unit_fen, what=f"{goods.name} {arrival.quantity}{goods.unit}",
            used_on=arrival.received_on, client_uuid=client_uuid, actor=actor, now=now,
        )  # fmt: skip


def _check_worth(given: Donation, arrival: Arrival) -> None:
    """Of given goods not more comes in than was given, by worth; the batch itself is not counted yet."""
    taken = queries.donations.worth_taken_in(given)
    if taken + arrival.quantity * arrival.unit_fen > given.amount_fen:
        raise Refused(
            N_(
                "这笔捐赠登记价值 %(given)s 元，已入库 %(taken)s 元，这一批超出了余下的。"
                "请核对数量和单价；确实另有捐赠，请另记一笔。",
                given=in_yuan(given.amount_fen), taken=in_yuan(taken),
            ),
            field="quantity",
        )  # fmt: skip


# --- stock-takes


def take(shop: Shop, counts: Sequence[Counted], *, client_uuid: str, actor: Viewer, now: datetime) -> StockTake:
    """Somebody has counted. A small difference is booked at once, a large one waits for a second person; so do small
    ones that have become large together. Where a batch has no price the pieces count.
    """
    grant = over(actor, shop.path, *KEEPERS)
    before = queries.goods.take_by_uuid(client_uuid)
    if before is not None:
        return before
    batches = queries.goods.batches(shop, {one.batch_id for one in counts})
    if not counts or len(batches) != len(counts):
        raise Refused(N_("请先填盘点的数量；货品有变化时请重新打开这一页。"))
    _check_waiting(batches)
    differs = {one.batch_id: _difference(batches[one.batch_id], one) for one in counts}
    value = sum(pieces * batches[key].unit_fen for key, pieces in differs.items())
    unpriced = sum(pieces for key, pieces in differs.items() if not batches[key].unit_fen)
    row = StockTake(
        client_uuid=client_uuid, shop_id=shop.id, counted_at=now, counted_by_user_id=actor.user_id,
        counted_by=actor.name, value_fen=value, state=TakeState.WAITING.value,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for one in counts:
        batch = batches[one.batch_id]
        db.session.add(
            StockTakeLine(
                take_id=row.id, batch_id=batch.id, booked=batch.free + batch.held, counted=one.counted,
                reason=clean_line(one.reason)[:60],
            )
        )  # fmt: skip
    db.session.flush()
    _note("shop.take", row, shop, grant.post_id, actor, now, value_fen=value)
    before_fen, before_unpriced = queries.goods.put_right_alone(shop, since=now - ALONE_DAYS)
    small = value + before_fen < shop.confirm_from_fen and unpriced + before_unpriced <= MOST_UNPRICED
    if not any(differs.values()) or small:
        _book(row, shop, actor=actor, now=now)
    return row


def _check_waiting(batches: Mapping[int, Batch]) -> None:
    """`Refused` where a batch was counted and nobody has confirmed it: booked twice, a difference counts twice."""
    waits = queries.goods.counted_elsewhere(list(batches))
    if waits is not None:
        raise Refused(N_("这批货有一次盘点还在等另一位管理员确认，请先确认或退回那一次。"), field=f"counted_{waits}")


def _difference(batch: Batch, one: Counted) -> int:
    """By how many pieces it differs, less and more alike."""
    differs = one.counted - batch.free - batch.held
    if one.counted < 0:
        raise Refused(N_("盘点数不能小于 0。"), field=f"counted_{batch.id}")
    if one.counted < batch.held:
        raise Refused(
            N_("有 %(n)s 件已被预约，盘点数不能比这少；确实没有了，请先取消预约。", n=batch.held),
            field=f"counted_{batch.id}",
        )
    if differs and not clean_line(one.reason):
        raise Refused(N_("数量不一致，请写明原因。"), field=f"reason_{batch.id}")
    return abs(differs)


def confirm(row: StockTake, *, actor: Viewer, now: datetime) -> None:
    """A second person has looked and the differences are booked."""
    shop, post_id = _second(row, actor=actor)
    _note("shop.take_confirm", row, shop, post_id, actor, now)
    _book(row, shop, actor=actor, now=now)


def send_back(row: StockTake, *, actor: Viewer, now: datetime) -> None:
    """A second person does not agree: nothing is booked, it is counted anew."""
    shop, post_id = _second(row, actor=actor)
    row.state, row.settled_at = TakeState.REFUSED.value, now
    row.settled_by_user_id, row.settled_by = actor.user_id, actor.name
    _note("shop.take_refuse", row, shop, post_id, actor, now)


def _second(row: StockTake, *, actor: Viewer) -> tuple[Shop, int | None]:
    shop = db.session.get_one(Shop, row.shop_id)
    grant = over(actor, shop.path, *KEEPERS)
    db.session.refresh(row, with_for_update=True)
    if row.state != TakeState.WAITING:
        raise Refused(N_("这次盘点已经有了结论。"))
    if row.counted_by_user_id == actor.user_id:
        raise Refused(N_("盘点的人不能自己确认，请另一位管理员确认。"))
    return shop, grant.post_id


def _book(row: StockTake, shop: Shop, *, actor: Viewer, now: datetime) -> None:
    lines: Mapping[MoveKind, list[Part]] = {MoveKind.LESS: [], MoveKind.MORE: []}
    for line, _goods, _batch in queries.goods.take_lines(row):
        differs = line.counted - line.booked
        if differs:
            lines[MoveKind.MORE if differs > 0 else MoveKind.LESS].append(Part(line.batch_id, abs(differs)))
    for kind, parts in lines.items():
        move(parts, kind, key=f"take:{row.id}", actor=actor, now=now, take_id=row.id)
    row.state, row.settled_at = TakeState.CONFIRMED.value, now
    row.settled_by_user_id, row.settled_by = actor.user_id, actor.name
    db.session.flush()


def _note(
    action: str, row: StockTake, shop: Shop, post_id: int | None, actor: Viewer, now: datetime, **detail: int
) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="shop", subject_id=shop.id, place_path=shop.path, post_id=post_id,
        now=now, detail={"take": row.id, **detail},
    )  # fmt: skip
    db.session.flush()


def mend() -> int:
    """Set the pieces of batches to what their moves add up to; returns how many. One transaction of the caller's."""
    hold_writers(Batch)
    rows = [
        {"id": row.id, "free": row.free, "held": row.held}
        for row in queries.goods.replay_differs()
        if row.free >= 0 and row.held >= 0
    ]
    if rows:
        db.session.execute(update(Batch), rows)
    return len(rows)
