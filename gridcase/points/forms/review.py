"""Forms of the review: one vote, one meeting, the council's and the town's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.core.errors import Refused
from gridcase.web.filters import translate
from gridcase.web.formkit import BaseForm, tidy

ROW = "row-"


def _reason(label: Any) -> TextAreaField:
    return TextAreaField(
        label, filters=[tidy], validators=[Length(max=200, message=_("最多 200 个字。"))], render_kw={"rows": 2}
    )


class VoteForm(BaseForm):
    """For or against, and why against."""

    choice = RadioField(
        _("您的意见"),
        choices=[("for", _("同意")), ("against", _("不同意"))],
        validators=[InputRequired(_("请选同意或不同意。"))],
    )
    reason = _reason(_("不同意的理由"))


class MeetingForm(BaseForm):
    """Who was there; what was decided on each declaration are fields of the page, one set a row."""

    client_uuid = HiddenField(validators=[UUID(_("请重新打开这张表。"))])
    held_on = DateField(_("哪一天开的会"), validators=[InputRequired(_("请填哪一天。"))])
    present = SelectMultipleField(
        _("到会的评议小组成员"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(_("请勾选到会的成员。"))],
    )
    rest = BooleanField(_("其余没有选的加分申报，都通过"))
    rest_count = IntegerField(_("其余一共几条"), validators=[Optional()])
    row_errors: Mapping[int, str] = {}

    def __init__(self, *, members: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.present.choices = list(members)

    def refuse(self, refusal: Refused) -> None:
        """A refusal of one declaration stands beside its row; the page's summary names the row and leads there."""
        if refusal.field and refusal.field.startswith(ROW):
            self.row_errors = {int(refusal.field.removeprefix(ROW)): translate(refusal.text)}
        else:
            super().refuse(refusal)

    def counts(self, left: int) -> bool:
        """Whether the number given for the rest is that of the rows left open: said once more, not ticked unseen."""
        if not self.rest.data or self.rest_count.data == left:
            return True
        self.rest_count.errors = [_("没有选的加分申报有 %(n)s 条，请核对后填这个数。", n=left)]
        return False


class CouncilForm(BaseForm):
    """The council's opinion, and how many points."""

    decision_id = SelectField(_("道德评议会的意见"), coerce=int, validators=[InputRequired(_("请选一条意见。"))])
    granted = RadioField(
        _("结果"), choices=[("yes", _("通过")), ("no", _("不通过"))], validators=[InputRequired(_("请选结果。"))]
    )
    points = IntegerField(_("评定多少分"), validators=[Optional(), NumberRange(-1000, 1000, message=_("请填整数。"))])
    reason = _reason(_("不通过的理由"))

    def __init__(self, *, decisions: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.decision_id.choices = list(decisions)


class TownForm(BaseForm):
    """The town's word."""

    granted = RadioField(
        _("结果"), choices=[("yes", _("通过")), ("no", _("不通过"))], validators=[InputRequired(_("请选结果。"))]
    )
    reason = _reason(_("不通过的理由"))
