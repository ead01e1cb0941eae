"""Forms of the catalogue and of the reply templates."""

from __future__ import annotations

from math import isfinite
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FloatField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from gridcase.cases.rules import Level, Urgency
from gridcase.cases.rules.catalogue import HELPERS_RULES, REPORTERS_RULES, VILLAGE_FIELDS
from gridcase.cases.rules.majors import MAJORS
from gridcase.cases.rules.replies import BLANKS, TEXT_LENGTH, TITLE_LENGTH, ReplyKind
from gridcase.core.worktime import LimitUnit
from gridcase.people.rules import FOUR_COUNCILS
from gridcase.points.rules import CASE_RULES
from gridcase.web.filters import translate
from gridcase.web.formkit import BaseForm, labelled, options, tidy

_WANTED = _("请填数字，例如 8。")
_NEEDED, _CHOSEN = InputRequired(_WANTED), InputRequired(_("请选一项。"))


class AmountField(FloatField):
    """A number, without a tail of zeros."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        render = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(label, validators=[_NEEDED], render_kw=render, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:g}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """The number typed; NaN and infinity are none."""
        try:
            self.data = float(valuelist[0]) if valuelist and valuelist[0].strip() else None
        except ValueError:
            raise ValueError(_WANTED) from None
        if self.data is not None and not isfinite(self.data):
            raise ValueError(_WANTED)


def _line(label: Any, most: int, *, wanted: Any = None) -> StringField:
    needed = InputRequired(wanted) if wanted else Optional()
    return StringField(label, validators=[needed, Length(max=most)], filters=[tidy], render_kw={"autocomplete": "off"})


def _area(label: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Optional(), Length(max=200)], filters=[tidy], render_kw={"rows": 2})


class TermsForm(BaseForm):
    """The rules of a class at a county."""

    enabled = BooleanField(_("启用：登记时可以选"))
    common = BooleanField(_("列在“常用”里"))
    urgency = RadioField(_("轻重缓急"), validators=[_CHOSEN], coerce=int)
    contact_limit = AmountField(_("首次联系时限"))
    contact_unit = SelectField(_("首次联系的单位"), validators=[_CHOSEN])
    limit = AmountField(_("办结时限"))
    limit_unit = SelectField(_("办结的单位"), validators=[_CHOSEN])
    level = SelectField(_("一般由哪一级办"), validators=[_CHOSEN])
    department = _line(_("主办单位"), 60, wanted=_("请填主办单位，例如水利站。"))
    restricted = BooleanField(_("限定可见：只有值班的、办理的和登记的人能看"))
    reporter_rule = SelectField(_("反映人记分"), validators=[Optional()])
    helper_rule = SelectField(_("协助户记分"), validators=[Optional()])
    council = SelectField(_("可请哪个会出面"), validators=[Optional()])
    open_condition = _area(_("立案条件"))
    close_condition = _area(_("结案条件"))
    evidence_hint = _area(_("办理提示"))
    seen = HiddenField()
    confirmed = HiddenField()

    def offer(self) -> None:
        """The words to choose from."""
        self.urgency.choices = labelled(Urgency)
        self.level.choices = labelled(Level)
        for unit in (self.contact_unit, self.limit_unit):
            unit.choices = labelled(LimitUnit)
        self.reporter_rule.choices = _points(REPORTERS_RULES)
        self.helper_rule.choices = _points(HELPERS_RULES)
        self.council.choices = options([("", _("不指明")), *((kind.value, kind.label) for kind in FOUR_COUNCILS)])

    @property
    def values(self) -> dict[str, Any]:
        """By column, as the rules take them."""
        found = {name: self[name].data for name in TERMS if name in self}
        for name in ("reporter_rule", "helper_rule", "council"):
            if name in found:
                found[name] = found[name] or None
        for name in ("open_condition", "close_condition", "evidence_hint", "department"):
            if name in found:
                found[name] = found[name] or ""
        return found


TERMS = (
    "urgency", "contact_limit", "contact_unit", "limit", "limit_unit", "level", "department", "reporter_rule",
    "helper_rule", "restricted", "common", "enabled", "open_condition", "close_condition", "evidence_hint",
    "council",
)  # fmt: skip


class VillageTermsForm(TermsForm):
    """What a village may set of them."""

    def offer(self) -> None:
        """Only what it may set stays in the form."""
        for name in TERMS:
            if name not in VILLAGE_FIELDS:
                delattr(self, name)


class OwnClassForm(TermsForm):
    """A class of a county's own."""

    major = SelectField(_("大类"), validators=[InputRequired(_("请选一个大类。"))])
    zh = _line(_("名称"), 30, wanted=_("请填类别的名称。"))
    en = _line(_("英文名称"), 80)

    def offer(self) -> None:
        """The ten major classes too."""
        super().offer()
        self.major.choices = options(
            [("", _("请选择")), *((code, f"{code} {translate(name)}") for code, name in MAJORS.items())]
        )


class BackForm(BaseForm):
    """Taking a place's own rules back."""

    seen = HiddenField()


class TemplateForm(BaseForm):
    """A reply template."""

    kind = RadioField(_("用在哪里"), validators=[InputRequired(_("请选一项。"))])
    case_class = SelectField(_("哪一类事"), validators=[Optional()])
    title = _line(_("名字"), TITLE_LENGTH, wanted=_("请起个名字。"))
    text = TextAreaField(
        _("内容"), validators=[InputRequired(_("请写答复的内容。")), Length(max=TEXT_LENGTH)], filters=[tidy],
        render_kw={"rows": 5},
    )  # fmt: skip
    seen = HiddenField()

    def offer(self, classes: list[tuple[str, str]]) -> None:
        """The kinds of replies and the classes of the place."""
        self.kind.choices = labelled(ReplyKind)
        self.case_class.choices = options([("", _("各类都可用")), *classes])


def blanks() -> str:
    """The blanks of a text, as they are written."""
    return "、".join(f"{{{name}}}" for name in BLANKS)


def _points(codes: frozenset[str]) -> Any:
    rules = [(code, f"{code} {translate(CASE_RULES[code].label)}") for code in sorted(codes)]
    return options([("", _("不记分")), *rules])
