"""The pages of declaring and of the review, as each role meets them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core.db import db, transaction
from gridcase.households.models import Household
from gridcase.people.models import Holding, Person
from gridcase.people.rules import DecisionKind, Role
from gridcase.points.models import Declaration
from gridcase.points.rules import DeclarationState
from tests.factories import decisions
from tests.factories.world import SINCE, World
from tests.files.corpus import jpeg
from tests.points.declaring import NOW, TODAY, changing, put_scheme

ClientAs = Callable[[Role | str], FlaskClient]
NEW = "/points/declarations/new"


@pytest.fixture
def home(app: Flask, world: World) -> int:
    """The resident's own home, of the liaison's circle; a scheme in force; two more members of the review group."""
    with app.app_context():
        put_scheme(world.grids["village_a"])
        with changing():
            for number in range(2):
                person = Person(name=f"评议员{'甲乙'[number]}", place_path="/")
                db.session.add(person)
                db.session.flush()
                post_id = world.posts[Role.REVIEW_MEMBER]
                db.session.add(Holding(post_id=post_id, person_id=person.id, valid_from=SINCE, stand_in=True))
        db.session.remove()
    return world.homes["circle"][0]


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.text


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "client_uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "happened_on": TODAY.isoformat(),
        "text": "照护邻居老人一天", "person_id": "0",
    } | changes  # fmt: skip


def only(app: Flask) -> tuple[int, str, str, int]:
    with app.app_context():
        one = db.session.scalars(select(Declaration).order_by(Declaration.id.desc())).first()
        assert one is not None
        found = one.id, one.state, one.how, one.points
        db.session.remove()
    return found


def test_a_villager_declares_and_follows_it(app: Flask, client_as: ClientAs, home: int) -> None:
    villager = client_as(Role.RESIDENT)
    what = text_of(villager, NEW)
    assert "孝老爱亲" in what, "the own home is not asked for"
    assert "打架斗殴" not in what
    page = text_of(villager, f"{NEW}?home={home}&item=T2")
    assert "文书编号" not in page
    assert "家里谁做的" in page
    done = villager.post(f"{NEW}?home={home}&item=T2", data=filled(), follow_redirects=True)
    assert "已申报，等评议小组评议" in done.text
    assert "待评议小组评议" in done.text
    listed = text_of(villager, "/points/declarations")
    assert "照护邻居老人一天" in listed
    assert "+10" in listed
    number, *_rest = only(app)
    back = villager.post(f"/points/declarations/{number}/withdraw", follow_redirects=True)
    assert "已撤回" in back.text
    assert "没有待评议" not in back.text
    assert "还没有申报" in text_of(villager, "/points/declarations?show=open")


def test_what_is_wrong_is_said_beside_its_field(client_as: ClientAs, home: int) -> None:
    villager = client_as(Role.RESIDENT)
    url = f"{NEW}?home={home}&item=T2"
    assert "请写一句做了什么" in villager.post(url, data=filled(text="")).text
    assert "至少四个字" in villager.post(url, data=filled(text="扫地")).text
    villager.post(url, data=filled())
    again = villager.post(url, data=filled(client_uuid="3f2504e0-4f89-41d3-9a0c-0305e82c3302"))
    assert "已经申报过同一项" in again.text
    assert 'name="again"' in again.text
    done = villager.post(
        url, data=filled(client_uuid="3f2504e0-4f89-41d3-9a0c-0305e82c3302", again="y"), follow_redirects=True
    )
    assert "已申报" in done.text


def test_the_rest_of_a_cap_is_said(client_as: ClientAs, home: int) -> None:
    villager = client_as(Role.RESIDENT)
    for number, day in enumerate(("2026-11-20", "2026-11-21", "2026-11-22")):
        done = villager.post(
            f"{NEW}?home={home}&item=T1",
            data=filled(client_uuid=f"3f2504e0-4f89-41d3-9a0c-0305e82c331{number}", happened_on=day),
            follow_redirects=True,
        )
    assert "本期只剩 5 分" in done.text


def test_a_helper_fills_in_with_a_photo(app: Flask, client_as: ClientAs, home: int) -> None:
    liaison = client_as(Role.LIAISON)
    assert f"home={home}" in text_of(liaison, NEW)
    done = liaison.post(
        f"{NEW}?home={home}&item=T2", data=filled(photo=(io.BytesIO(jpeg()), "a.jpg")), follow_redirects=True
    )
    assert "看照片" in done.text
    number, _state, how, _points = only(app)
    assert how == "L"
    assert "联户代表代报" in done.text
    picture = f"/points/declarations/{number}/photo"
    assert liaison.get(picture).mimetype == "image/jpeg"
    assert client_as(Role.PARTY_CONTACT).get(picture).status_code == 404
    bad = liaison.post(
        f"{NEW}?home={home}&item=T1",
        data=filled(client_uuid="3f2504e0-4f89-41d3-9a0c-0305e82c3309", photo=(io.BytesIO(b"no picture"), "a.jpg")),
    )
    assert "field-error" in bad.text
    assert only(app)[0] == number


def test_the_village_declares_a_deduction(app: Flask, client_as: ClientAs, home: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    url = f"{NEW}?home={home}&item=T4"
    assert "文书编号" in text_of(head, url)
    assert "请填文书编号" in head.post(url, data=filled(text="与人打架受处罚")).text
    done = head.post(url, data=filled(text="与人打架受处罚", document_no="青公罚决12号"), follow_redirects=True)
    assert "-20" in done.text
    assert only(app)[2] == "C"


def test_many_homes_in_one_step(app: Flask, client_as: ClientAs, world: World, home: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    cell = world.grids["village_a_cell_1"]
    assert "第1网格" in text_of(head, "/points/declarations/batch")
    assert "参加志愿服务" in text_of(head, f"/points/declarations/batch?cell={cell}")
    url = f"/points/declarations/batch?cell={cell}&item=T1"
    assert "请至少勾选一户" in head.post(url, data=filled(text="清理河道")).text
    homes = [str(one) for one in world.homes["village_a"][:4]]
    done = head.post(url, data=filled(text="清理河道", homes=homes))
    assert "已登记 4 户" in done.text
    assert client_as(Role.LIAISON).get(url).status_code == 403


def test_foreign_and_missing_answer_alike(app: Flask, client_as: ClientAs, world: World, home: int) -> None:
    villager, other = client_as(Role.RESIDENT), world.homes["circle"][1]
    assert villager.get(f"{NEW}?home={other}").status_code == 404
    assert villager.get(f"{NEW}?home=99999").status_code == 404
    assert villager.get("/points/declarations/99999").status_code == 404
    client_as(Role.LIAISON).post(f"{NEW}?home={other}&item=T2", data=filled())
    number = only(app)[0]
    assert villager.get(f"/points/declarations/{number}").status_code == 404
    assert villager.post(f"/points/declarations/{number}/withdraw").status_code == 404
    assert client_as(Role.DISPATCHER).get("/points/declarations").status_code == 403


def test_without_a_scheme_the_page_says_so(client_as: ClientAs) -> None:
    assert "还没有积分方案" in text_of(client_as(Role.RESIDENT), NEW)


def test_a_good_deed_is_declared_once(app: Flask, client_as: ClientAs, home: int) -> None:
    liaison = client_as(Role.LIAISON)
    liaison.post(
        "/visits/deeds/new",
        data={
            "client_uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3601", "text": "帮邻居老人收稻子", "household": str(home),
            "on": TODAY.isoformat(),
        },
    )  # fmt: skip
    listed = text_of(liaison, "/visits/deeds")
    url = next(part for part in listed.split('"') if part.endswith("/declare"))
    assert "孝老爱亲" in text_of(liaison, url)
    assert "打架斗殴" not in text_of(liaison, url)
    for _again in range(2):
        done = liaison.post(url, data={"item_code": "T2"}, follow_redirects=True)
        assert "已申报" in done.text
    assert done.text.count("帮邻居老人收稻子") == 1
    assert client_as(Role.PARTY_CONTACT).get(url).status_code == 404
    assert client_as(Role.DISPATCHER).get(url).status_code == 403


# --- the review


def declared(app: Flask, client_as: ClientAs, home: int, item: str = "T2", number: int = 1) -> int:
    client_as(Role.LIAISON if item != "T3" else Role.RESIDENT).post(
        f"{NEW}?home={home}&item={item}", data=filled(client_uuid=f"3f2504e0-4f89-41d3-9a0c-0305e82c34{number:02}")
    )
    return only(app)[0]


def present(app: Flask, world: World) -> list[str]:
    with app.app_context():
        post_id = world.posts[Role.REVIEW_MEMBER]
        found = db.session.scalars(select(Holding.person_id).where(Holding.post_id == post_id)).all()
        db.session.remove()
    return [str(one) for one in found]


def test_three_steps_of_a_meeting(app: Flask, client_as: ClientAs, world: World, home: int) -> None:
    first = declared(app, client_as, home)
    second = declared(app, client_as, world.homes["circle"][1], number=2)
    member = client_as(Role.REVIEW_MEMBER)
    waiting = text_of(member, "/points/review")
    assert "孝老爱亲" in waiting
    assert "开评议会" in waiting
    assert "大三" not in waiting, "masked for the reviewers too"
    form = text_of(member, "/points/review/meeting")
    assert "，2 条" in form, "under what was done"
    assert "checked" not in form, "nobody has said anything yet"
    sent = {
        "client_uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3501", "held_on": TODAY.isoformat(),
        "present": present(app, world)[:2], f"verdict-{first}": "pass", f"verdict-{second}": "reject",
    }  # fmt: skip
    assert "不足 3 人" in member.post("/points/review/meeting", data=sent).text
    sent["present"] = present(app, world)
    wrong = member.post("/points/review/meeting", data=sent).text
    assert "请写明理由" in wrong
    assert f'<a href="#row-{second}">第 2 条' in wrong, "the summary names the row and leads there"
    sent[f"reason-{second}"] = "不是这一天的事"
    done = member.post("/points/review/meeting", data=sent, follow_redirects=True).text
    assert "积分评议记录" in done
    assert "3 / 0 / 0" in done
    assert "不是这一天的事" in done
    assert "没有待评议的申报" in text_of(member, "/points/review")
    assert "孝老爱亲" in text_of(client_as(Role.RESIDENT), "/points/")
    why = text_of(client_as(Role.RESIDENT), f"/points/declarations/{first}")
    for words in ("同意 3 人，不同意 0 人，回避 0 人", "照片", "2026年11月23日 至 2026年11月29日"):
        assert words in why


def test_the_rest_passes_only_when_it_was_counted(app: Flask, client_as: ClientAs, world: World, home: int) -> None:
    numbers = [
        declared(app, client_as, one, number=number) for number, one in ((1, home), (2, world.homes["circle"][1]))
    ]
    member = client_as(Role.REVIEW_MEMBER)
    sent = {
        "client_uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3502", "held_on": TODAY.isoformat(),
        "present": present(app, world), "rest": "y", "row": [str(one) for one in numbers],
    }  # fmt: skip
    assert "没有选的加分申报有 2 条" in member.post("/points/review/meeting", data=sent | {"rest_count": "1"}).text
    unseen = member.post("/points/review/meeting", data=sent | {"rest_count": "2", "row": [str(numbers[0])]}).text
    assert "没有选的加分申报有 1 条" in unseen, "what was not on the page is not passed"
    told = sent | {"rest_count": "1", f"verdict-{numbers[0]}": "later"}
    done = member.post("/points/review/meeting", data=told, follow_redirects=True).text
    assert "积分评议记录" in done
    assert "孝老爱亲" in text_of(member, "/points/review")
    with app.app_context():
        states = {one: db.session.get_one(Declaration, one).state for one in numbers}
        db.session.remove()
    assert states == {numbers[0]: "declared", numbers[1]: "posted"}


def test_who_opens_what_another_decided_is_told_so_and_a_stranger_is_not(
    app: Flask, client_as: ClientAs, world: World, home: int
) -> None:
    number = declared(app, client_as, home)
    member = client_as(Role.REVIEW_MEMBER)
    sent = {
        "client_uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3509", "held_on": TODAY.isoformat(),
        "present": present(app, world), f"verdict-{number}": "pass",
    }  # fmt: skip
    assert member.post("/points/review/meeting", data=sent).status_code == 302
    late = text_of(member, f"/points/review/{number}")
    assert "别人已经定下" in late
    assert f"/points/declarations/{number}" in late
    posted = member.post(f"/points/review/{number}", data={"choice": "for"})
    assert "别人已经定下" in posted.text
    assert member.get("/points/review/999").status_code == 404
    assert client_as(Role.RESIDENT).get(f"/points/review/{number}").status_code == 403


def test_two_of_one_name_are_told_apart(client_as: ClientAs, world: World, home: int) -> None:
    """Homes by the end of their code, members by the year they were born in; the own name is not masked."""
    liaison = client_as(Role.LIAISON)
    homes = text_of(liaison, NEW)
    assert re.search(r" · \d{3,}", homes), "the end of the code"
    asked = text_of(client_as(Role.RESIDENT), f"{NEW}?home={home}&item=T2")
    assert "年生）" in asked


def test_the_own_name_and_points_stand_unmasked_on_the_own_pages(
    app: Flask, client_as: ClientAs, world: World, home: int
) -> None:
    with app.app_context():
        name = db.session.get_one(Household, home).head_name
        db.session.remove()
    villager = client_as(Role.RESIDENT)
    top = text_of(villager, "/points/")
    assert "您家 0 分" in top
    assert f"/points/household/{home}" in top
    assert f"{name}户积分明细" in text_of(villager, f"/points/household/{home}")
    assert name not in text_of(client_as(Role.LIAISON), f"/points/household/{home}")


def test_a_vote_on_line(app: Flask, client_as: ClientAs, home: int) -> None:
    number = declared(app, client_as, home)
    member = client_as(Role.REVIEW_MEMBER)
    assert "请选同意或不同意" in member.post(f"/points/review/{number}", data={}).text
    assert "不同意请写明理由" in member.post(f"/points/review/{number}", data={"choice": "against"}).text
    member.post(f"/points/review/{number}", data={"choice": "for"})
    assert "同意 1，不同意 0" in text_of(member, "/points/review")
    assert client_as(Role.VILLAGE_HEAD).get(f"/points/review/{number}").status_code == 403
    assert member.get("/points/review/99999").status_code == 404


def move(app: Flask, number: int, state: DeclarationState) -> None:
    with app.app_context():
        with changing():
            db.session.get_one(Declaration, number).state = state
        db.session.remove()


def test_the_council_says_how_many(app: Flask, client_as: ClientAs, world: World, home: int) -> None:
    number = declared(app, client_as, home, "T3")
    move(app, number, DeclarationState.COUNCIL)
    head = client_as(Role.VILLAGE_HEAD)
    assert "创业示范" in text_of(head, "/points/council")
    url = f"/points/council/{number}"
    assert "还没有道德评议会的意见" in text_of(head, url)
    with app.app_context():
        with transaction():
            opinion = decisions.passed(world.grids["village_a"], DecisionKind.COUNCIL, on=TODAY, now=NOW).id
        db.session.remove()
    data = {"decision_id": str(opinion), "granted": "yes", "points": "150"}
    assert "最多 100 分" in head.post(url, data=data).text
    head.post(url, data=data | {"points": "60"})
    assert only(app)[1:] == (DeclarationState.POSTED, "S", 60)
    assert "现在没有要办的" in text_of(head, "/points/council")
    assert client_as(Role.LIAISON).get("/points/council").status_code == 403


def test_the_town_says_why_not(app: Flask, client_as: ClientAs, home: int) -> None:
    with app.app_context():
        db.session.remove()
    number = declared(app, client_as, home)
    move(app, number, DeclarationState.TOWN)
    manager = client_as(Role.TOWN_MANAGER)
    assert "孝老爱亲" in text_of(manager, "/points/town")
    assert "请写明理由" in manager.post(f"/points/town/{number}", data={"granted": "no"}).text
    manager.post(f"/points/town/{number}", data={"granted": "no", "reason": "材料不全"})
    assert "材料不全" in text_of(client_as(Role.RESIDENT), f"/points/declarations/{number}")
    assert client_as(Role.VILLAGE_HEAD).get("/points/town").status_code == 403
    late = text_of(manager, f"/points/town/{number}")
    assert "别人已经定下" in late, "a second tab says who decided, it is not turned away"
    assert "评议未通过" in late
    own = text_of(client_as(Role.RESIDENT), f"/points/declarations/{number}")
    assert "重新申报" in own, "what the home may do next"


def test_in_english(client_as: ClientAs, home: int) -> None:
    client = client_as(Role.RESIDENT)
    client.post("/preferences/locale", data={"locale": "en"})
    page = text_of(client, "/points/declarations")
    assert "Declare points" in page
    assert "申报" not in page
