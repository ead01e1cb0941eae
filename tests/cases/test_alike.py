"""Likely duplicates and suggested classes against the database: scope, place, reasons, learning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from gridcase.audit.models import AuditRow
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.queries import Likely, Typed, alike, suggest
from gridcase.cases.rules import State
from gridcase.cases.rules.alike import Told
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.factories.cases import COMPLAINT, ROAD, collected, do, solved
from tests.factories.world import World

Find = Callable[[Role], Viewer]
LAMP: dict[str, Any] = {"title": "老槐树旁边的路灯不亮", "text": "路灯坏了半个月，晚上看不见。"}
TYPED = Told("老槐树路灯坏了", "晚上看不见路")


def found(viewer: Viewer, world: World, place: str = "village_a", *, told: Told = TYPED, **more: Any) -> list[Likely]:
    grid = db.session.get_one(Grid, world.grids[place])
    return queries.likely_same(viewer, Typed(told, grid, **more), now=clock.now())


def words_of(one: Likely) -> list[str]:
    return [str(reason) for reason in one.reasons]


def test_the_open_case_of_the_village_with_its_reasons(world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    collected(world, head, title="垃圾桶满了", text="学校门口没人收。")
    case = collected(world, head, **LAMP, now=clock.now() - timedelta(days=3))
    (one,) = found(head, world)
    assert (one.id, one.number, one.open, one.state) == (case.id, case.number, True, State.REGISTERED)
    where, words, when = words_of(one)
    assert (where, when) == ("同村", "3 天前登记")
    assert words.startswith("文字相近：")
    assert "老槐树" in words


def test_nobody_is_shown_what_he_may_not_open(world: World, viewer_of: Find) -> None:
    desk, head, liaison = viewer_of(Role.DISPATCHER), viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.LIAISON)
    there = collected(world, desk, **LAMP, nobody=True, grid_id=world.grids["village_b"])
    assert [one.id for one in found(desk, world, "village_b")] == [there.id]
    assert found(head, world, "village_b") == [], "a place typed is no way into another village"
    assert found(head, world) == []
    here = collected(world, head, **LAMP, nobody=True)
    assert [one.id for one in found(head, world)] == [here.id]
    assert found(liaison, world) == [], "a liaison sees the cases of the own circle"


def test_a_restricted_case_is_never_shown_to_anybody(world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    hidden = collected(world, desk, code=COMPLAINT, **LAMP)
    assert hidden.restricted
    assert queries.get_case(hidden.id, viewer=desk).id == hidden.id, "the desk may open it"
    assert found(desk, world) == []


def test_another_town_and_what_has_ended_otherwise_are_left_out(world: World, viewer_of: Find) -> None:
    desk, manager = viewer_of(Role.DISPATCHER), viewer_of(Role.TOWN_MANAGER)
    case = collected(world, desk, **LAMP)
    assert found(desk, world, "other_village") == []
    assert found(desk, world, "county") == [], "above the towns there is nothing to compare"
    do(service.void, case, manager, note="登记错了。")
    assert found(desk, world) == []


def test_lately_closed_cases_are_shown_and_old_ones_are_not(
    world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    head, told = viewer_of(Role.VILLAGE_HEAD), Told("路口堆了垃圾")
    case = solved(world, head)
    (one,) = found(head, world, told=told)
    assert (one.id, one.open) == (case.id, False)
    assert words_of(one)[-1] == "已办结"
    at("2027-01-20T10:00:00+08:00")
    assert [each.id for each in found(head, world, told=told)] == [case.id]
    at("2027-01-25T10:00:00+08:00")
    assert found(head, world, told=told) == []


def test_near_in_place_says_how_near(world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    collected(world, head, **LAMP, nobody=True, lon=112.6, lat=28.45, address="老槐树下")
    (one,) = found(head, world, spot=(112.601, 28.45))
    assert words_of(one)[0] == "相距约 100 米"
    (one,) = found(head, world, address="老槐树下")
    assert words_of(one)[0] == "位置相同"


def test_at_most_three_and_new_cases_are_found_at_once(world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    made = []
    for _ in range(4):
        made.append(collected(world, head, **LAMP).id)
        assert made[-1] in [one.id for one in found(head, world)], "the newest of the equally alike comes first"
    assert [one.id for one in found(head, world)] == made[:0:-1]


def test_words_kept_in_the_process_never_outlive_the_case(world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    case = collected(world, head, **LAMP)
    assert found(head, world)
    with transaction():
        case.title, case.text = "垃圾桶满了", "学校门口没人收。"
        db.session.flush()
        service.comment(case, actor=head, now=clock.now(), note="更正了内容。")
    assert found(head, world) == []
    assert [one.id for one in found(head, world, told=Told("学校门口垃圾桶满了"))] == [case.id]


def test_nothing_typed_finds_nothing_and_asks_nothing(world: World, viewer_of: Find) -> None:
    assert found(viewer_of(Role.VILLAGE_HEAD), world, told=Told("  ", "路灯")) == []
    assert alike.likely_same(job("nobody"), Typed(TYPED, Grid(path="/1/")), now=clock.now()) == []


# -- linking


def test_the_desk_merges_at_once(world: World, viewer_of: Find) -> None:
    desk = viewer_of(Role.DISPATCHER)
    first, later = (collected(world, desk, **LAMP, reporter_name=name) for name in ("甲", "乙"))
    do(service.link_to, later, desk, first=first)
    assert (later.state, later.reporter_name) == (State.DUPLICATE, "乙")
    step = db.session.query(CaseStep).filter_by(case_id=later.id, move="reject_duplicate").one()
    assert step.detail["to"] == first.number


def test_a_liaison_leaves_a_word_for_the_desk(world: World, viewer_of: Find) -> None:
    liaison = viewer_of(Role.LIAISON)
    first, later = (collected(world, liaison, **LAMP) for _ in range(2))
    do(service.link_to, later, liaison, first=first)
    assert later.state == State.REGISTERED
    step = db.session.query(CaseStep).filter_by(case_id=later.id, move="comment").one()
    assert first.number in (step.note or "")


@pytest.mark.parametrize("what", ["missing", "ended", "restricted"])
def test_what_cannot_be_linked_is_refused(world: World, viewer_of: Find, what: str) -> None:
    desk = viewer_of(Role.DISPATCHER)
    later = collected(world, desk, **LAMP)
    first: Case | None = None
    if what == "ended":
        first = solved(world, viewer_of(Role.VILLAGE_HEAD))
    if what == "restricted":
        first = collected(world, desk, code=COMPLAINT, **LAMP)
    match = {"missing": "没有找到首件", "ended": "已经结束", "restricted": "限定可见"}[what]
    with pytest.raises(Refused, match=match) as refusal:
        do(service.link_to, later, desk, first=first)
    assert refusal.value.field == "same_as"


# -- the class


def test_the_catalogue_suggests_before_anything_is_learnt(world: World, ctx: Flask) -> None:
    first = queries.suggest_classes("村口路灯又不亮了")[0]
    assert first.case_class.code == "0504"
    assert any("路灯" in word for word in first.words)


def test_a_restricted_class_is_never_suggested(world: World, ctx: Flask) -> None:
    for title in ("反映村干部作风问题", "老人走失找不到了", "有人吸毒", "精神障碍患者服药"):
        assert not any(one.case_class.restricted for one in queries.suggest_classes(title))
    assert not set(suggest.catalogue_words()) & {COMPLAINT, "0304"}


def test_the_office_teaches_its_own_words(world: World, viewer_of: Find) -> None:
    head, learner = viewer_of(Role.VILLAGE_HEAD), job("learning")

    def learn() -> int:
        with transaction():
            return service.learn_classes(actor=learner, now=clock.now())

    assert learn() == 0, "too few closed cases: the catalogue speaks"
    assert suggest.stored_model() is None
    for number in range(30):
        case = solved(world, head, code="0401" if number % 2 else "0503")
        with transaction():
            case.title = "喇嘛湾倒了一车渣土" if number % 2 else "门楼坎断了"
            db.session.flush()
            service.comment(case, actor=head, now=clock.now(), note="补记。")
    hidden = collected(world, viewer_of(Role.DISPATCHER), code=COMPLAINT, title="秘密的事情", text="")
    assert learn() == 30
    assert queries.suggest_classes("门楼坎又断了")[0].case_class.code == "0503"
    assert queries.suggest_classes("喇嘛湾的渣土")[0].case_class.code == "0401"
    model = suggest.stored_model()
    assert model is not None
    assert "秘密" not in model.parts, f"case {hidden.id} is restricted"
    assert learn() == 0, "once a day"
    row = db.session.query(AuditRow).filter_by(action="catalogue.learn").one()
    assert row.detail == {"cases": 30, "version": 20261123}


def test_a_broken_file_falls_back_to_the_catalogue(world: World, ctx: Flask) -> None:
    suggest.model_path().write_bytes(b"half a file")
    assert suggest.stored_model() is None
    assert queries.suggest_classes("村口路灯又不亮了")[0].case_class.code == "0504"


def test_a_class_out_of_use_is_not_suggested(world: World, ctx: Flask) -> None:
    road = queries.class_by_code(ROAD)
    assert road is not None
    assert any(one.case_class.code == ROAD for one in queries.suggest_classes("村道路面塌了"))
    road.enabled = False
    db.session.flush()
    assert not any(one.case_class.code == ROAD for one in queries.suggest_classes("村道路面塌了"))
    db.session.rollback()
