"""The village covenant: versions rest on decisions, homes sign, a motto is shown only where the home agreed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.models import Covenant
from gridcase.people.rules import DecisionKind, Role
from tests.factories import decisions
from tests.factories.world import MAKER, World

ClientAs = Callable[[Role | str], FlaskClient]
TODAY, PASSED = date(2026, 11, 23), date(2026, 11, 9)


def adopted(village: Grid, valid_from: date = TODAY, text: str = "邻里互助。\n红白事从简。") -> Covenant:
    with transaction():
        rests_on = decisions.passed(village, DecisionKind.COVENANT, on=PASSED, now=clock.now())
        return service.adopt(
            actor=MAKER, village=village, decision_id=rests_on.id, text=text, valid_from=valid_from, now=clock.now()
        )


@pytest.fixture
def village(world: World) -> Grid:
    return db.session.get_one(Grid, world.grids["village_a"])


@pytest.mark.usefixtures("ctx")
def test_a_version_rests_on_a_decision_for_it(village: Grid, world: World) -> None:
    with transaction():
        works = decisions.passed(village, DecisionKind.WORKS, on=PASSED, now=clock.now())
        foreign = decisions.passed(world.grids["village_b"], DecisionKind.COVENANT, on=PASSED, now=clock.now())
        right = decisions.passed(village, DecisionKind.COVENANT, on=PASSED, now=clock.now())
    made = {"actor": MAKER, "village": village, "text": "全文", "now": clock.now()}
    for number, day in ((works.id, TODAY), (foreign.id, TODAY), (right.id, date(2026, 11, 8))):
        with pytest.raises(Refused, match="村规民约决议") as refusal, transaction():
            service.adopt(decision_id=number, valid_from=day, **made)  # type: ignore[arg-type]
        assert refusal.value.field == "decision"
    with transaction():
        first = service.adopt(decision_id=right.id, valid_from=PASSED, **made)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="另一版"), transaction():
        service.adopt(decision_id=right.id, valid_from=TODAY, **made)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="要晚于第 1 版"):
        adopted(village, PASSED)
    second = adopted(village, date(2026, 12, 1))
    assert (first.number, second.number) == (1, 2)
    assert queries.covenant_on(village.id, on=date(2026, 11, 30)) == first
    assert queries.covenant_on(village.id, on=date(2026, 12, 1)) == second
    assert queries.covenant_on(village.id, on=date(2026, 11, 8)) is None


@pytest.mark.usefixtures("ctx")
def test_a_home_signs_once(village: Grid, world: World) -> None:
    covenant, homes = adopted(village), world.homes["village_a"][:3]
    about = {"actor": MAKER, "now": clock.now()}
    with transaction():
        assert service.sign(covenant, homes[:2], signed_on=PASSED, **about) == 2  # type: ignore[arg-type]
    with transaction():
        assert service.sign(covenant, homes, signed_on=TODAY, **about) == 1  # type: ignore[arg-type]
    assert queries.signed_among(covenant.id, homes) == {homes[0]: PASSED, homes[1]: PASSED, homes[2]: TODAY}
    with transaction():
        service.take_back_signature(covenant, homes[2], **about)  # type: ignore[arg-type]
    assert queries.signatures(covenant.id) == 2
    for ids, day in (([], TODAY), (homes, date(2026, 11, 24))):
        with pytest.raises(Refused), transaction():
            service.sign(covenant, ids, signed_on=day, **about)  # type: ignore[arg-type]
    assert [row.action for row in audit.history_of("covenant", covenant.id)].count("covenant.sign") == 2


@pytest.mark.usefixtures("ctx")
def test_two_records_of_one_home_are_one_signature(village: Grid, world: World) -> None:
    covenant, (double, kept) = adopted(village), world.homes["village_a"][:2]
    about = {"actor": MAKER, "now": clock.now()}
    with transaction():
        service.sign(covenant, [double], signed_on=PASSED, **about)  # type: ignore[arg-type]
        service.set_motto(household_id=double, path=village.path, text="勤俭", shown=True, **about)  # type: ignore[arg-type]
        service.repoint_household(double, kept, village.path, **about)  # type: ignore[arg-type]
    assert queries.signed_among(covenant.id, [double, kept]) == {kept: PASSED}
    motto = queries.motto_of(kept)
    assert motto is not None
    assert motto.text == "勤俭"
    assert queries.motto_of(double) is None


def test_the_covenant_from_the_assembly_to_the_homes(app: Flask, client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    assert "还没有正在执行的村规民约" in head.get("/people/covenant").text
    assert "请先登记提议" in head.get("/people/covenant/new").text
    with app.app_context():
        with transaction():
            rests_on = decisions.passed(village, DecisionKind.COVENANT, on=PASSED, now=clock.now()).id
        db.session.remove()
    assert "全文见附件。" in head.get("/people/covenant/new").text, "the text that was voted on"
    data = {"decision": str(rests_on), "text": "红白事从简。", "valid_from": "2026-11-20"}
    assert "请写全文" in head.post("/people/covenant/new", data={**data, "text": ""}).text
    page = head.post("/people/covenant/new", data=data, follow_redirects=True)
    assert "第 1 版已登记，2026年11月20日 起生效" in page.text
    url = page.request.path
    dropped = head.get(f"/people/decisions/{rests_on}/drop").text
    assert "村规民约第 1 版 依据这项决议正在执行" in dropped
    resident = client_as(Role.RESIDENT)
    assert "红白事从简" in resident.get("/people/covenant").text
    assert "登记新版" not in resident.get("/people/covenant").text
    assert resident.get("/people/covenant/new").status_code == 403
    assert head.get(f"{url}/print.pdf").data.startswith(b"%PDF")
    assert "自 2026年11月20日 起施行" in resident.get(f"{url}/print").text
    assert client_as(Role.GRID_LEADER).get("/people/covenant/987654").status_code == 404


def test_homes_sign_for_themselves_or_by_who_serves_them(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        url = f"/people/covenant/{adopted(db.session.get_one(Grid, world.grids['village_a'])).id}/signatures"
        db.session.remove()
    own, circle, elsewhere = world.homes["circle"][0], world.homes["circle"][1], world.homes["village_a"][15]
    resident, liaison, watch = (client_as(r) for r in (Role.RESIDENT, Role.LIAISON, Role.VILLAGE_SUPERVISOR))
    assert "我家看过，同意遵守" in resident.get(url).text
    signing = {"signed_on": "2026-11-23"}
    resident.post(url, data={**signing, "homes": [own, circle]})
    assert "您家在2026年11月23日签了村规民约" in resident.get(url).text
    assert "请先勾选" in liaison.post(url, data=signing, follow_redirects=True).text
    page = liaison.post(url, data={**signing, "homes": [circle, elsewhere]}, follow_redirects=True).text
    assert "已登记 1 户签约" in page, "only homes of the own circle"
    assert "已签 2 / 6 户" in page
    assert "已签 2 / 16 户" in watch.get(url).text
    assert watch.post(url, data=signing).status_code == 403
    refused = liaison.post(f"{url}/back", data={"home": elsewhere}, follow_redirects=True).text
    assert "这户没有签约记录" in refused
    liaison.post(f"{url}/back", data={"home": circle})
    assert "已签 1 / 6 户" in liaison.get(f"{url}?who=signed").text


def test_a_motto_is_shown_only_where_the_home_agreed(client_as: ClientAs, world: World) -> None:
    resident, url = client_as(Role.RESIDENT), f"/people/mottoes/{world.homes['circle'][0]}"
    words = {"text": "勤俭持家，邻里和睦"}
    assert "已保存" in resident.post(url, data=words, follow_redirects=True).text
    assert words["text"] not in resident.get("/people/mottoes").text
    assert words["text"] in resident.get(url).text, "the home itself reads it in its form"
    resident.post(url, data={**words, "shown": "y"})
    assert words["text"] in client_as(Role.LIAISON).get("/people/mottoes").text
    assert "最多 120 个字" in resident.post(url, data={"text": "长" * 121}).text
    assert resident.get(f"/people/mottoes/{world.homes['village_a'][15]}").status_code == 404
    assert client_as(Role.VILLAGE_SUPERVISOR).get(url).status_code == 403
    resident.post(url, data={"text": ""})
    assert "还没有公开的家风家训" in resident.get("/people/mottoes").text


def test_who_gives_honours_does_not_show_a_motto_for_a_home(client_as: ClientAs, world: World) -> None:
    head, liaison = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    url = f"/people/mottoes/{world.homes['circle'][1]}"
    words = {"text": "勤俭持家，邻里和睦"}
    assert "户里自己或联户代表" in head.post(url, data={**words, "shown": "y"}, follow_redirects=True).text
    assert "已保存" in liaison.post(url, data={**words, "shown": "y"}, follow_redirects=True).text
    changed = {"text": "另写一句", "shown": "y"}
    assert "户里自己或联户代表" in head.post(url, data=changed, follow_redirects=True).text
    assert "已保存" in head.post(url, data=words, follow_redirects=True).text, "a no is always written down"


def test_the_text_is_held_against_the_red_lines(app: Flask, client_as: ClientAs, world: World) -> None:
    with app.app_context():
        with transaction():
            rests_on = decisions.passed(world.grids["village_a"], DecisionKind.COVENANT, on=PASSED, now=clock.now()).id
        db.session.remove()
    head, url = client_as(Role.VILLAGE_HEAD), "/people/covenant/new"
    doubtful = "邻里互助。\n不文明行为上黑榜。"
    data = {"decision": str(rests_on), "text": doubtful + "\n乱倒垃圾的，罚款 50 元。", "valid_from": "2026-11-20"}
    page = head.post(url, data=data).text
    for words in ("有 1 句越过了法律的红线", "“乱倒垃圾的，罚款 50 元”", "没有罚款、没收的权力", "“不文明行为上黑榜”"):
        assert words in page
    assert 'name="confirmed"' not in page, "what is refused cannot be confirmed away"
    page = head.post(url, data=data | {"text": doubtful}).text
    assert "有 1 句要再核对" in page
    mark = page.split('name="confirmed" value="', 1)[1].split('"', 1)[0]
    other = head.post(url, data=data | {"text": doubtful + "\n建房交押金。", "confirmed": mark}).text
    assert "有 2 句要再核对" in other, "what was not shown is not confirmed"
    done = head.post(url, data=data | {"text": doubtful, "confirmed": mark}, follow_redirects=True)
    assert "第 1 版已登记" in done.text
    head.post("/preferences/locale", data={"locale": "en"})
    assert "A village may not fine" in head.post(url, data=data).text
