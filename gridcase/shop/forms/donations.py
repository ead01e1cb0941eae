"""Forms of the donation ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.validators import UUID, InputRequired

from gridcase.shop.forms.fields import yuan
from gridcase.shop.forms.goods import AGAIN, line
from gridcase.shop.rules import DonationForm, DonorKind
from gridcase.web.formkit import BaseForm, labelled, options


class GiveForm(BaseForm):
    """A donation."""

    client_uuid = HiddenField(validators=[UUID(AGAIN)])
    place = SelectField(_("捐给哪里"), coerce=int, validators=[InputRequired(_("请选村或镇。"))])
    donor = line(_("捐赠人或单位"), _("请填捐赠人或单位。"), 60)
    donor_kind = SelectField(_("捐赠方类别"), validators=[InputRequired(_("请选类别。"))])
    anonymous = BooleanField(_("希望匿名：公示时不写名字"))
    given = RadioField(_("捐的是"), default=DonationForm.MONEY.value)
    goods = line(_("什么物资、多少"), "", 100, required=False)
    amount = yuan(_("金额（元）"), least="0.01")
    purpose = line(_("指定用途"), "", 60, required=False)
    given_on = DateField(_("捐赠日期"), validators=[InputRequired(_("请填捐赠日期。"))])

    def __init__(self, *, places: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.place.choices = options(places)
        self.donor_kind.choices, self.given.choices = labelled(DonorKind), labelled(DonationForm)


class UseForm(BaseForm):
    """What given money was used for."""

    client_uuid = HiddenField(validators=[UUID(AGAIN)])
    amount = yuan(_("用了多少元"), least="0.01")
    what = line(_("用在哪里"), _("请写明用在哪里。"), 100)
    used_on = DateField(_("使用日期"), validators=[InputRequired(_("请填使用日期。"))])
