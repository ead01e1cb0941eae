"""What a person who may not see it reads instead of a name, a number or an address. Pure.

Defaults of the field: the middle is hidden (public notices must not show it), an identity number never shows
the date of birth, an address ends at the villagers' group. Sentences are not masked: they are not shown.
"""

from __future__ import annotations

import re

FEWEST_TOLD = 5  # a smaller count could be laid at somebody's door; who may open what is counted reads it all the same
STAR = "*"
_GROUP = re.compile(r"^.*?(?:村民小组|(?<=[0-9０-９一二三四五六七八九十百])[组社队])")
_VILLAGE = re.compile(r"^.*?(?:社区|村委会|村(?!民))")


def mask_name(name: str) -> str:
    """`张三` -> `张*`, `张小明` -> `张*明`, `欧阳小明` -> `欧**明`; a single character is hidden."""
    name = name.strip()
    if len(name) <= 1:
        return STAR * len(name)
    if len(name) == 2:
        return name[0] + STAR
    return name[0] + STAR * (len(name) - 2) + name[-1]


def mask_phone(phone: str) -> str:
    """`13812341234` -> `138****1234`; short and landline numbers keep their last two digits."""
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    if len(digits) == 11 and digits.startswith("1"):
        return digits[:3] + STAR * 4 + digits[-4:]
    return STAR * 4 + digits[-2:] if len(digits) > 4 else STAR * len(digits)


def mask_address(address: str) -> str:
    """The address as far as the group (`江河村三组12号` -> `江河村三组`), else the village, else nothing."""
    address = address.strip()
    for part in (_GROUP, _VILLAGE):
        if found := part.match(address):
            return found.group()
    return STAR * 3 if address else ""
