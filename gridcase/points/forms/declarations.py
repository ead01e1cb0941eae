"""Forms of declaring: one thing a home did, or one thing many homes took part in."""

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
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.web.formkit import BaseForm, tidy


class DeclareForm(BaseForm):
    """What was done, when, and by whom of the home; the rest is asked only where the item wants it."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    happened_on = DateField(_("哪一天的事"), validators=[InputRequired(_("请填哪一天。"))])
    text = TextAreaField(
        _("做了什么"),
        filters=[tidy],
        validators=[InputRequired(_("请写一句做了什么。")), Length(max=200, message=_("最多 200 个字。"))],
        render_kw={"rows": 3},
    )
    points = IntegerField(_("申请多少分"), validators=[Optional(), NumberRange(-1000, 1000, message=_("请填整数。"))])
    document_no = StringField(_("文书编号"), filters=[tidy], validators=[Length(max=40, message=_("最多 40 个字。"))])
    person_id = SelectField(_("家里谁做的"), coerce=int, default=0)
    guardian_agreed = BooleanField(_("是未满 14 岁的孩子做的，监护人同意记入本户"))
    again = BooleanField(_("同一天的另一件事，不是重复申报"))
    photo = FileField(_("照片"), validators=[Optional()], render_kw={"accept": "image/*"})

    def __init__(self, *, persons: Sequence[tuple[int, str]], document: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person_id.choices = [(0, str(_("不写"))), *persons]
        if document:
            wanted = InputRequired(_("这一项要有文书，请填文书编号。"))
            self.document_no.validators = [wanted, *self.document_no.validators]
            self.document_no.flags.required = True


class BatchForm(BaseForm):
    """Who took part: homes of a place, ticked."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    happened_on = DateField(_("哪一天"), validators=[InputRequired(_("请填哪一天。"))])
    text = StringField(
        _("什么活动或检查"),
        filters=[tidy],
        validators=[InputRequired(_("请写是什么活动或检查。")), Length(max=200, message=_("最多 200 个字。"))],
    )
    homes = SelectMultipleField(
        _("参加的户"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_("请至少勾选一户。"))],
    )

    def __init__(self, *, homes: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.homes.choices = [SelectChoice(str(one), words, {"data-check": True}) for one, words in homes]


class WithdrawForm(BaseForm):
    """Nothing is asked."""
