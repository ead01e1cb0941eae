"""A list says by its system how its cases came in: nobody reads "from above" over what a villager rang 12345 about."""

from __future__ import annotations

import pytest

from gridcase.cases.rules import Channel
from gridcase.cases.rules.transfers import channel_of


@pytest.mark.parametrize(
    ("system", "channel"),
    [
        ("12345", Channel.HOTLINE),
        ("12345热线", Channel.HOTLINE),
        ("省信访系统", Channel.PETITION),
        ("上级交办", Channel.UPPER),
        ("问政平台", Channel.IMPORTED),
    ],
)
def test_the_channel_of_a_system(system: str, channel: Channel) -> None:
    assert channel_of(system) is channel
