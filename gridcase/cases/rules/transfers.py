"""What another office passes on with a number of its own: the citizens' hotline, petitions, orders. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from gridcase.cases.rules.states import Channel
from gridcase.core.errors import Refused
from gridcase.core.words import N_

# The name a source goes by in the register; a number is unique in its town and source.
SOURCES: Mapping[Channel, str] = {Channel.HOTLINE: "12345热线", Channel.PETITION: "信访", Channel.UPPER: "上级交办"}
OLDEST = timedelta(days=366)


def checked_number(number: str | None, received_on: date | None, *, today: date) -> None:
    """`Refused` beside the field that is missing or makes no sense."""
    if not number:
        raise Refused(N_("请填来件编号，以后按它查找，也不会重复登记。"), field="source_no")
    if received_on is None:
        raise Refused(N_("请填收到来件的日期。"), field="received_on")
    if received_on > today:
        raise Refused(N_("收到日期还没有到，请核对。"), field="received_on")
    if received_on < today - OLDEST:
        raise Refused(N_("收到日期在一年以前，请核对；旧件请用导入。"), field="received_on")


def channel_of(system: str) -> Channel:
    """How a list of another system came in, by the system's name."""
    words = {"12345": Channel.HOTLINE, "信访": Channel.PETITION, "上级": Channel.UPPER, "交办": Channel.UPPER}
    return next((channel for word, channel in words.items() if word in system), Channel.IMPORTED)
