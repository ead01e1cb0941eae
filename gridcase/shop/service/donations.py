"""What was given and what became of it; of money never more is used than was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.shop import queries
from gridcase.shop.models import Donation, DonationUse
from gridcase.shop.rules import DonationForm, DonorKind
from gridcase.shop.service.rights import over


@dataclass(frozen=True)
class Gift:
    """What somebody gives; `amount_fen`: the money, or what the goods are worth."""

    donor: str
    donor_kind: DonorKind
    form: DonationForm
    amount_fen: int
    given_on: date
    goods: str = ""
    purpose: str = ""
    anonymous: bool = False


def give(place: Grid, gift: Gift, *, client_uuid: str, actor: Viewer, now: datetime) -> Donation:
    """Enter a donation to a village or town. The same form sent twice is one donation."""
    grant = over(actor, place.path, Permission.MANAGE_SHOP)
    before = queries.donations.by_uuid(client_uuid)
    if before is not None:
        return before
    if gift.amount_fen < 1:
        raise Refused(N_("金额须大于 0；物资按市价估算。"), field="amount")
    if gift.given_on > town_day(now):
        raise Refused(N_("捐赠日期不能晚于今天。"), field="given_on")
    if gift.form is DonationForm.GOODS and not clean_line(gift.goods):
        raise Refused(N_("请写明捐的是什么物资、多少。"), field="goods")
    row = Donation(
        client_uuid=client_uuid, place_id=place.id, path=place.path, donor=clean_line(gift.donor)[:60],
        donor_kind=gift.donor_kind.value, anonymous=gift.anonymous, form=gift.form.value,
        goods=clean_line(gift.goods)[:100], amount_fen=gift.amount_fen, used_fen=0,
        purpose=clean_line(gift.purpose)[:60], given_on=gift.given_on, user_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="donation.give", subject_kind="donation", subject_id=row.id, place_path=row.path,
        post_id=grant.post_id, now=now, detail={"amount_fen": row.amount_fen, "form": row.form},
    )  # fmt: skip
    return row


def use(
    row: Donation, *, amount_fen: int, what: str, used_on: date, client_uuid: str, actor: Viewer, now: datetime
) -> DonationUse:
    """So much of given money was used for this; `Refused` when less is left."""
    grant = over(actor, row.path, Permission.MANAGE_SHOP)
    before = queries.donations.use_by_uuid(client_uuid)
    if before is not None:
        return before
    if row.form != DonationForm.MONEY:
        raise Refused(N_("物资的去向由入库和交付自动记下。"))
    if not row.given_on <= used_on <= town_day(now):
        raise Refused(N_("使用日期填捐赠那天到今天之间。"), field="used_on")
    left = update(Donation).where(Donation.id == row.id, Donation.used_fen + amount_fen <= Donation.amount_fen)
    changed = db.session.execute(
        left.values(used_fen=Donation.used_fen + amount_fen).returning(Donation.id),
        execution_options={"synchronize_session": False},
    ).all()
    if amount_fen < 1 or not changed:
        raise Refused(N_("这笔捐款余下的没有这么多，请核对金额。"), field="amount")
    made = DonationUse(
        client_uuid=client_uuid, donation_id=row.id, amount_fen=amount_fen, what=clean_line(what)[:100],
        used_on=used_on, user_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.refresh(row)
    audit.record(
        actor=actor, action="donation.use", subject_kind="donation", subject_id=row.id, place_path=row.path,
        post_id=grant.post_id, now=now, detail={"amount_fen": amount_fen, "use": made.id},
    )  # fmt: skip
    return made
