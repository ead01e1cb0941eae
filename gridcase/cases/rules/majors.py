"""The ten major classes of the catalogue, and the classes that ask for special care. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.core.words import N_, Text

UNSORTED_CLASS = "0000"
DISPUTES = "01"  # the major class that can be mediated

# What is said about an official, a liaison or the village's accounts is dealt with above the village, and nobody there
# learns of it: always restricted.
ABOVE_THE_VILLAGE = frozenset({"1003", "1004"})


MAJORS: Mapping[str, Text] = {
    "01": N_("矛盾纠纷"),
    "02": N_("公共安全隐患"),
    "03": N_("治安与重点关注"),
    "04": N_("环境卫生"),
    "05": N_("基础设施"),
    "06": N_("农业农村"),
    "07": N_("民生救助"),
    "08": N_("代办事项"),
    "09": N_("乡风文明"),
    "10": N_("咨询建议与信访"),
}
