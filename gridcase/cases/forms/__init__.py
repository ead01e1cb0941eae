"""Forms of cases: the intake, and one small form a move. Choices are handed in by the views."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from gridcase.cases.rules import Answer, Channel, ExtensionReason, Rating, ReturnReason, WhistleKind
from gridcase.cases.rules.agenda import AGREED_LENGTH, WHY_LENGTH, AgendaOutcome
from gridcase.cases.rules.papers import CAPTION_LENGTH, PaperKind
from gridcase.cases.rules.transfers import SOURCES
from gridcase.core.labels import Labelled
from gridcase.files.rules import ACCEPTED
from gridcase.people.rules import FOUR_COUNCILS
from gridcase.web.formkit import BaseForm, labelled, options, tidy

CHANNELS = (
    Channel.VISIT, Channel.PHONE, Channel.RECEPTION, Channel.MEETING, Channel.PATROL, Channel.PROXY, Channel.HOTLINE,
    Channel.PETITION, Channel.UPPER,
)  # fmt: skip
TRANSFERS = frozenset(channel.value for channel in SOURCES)  # who passes a case on has given it a number
PHONE = r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})?$"
NOT_REACHED = "not_reached"
NO_WINDOW, OTHERS = _("不在窗口收的"), _("镇里其他村（在窗口收的）")
CHOOSE, SUGGESTED, UNITS, POSTS = _("请选择"), _("建议"), _("单位"), _("本村岗位")


def _text(label: Any, *, wanted: Any = None, rows: int = 3, most: int = 2000, **render: Any) -> TextAreaField:
    needed = InputRequired(wanted) if wanted else Optional()
    return TextAreaField(
        label, validators=[needed, Length(max=most)], filters=[tidy], render_kw={"rows": rows, **render}
    )


class PapersField(MultipleFileField):
    """Several files; `kept` are (token, words) of those that arrived with an earlier sending of the same form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[tuple[str, str]] = []


