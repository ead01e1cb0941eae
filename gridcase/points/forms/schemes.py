"""Forms of schemes. Choices are handed in by the views."""

from __future__ import annotations

from collections.abc import Collection
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
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.core.words import N_
from gridcase.points.rules import ACCOUNTS, CASE_RULES, AccountKind, Approval, Board, Declarer, Item, Period, YearEnd
from gridcase.points.rules.schemes import CRITERIA_MOST, EVIDENCE_MOST, NAME_MOST, UNIT_MOST
from gridcase.web.formkit import BaseForm, labelled, options, tidy

_WHOLE = _("请填整数。")
_LONG = _("写得太长了，请缩短。")
_WEIGHT = "weight_"
SOURCES = {
    "361": N_("“361”六大板块"),
    "zhilong": N_("六类二十八项"),
    "morality_bank": N_("道德银行"),
    "current": N_("从施行中的方案改起"),
}


def _line(label: Any, most: int, *, wanted: Any = None) -> StringField:
    needed = InputRequired(wanted) if wanted else Optional()
    return StringField(
        label, validators=[needed, Length(max=most, message=_LONG)], filters=[tidy], render_kw={"autocomplete": "off"}
    )


def _ticks(label: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validators=[Optional()]
    )


class DraftForm(BaseForm):
    """From what a draft starts."""

    source = RadioField(_("从哪里起草"), validators=[InputRequired(_("请选一套，以后每一项都能改。"))])


class SettingsForm(BaseForm):
    """What a version says besides its items."""

    name = _line(_("方案名称"), NAME_MOST, wanted=_("请填方案名称。"))
    base_points = IntegerField(_("每年的基础分"), validators=[InputRequired(_WHOLE)])
    notice_days = IntegerField(_("公示几天"), validators=[InputRequired(_WHOLE)])
    council_from = IntegerField(_("多少分起由道德评议会定"), validators=[InputRequired(_WHOLE)])
    month_budget = IntegerField(_("全村每月最多发多少分"), validators=[Optional()])
    at_year_end = RadioField(_("年底没兑换的积分"), validators=[InputRequired(_("请选一项。"))])
    expire_months = IntegerField(_("到期作废的，多少个月到期"), validators=[InputRequired(_WHOLE)])
    seen = HiddenField()

    def offer(self) -> None:
        """The words to choose from."""
        self.at_year_end.choices = labelled(YearEnd)

    @property
    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        kept = {name: data for name, data in self.data.items() if name not in {"seen", "csrf_token"}}
        return kept | {"at_year_end": YearEnd(self.at_year_end.data)}


class ItemForm(BaseForm):
    """One item."""

    name = _line(_("做什么"), NAME_MOST, wanted=_("请写清做什么事计分，例如“参加志愿服务活动”。"))
    board = SelectField(_("类别"), validators=[InputRequired(_("请选一个类别。"))])
    points = IntegerField(_("计多少分"), validators=[InputRequired(_WHOLE)])
    unit = _line(_("计量单位"), UNIT_MOST)
    criteria = TextAreaField(
        _("怎样算做到"),
        filters=[tidy],
        validators=[Optional(), Length(max=CRITERIA_MOST, message=_LONG)],
        render_kw={"rows": 2},
    )
    evidence = _line(_("凭什么"), EVIDENCE_MOST)
    who = _ticks(_("谁来申报"))
    approval = RadioField(_("谁来审定"), validators=[InputRequired(_("请选一项。"))])
    cap = IntegerField(_("一户最多几分"), validators=[Optional()])
    cap_per = SelectField(_("上限按多长时间算"), validators=[Optional()])
    at_most = BooleanField(_("分数是“最高”，实际几分由道德评议会商定"))
    document = BooleanField(_("凭文书编号：没有编号不能记"))
    account = RadioField(_("记到哪个账户"), validators=[InputRequired(_("请选一项。"))])
    case_rule = SelectField(_("随哪类事件办结自动记"), validators=[Optional()])
    seen = HiddenField()

    def offer(self, boards: list[tuple[str, str]]) -> None:
        """The words to choose from."""
        self.board.choices = options(boards)
        self.who.choices = labelled(Declarer)
        self.approval.choices = labelled(Approval)
        self.cap_per.choices = options([("", N_("不设上限"))]) + labelled(Period)
        self.account.choices = labelled(ACCOUNTS)
        self.case_rule.choices = options(
            [("", N_("不随事件记")), *((rule.code, rule.label) for rule in CASE_RULES.values())]
        )

    @property
    def item(self) -> Item:
        """The item as it was filled in."""
        return Item(
            code="",
            board=self.board.data or "",
            name=self.name.data or "",
            points=self.points.data or 0,
            unit=self.unit.data or "",
            criteria=self.criteria.data or "",
            evidence=self.evidence.data or "",
            who="".join(self.who.data or ()),
            approval=Approval(self.approval.data),
            cap=self.cap.data,
            cap_per=Period(self.cap_per.data) if self.cap_per.data else None,
            at_most=self.at_most.data,
            document=self.document.data,
            account=AccountKind(self.account.data),
            case_rule=self.case_rule.data or "",
        )


class VetoKindsForm(BaseForm):
    """Which vetoes a draft holds."""

    codes = _ticks(_("采用哪些情形"))


class WeightsForm(BaseForm):
    """What the classes of a draft weigh; a field for each class is added by `weights_form`."""

    seen = HiddenField()

    @property
    def weights(self) -> dict[str, int]:
        """By code of the class."""
        return {name.removeprefix(_WEIGHT): data for name, data in self.data.items() if name.startswith(_WEIGHT)}


def weights_form(boards: Collection[Board]) -> WeightsForm:
    """The form of these classes, filled with what they weigh."""
    fields: dict[str, Any] = {
        f"{_WEIGHT}{board.code}": IntegerField(
            _("%(board)s（%%）", board=board.name), default=board.weight, validators=[InputRequired(_WHOLE)]
        )
        for board in boards
    }
    form: WeightsForm = type("BoardWeightsForm", (WeightsForm,), fields)()
    return form


class ForceForm(BaseForm):
    """By which decision, from when."""

    decision = RadioField(_("依据哪份决议"), validators=[InputRequired(_("请选一份决议。"))])
    on = DateField(_("从哪天起施行"), validators=[InputRequired(_("请填日期。"))])


class RecommendForm(BaseForm):
    """Which example the villages below start from."""

    preset = RadioField(_("推荐哪一套"), validators=[InputRequired(_("请选一套。"))])


class ModulesForm(BaseForm):
    """Which parts a village opens."""

    modules = _ticks(_("开展哪些"))
    on = DateField(_("从哪天起"), validators=[InputRequired(_("请填日期。"))])
