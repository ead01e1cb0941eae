"""The style guide: every part of the look in every state, with invented examples. Served by the demo only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.web.access import public

bp = Blueprint("styleguide", __name__, url_prefix="/styleguide")
WHY = "the style guide shows invented examples and asks nothing of the database"


@dataclass(frozen=True)
class ExampleCase:
    """One row of the example list."""

    id: int
    number: str
    title: str
    household: str
    place: str
    state: str
    word: str
    light: str
    left: str
    who: str


@dataclass(frozen=True)
class ExampleStep:
    """One step of the example case."""

    what: str
    who: str
    role: str
    at: datetime
    note: str = ""
    tone: str = ""


PLACE = "涧池镇 · 花果村"
CASES = (
    ExampleCase(
        id=7,
        number="GC20261120-610921104-0007",
        title="三组水渠塌了一段，浇不上地",
        household="王**户",
        place=f"{PLACE}三组",
        state="dispatched",
        word="已派单",
        light="red",
        left="超期 1 天",
        who="镇水利站",
    ),
    ExampleCase(
        id=12,
        number="GC20261121-610921104-0012",
        title="独居老人家里电线老化，插座打火",
        household="李**户",
        place=f"{PLACE}一组",
        state="in_progress",
        word="办理中",
        light="yellow",
        left="还剩 3 小时",
        who="镇供电所 陈**",
    ),
    ExampleCase(
        id=15,
        number="GC20261121-610921104-0015",
        title="路灯不亮",
        household="",
        place=f"{PLACE}二组",
        state="accepted",
        word="已受理",
        light="green",
        left="还剩 4 天",
        who="花果村 张**",
    ),
    ExampleCase(
        id=16,
        number="GC20261121-610921104-0016",
        title="两家共用的巷道被柴堆占了一半，说过几次都没有挪，老人轮椅出不来，请村里出面说一说",
        household="赵**户",
        place=f"{PLACE}二组",
        state="feedback",
        word="已反馈",
        light="green",
        left="还剩 2 天",
        who="村调委会",
    ),
    ExampleCase(
        id=18,
        number="GC20261118-610921104-0018",
        title="医保缴费代办",
        household="孙**户",
        place=f"{PLACE}四组",
        state="closed",
        word="已办结",
        light="closed",
        left="11月20日办结",
        who="联户代表 周**",
    ),
)


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


STEPS = (
    ExampleStep("登记", "周桂花", "联户代表", _at(18, 1, 12), "走访时发现，老人说打火有一周了。"),
    ExampleStep("受理", "张建国", "村网格长", _at(18, 2, 30)),
    ExampleStep("退回：职责不符", "刘敏", "镇应急办", _at(18, 8, 5), "室内线路请转供电所，我们配合检查。", "back"),
    ExampleStep("派给镇供电所", "何伟", "镇综治中心调度员", _at(19, 1, 0), tone="late"),
    ExampleStep("签收", "陈师傅", "镇供电所", _at(21, 1, 40), "下午带材料上门。", "now"),
)

WEEKS = ("9/7", "9/14", "9/21", "9/28", "10/5", "10/12", "10/19", "10/26", "11/2", "11/9", "11/16", "11/23")

CLASSES = {
    "": _("请选择"),
    "0203": "消防与用电用气隐患",
    "0405": "河塘沟渠漂浮物与淤积",
    "0102": "邻里纠纷",
}
WAYS = {"visit": "走访", "phone": "电话", "patrol": "巡查", "reception": "选民接待日"}
NEEDS = {"water": "用水", "power": "用电", "path": "出行", "care": "照护"}
UNITS = {"1": "镇供电所（在办 4 件）", "2": "镇水利站（在办 11 件）"}


def _choices(words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class ExampleForm(FlaskForm):
    """Every kind of field once."""

    title = StringField(
        _("什么事"),
        [InputRequired(_("写一句话：什么事，在哪里")), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
    kind = SelectField(_("事项类别"), [InputRequired(_("选一个类别，拿不准就选最接近的"))], choices=_choices(CLASSES))
    way = RadioField(_("怎么知道的"), [InputRequired(_("选一种"))], choices=_choices(WAYS))
    needs = SelectMultipleField(
        _("涉及哪些方面"),
        [Optional()],
        choices=_choices(NEEDS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    text = TextAreaField(_("详细情况"), [Optional()], render_kw={"rows": 4})
    seen_on = DateField(_("哪天发现的"), [InputRequired(_("选一个日期"))])
    homes = IntegerField(
        _("影响几户"),
        [Optional(), NumberRange(1, 500, _("填 1 到 500 之间的数"))],
        render_kw={"inputmode": "numeric"},
    )
    photo = FileField(_("照片"), [Optional()])
    agreed = BooleanField(_("已当面念给报事人听，内容无误"), [InputRequired(_("念一遍，听对方确认"))])


class ExampleMove(FlaskForm):
    """The small form inside a move."""

    unit = SelectField(_("派给"), [InputRequired()], choices=_choices(UNITS))
    note = TextAreaField(_("给承办人的话"), [Optional()], render_kw={"rows": 2})


def _filled() -> ExampleForm:
    typed = {
        "title": CASES[1].title,
        "kind": "0203",
        "way": "visit",
        "needs": "power",
        "homes": "1",
        "seen_on": "2026-11-20",
        "agreed": "y",
    }
    return ExampleForm(MultiDict(typed), meta={"csrf": False})


def _wrong() -> ExampleForm:
    typed = MultiDict({"wrong-title": "", "wrong-homes": "9000", "wrong-text": "插座打火。"})
    form = ExampleForm(typed, prefix="wrong-", meta={"csrf": False})
    form.validate()
    return form


@bp.get("/")
@public(WHY)
def index() -> str:
    """All parts on one page."""
    forms = {"filled": _filled(), "wrong": _wrong(), "move_form": ExampleMove()}
    return render_template("web/styleguide.html", cases=CASES, steps=STEPS, charts_weeks=WEEKS, **forms)


@bp.get("/list")
@public(WHY)
def sample_list() -> str:
    """A work list as a whole page."""
    return render_template("web/sample_list.html", cases=CASES)


@bp.get("/case")
@public(WHY)
def sample_case() -> str:
    """A case as a whole page."""
    return render_template("web/sample_case.html", case=CASES[1], steps=STEPS, move_form=ExampleMove())


@bp.get("/household")
@public(WHY)
def sample_household() -> str:
    """A household as a whole page."""
    return render_template("web/sample_household.html", cases=CASES[1:4])


@bp.get("/report")
@public(WHY)
def sample_form() -> str:
    """A form as a whole page, with a draft."""
    return render_template("web/sample_form.html", form=_filled())


@bp.get("/figures")
@public(WHY)
def sample_figures() -> str:
    """Figures and the map's words as a whole page."""
    return render_template("web/sample_figures.html", cases=CASES[:3])


@bp.get("/paper")
@public(WHY)
def sample_paper() -> str:
    """A sheet of paper."""
    return render_template("web/sample_paper.html", case=CASES[1], steps=STEPS)
