"""Forms of a change: from when, why, who; homes and their new cells or circles are chosen in tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from gridcase.core.words import N_
from gridcase.web.formkit import BaseForm, options, tidy

REASON_LONG, NAME_LONG, TITLE_LONG = 60, 60, 60
UNCHANGED, CHOOSE, NOBODY, WRITTEN = N_("不变"), N_("请选择"), N_("暂不任命"), N_("不在名单上，写姓名")
SAME_POST, NEW_POST = "same", "new"


class ChangeForm(BaseForm):
    """What every change asks: the day it holds from, and why. `seen`: the mark of the preview that was read."""

    on = DateField(
        _("从哪天起"),
        description=_("过去的日期是更正，以后的日期到那天才生效。"),
        validators=[InputRequired(_("请填日期。"))],
    )
    reason = StringField(
        _("为什么调整"),
        filters=[tidy],
        validators=[
            InputRequired(_("请写明为什么调整。")),
            Length(min=2, max=REASON_LONG, message=_("请写 2 到 60 个字。")),
        ],
    )
    seen = HiddenField()


class MoveForm(ChangeForm):
    """Homes of a cell to another one, to another circle, or both."""

    target = SelectField(_("调到哪个网格或小组"), validators=[Optional()])
    circle = SelectField(_("由谁联系"), validators=[Optional()])

    def offer(self, *, places: Iterable[tuple[Any, str]], circles: Iterable[tuple[Any, str]]) -> None:
        """The places and circles there are."""
        self.target.choices = options([("", UNCHANGED), *places])
        self.circle.choices = options([("", UNCHANGED), *circles])


class SplitForm(ChangeForm):
    """A cell into two or more: names and leaders of the new ones."""

    name_1 = StringField(_("新网格名称"), filters=[tidy], validators=[Optional(), Length(max=NAME_LONG)])
    leader_1 = SelectField(_("新网格的网格长"), validators=[Optional()])
    name_2 = StringField(_("第二个新网格名称"), filters=[tidy], validators=[Optional(), Length(max=NAME_LONG)])
    leader_2 = SelectField(_("第二个新网格的网格长"), validators=[Optional()])
    name_3 = StringField(_("第三个新网格名称"), filters=[tidy], validators=[Optional(), Length(max=NAME_LONG)])
    leader_3 = SelectField(_("第三个新网格的网格长"), validators=[Optional()])

    def offer(self, *, parts: int, persons: Iterable[tuple[Any, str]]) -> None:
        """Fields for so many parts in all, and who can lead."""
        offered = list(persons)
        for number in range(1, 4):
            if number >= parts:
                del self[f"name_{number}"]
                del self[f"leader_{number}"]
            else:
                self[f"leader_{number}"].choices = options([("", NOBODY), *offered])
                self[f"name_{number}"].validators = [InputRequired(_("请给新网格起名。")), Length(max=NAME_LONG)]
                self[f"name_{number}"].flags.required = True
                self[f"name_{number}"].flags.optional = False


class MergeForm(ChangeForm):
    """Other cells into this one."""


class PersonForm(ChangeForm):
    """Who is to come: picked from the list, or by name."""

    person = SelectField(_("人选"), validators=[Optional()])
    name = StringField(
        _("姓名"),
        description=_("本村登记过的人。有同名的，空一格再写手机尾号四位。"),
        filters=[tidy],
        validators=[Optional(), Length(max=NAME_LONG)],
    )

    def offer(self, persons: Iterable[tuple[Any, str]]) -> None:
        """The persons there are."""
        self.person.choices = options([("", WRITTEN), *persons])


class ReplaceForm(PersonForm):
    """Another person in the same post, or a new post for the whole circle."""

    way = RadioField(
        _("怎么换"),
        choices=[(SAME_POST, _("同一岗位换人")), (NEW_POST, _("设新岗位，接过整个联户圈"))],
        default=SAME_POST,
        validators=[InputRequired(_("请选一种。"))],
    )
    title = StringField(_("新岗位名称"), filters=[tidy], validators=[Optional(), Length(max=TITLE_LONG)])


class DissolveForm(ChangeForm):
    """A circle ends; who follows for what has no home of the circle."""

    successor = SelectField(_("其他在办事项由谁接手"), validators=[InputRequired(_("请选接手的岗位。"))])

    def offer(self, circles: Iterable[tuple[Any, str]]) -> None:
        """The circles that go on."""
        self.successor.choices = options([("", CHOOSE), *circles])


class StandInForm(PersonForm):
    """Somebody stands in from a day to another, both included."""

    until = DateField(_("到哪天（含当天）"), validators=[InputRequired(_("请填最后一天。"))])


class WithdrawForm(BaseForm):
    """Nothing to fill in: a planned change is given up."""


def chosen(values: Mapping[str, str], prefix: str, ids: Iterable[int]) -> dict[int, int]:
    """Of fields named `prefix` and an id, those whose value is a number."""
    found = {}
    for one in ids:
        value = values.get(f"{prefix}{one}", "")
        if value.isascii() and value.isdigit() and len(value) < 10:
            found[one] = int(value)
    return found


def numbers(values: Iterable[str]) -> list[int]:
    """Those of the values that are ids."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 10]
