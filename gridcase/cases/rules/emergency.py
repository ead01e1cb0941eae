"""Which number to call before anything is written down. Pure.

Police, fire, ambulance and traffic matters are not taken as a case first: the number stands above the form, by the
class and by the words said.
"""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.cases.rules.states import Urgency
from gridcase.core.labels import Labelled
from gridcase.core.words import N_


class Hotline(Labelled):
    """A number that answers at once, everywhere in the country."""

    POLICE = "110", N_("报警")
    FIRE = "119", N_("火警、抢险")
    AMBULANCE = "120", N_("急救")
    TRAFFIC = "122", N_("交通事故")


_OF_CLASS: Mapping[str, tuple[Hotline, ...]] = {
    "0201": (Hotline.FIRE, Hotline.POLICE),
    "0202": (Hotline.FIRE,),
    "0302": (Hotline.POLICE, Hotline.AMBULANCE),
    "0303": (Hotline.POLICE, Hotline.AMBULANCE),
    "0304": (Hotline.POLICE,),
    "0702": (Hotline.AMBULANCE,),
}
_OF_WORDS: Mapping[Hotline, tuple[str, ...]] = {
    Hotline.POLICE: ("打架", "斗殴", "持刀", "行凶", "抢劫", "家暴", "被打", "走失", "失踪", "失联", "轻生", "报警"),
    Hotline.FIRE: (
        "起火", "着火", "失火", "火灾", "火警", "山火", "冒烟", "爆炸", "煤气泄漏", "燃气泄漏", "滑坡", "垮塌", "被困",
    ),
    Hotline.AMBULANCE: ("晕倒", "昏迷", "受伤", "流血", "中毒", "溺水", "落水", "喝农药", "心梗", "摔伤", "急救"),
    Hotline.TRAFFIC: ("车祸", "撞车", "撞人", "翻车", "交通事故"),
}  # fmt: skip


def call_first(*, code: str = "", urgency: int = int(Urgency.ORDINARY), words: str = "") -> tuple[Hotline, ...]:
    """The numbers to call first: those of the class and of the words; a class of urgency 1 never has none."""
    found = set(_OF_CLASS.get(code, ()))
    if not found and urgency == Urgency.CRITICAL:
        found = {Hotline.POLICE, Hotline.FIRE, Hotline.AMBULANCE}
    found |= {number for number, signs in _OF_WORDS.items() if any(sign in words for sign in signs)}
    return tuple(number for number in Hotline if number in found)
