"""The signs on pins: the major classes, and the lights in their order. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.cases.rules import Light
from gridcase.cases.rules.majors import MAJORS as CLASSES
from gridcase.core.words import N_, Text

LIGHTS = (Light.GREEN, Light.YELLOW, Light.RED)  # their place here is the code the map gets


@dataclass(frozen=True)
class Major:
    """A major class of the catalogue: its name, and the sign on its pin (one character, two letters in English)."""

    code: str
    label: Text
    sign: Text


_SIGNS = {
    "01": N_("纠"),
    "02": N_("险"),
    "04": N_("环"),
    "05": N_("设"),
    "06": N_("农"),
    "07": N_("助"),
    "08": N_("代"),
    "09": N_("风"),
    "10": N_("询"),
}
# 03 (public order) is not among them: its cases are restricted, never on a map or in a figure.
MAJORS = {code: Major(code, CLASSES[code], sign) for code, sign in _SIGNS.items()} | {
    "00": Major("00", N_("未分类"), N_("未"))
}
