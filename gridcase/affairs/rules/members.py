"""A party member's year: what counts in it and for how much. A record of one's own, no purse and no list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_

MEMBER_VALUES_KEY = "member_values"  # the setting of a county or town
VALUE_MOST, SHARE_MOST = 100, 100


class MemberSource(Labelled):
    """What a line of the account comes from."""

    PROMISE = "promise", N_("兑现承诺")
    PARTY_DAY = "party_day", N_("主题党日")
    DEED = "deed", N_("积分公示期满的善行")
    REVIEW = "review", N_("年终评诺")


@dataclass(frozen=True)
class MemberValues:
    """What one of each counts; of the review's score so many percent. Example values until a county or town sets its
    own."""

    promise: int = 10
    party_day: int = 5
    deed: int = 5
    review_share: int = 20

    def checked(self) -> MemberValues:
        """`Refused`, with the field, where a number is beyond what makes sense; 0: it does not count."""
        for name, value in asdict(self).items():
            most = SHARE_MOST if name == "review_share" else VALUE_MOST
            if not 0 <= value <= most:
                raise Refused(N_("请填 %(least)s 到 %(most)s 之间的数。", least=0, most=most), field=name)
        return self

    def to_json(self) -> dict[str, int]:
        """As a setting keeps them."""
        return asdict(self)

    def of_review(self, score: int) -> int:
        """What a score of the members' meeting counts, a half rounded up."""
        return (score * self.review_share + 50) // 100


PROMISE_MOST = 200  # characters of a promise's progress
# What a promise that a party day may bring forward speaks of, besides what the party day itself was about.
PARTY_DAY_WORDS = ("党日", "党课", "组织生活", "学习", "志愿", "义务", "公益", "会议", "宣讲")
DATES = "一二三四五六七八九十年月日第"
GENERAL = ("主题党日", "活动", "党员", "党支部")


def fits_party_day(promise: str, title: str) -> bool:
    """Whether a promise and a party day may be about the same thing: only then it is proposed, and a person decides."""
    about = title
    for word in GENERAL:
        about = about.replace(word, " ")
    pairs = (about[at : at + 2] for at in range(len(about) - 1))
    return any(word in promise for word in (*PARTY_DAY_WORDS, *(pair for pair in pairs if _is_word(pair))))


def _is_word(pair: str) -> bool:
    return all("\u4e00" <= sign <= "\u9fff" and sign not in DATES for sign in pair)


def progress_with(before: str, words: str, *, promise: str) -> str:
    """What was noted before and the new words behind it. `Refused`, with the room left, where both are too long."""
    both = f"{before}；{words}" if before else words
    if len(both) <= PROMISE_MOST:
        return both
    room = PROMISE_MOST - len(before) - (1 if before else 0)
    if room < 1:
        raise Refused(
            N_("“%(promise)s”的进展已经记满 %(most)s 个字。先不勾这一件，到党员本人的页面上改短再记。",
               promise=promise, most=PROMISE_MOST), field="words",
        )  # fmt: skip
    raise Refused(
        N_("“%(promise)s”的进展最多 %(most)s 个字，接在原有的后面只能再写 %(room)s 个字。请写短一些，或不勾这一件。",
           promise=promise, most=PROMISE_MOST, room=room), field="words",
    )  # fmt: skip


def values_from(stored: Mapping[str, int] | None) -> MemberValues:
    """The values a place set, else the examples."""
    return MemberValues(**stored) if stored else MemberValues()
