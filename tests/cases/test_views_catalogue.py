"""The pages of the catalogue and of the reply templates, and what the case page says of both."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, ReplyTemplate
from gridcase.cases.rules.replies import ReplyKind
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.cases.test_views import As, case_in, made, send
from tests.factories.cases import ROAD, collected, do, handled, water
from tests.factories.pages import body, statements
from tests.factories.world import MAKER, World

__all__ = ["made"]


def terms_form(page: Any) -> dict[str, str]:
    """What a browser would send of the form of a class as it stands."""
    html = page.text[page.text.index('<form class="form') :]
    html = html[: html.index("</form>")]
    values: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = " checked" in tag or not ("checkbox" in tag or "radio" in tag)
        if name and ticked:
            values[name[1]] = value[1] if value else "y"
    for name, inside in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', inside)
        values[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*(.*?)</textarea>', html, re.S):
        values[name] = inside.strip()
    return values


def change(client: FlaskClient, url: str, **values: str) -> tuple[Any, Any]:
    """Look at a change, then keep it: both answers."""
    sent = terms_form(client.get(url)) | values
    looked = client.post(url, data=sent)
    mark = re.search(r'name="confirmed"[^>]*value="(\w*)"', looked.text)
    kept = client.post(url, data=sent | {"confirmed": mark[1] if mark else ""}, follow_redirects=True)
    return looked, kept


def url_of(world: World, at: str = "county", code: str = ROAD) -> str:
    return f"/cases/catalogue/{code}?place={world.grids[at]}"


def test_the_county_changes_a_class_after_a_look(app: Flask, world: World, client_as: As, made: Any) -> None:
    case_id = made(lambda find: collected(world, find(Role.LIAISON)))
    client = client_as(Role.COUNTY_MANAGER)
    page = client.get("/cases/catalogue")
    assert "类别目录：试点县" in body(page)
    assert "示例默认值" in body(page)
    looked, kept = change(client, url_of(world), limit="40")
    assert "办结时限：10 个工作日 → 5 个工作日" in body(looked)
    assert "在办的 1 件仍按登记时的版本办" in body(looked)
    assert "在办的 1 件仍按登记时的办" in kept.text
    assert "本县第 1 版" in body(kept)
    assert "办结时限：80 → 40" in body(kept)  # the history
    with app.app_context():
        assert case_in(app, case_id).class_version_id is None
    page = client_as(Role.VILLAGE_HEAD).get(f"/cases/{case_id}")
    assert "按类别目录的示例默认值" in body(page)


def test_the_deadline_names_its_version(app: Flask, world: World, client_as: As, made: Any) -> None:
    change(client_as(Role.COUNTY_MANAGER), url_of(world), limit="40")
    of_county = made(lambda find: collected(world, find(Role.LIAISON)))
    change(client_as(Role.VILLAGE_HEAD), url_of(world, "village_a"), limit="24")
    of_village = made(lambda find: collected(world, find(Role.LIAISON)))
    client = client_as(Role.VILLAGE_HEAD)
    assert "按本县类别目录第 1 版（2026年11月23日起）" in body(client.get(f"/cases/{of_county}"))
    assert "按本村类别目录第 1 版（2026年11月23日起）" in body(client.get(f"/cases/{of_village}"))
    assert "3 个工作日" in body(client.get(f"/cases/{of_village}"))


def test_a_refused_change_says_why_beside_the_field(world: World, client_as: As) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    looked, _kept = change(client, url_of(world, code="1005"), limit="90")
    assert "第三十四条" in body(looked)
    assert 'value="90"' in looked.text
    looked, _kept = change(client, url_of(world), limit="许多")
    assert "请填数字" in body(looked)
    sent = terms_form(client.get(url_of(world, code="1004")))
    sent.pop("restricted")
    assert "不能放开" in body(client.post(url_of(world, code="1004"), data=sent))


def test_a_village_sees_its_own_fields_and_no_others(world: World, client_as: As) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    page = client.get(url_of(world, "village_a"))
    assert 'name="limit"' in page.text
    assert 'name="restricted"' not in page.text
    assert 'name="limit_unit"' not in page.text
    looked, _kept = change(client, url_of(world, "village_a"), limit="90")
    assert "村里只能缩短时限：县里定的是 80 工作小时" in body(looked)
    _looked, kept = change(client, url_of(world, "village_a"), limit="24")
    assert "本村第 1 版" in body(kept)
    back = re.search(r'action="(/cases/catalogue/\d+/back[^"]*)"', kept.text)
    assert back is not None
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', kept.text)
    assert seen is not None
    again = client.post(back[1].replace("&amp;", "&"), data={"seen": seen[1]}, follow_redirects=True)
    assert "示例默认值" in body(again)
    assert "恢复为上一级的设置" in body(again)


def test_foreign_places_and_roles(world: World, client_as: As) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    for at in ("county", "village_b", "far_village", "village_a_cell_1"):
        assert head.get(url_of(world, at)).status_code == 404
    assert head.get("/cases/catalogue/9999").status_code == 404
    assert head.get("/cases/catalogue/new").status_code == 403
    for role in (Role.LIAISON, Role.DISPATCHER, Role.DEPT, Role.SYSTEM_ADMIN):
        assert client_as(role).get("/cases/catalogue").status_code == 403
        assert client_as(role).get("/cases/templates").status_code == 403


def test_what_a_village_switched_off_is_not_offered(world: World, client_as: As) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    sent = terms_form(head.get(url_of(world, "village_a")))
    assert sent.pop("enabled")
    mark = re.search(r'name="confirmed"[^>]*value="(\w*)"', head.post(url_of(world, "village_a"), data=sent).text)
    assert mark is not None
    head.post(url_of(world, "village_a"), data=sent | {"confirmed": mark[1]})
    liaison = client_as(Role.LIAISON)
    assert "村道、桥涵损坏" not in liaison.get("/cases/new").text
    assert liaison.get(f"/cases/new/{ROAD}").status_code == 404
    assert "停用中" in body(head.get("/cases/catalogue?q=村道"))


def test_a_county_adds_its_own_class(world: World, client_as: As) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    url = f"/cases/catalogue/new?place={world.grids['county']}"
    sent = terms_form(client.get(url)) | {"major": "04", "zh": "畜禽散养扰民", "department": "村委会"}
    assert "请填类别的名称" in body(client.post(url, data=sent | {"zh": ""}))
    page = client.post(url, data=sent, follow_redirects=True)
    assert "已新设类别 0451 畜禽散养扰民" in page.text
    assert "畜禽散养扰民" in client_as(Role.LIAISON).get("/cases/new").text


def test_the_list_and_the_page_of_a_class_cost_few_statements(app: Flask, world: World, client_as: As) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    client.get("/cases/catalogue")
    assert len(statements(app, lambda: client.get("/cases/catalogue"))) <= 7
    assert len(statements(app, lambda: client.get(url_of(world)))) <= 9


# -- reply templates

TEXT = "{事项}（{编号}）已由{单位}办好，请查看。"


def template(world: World, at: str = "town", *, kind: str = "result", code: str = "", title: str = "已办好") -> int:
    with transaction():
        return service.add_template(
            actor=MAKER, place=db.session.get_one(Grid, world.grids[at]), kind=ReplyKind(kind),
            case_class=queries.class_by_code(code) if code else None, title=title, text=TEXT, now=clock.now(),
        ).id  # fmt: skip


def signed(world: World, find: Any) -> Case:
    case = collected(world, find(Role.LIAISON))
    do(service.accept, case, find(Role.VILLAGE_HEAD))
    do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, find(Role.DEPT))
    return case


def test_a_template_is_kept_with_its_history(app: Flask, world: World, client_as: As) -> None:
    client = client_as(Role.TOWN_MANAGER)
    town = world.grids["town"]
    url = f"/cases/templates/new?place={town}"
    assert "还没有答复模板" in body(client.get(f"/cases/templates?place={town}"))
    sent = {"kind": "result", "case_class": "", "title": "已办好", "text": "｛编号｝已办好，{ 单位 }。"}
    assert "没有 {姓名} 这个空" in body(client.post(url, data=sent | {"text": "{姓名}您好"}))
    page = client.post(url, data=sent, follow_redirects=True)
    assert "{编号}已办好，{单位}。" in body(page)
    with app.app_context():
        key = db.session.scalars(select(ReplyTemplate.id)).one()
    edited = terms_form(client.get(f"/cases/templates/{key}")) | sent | {"title": "办好了", "text": TEXT}
    assert "已保存" in client.post(f"/cases/templates/{key}", data=edited, follow_redirects=True).text
    assert "别人已经改过" in body(client.post(f"/cases/templates/{key}", data=edited | {"title": "旧页面"}))
    assert "名字：已办好 → 办好了" in body(client.get(f"/cases/templates/{key}"))
    assert "已停用" in client.post(f"/cases/templates/{key}/retire", follow_redirects=True).text
    assert "已重新启用" in client.post(f"/cases/templates/{key}/retire", follow_redirects=True).text
    head = client_as(Role.VILLAGE_HEAD)
    assert "办好了" in body(head.get("/cases/templates"))  # it stands in the village too, but is not the village's
    assert head.get(f"/cases/templates/{key}").status_code == 404
    assert head.get(url).status_code == 404


def test_templates_are_offered_filled_and_the_nearest_first(app: Flask, world: World, client_as: As, made: Any) -> None:
    with app.app_context():
        template(world, title="镇里的")
        template(world, "village_a", title="村里的")
        template(world, "county", code=ROAD, title="修路的")
        template(world, "county", code="0401", title="垃圾的")
        template(world, "far_county", title="外县的")
        template(world, kind="return", title="退单的")
    case_id = made(lambda find: signed(world, find))
    page = client_as(Role.DEPT).get(f"/cases/{case_id}").text
    at = [page.index(title) for title in ("修路的", "村里的", "镇里的")]
    assert at == sorted(at)
    assert "垃圾的" not in page
    assert "外县的" not in page
    assert page.count("退单的") == 1
    assert f"桥边的路塌了一块（{case_in(app, case_id).number}）已由青溪镇水利站办好，请查看。" in page


def test_without_a_script_the_button_fills_and_keeps_what_is_typed(
    app: Flask, world: World, client_as: As, made: Any
) -> None:
    with app.app_context():
        key = template(world)
    case_id = made(lambda find: signed(world, find))
    client = client_as(Role.DEPT)
    sent = {"submit_result-note": "先垫了石子。", "template": str(key), "fill": "1"}
    page = client.post(f"/cases/{case_id}/submit-result", data=sent)
    assert page.status_code == 200
    assert "先垫了石子。\n桥边的路塌了一块（" in page.text.replace("\r\n", "\n")
    assert case_in(app, case_id).result is None
    nothing = client.post(f"/cases/{case_id}/submit-result", data=sent | {"template": "999"})
    assert "先垫了石子。" in nothing.text
    client.post(f"/cases/{case_id}/submit-result", data={"submit_result-note": "修好了。", "template": str(key)})
    assert case_in(app, case_id).result == "修好了。"  # choosing alone sends nothing of the template


def test_what_villagers_wrote_is_no_blank(app: Flask, world: World, client_as: As, made: Any) -> None:
    with app.app_context():
        template(world)
    case_id = made(lambda find: _titled(world, find, "{单位}<b>不管"))
    page = client_as(Role.DEPT).get(f"/cases/{case_id}").text
    assert "{单位}&lt;b&gt;不管（" in page


def _titled(world: World, find: Any, title: str) -> Case:
    case = collected(world, find(Role.LIAISON), title=title)
    do(service.accept, case, find(Role.VILLAGE_HEAD))
    do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, find(Role.DEPT))
    return case


def test_the_case_page_asks_once_for_its_templates(app: Flask, world: World, client_as: As, made: Any) -> None:
    case_id = made(lambda find: handled(world, find))
    client = client_as(Role.VILLAGE_HEAD)
    client.get(f"/cases/{case_id}")
    sent = statements(app, lambda: client.get(f"/cases/{case_id}"))
    assert sum("reply_template" in one for one in sent) == 1
    assert send(client, case_id, "record_answer", answer="solved") is not None
