"""Four discussions and two publications: their order, their counts, what passed, who reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.models import Decision
from gridcase.people.rules import (
    QUORUMS,
    Assembly,
    BodyKind,
    DecisionKind,
    DecisionStepKind,
    Quorum,
    Role,
    Rules,
    Share,
    Step,
    check_step,
)
from tests.factories import decisions
from tests.factories.world import MAKER, World

K, A = DecisionStepKind, Assembly
TODAY, FIRST = date(2026, 11, 23), date(2026, 11, 1)
PASSING = (
    Step(K.DISCUSS, date(2026, 11, 3), 7, 6, 6),
    Step(K.MEMBERS, date(2026, 11, 5), 30, 25, 24),
    Step(K.VOTE, date(2026, 11, 8), 42, 30, 20, A.REPRESENTATIVES),
    Step(K.PUBLISH, date(2026, 11, 9), until=date(2026, 11, 16)),
)
ViewerOf = Callable[[Role], Viewer]


@pytest.mark.parametrize(
    ("share", "whole", "least"),
    [
        (Share.HALF, 10, 5), (Share.HALF, 11, 6), (Share.MAJORITY, 10, 6), (Share.MAJORITY, 11, 6),
        (Share.TWO_THIRDS, 9, 6), (Share.TWO_THIRDS, 10, 7), (Share.FOUR_FIFTHS, 10, 8), (Share.FOUR_FIFTHS, 11, 9),
    ],
)  # fmt: skip
def test_shares_are_counted_as_the_law_says_them(share: Share, whole: int, least: int) -> None:
    assert share.least(whole) == least


@pytest.mark.parametrize(
    ("taken", "step", "words", "field"),
    [
        (0, Step(K.VOTE, TODAY, 42, 30, 20), "请先登记“党支部提议”", None),
        (2, Step(K.PUBLISH, TODAY, until=TODAY), "请先登记“党员大会审议”", None),
        (3, Step(K.PUBLISH, TODAY, until=TODAY + timedelta(days=9)), "请先登记“村民会议或代表会议决议”", None),
        (3, Step(K.VOTE, TODAY, 42, 27, 27, A.REPRESENTATIVES), "至少要到 28 人", "present"),
        (3, Step(K.VOTE, TODAY, 42, 28, 14, A.REPRESENTATIVES), "至少要 15 人同意", "in_favour"),
        (3, Step(K.VOTE, TODAY, 900, 450, 450, A.VILLAGERS), "至少要到 451 人", "present"),
        (3, Step(K.VOTE, TODAY, 300, 199, 199, A.HOUSEHOLDS), "至少要到 200 人", "present"),
        (3, Step(K.VOTE, TODAY, 42, 43, 43), "不能多于应到", "present"),
        (3, Step(K.VOTE, TODAY, 42, 40, 41), "不能多于实到", "in_favour"),
        (3, Step(K.VOTE, TODAY), "请填应到人数", "entitled"),
        (2, Step(K.MEMBERS, TODAY, 30, 20, 15), "至少要 16 人同意", "in_favour"),
        (3, Step(K.VOTE, TODAY + timedelta(days=1), 42, 42, 42), "还没有到", "held_on"),
        (3, Step(K.VOTE, FIRST, 42, 42, 42), "不能早于上一步", "held_on"),
        (4, Step(K.PUBLISH, TODAY, until=TODAY + timedelta(days=6)), "不能少于 7 天", "until"),
        (4, Step(K.PUBLISH, TODAY), "不能少于 7 天", "until"),
    ],
)
def test_a_step_that_cannot_be_is_refused_with_what_to_do(
    taken: int, step: Step, words: str, field: str | None
) -> None:
    done = [Step(K.PROPOSE, FIRST), *PASSING][:taken]
    with pytest.raises(Refused, match=words) as refusal:
        check_step(DecisionKind.SCHEME, [_Taken(one) for one in done], step, rules=Rules(), today=TODAY)
    assert refusal.value.field == field


class _Taken:
    def __init__(self, step: Step) -> None:
        self.step, self.held_on = str(step.kind), step.held_on


def test_a_place_may_ask_for_more_than_the_law_but_not_for_less() -> None:
    stricter = Rules({**QUORUMS, A.REPRESENTATIVES: Quorum(Share.FOUR_FIFTHS, Share.TWO_THIRDS)}, 10)
    again = Rules.from_json(stricter.checked().to_json())
    assert again.quorums[A.REPRESENTATIVES].present is Share.FOUR_FIFTHS
    assert again.quorums[A.VILLAGERS] == QUORUMS[A.VILLAGERS]
    assert again.notice_days == 10
    for wrong, field in (
        (Rules({**QUORUMS, A.REPRESENTATIVES: Quorum(Share.MAJORITY, Share.MAJORITY)}), "present_reps"),
        (Rules({**QUORUMS, A.VILLAGERS: Quorum(Share.MAJORITY, Share.HALF)}), "favour_villagers"),
        (Rules(notice_days=2), "notice_days"),
    ):
        with pytest.raises(Refused) as refusal:
            wrong.checked()
        assert refusal.value.field == field


@pytest.fixture
def village(world: World) -> Grid:
    return db.session.get_one(Grid, world.grids["village_a"])


def proposed(village: Grid, kind: DecisionKind = DecisionKind.SCHEME) -> Decision:
    with transaction():
        return service.propose(
            actor=MAKER, village=village, kind=kind, title="积分方案第一版", text="全文", held_on=FIRST, now=clock.now()
        )


def take(decision: Decision, *steps: Step) -> None:
    for step in steps:
        with transaction():
            service.record_step(decision, step, actor=MAKER, now=clock.now())


@pytest.mark.usefixtures("ctx")
def test_it_has_passed_when_it_hangs_out(village: Grid) -> None:
    decision = proposed(village)
    assert decision.number == "2026-01"
    take(decision, *PASSING[:3])
    asked = {"village_id": village.id, "kind": DecisionKind.SCHEME}
    assert queries.passed_decision(decision.id, on=TODAY, **asked) is None  # voted, not published
    take(decision, PASSING[3])
    assert queries.passed_decision(decision.id, on=TODAY, **asked) == decision
    assert queries.passed_decision(decision.id, on=date(2026, 11, 8), **asked) is None
    assert queries.passed_decision(decision.id, on=TODAY, village_id=village.id, kind=DecisionKind.COVENANT) is None
    assert queries.passed_decision(decision.id, on=TODAY, village_id=village.id + 1, kind=DecisionKind.SCHEME) is None
    take(decision, Step(K.RESULT, TODAY, until=TODAY + timedelta(days=7), note="已按方案计分"))
    with pytest.raises(Refused, match="没有下一步"):
        take(decision, Step(K.RESULT, TODAY, until=TODAY + timedelta(days=7)))
    assert [row.action for row in audit.history_of("decision", decision.id)].count("decision.step") == 6


@pytest.mark.usefixtures("ctx")
def test_what_passed_is_not_changed_only_dropped(village: Grid) -> None:
    decision = proposed(village)
    seen = fingerprint(decision, service.DECISION_EDITED)
    words = {"title": "积分方案", "text": "改过的全文", "collected": "收到 12 条意见，采纳 5 条。"}
    with transaction():
        service.edit_decision(decision, actor=MAKER, seen=seen, now=clock.now(), **words)
    with pytest.raises(Refused, match="别人已经改过"), transaction():
        service.edit_decision(decision, actor=MAKER, seen=seen, now=clock.now(), **words)
    take(decision, *PASSING[:2], Step(K.VOTE, date(2026, 11, 8), 42, 42, 42))
    with pytest.raises(Refused, match="已经表决"), transaction():
        service.edit_decision(decision, actor=MAKER, seen=None, now=clock.now(), **words)
    with transaction():
        service.take_back(decision, actor=MAKER, now=clock.now())  # a slip of the pen
    take(decision, *PASSING[2:])
    for do in (service.take_back, lambda one, **who: service.edit_decision(one, seen=None, **words, **who)):
        with pytest.raises(Refused, match="已经通过"), transaction():
            do(decision, actor=MAKER, now=clock.now())
    with pytest.raises(Refused, match="积分方案第 1 版"), transaction():
        service.drop_decision(decision, actor=MAKER, why="人数记错", resting=[N_("积分方案第 1 版")], now=clock.now())
    with transaction():
        service.drop_decision(decision, actor=MAKER, why="人数记错", resting=[], now=clock.now())
    assert queries.passed_decisions(village.id, kind=DecisionKind.SCHEME, on=TODAY) == []
    with pytest.raises(Refused, match="已经作废"):
        take(decision, Step(K.RESULT, TODAY, until=TODAY + timedelta(days=7)))


@pytest.mark.usefixtures("ctx")
def test_a_council_gives_its_opinion_in_one_meeting(village: Grid) -> None:
    with transaction():
        opinion = decisions.passed(village, DecisionKind.COUNCIL, on=TODAY, now=clock.now())
    asked = {"village_id": village.id, "kind": DecisionKind.COUNCIL, "on": TODAY}
    assert queries.passed_decision(opinion.id, **asked) == opinion
    assert queries.passed_decision(opinion.id, body=BodyKind.MORAL, **asked) == opinion
    assert queries.passed_decision(opinion.id, body=BodyKind.REDWHITE, **asked) is None
    body = decisions.council(village, BodyKind.MORAL, now=clock.now())
    counts = {"title": "意见", "text": "同意", "held_on": TODAY, "actor": MAKER, "now": clock.now(), "entitled": 7}
    for present, in_favour in ((3, 3), (4, 2)):
        with pytest.raises(Refused), transaction():
            service.opine(body=body, present=present, in_favour=in_favour, **counts)  # type: ignore[arg-type]
    assert queries.opinions_of(body.id) == [opinion]  # nothing is left of what was refused


@pytest.mark.usefixtures("ctx")
def test_numbers_count_in_a_village_and_year(village: Grid, world: World) -> None:
    other = db.session.get_one(Grid, world.grids["village_b"])
    with transaction():
        made = [decisions.passed(at, DecisionKind.WORKS, on=TODAY, now=clock.now()) for at in (village, other, village)]
    assert [one.number for one in made] == ["2026-01", "2026-01", "2026-02"]
    assert [one.id for one in queries.passed_decisions(village.id, kind=DecisionKind.WORKS, on=TODAY)] == [
        made[2].id, made[0].id,
    ]  # fmt: skip


@pytest.mark.usefixtures("ctx")
def test_a_county_that_asks_for_more_is_heeded(village: Grid, world: World) -> None:
    county = db.session.get_one(Grid, world.grids["county"])
    decision = proposed(village)
    rules = Rules({**QUORUMS, "discuss": Quorum(Share.FOUR_FIFTHS, Share.MAJORITY)})
    with transaction():
        service.set_decision_rules(actor=MAKER, place=county, rules=rules, now=clock.now())
    with pytest.raises(Refused, match="至少要到 6 人（本地规定）"):
        take(decision, Step(K.DISCUSS, TODAY, 7, 5, 5))
    take(decision, Step(K.DISCUSS, TODAY, 7, 6, 6))


@pytest.mark.usefixtures("ctx")
def test_everybody_of_the_village_reads_and_its_head_keeps(village: Grid, viewer_of: ViewerOf, world: World) -> None:
    with transaction():
        own = decisions.passed(village, DecisionKind.WORKS, on=TODAY, now=clock.now(), title="修水渠")
        foreign = decisions.passed(world.grids["village_b"], DecisionKind.WORKS, on=TODAY, now=clock.now())
    for role in (Role.RESIDENT, Role.LIAISON, Role.REVIEW_MEMBER, Role.VILLAGE_SUPERVISOR, Role.VILLAGE_HEAD):
        reader = viewer_of(role)
        assert [row.title for row in queries.decisions(reader).rows] == ["修水渠"], role
        with pytest.raises(Missing):
            queries.decision_for(foreign.id, viewer=reader)
    assert len(queries.decisions(viewer_of(Role.TOWN_MANAGER)).rows) == 2
    assert queries.decisions(viewer_of(Role.DEPT)).rows == []
    keep = Permission.KEEP_DECISIONS
    assert queries.decision_for(own.id, viewer=viewer_of(Role.VILLAGE_HEAD), permission=keep) == own
    with pytest.raises(Missing):
        queries.decision_for(own.id, viewer=viewer_of(Role.VILLAGE_SUPERVISOR), permission=keep)
