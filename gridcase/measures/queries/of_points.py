"""Points as sources of figures: entries of the ledger, public notices, goods handed over. Never beside a tier."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased, join, outerjoin

from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.measures.queries.of_homes import home_of
from gridcase.measures.queries.tables import Beside, Clock, Counted, Line, Table, equals, fixed, within
from gridcase.measures.rules import By, Source
from gridcase.points.models import Account, Goods, PointNotice, SchemeItem, Transfer
from gridcase.points.queries import given_back
from gridcase.points.queries.pages import its_item
from gridcase.points.rules import TransferKind
from gridcase.shop.models import Batch, Redemption, StockMove
from gridcase.shop.models import Goods as Ware
from gridcase.shop.rules import MoveKind, RedemptionState

_VILLAGE, _CREDIT = aliased(Grid), aliased(Account)
_HEADS = (N_("户编号"), N_("户主"), N_("村"))
_YUAN = N_("元")
_HOME = (Household.id.label("home_id"), Household.code, Household.head_name, _VILLAGE.name.label("place"))


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    return reach(viewer, Permission.SEE_DASHBOARD, path=_VILLAGE.path)


def _sight(viewer: Viewer) -> ColumnElement[bool]:
    return reach(
        viewer, Permission.SEE_POINTS, path=Household.path, section_id=Household.section_id, household_id=Household.id
    )


def _line(row: Any, *more: Any) -> Line:
    return Line(row.id, [*home_of(row), *more], ("points.ledger", {"household_id": row.home_id}))


def _yuan(fen: int) -> float:
    return fen / 100


def _at_home(model: Any, village_id: Any, household_id: Any) -> Any:
    return join(join(model, _VILLAGE, _VILLAGE.id == village_id), Household, Household.id == household_id)


_GIVEN, _SPENT = Transfer.kind == str(TransferKind.AWARD), Transfer.kind == str(TransferKind.SPEND)
_BACK = given_back(_CREDIT)
_AMOUNT = case((_BACK, -Transfer.amount), else_=Transfer.amount)
_BOARD = select(func.min(SchemeItem.board)).where(its_item()).correlate(Transfer).scalar_subquery()
ENTRIES = Table(
    source=Source.ENTRIES,
    rows=outerjoin(
        join(_at_home(Transfer, Transfer.village_id, Transfer.household_id), _CREDIT, _CREDIT.id == Transfer.credit_id),
        Goods,
        Goods.transfer_id == Transfer.id,
    ),
    id=Transfer.id,
    path=_VILLAGE.path,
    village_id=Transfer.village_id,
    scope=_scope,
    sight=_sight,
    needs=Permission.SEE_POINTS,
    clocks={"posted": Clock(lambda ask: within(Transfer.at, ask), Transfer.at, order=Transfer.at)},
    measures={
        "entries.issued": Counted("posted", fixed(_GIVEN | _BACK), _AMOUNT),
        "entries.redeemed": Counted("posted", fixed(_SPENT), Transfer.amount),
        "entries.goods": Counted(
            "posted", fixed(Goods.goods_fen.is_not(None)), Goods.goods_fen, 100, Beside(_YUAN, Goods.goods_fen, _yuan)
        ),
        "entries.awards": Counted("posted", fixed(_GIVEN)),
    },
    columns={By.BOARD: _BOARD},
    narrows={"board": equals(_BOARD)},
    heads=(*_HEADS, N_("种类"), N_("分"), N_("时间")),
    wanted=(Transfer.id, Transfer.kind, Transfer.at, _AMOUNT.label("amount"), *_HOME),
    joined=lambda query: query,
    line=lambda row, _ask: _line(row, TransferKind(row.kind).label, row.amount, row.at),
)

NOTICES = Table(
    source=Source.NOTICES,
    rows=join(
        _at_home(Transfer, Transfer.village_id, Transfer.household_id),
        PointNotice,
        PointNotice.transfer_id == Transfer.id,
    ),
    id=Transfer.id,
    path=_VILLAGE.path,
    village_id=Transfer.village_id,
    scope=_scope,
    sight=_sight,
    needs=Permission.SEE_POINTS,
    clocks={
        "opened": Clock(
            lambda ask: PointNotice.opens_on.between(ask.period.first, ask.period.last),
            PointNotice.opens_on,
            order=PointNotice.opens_on,
        )
    },
    measures={
        "notices.opened": Counted("opened"),
        "notices.objected": Counted("opened", fixed(PointNotice.objected_at.is_not(None))),
    },
    columns={},
    narrows={},
    heads=(*_HEADS, N_("分"), N_("公示开始"), N_("异议时间")),
    wanted=(Transfer.id, Transfer.amount, PointNotice.opens_on, PointNotice.objected_at, *_HOME),
    joined=lambda query: query,
    line=lambda row, _ask: _line(row, row.amount, row.opens_on, row.objected_at),
)


_WORTH = (
    select(func.coalesce(func.sum(StockMove.quantity * Batch.unit_fen), 0))
    .join(Batch, Batch.id == StockMove.batch_id)
    .where(StockMove.redemption_id == Redemption.id, StockMove.kind == str(MoveKind.HAND_OVER))
    .correlate(Redemption)
    .scalar_subquery()
)
REDEMPTIONS = Table(
    source=Source.REDEMPTIONS,
    rows=join(
        _at_home(Redemption, Redemption.village_id, Redemption.household_id), Ware, Ware.id == Redemption.goods_id
    ),
    id=Redemption.id,
    path=_VILLAGE.path,
    village_id=Redemption.village_id,
    scope=_scope,
    sight=_sight,
    needs=Permission.SEE_POINTS,
    clocks={
        "handed": Clock(
            lambda ask: and_(within(Redemption.ended_at, ask), Redemption.state == str(RedemptionState.HANDED)),
            Redemption.ended_at,
            order=Redemption.ended_at,
        )
    },
    measures={
        "redemptions.times": Counted("handed"),
        "redemptions.points": Counted("handed", amount=Redemption.points),
        "redemptions.worth": Counted("handed", amount=_WORTH, scale=100, beside=Beside(_YUAN, _WORTH, _yuan)),
    },
    columns={},
    narrows={},
    heads=(*_HEADS, N_("物品"), N_("数量"), N_("分"), N_("领取时间")),
    wanted=(
        Redemption.id, Ware.name.label("ware"), Redemption.quantity, Redemption.points, Redemption.ended_at, *_HOME,
    ),
    joined=lambda query: query,
    line=lambda row, _ask: _line(row, row.ware, row.quantity, row.points, row.ended_at),
)  # fmt: skip
