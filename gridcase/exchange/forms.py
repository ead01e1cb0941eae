"""Forms of imports and exports: a file, where it belongs, its columns, the confirmation of what was checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, Optional, Regexp

from gridcase.cases.rules.transfers import SOURCES
from gridcase.web.formkit import BaseForm, options

Choices = Sequence[tuple[str, str]]
Pairs = Iterable[tuple[str, Any]]


class UploadForm(BaseForm):
    """The list, and the place it belongs to."""

    file = FileField(
        _("表格文件"),
        validators=[FileRequired(_("请选择文件。")), FileAllowed(["xlsx", "csv"], _("请选 .xlsx 或 .csv 文件。"))],
    )
    town = SelectField(_("乡镇"))
    village = SelectField(_("村"), default="")
    source = SelectField(_("哪里来的件"), default="")

    def __init__(self, *, towns: Choices, villages: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.town.choices = options(towns)
        self.village.choices = options([("", _("全镇（先进“待分类”）")), *villages])
        desks = [(channel.value, channel.label) for channel in SOURCES]
        self.source.choices = options([("", _("其他系统（按编号列的列名记）")), *desks])


class ConfirmForm(BaseForm):
    """What was checked is taken over: the file is named by its digest."""

    digest = HiddenField(validators=[Regexp(r"^[0-9a-f]{64}$")])
    town = HiddenField()
    village = HiddenField()
    source = HiddenField(validators=[Optional(), AnyOf([*SOURCES])])


class RegisterUploadForm(BaseForm):
    """A register's file, and from which day its changes hold."""

    register = SelectField(_("哪一种台账"), validators=[DataRequired(_("请选一种台账。"))])
    file = FileField(
        _("表格文件"),
        validators=[FileRequired(_("请选择文件。")), FileAllowed(["xlsx", "csv"], _("请选 .xlsx 或 .csv 文件。"))],
    )
    on = DateField(_("变动从哪天起"), validators=[DataRequired(_("请填日期。"))])
    datum = SelectField(_("坐标系"), validators=[DataRequired(_("请选坐标系。"))])

    def __init__(self, *, registers: Pairs, datums: Pairs, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.register.choices = options(registers)
        self.datum.choices = options(datums)


class RegisterExportForm(BaseForm):
    """Which register of which place leaves the house, as of which day, and what for."""

    register = SelectField(_("哪一种台账"), validators=[DataRequired(_("请选一种台账。"))])
    place = SelectField(_("导出范围"), validators=[DataRequired(_("请选一个地方。"))])
    on = DateField(_("截至哪天"), validators=[DataRequired(_("请填日期。"))])
    kind = RadioField(
        _("文件格式"),
        choices=[SelectChoice("xlsx", "Excel (.xlsx)"), SelectChoice("csv", "CSV")],
        default="xlsx",
        validators=[DataRequired(_("请选文件格式。"))],
    )
    purpose = StringField(_("用途"), validators=[Optional(), Length(max=100, message=_("最多 100 个字。"))])

    def __init__(self, *, registers: Pairs, places: Pairs, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.register.choices = options(registers)
        self.place.choices = options(places)


class ColumnsForm(BaseForm):
    """Which of the file's columns holds what; one choice for each column of the register (`columns_form`)."""

    def chosen(self) -> dict[str, str]:
        """The matched columns by key."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token" and field.data}


def columns_form(columns: Sequence[tuple[str, str]], headers: Sequence[str], chosen: Mapping[str, str]) -> ColumnsForm:
    """A form with a choice among the file's headers for each (key, header) of a register."""
    fields = {
        key: SelectField(
            header,
            choices=options([("", _("（不导入）")), *((one, one) for one in headers)]),
            default=chosen.get(key, ""),
        )
        for key, header in columns
    }
    made: ColumnsForm = type("RegisterColumnsForm", (ColumnsForm,), fields)()
    return made


class BareForm(BaseForm):
    """A button: nothing but the token."""
