"""Forms of the room: shape only, choices are handed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.grid.rules import LONGEST_WORD, Datum, GridKind, Line
from gridcase.web.formkit import BaseForm, labelled, options, tidy

_NUMBER = _("请填数字。")


class PlaceForm(BaseForm):
    """What a place is called, of what kind it is, where its centre is."""

    seen = HiddenField()
    name = StringField(
        _("名称"),
        filters=[tidy],
        validators=[InputRequired(_("请填名称。")), Length(max=40, message=_("最多 40 个字。"))],
    )
    external_code = StringField(_("外部编码"), filters=[tidy], validators=[Length(max=60, message=_("最多 60 个字。"))])
    kind = RadioField(_("类型"), default=GridKind.GENERAL.value, validators=[InputRequired(_("请选类型。"))])
    lon = FloatField(_("中心经度"), validators=[Optional(), NumberRange(-180, 180, _NUMBER)])
    lat = FloatField(_("中心纬度"), validators=[Optional(), NumberRange(-90, 90, _NUMBER)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = options((kind.value, kind.label) for kind in GridKind)


class NewPlaceForm(PlaceForm):
    """A place below another one; the code is proposed."""

    code = StringField(
        _("编码"),
        filters=[tidy],
        validators=[InputRequired(_("请填编码。")), Length(max=40, message=_("最多 40 个字。"))],
    )
    valid_from = DateField(_("起始日"), validators=[InputRequired(_("请填起始日。"))])


class LinesForm(BaseForm):
    """The lines of work a place serves."""

    lines = SelectMultipleField(_("承担的条线"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lines.choices = labelled(Line)


def _count(label: Any) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(_NUMBER), NumberRange(min=0, message=_NUMBER)])


class SizesForm(BaseForm):
    """Soft sizes of cells and circles."""

    households_low = _count(_("三级网格户数下限"))
    households_high = _count(_("三级网格户数上限"))
    persons_low = _count(_("三级网格人数下限"))
    persons_high = _count(_("三级网格人数上限"))
    circle_target = _count(_("每名联户代表目标户数"))
    circle_few = _count(_("少于几户算偏少"))
    circle_many = _count(_("多于几户算偏多"))
    three_lines = BooleanField(_("网格长不是三线人员时提示"))


def _word(label: Any) -> StringField:
    return StringField(label, filters=[tidy], validators=[Length(max=LONGEST_WORD, message=_("最多 10 个字。"))])


class NamingForm(BaseForm):
    """What the levels are called here."""

    village = _word(_("一级网格（村）叫作"))
    group = _word(_("二级网格（组、自然村）叫作"))
    cell = _word(_("三级网格叫作"))


class SectionForm(BaseForm):
    """A section's name."""

    seen = HiddenField()
    name = StringField(
        _("名称"),
        filters=[tidy],
        validators=[InputRequired(_("请填名称。")), Length(max=30, message=_("最多 30 个字。"))],
    )


class NewSectionForm(SectionForm):
    """A new section of a village."""

    code = StringField(
        _("编号"),
        filters=[tidy],
        validators=[InputRequired(_("请填编号。")), Length(max=20, message=_("最多 20 个字。"))],
    )


class OutlineForm(BaseForm):
    """A drawn outline: GeoJSON written by the page's script, or corners typed line by line."""

    geojson = HiddenField()
    corner_lon = FieldList(StringField(filters=[tidy]), max_entries=400)
    corner_lat = FieldList(StringField(filters=[tidy]), max_entries=400)
    datum = RadioField(_("坐标系"), default=Datum.WGS84.value, validators=[InputRequired(_("请选坐标系。"))])
    outline = HiddenField(_("轮廓"))  # where the refusals of the service belong

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.datum.choices = labelled(Datum)


class FileForm(BaseForm):
    """A file of outlines."""

    file = FileField(_("轮廓文件"), validators=[FileRequired(_("请选择文件。"))])


class DraftForm(BaseForm):
    """How a file is read, and which of its shapes are taken over."""

    datum = RadioField(_("文件里的坐标是"), validators=[Optional()])
    column = SelectField(_("按哪一列对应"), validators=[Optional()], validate_choice=False)
    accuracy_m = IntegerField(
        _("精度（米）"), validators=[Optional(), NumberRange(0, 10_000, _("请填 0 到 10000 之间的数。"))]
    )

    def __init__(self, *, columns: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.datum.choices = labelled(Datum)
        self.column.choices = options((name, name) for name in columns)
