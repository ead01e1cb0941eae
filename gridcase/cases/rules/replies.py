"""Reply templates: for which moves, which blanks they may have, and how the blanks are filled. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_

TITLE_LENGTH, TEXT_LENGTH = 30, 500


class ReplyKind(Labelled):
    """What kind of reply a template is for."""

    RESULT = "result", N_("办理结果")
    RETURN = "return", N_("退单")
    ANSWER = "answer", N_("回访记录")
    REFUSAL = "refusal", N_("不准、不办")


OFFERED: Mapping[str, ReplyKind] = {
    "submit_result": ReplyKind.RESULT,
    "self_solve": ReplyKind.RESULT,
    "give_back": ReplyKind.RETURN,
    "record_answer": ReplyKind.ANSWER,
    "refuse_extension": ReplyKind.REFUSAL,
    "refuse_pause": ReplyKind.REFUSAL,
    "void": ReplyKind.REFUSAL,
}

BLANKS = ("编号", "事项", "单位", "期限")
_BLANK = re.compile(r"[{｛]\s*([^{}｛｝]*?)\s*[}｝]")


def checked_text(text: str) -> str:
    """The text with its blanks written one way, or `Refused` for a blank nobody can fill."""
    unknown = [name for name in _BLANK.findall(text) if name not in BLANKS]
    if unknown:
        some = "、".join(f"{{{name}}}" for name in BLANKS)
        raise Refused(N_("没有 {%(name)s} 这个空，可用的有：%(some)s", name=unknown[0], some=some), field="text")
    return _BLANK.sub(lambda found: f"{{{found[1]}}}", text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled; one pass, so that what is put in is never read as a blank."""
    return _BLANK.sub(lambda found: values.get(found[1], found[0]), text)
