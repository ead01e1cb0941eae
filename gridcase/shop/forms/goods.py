"""Forms of shops, goods, what comes in, and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional

from gridcase.shop.forms.fields import count, yuan
from gridcase.shop.rules import GoodsKind, Source, TargetGroup
from gridcase.shop.rules.goods import in_yuan
from gridcase.web.formkit import BaseForm, labelled, options, tidy

TOO_LONG = _("写得太长了，请缩短。")
AGAIN = _("请重新打开这张表。")


def line(label: Any, ask: Any, most: int, *, required: bool = True) -> StringField:
    """One line of text."""
    return StringField(
        label, filters=[tidy],
        validators=[InputRequired(ask) if required else Optional(), Length(max=most, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip


class ShopForm(BaseForm):
    """A shop; the place is asked for when it is new."""

    name = line(_("名称"), _("请填名称，例如“上河村积分超市”。"), 40)
    venue = line(_("地点"), _("请填地点，例如“村民服务中心一楼”。"), 60)
    hours = line(_("开放时间"), _("请填开放时间，例如“每周五 9:00-11:30”。"), 60)
    sponsor = line(_("援建单位"), "", 60, required=False)
    has_room = BooleanField(_("有场地"))
    has_sign = BooleanField(_("有标识"))
    has_rules = BooleanField(_("有制度"))
    has_goods = BooleanField(_("有奖品"))
    rules = TextAreaField(
        _("管理制度"), filters=[tidy], validators=[Optional(), Length(max=2000, message=TOO_LONG)],
        render_kw={"rows": 6},
    )  # fmt: skip
    code_days = count(_("预约保留天数"), low=1, high=30, ask=_("填 1 到 30 天。"), default=7)
    confirm_from = yuan(_("盘点差异超过多少元要第二人确认"))
    closed = BooleanField(_("停办这家超市"))
    seen = HiddenField()

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        names = ("name", "venue", "hours", "has_room", "has_sign", "has_rules", "has_goods", "code_days")
        found = {name: self[name].data for name in names}
        fen = int(self.confirm_from.data * 100)
        return found | {
            "sponsor": self.sponsor.data or "", "rules": self.rules.data or "", "confirm_from_fen": fen,
        }  # fmt: skip


class NewShopForm(ShopForm):
    """A new shop and its place."""

    place = SelectField(_("设在哪里"), coerce=int, validators=[InputRequired(_("请选村或镇。"))])

    def __init__(self, *, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.choices = options(places)


class GoodsForm(BaseForm):
    """Goods on the shelf."""

    name = line(_("货品"), _("请填货品名称，例如“大米 5 公斤”。"), 40)
    unit = line(_("单位"), _("请填单位，例如“袋”。"), 10)
    kind = SelectField(_("类别"), validators=[InputRequired(_("请选类别。"))])
    target = SelectField(_("适合谁"), validators=[InputRequired(_("请选适合谁。"))])
    points = count(_("积分价"), low=1, high=100_000, ask=_("请填积分价，1 分以上。"))
    low_at = count(_("少于几件提醒补货"), low=0, high=10_000, ask=_("请填件数，不提醒填 0。"), default=5)
    on_shelf = BooleanField(_("上架"), default=True)
    photo = FileField(_("照片"), validators=[Optional()], render_kw={"accept": "image/*"})
    no_photo = BooleanField(_("去掉照片"))
    seen = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices, self.target.choices = labelled(GoodsKind), labelled(TargetGroup)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self[name].data for name in ("name", "unit", "kind", "target", "points", "low_at", "on_shelf")}


class ReceiveForm(BaseForm):
    """A batch that came in."""

    client_uuid = HiddenField(validators=[UUID(AGAIN)])
    goods = SelectField(_("货品"), coerce=int, validators=[InputRequired(_("请选货品。"))])
    quantity = count(_("数量"), low=1, high=100_000, ask=_("请填数量，1 件以上。"))
    unit_price = yuan(_("单价（元）"))
    source = RadioField(_("来源"), default=Source.PURCHASE.value)
    donation = SelectField(_("哪一笔捐赠"), coerce=int, validators=[Optional()], default=0)
    received_on = DateField(_("入库日期"), validators=[InputRequired(_("请填入库日期。"))])
    expires_on = DateField(_("保质期到哪天"), validators=[Optional()])

    def __init__(self, *, goods: Sequence[tuple[int, str]], donations: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.goods.choices = options(goods)
        self.source.choices = labelled(Source)
        self.donation.choices = options([(0, _("没有")), *((one.id, gift_words(one)) for one in donations)])


def gift_words(one: Any) -> str:
    """A donation in a list of choices."""
    what = one.goods or f"{in_yuan(one.amount_fen - one.used_fen)} 元"
    return f"{one.given_on:%Y-%m-%d} {one.donor}：{what}"


class CountForm(BaseForm):
    """A stock-take: two fields for every batch, made for this shop."""

    client_uuid = HiddenField(validators=[UUID(AGAIN)])


def count_form(rows: Sequence[Any], **kwargs: Any) -> CountForm:
    """The form of a stock-take of these (goods, batch) rows."""
    fields: dict[str, Any] = {}
    for row in rows:
        fields[f"counted_{row.Batch.id}"] = IntegerField(
            row.Goods.name, validators=[Optional(), NumberRange(min=0, max=100_000, message=_("请填 0 以上的件数。"))],
            render_kw={"inputmode": "numeric", "autocomplete": "off"},
        )  # fmt: skip
        fields[f"reason_{row.Batch.id}"] = StringField(
            _("不一致的原因"), filters=[tidy], validators=[Optional(), Length(max=60, message=TOO_LONG)],
            render_kw={"autocomplete": "off", "maxlength": 60},
        )  # fmt: skip
    made: CountForm = type("CountForm", (CountForm,), fields)(**kwargs)
    return made
