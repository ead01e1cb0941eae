"""When something was noted down and when it happened, whatever the phone's clock says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridcase.core.words import N_, Text
from gridcase.sync.rules.outcomes import NotTaken, Reason

CLOCKS_AGREE = timedelta(minutes=5)
FUTURE_MOST = timedelta(hours=24)
NOTED_WITHIN = timedelta(days=7)
RECEIVED_WITHIN = timedelta(days=90)
HOUR, DAY = 3600, 86400


@dataclass(frozen=True)
class Times:
    """Times put right by the server's clock; `offset` is what was added, zero where the clocks agree."""

    made_at: datetime
    happened_at: datetime
    offset: timedelta

    @property
    def words(self) -> Text | None:
        """What the phone's owner should know about the clock; None where it is right."""
        if not self.offset:
            return None
        by = _length(abs(self.offset))
        if self.offset > timedelta():
            return N_("手机时钟慢了%(by)s，已按服务器时间改正。", by=by)
        return N_("手机时钟快了%(by)s，已按服务器时间改正。", by=by)


def put_right(
    *, made_at: datetime, happened_at: datetime, sent_at: datetime, now: datetime, sealed: bool = False
) -> Times:
    """The times of an item, corrected by how far the phone's clock was off when it was sent; raises `NotTaken` for what
    lies in the future or too far back. A sealed item says no time of sending: its times stand as they are."""
    offset = timedelta() if sealed or abs(now - sent_at) <= CLOCKS_AGREE else now - sent_at
    made, happened = made_at + offset, happened_at + offset
    if max(made, happened) > now + FUTURE_MOST:
        raise NotTaken(Reason.FUTURE)
    if now - made > RECEIVED_WITHIN or made - happened > NOTED_WITHIN:
        raise NotTaken(Reason.TOO_OLD)
    return Times(made, happened, offset)


def _length(gap: timedelta) -> Text:
    seconds = int(gap.total_seconds())
    if seconds < HOUR:
        return N_(" %(n)s 分钟", n=seconds // 60)
    if seconds < DAY:
        return N_(" %(n)s 小时", n=round(seconds / HOUR))
    return N_(" %(n)s 天", n=round(seconds / DAY))
