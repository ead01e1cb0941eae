"""Forms of decisions: the proposal, each step, a council's opinion, papers, remarks, the counts of a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gridcase.files.rules import ACCEPTED
from gridcase.people.forms.posts import day
from gridcase.people.rules import (
    NOTICE_LEAST,
    NOTICE_MOST,
    PUBLICATIONS,
    QUORUMS,
    Assembly,
    DecisionKind,
    DecisionStepKind,
    Share,
)
from gridcase.web.formkit import BaseForm, labelled, options, tidy

_COUNT = NumberRange(0, 20000, message=_("请填 0 到 20000。"))


def _words(label: Any, wanted: Any, most: int) -> StringField:
    checks = [InputRequired(wanted), Length(max=most, message=_("最多 %(n)s 个字。", n=most))]
    return StringField(label, filters=[tidy], validators=checks)


def _text(label: Any, wanted: Any, most: int, rows: int = 6) -> TextAreaField:
    needed = InputRequired(wanted) if wanted else Optional()
    checks = [needed, Length(max=most, message=_("最多 %(n)s 个字。", n=most))]
    return TextAreaField(label, filters=[tidy], validators=checks, render_kw={"rows": rows})


def _count(label: Any, wanted: Any) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(wanted), _COUNT])


class WordsForm(BaseForm):
    """What is decided."""

    seen = HiddenField()
    title = _words(_("决议事项"), _("请用一句话写明决定什么事。"), 60)
    text = _text(_("决议内容"), _("请写明决议内容。"), 4000, 8)
    collected = _text(_("征求意见情况"), None, 600, 3)


class ProposeForm(WordsForm):
    """A proposal of the party branch: of which kind, what, when."""

    kind = SelectField(_("类别"), validators=[InputRequired(_("请选类别。"))])
    held_on = day(_("党支部提议的日期"), _("请填写日期。"))

    def offer(self) -> None:
        """Fill in the choices; a council's opinion comes from the council."""
        self.kind.choices = labelled(kind for kind in DecisionKind if kind is not DecisionKind.COUNCIL)


class StepForm(BaseForm):
    """One step; only the fields it needs."""

    held_on = day(_("日期"), _("请填写日期。"))
    assembly = RadioField(_("开的什么会"), validators=[InputRequired(_("请选开的什么会。"))])
    entitled = _count(_("应到人数"), _("请填应到人数。"))
    present = _count(_("实到人数"), _("请填实到人数。"))
    in_favour = _count(_("同意人数"), _("请填同意人数。"))
    until = DateField(_("公开到哪天"), validators=[InputRequired(_("请填写公开的最后一天。"))])
    note = _text(_("备注"), None, 1000, 3)

    def offer(self, step: DecisionStepKind) -> None:
        """Keep what this step asks."""
        self.assembly.choices = labelled(Assembly)
        hangs, votes = step in PUBLICATIONS, step is DecisionStepKind.VOTE
        gone = ["entitled", "present", "in_favour"] if hangs or step is DecisionStepKind.PROPOSE else []
        for name in [*gone, *([] if hangs else ["until"]), *([] if votes else ["assembly"])]:
            del self[name]


class OpinionForm(BaseForm):
    """A council met and agreed on an opinion."""

    title = _words(_("什么事"), _("请用一句话写明是什么事。"), 60)
    held_on = day(_("开会日期"), _("请填写日期。"))
    entitled = _count(_("应到人数"), _("请填应到人数。"))
    present = _count(_("实到人数"), _("请填实到人数。"))
    in_favour = _count(_("同意人数"), _("请填同意人数。"))
    text = _text(_("意见"), _("请写明意见。"), 4000, 5)
    note = _text(_("备注"), None, 1000, 2)


class DecisionPapersForm(BaseForm):
    """Minutes, sign-in sheets, photos of what hung out."""

    papers = MultipleFileField(_("照片和材料"), validators=[Optional()], render_kw={"accept": ACCEPTED})
    caption = StringField(_("一句话说明"), filters=[tidy], validators=[Optional(), Length(max=60)])


class RemarkForm(BaseForm):
    """The supervisor's word."""

    text = _text(_("监督意见"), _("请写明监督意见。"), 300, 3)


class DecisionRulesForm(BaseForm):
    """How many must come, how many must agree, how long it hangs out."""

    notice_days = IntegerField(
        _("至少公开几天"),
        validators=[
            InputRequired(_("请填写天数。")),
            NumberRange(
                NOTICE_LEAST,
                NOTICE_MOST,
                message=_("公开天数请填 %(least)s 到 %(most)s。", least=NOTICE_LEAST, most=NOTICE_MOST),
            ),
        ],
    )

    def offer(self, shares: Sequence[Share] = tuple(Share)) -> None:
        """Fill in the choices."""
        for key in QUORUMS:
            self[f"present_{key}"].choices = options((one.value, one.label) for one in shares)
            self[f"favour_{key}"].choices = options((one.value, one.label) for one in shares)


for _key in QUORUMS:
    setattr(DecisionRulesForm, f"present_{_key}", SelectField(_("到会"), validators=[InputRequired(_("请选一项。"))]))
    setattr(DecisionRulesForm, f"favour_{_key}", SelectField(_("同意"), validators=[InputRequired(_("请选一项。"))]))
