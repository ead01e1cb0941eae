"""Forms of the merchants' alliance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, Field, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import UUID, InputRequired, NumberRange, Optional

from gridcase.shop.forms.fields import count, yuan
from gridcase.shop.forms.goods import AGAIN, line
from gridcase.shop.rules import RATINGS, Tier
from gridcase.shop.rules.merchants import MOST_TIERS
from gridcase.web.formkit import BaseForm, options


class ApplyForm(BaseForm):
    """A merchant who wants to join."""

    place = SelectField(_("哪一级商家"), coerce=int, validators=[InputRequired(_("请选县或镇。"))])
    name = line(_("商家名称"), _("请填商家名称。"), 60)
    trade = line(_("经营什么"), _("请填经营什么，例如“粮油副食”。"), 40)
    address = line(_("地址"), "", 80, required=False)
    online = BooleanField(_("线上商家"))

    def __init__(self, *, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.choices = options(places)


def _rating(label: Any) -> RadioField:
    return RadioField(label, coerce=int, validators=[InputRequired(_("请评 1 到 5 分。"))])


def _whole(label: Any, low: int, high: int, ask: Any) -> IntegerField:
    return IntegerField(
        label, validators=[Optional(), NumberRange(min=low, max=high, message=ask)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )  # fmt: skip


_POINTS, _PERCENT = _("请填积分数。"), _("折扣填 50 到 99，例如九五折填 95。")


class ReviewForm(BaseForm):
    """The four conditions of admission, and what was agreed."""

    strength = _rating(_("经济实力"))
    honesty = _rating(_("诚信经营"))
    variety = _rating(_("种类齐全"))
    demand = _rating(_("群众需求"))
    words = line(_("评审意见"), _("请写评审意见。"), 200)
    admitted = RadioField(_("结论"), validators=[InputRequired(_("请选结论。"))])
    since = DateField(_("协议从哪天"), validators=[Optional()])
    until = DateField(_("协议到哪天"), validators=[Optional()])
    points_1 = _whole(_("第一档：有多少积分"), 1, 1_000_000, _POINTS)
    percent_1 = _whole(_("第一档：折扣"), 50, 99, _PERCENT)
    points_2 = _whole(_("第二档：有多少积分"), 1, 1_000_000, _POINTS)
    percent_2 = _whole(_("第二档：折扣"), 50, 99, _PERCENT)
    points_3 = _whole(_("第三档：有多少积分"), 1, 1_000_000, _POINTS)
    percent_3 = _whole(_("第三档：折扣"), 50, 99, _PERCENT)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        marks = options((n, n) for n in range(1, 6))
        for name, _words in RATINGS:
            self[name].choices = marks
        self.admitted.choices = options([("yes", _("同意入盟")), ("no", _("暂不入盟"))])

    def ratings(self) -> dict[str, int]:
        """The four ratings by name."""
        return {name: self[name].data for name, _words in RATINGS}

    def tiers(self) -> list[Tier]:
        """The discounts that were filled in."""
        pairs: list[tuple[Field, Field]] = [
            (self[f"points_{n}"], self[f"percent_{n}"]) for n in range(1, MOST_TIERS + 1)
        ]
        return [Tier(points.data or 0, percent.data or 0) for points, percent in pairs if points.data or percent.data]


class RemoveForm(BaseForm):
    """Why a merchant leaves."""

    why = line(_("退出原因"), _("请写明退出原因。"), 200)


class ReportForm(BaseForm):
    """What a merchant says of a year."""

    year = count(_("年份"), low=2000, high=2100, ask=_("请填年份。"))
    growth_percent = _whole(_("营业额比上年增长（%）"), -100, 10_000, _("请填百分数。"))
    profit = yuan(_("利润比上年增加（元）"), required=False, least="-20000000")


class PastForm(BaseForm):
    """Discounts given before this system."""

    place = SelectField(_("哪里的"), coerce=int, validators=[InputRequired(_("请选县或镇。"))])
    until = DateField(_("到哪天"), validators=[InputRequired(_("请填截止日期。"))])
    saved = yuan(_("累计优惠（元）"), least="0.01")
    source = line(_("数据来源"), _("请写明数据从哪里来，例如“原积分系统导出”。"), 60)

    def __init__(self, *, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.choices = options(places)


class ProofForm(BaseForm):
    """Ask for a one-time code; the home is fixed by the page."""

    client_uuid = HiddenField(validators=[UUID(AGAIN)])


class UseForm(BaseForm):
    """The merchant's staff: the code, then the amount."""

    code = StringField(
        _("优惠码"), validators=[InputRequired(_("请输入优惠码，8 位字母和数字。"))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 12},
    )  # fmt: skip
    amount = yuan(_("打折前的金额（元）"), required=False, least="0.01")