class PaperFields:
    """Photos and papers, none of them asked for."""

    papers = PapersField(_("照片和材料"), validators=[Optional()], render_kw={"accept": ACCEPTED})
    papers_kind = SelectField(_("这些是"), validators=[Optional()], default=PaperKind.PHOTO.value)
    papers_caption = StringField(
        _("一句话说明"), validators=[Optional(), Length(max=CAPTION_LENGTH)], filters=[tidy],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip

    def offer_papers(self) -> None:
        """What photos and papers can be."""
        self.papers_kind.choices = labelled(PaperKind)


class IntakeForm(BaseForm, PaperFields):
    """A case as a villager tells it."""

    title = StringField(
        _("什么事"),
        validators=[InputRequired(_("请用一句话写明是什么事。")), Length(max=60, message=_("请写在 60 字以内。"))],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    text = _text(_("详细情况"), rows=4, most=4000)
    household = SelectField(_("哪一户"), validate_choice=False, validators=[Optional()])
    household_words = StringField(
        _("哪一户"), validators=[Optional(), Length(max=60)], filters=[tidy], render_kw={"autocomplete": "off"}
    )
    grid = SelectField(_("在哪里"), validators=[Optional()])
    address = StringField(_("具体位置"), validators=[Optional(), Length(max=120)], filters=[tidy])
    channel = SelectField(_("怎么知道的"), validators=[InputRequired(_("请选一项。"))])
    window = SelectField(_("在哪个窗口收的"), validators=[Optional()])
    source_no = StringField(
        _("来件编号"), validators=[Optional(), Length(max=60)], filters=[tidy], render_kw={"autocomplete": "off"}
    )
    received_on = DateField(_("收到日期"), validators=[Optional()])
    anonymous = BooleanField(_("反映人不愿留名"))
    reporter_name = StringField(
        _("反映人姓名"), validators=[Optional(), Length(max=60)], filters=[tidy], render_kw={"autocomplete": "off"}
    )
    reporter_phone = StringField(
        _("反映人电话"),
        validators=[Optional(), Regexp(PHONE, message=_("请填 11 位手机号，或带区号的座机号。"))],
        filters=[tidy],
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )
    lon = HiddenField()
    lat = HiddenField()
    windows: Mapping[str, Any]  # by the value of `window`; handed in by the view
    elsewhere: Collection[str]  # of the places, those of `others`

    def offer(
        self,
        *,
        homes: list[tuple[str, str]],
        places: list[tuple[str, str]],
        others: list[tuple[str, str]],
        windows: list[tuple[str, str]],
    ) -> None:
        """Hand in what may be chosen; a circle of homes replaces the search for one. `others`: the villages one takes
        cases for at a window."""
        self.household.choices = options([("", _("不是某一户的事")), *homes])
        self.grid.choices = options([("", CHOOSE), *places] if len(places) != 1 or others else places)
        self.grid.choices += [SelectChoice(key, words, optgroup=str(OTHERS)) for key, words in others]
        self.window.choices = options([("", NO_WINDOW), *windows])
        if not windows:
            del self.window
        self.channel.choices = labelled(CHANNELS)
        self.source_no.flags.required = self.received_on.flags.required = True  # where the channel asks for them
        self.offer_papers()
        if not homes:
            del self.household
        else:
            del self.household_words

    def ask_where(self) -> None:
        """Where home and place are both asked for, one of the two is needed; where only the place is, it is."""
        home = next((self[name] for name in ("household", "household_words") if name in self), None)
        if home is None:
            self.grid.flags.required = True
        elif self.grid.choices and not self.grid.choices[0].value:
            home.flags.one_of = self.grid.flags.one_of = True

    @property
    def is_transfer(self) -> bool:
        """Whether another office passed it on, with a number of its own."""
        return self.channel.data in TRANSFERS


class RegisterForm(IntakeForm):
    """The intake that asks whether it is one of the cases at hand: `looked` says that they were shown."""

    same_as = StringField(_("是不是下面这件事？"), validators=[Optional(), Length(max=40)], filters=[tidy])
    looked = HiddenField()


class AnswerFields:
    """What the villager says of a result."""

    answer = RadioField(_("群众怎么说"))
    rating = RadioField(_("满意吗"), validators=[Optional()])

    def offer_answers(self, *, anonymous: bool, imported: bool, attempts: bool) -> None:
        """The words one may choose: an excuse only where its fact stands, `attempts` for "nobody answered"."""
        excuses = {Answer.NO_WORD_ANONYMOUS: anonymous, Answer.NO_WORD_IMPORTED: imported}
        words = [one for one in Answer if one.is_word or excuses.get(one)]
        tried = options([(NOT_REACHED, _("这次没有联系上"))]) if attempts else []
        self.answer.choices = [*labelled(words), *tried]
        self.rating.choices = labelled(Rating)


class SolvedForm(IntakeForm, AnswerFields):
    """A case registered and closed in one form."""

    result = _text(_("怎么解决的"), wanted=_("请写明怎么解决的。"))
    answer = RadioField(_("群众怎么说"), validators=[InputRequired(_("请选群众的答复。"))])
    rating = RadioField(_("满意吗"), validators=[Optional()])
    helper_household = StringField(_("协助的住户（户主姓名或户编号）"), validators=[Optional()], filters=[tidy])


class MoveForm(BaseForm):
    """A move that asks for nothing but a word, if at all."""

    note = _text(_("说明"), rows=2)


class NotedForm(BaseForm):
    """A move that must be explained."""

    note = _text(_("说明"), wanted=_("请写明情况。"), rows=2)


class CommentForm(NotedForm, PaperFields):
    """A word for the file, with what belongs to it."""


class AcceptForm(BaseForm):
    """The class, and how pressing it is."""

    case_class = SelectField(_("类别"), validators=[InputRequired(_("请选一个类别。"))])
    urgency = SelectField(_("轻重缓急"), validators=[InputRequired(_("请选一项。"))])
    note = _text(_("说明"), rows=2)


class SortForm(BaseForm):
    """What came from elsewhere needs a place too."""

    case_class = SelectField(_("类别"), validators=[InputRequired(_("请选一个类别。"))])
    grid = SelectField(_("在哪个村"), validators=[InputRequired(_("请选一个村。"))])
    urgency = SelectField(_("轻重缓急"), validators=[InputRequired(_("请选一项。"))])
    note = _text(_("说明"), rows=2)


class DuplicateForm(BaseForm):
    """The case this one repeats."""

    duplicate_of = StringField(
        _("首件编号"),
        validators=[InputRequired(_("请填首件的编号。"))],
        filters=[tidy],
        render_kw={"autocomplete": "off"},
    )
    note = _text(_("说明"), rows=2)


class DispatchForm(BaseForm):
    """Who handles it: one of the suggested, or one of all; `anyway` where the duty list speaks against it."""

    pick = RadioField(_("派给谁"), validators=[Optional()], validate_choice=False)
    handler = SelectField(_("派给谁"), validators=[Optional()])
    anyway = _text(_("仍派给镇、村的理由"), rows=2, most=300)
    note = _text(_("交代一句"), rows=2)

    @property
    def address(self) -> str:
        """The post ("p7") or unit ("u7"): what was picked, else what was chosen of all."""
        return self.pick.data or self.handler.data or ""

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two, not two that differ."""
        valid = super().validate(extra_validators)
        problem = None
        if not self.address:
            problem = _("请选一个办理岗位或单位。")
        elif self.pick.data and self.handler.data and self.pick.data != self.handler.data:
            problem = _("建议里和下面各选了一个，请只留一个。")
        if problem is not None:
            self.handler.errors = [*self.handler.errors, problem]
        return valid and problem is None


class BulkForm(BaseForm):
    """A move for several cases at once; only sending asks to whom."""

    handler = SelectField(_("派给谁"), validators=[InputRequired(_("请选一个办理单位。"))])
    note = _text(_("交代一句"), rows=2)

    def offer(self, units: list[tuple[str, str]] | None) -> None:
        """The units that serve every case chosen; `None` for a move that addresses nobody."""
        if units is None:
            del self.handler
        else:
            self.handler.choices = options([("", CHOOSE), *units])


class GiveBackForm(BaseForm):
    """Why it is returned."""

    return_reason = RadioField(_("退单原因"), validators=[InputRequired(_("请选一个原因。"))])
    note = _text(_("说明"), rows=2)


class ResultForm(BaseForm, PaperFields):
    """What was done."""

    note = _text(_("办理结果"), wanted=_("请写明怎么办的、结果如何。"))
    helper_household = StringField(_("协助的住户（户主姓名或户编号）"), validators=[Optional()], filters=[tidy])


class AnswerForm(BaseForm, AnswerFields, PaperFields):
    """The villager's word, or one more attempt."""

    answer = RadioField(_("群众怎么说"), validators=[InputRequired(_("请选群众的答复，没联系上也请选。"))])
    rating = RadioField(_("满意吗"), validators=[Optional()])
    note = _text(_("群众的原话"), rows=2, most=300)


class SuspendForm(BaseForm):
    """Why it waits, and until when."""

    pause_reason = RadioField(_("挂起原因"), validators=[InputRequired(_("请选一个原因。"))])
    expected_on = DateField(_("预计恢复日期"), validators=[InputRequired(_("请填日期。"))])
    note = _text(_("说明"), rows=2)


class SignForm(BaseForm):
    """What the supervision sheet asks for, and until when."""

    demand = _text(_("督办要求"), wanted=_("请写明督办要求。"), rows=4)
    answer_by = DateField(_("反馈日期"), validators=[InputRequired(_("请填日期。"))])


class DropForm(BaseForm):
    """Why the sheet is not signed."""

    demand = _text(_("不签发的原因"), wanted=_("请写明为什么不签发。"), rows=2)


class TransferForm(BaseForm):
    """To whom it goes on, and why."""

    handler = SelectField(_("转给谁"), validators=[InputRequired(_("请选一个办理岗位或单位。"))])
    note = _text(_("转办原因"), wanted=_("请写明为什么转办。"), rows=2)


class HelperForm(BaseForm):
    """Who helps."""

    handler = SelectField(_("请谁协办"), validators=[InputRequired(_("请选一个办理岗位或单位。"))])
    note = _text(_("交代一句"), rows=2)


class ExtensionForm(BaseForm):
    """Why it takes longer, and by how much: in the unit the class counts in."""

    extension_reason = RadioField(_("延期原因"), validators=[InputRequired(_("请选一个原因。"))])
    amount = IntegerField(_("延长多少"), validators=[InputRequired(_("请填要延长多少，至少为 1。"))])
    note = _text(_("说明"), rows=2)


class EscalateForm(BaseForm):
    """Why it must climb; for town and county the whistle's kind and whom it calls."""

    note = _text(_("提级原因"), wanted=_("请写明为什么要提级。"), rows=2)
    whistle_kind = RadioField(_("吹哨情形"), validators=[InputRequired(_("提到镇、县要吹哨，请选一种情形。"))])
    units = SelectMultipleField(
        _("请哪些单位报到"), validators=[Optional()], coerce=int, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )  # fmt: skip

    def offer(self, units: list[tuple[int, str]] | None) -> None:
        """The units above that may be called; `None` where climbing needs no whistle."""
        if units is None:
            del self.whistle_kind
        if not units:
            del self.units
        else:
            self.units.choices = units


class RatingForm(BaseForm):
    """How the other side did."""

    rating = RadioField(_("满意吗"), validators=[InputRequired(_("请选一项。"))])
    note = _text(_("说明"), rows=2)


class SelfSolveForm(BaseForm, AnswerFields, PaperFields):
    """How it was solved, and the villager's word."""

    note = _text(_("怎么解决的"), wanted=_("请写明怎么解决的。"))
    answer = RadioField(_("群众怎么说"), validators=[InputRequired(_("请选群众的答复。"))])
    rating = RadioField(_("满意吗"), validators=[Optional()])
    helper_household = StringField(_("协助的住户（户主姓名或户编号）"), validators=[Optional()], filters=[tidy])


class SecondCheckForm(BaseForm):
    """Whether what was self-solved holds."""

    passed = RadioField(_("复核结果"), validators=[InputRequired(_("请选一项。"))])
    note = _text(_("说明"), rows=2)

    def offer(self) -> None:
        """Passed or not."""
        self.passed.choices = options([("1", _("属实，已解决")), ("0", _("不属实，或没有解决"))])


class AgendaForm(BaseForm):
    """Which council, when it meets, and why it is asked."""

    council = RadioField(_("请谁商量"), validators=[InputRequired(_("请选一项。"))])
    planned_on = DateField(_("哪天商量"), validators=[InputRequired(_("请填日期。"))])
    note = _text(_("为什么请四会商量"), wanted=_("请用一句话写明为什么请四会商量。"), rows=2, most=WHY_LENGTH)


class AgendaOutcomeForm(BaseForm):
    """What the council made of it."""

    outcome = RadioField(_("商量的结果"), validators=[InputRequired(_("请选一项。"))])
    note = _text(
        _("商定的办法，或没有列入的理由"), wanted=_("请写明商定的办法；没有列入讨论的，写明理由。"), most=AGREED_LENGTH
    )
    decision = StringField(_("决议编号（提交村民会议的，有了再填）"), [Optional(), Length(max=10)], [tidy])


REASONS: dict[str, Iterable[Labelled]] = {
    "return_reason": ReturnReason, "pause_reason": ExtensionReason, "extension_reason": ExtensionReason,
    "whistle_kind": WhistleKind, "council": FOUR_COUNCILS, "outcome": AgendaOutcome,
}  # fmt: skip
