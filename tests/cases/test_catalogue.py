"""The catalogue of county and village: what may be set, who is under which version, what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from gridcase.audit import service as audit
from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseClass, ClassVersion
from gridcase.cases.rules import Answer
from gridcase.cases.rules.catalogue import Terms
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.cases.test_service import Find
from tests.factories.cases import COMPLAINT, ROAD, RUBBISH, collected, do, handled, pending, water
from tests.factories.world import MAKER, World

PETITION, UNCIVIL, MISSING_CHILD = "1005", "0905", "0303"


def place(world: World, key: str) -> Grid:
    return db.session.get_one(Grid, world.grids[key])


def class_of(code: str) -> CaseClass:
    found = queries.class_by_code(code)
    assert found is not None
    return found


def edit(world: World, code: str = ROAD, *, at: str = "county", actor: Viewer = MAKER, **values: Any) -> service.Change:
    """A place gives a class other rules, in a transaction of its own."""
    case_class, where = class_of(code), place(world, at)
    entry = queries.class_at(case_class, where.path)
    with transaction():
        return service.set_class(
            actor=actor, place=where, case_class=case_class, terms=service.terms_of(entry.terms, **values),
            seen=service.mark_of(entry), now=clock.now(),
        )  # fmt: skip


def back(world: World, code: str = ROAD, *, at: str = "county") -> service.Change:
    with transaction():
        return service.back_to_default(
            actor=MAKER, place=place(world, at), case_class=class_of(code), seen=None, now=clock.now()
        )


def refused(field: str, match: str, world: World, code: str = ROAD, *, at: str = "county", **values: Any) -> None:
    """The edit is refused beside this field and leaves no version behind."""
    before = db.session.scalar(select(func.count()).select_from(ClassVersion))
    with pytest.raises(Refused, match=match) as found:
        edit(world, code, at=at, **values)
    assert found.value.field == field
    assert db.session.scalar(select(func.count()).select_from(ClassVersion)) == before


def rules(world: World, code: str = ROAD, *, at: str = "village_a") -> Terms:
    return Terms.of(queries.class_at(class_of(code), place(world, at).path).terms)


def clock_of(case: Case) -> tuple[Any, ...]:
    """All that says when a case is due, and why."""
    db.session.refresh(case)
    why = queries.explained(case, queries.steps(case.id), work_calendar())
    return case.due_at, case.soon_at, case.contact_due_at, case.stage_due_at, case.class_version_id, repr(why)


# -- whose rules hold where


def test_the_nearest_place_above_decides(ctx: Flask, world: World) -> None:
    assert rules(world).limit == 80
    edit(world, limit=40)
    edit(world, at="village_a", limit=24)
    assert [rules(world, at=name).limit for name in ("village_a", "village_b", "county")] == [24, 40, 40]
    assert rules(world, at="far_village").limit == 80
    assert [one.number for one in queries.versions_of(class_of(ROAD), place(world, "county"))] == [1]


def test_back_to_what_stands_above(ctx: Flask, world: World) -> None:
    shipped = rules(world)
    edit(world, limit=40)
    edit(world, at="village_a", limit=24)
    back(world, at="village_a")
    assert rules(world).limit == 40
    back(world)
    assert rules(world) == shipped
    edit(world, limit=32)
    numbers = [one.number for one in queries.versions_of(class_of(ROAD), place(world, "county"))]
    assert numbers == [2, 1]  # what was taken back is not forgotten: cases may be under it
    with pytest.raises(Refused, match="没有自己的设置"):
        back(world, at="village_b")


def test_a_village_keeps_what_it_decided_when_the_county_changes(ctx: Flask, world: World) -> None:
    edit(world, at="village_a", limit=40, department="村委会")
    change = edit(world, limit=64, urgency=2)
    assert change.villages == ("上河村",)
    assert (rules(world).limit, rules(world).department, rules(world).urgency) == (40, "村委会", 2)
    edit(world, limit=16)  # shorter than the village's own
    assert (rules(world).limit, rules(world).department) == (16, "村委会")
    edit(world, limit=12, limit_unit="D", contact_limit=1, contact_unit="D")  # counted otherwise
    assert (rules(world).limit, rules(world).limit_unit, rules(world).department) == (12, "D", "村委会")
    edit(world, enabled=False)
    assert not rules(world).enabled


def test_a_county_that_restricts_a_class_restricts_it_in_its_villages(ctx: Flask, world: World) -> None:
    edit(world, at="village_a", department="村委会")
    edit(world, restricted=True, reporter_rule=None)
    assert rules(world).restricted


# -- what may not be set


def test_limits_beyond_the_law_are_refused(ctx: Flask, world: World) -> None:
    refused("limit", "第三十四条.*60", world, PETITION, limit=61)
    refused("limit", "60", world, PETITION, limit=300, limit_unit="W")
    refused("contact_limit", "第二十三条.*15", world, PETITION, contact_limit=16)
    refused("reporter_rule", "信访", world, PETITION, reporter_rule="K1")
    edit(world, PETITION, limit=45, contact_limit=10)
    assert rules(world, PETITION).limit == 45


@pytest.mark.parametrize("code", [COMPLAINT, MISSING_CHILD, "0304", "0301"])
def test_classes_of_persons_stay_restricted_and_earn_nothing(ctx: Flask, world: World, code: str) -> None:
    refused("restricted", "不能放开", world, code, restricted=False)
    refused("reporter_rule", "不记积分", world, code, reporter_rule="K3")
    refused("helper_rule", "不记积分", world, code, helper_rule="K4")
    refused("enabled", "不能停用", world, code, enabled=False)


def test_reports_about_others_earn_nothing(ctx: Flask, world: World) -> None:
    refused("reporter_rule", "反映别人", world, UNCIVIL, reporter_rule="K1")
    refused("reporter_rule", "限定可见", world, ROAD, restricted=True)  # the shipped class gives K1
    edit(world, restricted=True, reporter_rule=None)


def test_nonsense_is_refused(ctx: Flask, world: World) -> None:
    refused("limit", "大于 0", world, limit=0)
    refused("limit", "不超过", world, limit=100_000)
    refused("contact_limit", "不能晚于办结", world, contact_limit=100)
    refused("contact_limit", "不能晚于办结", world, contact_limit=30, contact_unit="D")
    refused("department", "主办单位", world, department="")
    with pytest.raises(Refused, match="完全相同"):
        edit(world)


def test_a_village_only_shortens_and_switches_off(ctx: Flask, world: World) -> None:
    refused("limit", "只能缩短时限：县里定的是 80", world, at="village_a", limit=81)
    refused("contact_limit", "只能缩短时限", world, at="village_a", contact_limit=9)
    with pytest.raises(Refused, match="完全相同"):  # what is the county's is not taken from a village's form
        edit(world, at="village_a", restricted=True, reporter_rule=None, urgency=1, limit_unit="D")
    edit(world, at="village_a", enabled=False, limit=24, contact_limit=4, department="村委会")
    assert not rules(world).enabled
    assert rules(world, at="village_b").enabled
    edit(world, RUBBISH, enabled=False)
    refused("enabled", "县里已停用", world, RUBBISH, at="village_a", enabled=True)


def test_a_village_has_no_say_in_complaints_about_it(ctx: Flask, world: World) -> None:
    for code in (COMPLAINT, "1003"):
        with pytest.raises(Refused, match="村里不能改"):
            edit(world, code, at="village_a", enabled=False)
        with pytest.raises(Refused, match="村里不能改"):
            edit(world, code, at="village_a", department="村委会")
    refused("enabled", "不能停用", world, "0301", at="village_a", enabled=False)
    refused("enabled", "不能停用", world, PETITION, at="village_a", enabled=False)


def test_who_may_set_what(ctx: Flask, world: World, viewer_of: Find) -> None:
    edit(world, actor=viewer_of(Role.COUNTY_MANAGER), limit=40)
    edit(world, actor=viewer_of(Role.VILLAGE_HEAD), at="village_a", limit=24)
    for role, where in (
        (Role.VILLAGE_HEAD, "county"), (Role.VILLAGE_HEAD, "village_b"), (Role.TOWN_MANAGER, "county"),
        (Role.COUNTY_MANAGER, "far_village"), (Role.COUNTY_MANAGER, "town"), (Role.DISPATCHER, "village_a"),
    ):  # fmt: skip
        with pytest.raises(Missing):
            edit(world, actor=viewer_of(role), at=where, limit=8)


def test_nobody_overwrites_what_he_has_not_seen(ctx: Flask, world: World) -> None:
    case_class, county = class_of(ROAD), place(world, "county")
    entry = queries.class_at(case_class, county.path)
    seen, terms = service.mark_of(entry), Terms.of(entry.terms)
    edit(world, limit=40)
    with pytest.raises(Refused, match="别人已经改过"), transaction():
        service.set_class(
            actor=MAKER, place=county, case_class=case_class, terms=replace(terms, limit=8), seen=seen, now=clock.now()
        )
    assert rules(world).limit == 40


# -- cases keep their version


def test_a_running_case_keeps_its_version_and_the_next_one_has_the_new(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    old = collected(world, viewer_of(Role.LIAISON))
    before = clock_of(old)
    change = edit(world, limit=8, urgency=1)
    assert change.running == 1
    assert clock_of(old) == before
    new = collected(world, viewer_of(Role.LIAISON), title="另一段路")
    assert new.due_at is not None
    assert old.due_at is not None
    assert new.due_at < old.due_at
    assert (new.urgency, old.urgency) == (1, 3)
    assert new.class_version is not None
    assert new.class_version.number == 1


def test_moves_count_by_the_cases_own_version(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    before = clock_of(case)[0]
    edit(world, limit=8, reporter_rule=None)
    head = viewer_of(Role.VILLAGE_HEAD)
    do(service.accept, case, head, case_class=class_of(ROAD))  # the same class: nothing is sorted anew
    do(service.dispatch, case, head, unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    assert clock_of(case)[0] == before
    do(service.submit_result, case, viewer_of(Role.DEPT), result="修好了。")
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED, rating=None)
    do(service.verify, case, head)
    assert pending(world.homes["circle"][0]) > 0  # its own version gives points


def test_sorting_anew_takes_the_version_of_that_day(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON), code=RUBBISH)
    edit(world, limit=160)
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD), case_class=class_of(ROAD))
    assert case.terms.limit == 160
    assert case.due_at == work_calendar().add(case.registered_at, queries.limit_of(case.terms)).at


def test_a_class_switched_off_is_gone_from_intake_and_refused_in_words(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    edit(world, at="village_a", enabled=False)
    path = place(world, "village_a").path
    assert ROAD not in [one.code for one in queries.catalogue(path=path)]
    assert ROAD in [one.code for one in queries.catalogue(path=place(world, "village_b").path)]
    with pytest.raises(Missing):
        queries.class_in_use(ROAD, path=path)
    with pytest.raises(Refused, match="已停用"):
        collected(world, viewer_of(Role.LIAISON))
    assert all(one.case_class.code != ROAD for one in queries.suggest_classes("村口的桥塌了一块，路断了", path=path))


# -- restricted


def test_a_class_made_restricted_takes_its_cases_along(ctx: Flask, world: World, viewer_of: Find) -> None:
    mine = handled(world, viewer_of)
    head = viewer_of(Role.VILLAGE_HEAD)
    edit(world, at="village_a", department="村委会")
    change = edit(world, restricted=True, reporter_rule=None)
    assert change.hidden == 1
    db.session.refresh(mine)
    assert mine.restricted
    assert queries.check() == []
    with pytest.raises(Missing):
        queries.get_case(mine.id, viewer=head)
    assert queries.get_case(mine.id, viewer=viewer_of(Role.DEPT)).id == mine.id  # it was sent to them
    do(service.record_answer, mine, viewer_of(Role.DISPATCHER), answer=Answer.SOLVED, rating=None)
    do(service.verify, mine, viewer_of(Role.DISPATCHER))
    assert pending(world.homes["circle"][0]) == 0  # its version gave points, but it is restricted now


def test_a_class_opened_again_does_not_open_its_cases(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    edit(world, restricted=True, reporter_rule=None)
    edit(world, restricted=False)
    back(world)
    db.session.refresh(case)
    assert case.restricted
    assert not collected(world, viewer_of(Role.LIAISON), title="后来的").restricted


def test_the_doctor_finds_a_case_that_stands_open(ctx: Flask, world: World) -> None:
    case = collected(world, MAKER)
    edit(world, restricted=True, reporter_rule=None)
    with transaction():
        db.session.execute(update(Case).where(Case.id == case.id).values(restricted=False))
        audit.record(
            actor=MAKER, action="test", subject_kind="case", subject_id=case.id, place_path=case.path, now=clock.now()
        )
    assert queries.check() == [f"case {case.number}: open to all, its class {ROAD} is restricted"]


def test_another_county_is_not_touched(ctx: Flask, world: World) -> None:
    home = world.homes["far_village"][0]
    far = collected(world, MAKER, home=home)
    edit(world, restricted=True, reporter_rule=None)
    db.session.refresh(far)
    assert not far.restricted
    assert not rules(world, at="far_village").restricted


# -- a county's own class


def test_a_county_adds_a_class_of_its_own(ctx: Flask, world: World) -> None:
    terms = service.terms_of(class_of(RUBBISH), limit=16, common=True)
    with transaction():
        made = service.add_class(
            actor=MAKER, county=place(world, "county"), major="04", zh="畜禽散养扰民", en="Loose poultry", terms=terms,
            now=clock.now(),
        )  # fmt: skip
    assert made.code == "0451"
    path = place(world, "village_a").path
    assert [one.code for one in queries.catalogue("畜禽散养", path=path)] == ["0451"]
    assert queries.catalogue("畜禽散养", path=place(world, "far_village").path) == []
    case = collected(world, MAKER, code="0451")
    assert case.terms.limit == 16
    with pytest.raises(Refused, match="别的县"):
        collected(world, MAKER, code="0451", home=world.homes["far_village"][0])
    with pytest.raises(Refused, match="没有示例默认值"):
        back(world, "0451")
    edit(world, "0451", enabled=False)
    assert queries.catalogue("畜禽散养", path=path) == []
    with pytest.raises(Refused, match="已经有叫这个名字"), transaction():
        service.add_class(
            actor=MAKER, county=place(world, "county"), major="05", zh="畜禽散养扰民", en=None, terms=terms,
            now=clock.now(),
        )  # fmt: skip
    with pytest.raises(Refused, match="不能放开"), transaction():
        service.add_class(
            actor=MAKER, county=place(world, "county"), major="03", zh="可疑人员", en=None, terms=terms, now=clock.now()
        )


# -- whatever is edited

VALUES: dict[str, list[Any]] = {
    "limit": [4, 8, 24, 60, 120], "limit_unit": ["W", "N", "D"], "contact_limit": [1, 4, 8], "urgency": [1, 2, 3],
    "contact_unit": ["W", "N"], "enabled": [True, False], "restricted": [True, False],
    "department": ["村委会", "水利站"], "reporter_rule": [None, "K1", "K3"], "common": [True, False],
    "level": ["village", "county"],
}  # fmt: skip
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["county", "county", "village_a", "village_b"]),
        st.sampled_from([ROAD, RUBBISH]),
        st.none() | st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 4), min_size=1, max_size=4),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def test_whatever_is_edited_running_cases_stay_as_they_are(ctx: Flask, world: World) -> None:
    cases = [collected(world, MAKER, code=code, title=f"{code}{n}") for code in (ROAD, RUBBISH) for n in (1, 2)]
    tried: list[bool] = []

    @settings(
        max_examples=25, deadline=None, phases=(Phase.generate,), derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(edits=EDITS)
    def holds(edits: list[tuple[str, str, dict[str, int] | None]]) -> None:
        before = [clock_of(case) for case in cases]
        hidden = [case.restricted for case in cases]
        for at, code, values in edits:
            chosen = {name: VALUES[name][n % len(VALUES[name])] for name, n in (values or {}).items()}
            try:
                back(world, code, at=at) if values is None else edit(world, code, at=at, **chosen)
                tried.append(True)
            except Refused:
                tried.append(False)
            for name in ("village_a", "village_b"):
                below, above = rules(world, code, at=name), rules(world, code, at="county")
                assert below.restricted == above.restricted
                assert below.limit_unit == above.limit_unit
                assert below.limit <= above.limit
                assert above.enabled or not below.enabled
        assert [clock_of(case) for case in cases] == before
        assert all(now or not then for now, then in zip([one.restricted for one in cases], hidden, strict=True))
        newest = service.look_at_deadlines(work_calendar(), since=clock.now())
        assert newest.rows == ()  # nor does a new calendar find anything to move

    holds()
    assert set(map(bool, tried)) == {True, False}
    case = cases[0]
    do(service.accept, case, MAKER, case_class=class_of("0501"))
    assert case.terms.limit == 24
