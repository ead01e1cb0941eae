"""Forms of the calendar: one day, a file of a year, and the saving of what was looked at."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import DateField, HiddenField, IntegerField, RadioField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from gridcase.cases.rules import SoonRule
from gridcase.core.words import N_
from gridcase.core.worktime import DayKind
from gridcase.reminders.rules import Times
from gridcase.web.formkit import BaseForm, options, tidy

BY_WEEKDAY = "weekday"
KINDS = [(kind.value, kind.label) for kind in DayKind] + [(BY_WEEKDAY, N_("按星期（周一至周五上班）"))]


class DayForm(BaseForm):
    """What one day of the year is."""

    day = DateField(_("日期"), validators=[DataRequired(_("请填日期。"))])
    kind = RadioField(_("这一天"), validators=[InputRequired(_("请选这一天上不上班。"))])
    name = StringField(
        _("名称"), filters=[tidy], validators=[Optional(), Length(max=40, message=_("最多 40 个字。"))],
        description=_("例如：国庆节。会写在期限的说明里。"),
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = options(KINDS)

    @property
    def chosen(self) -> DayKind | None:
        """The kind; None for the weekday's own."""
        return None if self.kind.data == BY_WEEKDAY else DayKind(self.kind.data)


class YearFileForm(BaseForm):
    """All days of a year in a file."""

    file = FileField(
        _("表格文件"),
        validators=[FileRequired(_("请选择文件。")), FileAllowed(["xlsx", "csv"], _("请选 .xlsx 或 .csv 文件。"))],
    )
    source = StringField(
        _("依据"), filters=[tidy],
        validators=[DataRequired(_("请写依据，例如通知的文号。")), Length(max=60, message=_("最多 60 个字。"))],
        description=_("例如：国办发明电〔2026〕7号。"),
    )  # fmt: skip


class SaveForm(BaseForm):
    """The days as they were looked at, and the version they were looked at against."""

    lines = HiddenField()
    source = HiddenField(validators=[DataRequired(), Length(max=60)])
    seen = HiddenField()


class TimesForm(BaseForm):
    """The hours of a county."""

    quiet_from = TimeField(_("免打扰从"), validators=[InputRequired(_("请填时间，例如 21:00。"))])
    quiet_to = TimeField(_("免打扰到"), validators=[InputRequired(_("请填时间，例如 07:00。"))])
    digest_at = TimeField(_("每日汇总"), validators=[InputRequired(_("请填时间，例如 08:00。"))])
    soon_hours = IntegerField(_("提前多少工作小时"), validators=[InputRequired(_("请填整数。"))])
    soon_percent = IntegerField(_("或时限的百分之几"), validators=[InputRequired(_("请填整数。"))])

    @staticmethod
    def values(times: Times, soon: SoonRule) -> dict[str, Any]:
        """What stands in the fields."""
        return {
            "quiet_from": times.quiet_from, "quiet_to": times.quiet_to, "digest_at": times.digest_at,
            "soon_hours": int(soon.hours), "soon_percent": soon.percent,
        }  # fmt: skip

    @property
    def times(self) -> Times:
        """The hours as they were filled in."""
        return Times(*(self[name].data for name in ("quiet_from", "quiet_to", "digest_at")))

    @property
    def soon(self) -> SoonRule:
        """When due-soon begins, as it was filled in."""
        return SoonRule(self.soon_hours.data or 0, self.soon_percent.data or 0)
