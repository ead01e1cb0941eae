"""The forms of the duty list and of views kept."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from gridcase.web.formkit import BaseForm, tidy


class ViewForm(BaseForm):
    """The name of a view."""

    name = StringField(
        _("视图名称"),
        validators=[InputRequired(_("请给视图起个名字。")), Length(max=20, message=_("名字最多 20 个字。"))],
        filters=[tidy],
        render_kw={"autocomplete": "off", "maxlength": "20"},
    )


class DutyForm(BaseForm):
    """One item of a duty list."""

    item = StringField(
        _("事项"),
        validators=[InputRequired(_("请填事项名称。")), Length(max=80, message=_("最多 80 个字。"))],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    kind = RadioField(_("清单类别"), validators=[InputRequired(_("请选一项。"))])
    case_class = SelectField(
        _("事件类别"), validators=[Optional()], description=_("选了类别，派这类事件时会核对。")
    )  # fmt: skip
    unit = SelectField(_("办理单位"), validators=[Optional()], description=_("不选就是镇、村都按这一行。"))
    lead = StringField(
        _("牵头单位"), validators=[Optional(), Length(max=80, message=_("最多 80 个字。"))], filters=[tidy],
        description=_("配合履职由谁牵头，或收回的事由谁办，例如：县水利局。"),
    )  # fmt: skip


class DutyFileForm(BaseForm):
    """A list in a file."""

    file = FileField(
        _("表格文件"),
        validators=[FileRequired(_("请选择文件。")), FileAllowed(["xlsx", "csv"], _("请选 .xlsx 或 .csv 文件。"))],
    )
    whole = BooleanField(_("整份替换：表格里没有的事项删掉"))
