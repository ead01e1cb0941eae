"""What a visit brings beside itself: errands, answers, a family's news, good deeds, the first meeting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.cases.models import Case, CaseFile
from gridcase.cases.rules import Answer, State
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.households.models import FamilyChange, Household
from gridcase.households.rules import LifeKind
from gridcase.people.models import FirstVisit
from gridcase.people.rules import Role
from gridcase.visits import queries, service
from gridcase.visits.models import GoodDeed, Visit, VisitErrand, VisitPhoto
from gridcase.visits.rules import DoneBy, Errand, Purpose, VisitMode
from gridcase.visits.service import FamilyNews, Spot
from tests.factories.world import World
from tests.files.corpus import jpeg
from tests.visits.test_service import UUID, log, record, visits
from tests.visits.test_views import form_of

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
SECOND = UUID[:-1] + "2"


def counted(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_errand_is_done_and_closed_at_once(viewer_of: ViewerOf, world: World) -> None:
    spot = Spot(Errand.SHOPPING, "降压药两盒", DoneBy.VOLUNTEER)
    visit = log(viewer_of(Role.LIAISON), world.homes["circle"][0], record(spot=spot))
    row = db.session.scalars(select(VisitErrand)).one()
    case = db.session.get_one(Case, row.case_id)
    assert (row.visit_id, row.kind, row.done_by) == (visit.id, "shopping", "volunteer")
    assert (case.case_class.code, case.title, case.state) == ("0803", "代购：降压药两盒", State.CLOSED)
    assert (case.result, case.answer, case.self_solved) == ("志愿者办好了。", Answer.SOLVED, True)
    assert visit.case_id is None
    [shown] = queries.errands_of([visit.id], viewer=viewer_of(Role.LIAISON))[visit.id]
    assert shown.number == case.number


def test_a_question_is_answered_in_a_sentence(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    with pytest.raises(Refused) as refusal:
        log(liaison, home, record(spot=Spot(Errand.QUESTION)))
    assert refusal.value.field == "spot_words"
    assert visits() == 0
    log(liaison, home, record(spot=Spot(Errand.QUESTION, "医保在手机上缴")))
    case = db.session.scalars(select(Case)).one()
    assert (case.case_class.code, case.answer, case.result) == ("1001", Answer.ANSWERED_QUESTION, "医保在手机上缴")
    assert db.session.scalars(select(VisitErrand.done_by)).one() is None


def test_news_of_a_family_is_proposed_or_nothing_is_kept(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    tomorrow = clock.town_day(clock.now()) + timedelta(days=1)
    with pytest.raises(Refused) as refusal:
        log(liaison, home, record(news=FamilyNews(LifeKind.BIRTH, "小女儿", tomorrow)))
    assert refusal.value.field == "news_on"
    assert (visits(), counted(FamilyChange)) == (0, 0)
    log(liaison, home, record(news=FamilyNews(LifeKind.BIRTH, "小女儿", note="在县医院")))
    change = db.session.scalars(select(FamilyChange)).one()
    assert (change.household_id, change.kind, change.who, change.state) == (home, "birth", "小女儿", "proposed")
    assert change.proposed_by_post_id == world.posts[Role.LIAISON]


def test_sent_again_nothing_is_doubled(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    whole = record(spot=Spot(Errand.CLEANING), news=FamilyNews(LifeKind.OTHER, "老人"), deed="帮邻居收了一天稻谷")
    first = log(liaison, home, whole).id
    assert log(liaison, home, whole).id == first
    assert [counted(model) for model in (Visit, Case, FamilyChange, GoodDeed)] == [1, 1, 1, 1]
    for other in (
        {"spot": Spot(Errand.CLEANING, done_by=DoneBy.GRID)}, {"news": None}, {"deed": "帮邻居收了两天稻谷"},
        {"spot": None},
    ):  # fmt: skip
        with pytest.raises(Refused, match="已经送出过"):
            log(liaison, home, record(**{"spot": whole.spot, "news": whole.news, "deed": whole.deed, **other}))


def test_the_first_meeting_ticks_itself_once(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    assert queries.is_first(liaison, home)
    log(liaison, home, record(mode=VisitMode.PHONE))
    log(liaison, home, record(client_uuid=SECOND, met=0))
    assert queries.is_first(liaison, home)
    log(liaison, home, record(client_uuid=UUID[:-1] + "3", purpose=Purpose.FIRST_VISIT))
    assert not queries.is_first(liaison, home)
    log(liaison, home, record(client_uuid=UUID[:-1] + "4"))
    row = db.session.scalars(select(FirstVisit)).one()
    assert (row.household_id, row.post_id, row.met_on, row.known_on) == (
        home, world.posts[Role.LIAISON], date(2026, 11, 23), None,
    )  # fmt: skip
    assert home not in [one.id for one in queries.not_met(liaison)]
    log(viewer_of(Role.VILLAGE_HEAD), world.homes["circle"][1], record(client_uuid=UUID[:-1] + "5"))
    assert counted(FirstVisit) == 1  # the circle is not his


def test_a_good_deed_of_a_home_and_of_somebody_else(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), db.session.get_one(Household, world.homes["circle"][0])
    today, now = clock.town_day(clock.now()), clock.now()
    before = home.next_visit_on
    with transaction():
        of_home = service.note_deed(
            actor=liaison, client_uuid=UUID, household=home, text="替邻居看了三天牛", on=today, now=now
        )
        again = service.note_deed(
            actor=liaison, client_uuid=UUID, household=home, text="替邻居看了三天牛", on=today, now=now
        )
        of_other = service.note_deed(
            actor=liaison, client_uuid=SECOND, household=None, text="外村人救了落水的孩子", on=today, now=now
        )
    assert again is of_home
    assert (of_other.household_id, of_other.village_id) == (None, world.grids["village_a"])
    assert (home.next_visit_on, visits()) == (before, 0)  # a deed is no visit
    with pytest.raises(Refused, match="已经送出过"), transaction():
        service.note_deed(actor=liaison, client_uuid=UUID, household=home, text="替邻居看了五天牛", on=today, now=now)
    for role, seen in (
        (Role.LIAISON, 2), (Role.VILLAGE_HEAD, 2), (Role.VILLAGE_SUPERVISOR, 2), (Role.PARTY_CONTACT, 0),
        (Role.DEPT, 0),
    ):  # fmt: skip
        assert len(queries.good_deeds(viewer_of(role)).rows) == seen, role


@pytest.mark.parametrize(("text", "back", "field"), [("好", 0, "text"), ("帮人收稻", -1, "on"), ("帮人收稻", 32, "on")])
def test_a_deed_refused(viewer_of: ViewerOf, world: World, text: str, back: int, field: str) -> None:
    on = clock.town_day(clock.now()) - timedelta(days=back)
    with pytest.raises(Refused) as refusal, transaction():
        service.note_deed(
            actor=viewer_of(Role.LIAISON), client_uuid=UUID, household=None, text=text, on=on, now=clock.now()
        )
    assert refusal.value.field == field
    foreign = db.session.get_one(Household, world.homes["paired"][0])
    with pytest.raises(Missing), transaction():
        service.note_deed(
            actor=viewer_of(Role.LIAISON), client_uuid=UUID, household=foreign, text="帮人收稻", on=date(2026, 11, 23),
            now=clock.now(),
        )  # fmt: skip


# --- the pages


def test_only_what_changed(app: Flask, client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    first = client.get(url).text
    assert "和上次一样" not in first
    client.post(url, data=form_of(first, met="3", state="follow_up", ticks=["medicine"]))
    page = client.get(url).text
    assert "上次：需跟进、上门、见到 3 人<" in page
    for name in ("safe", "follow_up", "medicine"):
        assert not re.search(rf'<input(?=[^>]*value="{name}")[^>]*\bchecked', page)
    assert re.search(r'<input(?=[^>]*value="home")[^>]*\bchecked', page)
    one_tap = page.split('class="as-before"')[1].split("</form>")[0]
    sent = {part.split('"')[0]: part.split('value="')[1].split('"')[0] for part in one_tap.split('name="')[1:]}
    assert client.post(url, data=sent).status_code == 302
    with app.app_context():
        rows = db.session.scalars(select(Visit).order_by(Visit.id)).all()
        assert [(row.mode, row.met, row.state, row.ticks) for row in rows] == [
            ("home", 3, "follow_up", ["medicine"]),
            ("home", 3, "follow_up", []),
        ]
        assert [row.purpose for row in rows] == ["first_visit", "care"][: len(rows)] or rows[0].purpose == "care"
        db.session.remove()


def test_all_of_it_in_one_form(app: Flask, client_as: ClientAs, world: World) -> None:
    client, home = client_as(Role.LIAISON), world.homes["circle"][0]
    url = f"/visits/log/{home}"
    form = form_of(client.get(url).text, spot="question", news="departure")
    page = client.post(url, data=form).text
    assert "请写一句答了什么" in page
    assert "请写是谁" in page
    form |= {"spot_words": "补贴下月到账", "news_who": "大儿子", "deed": "带头清了水沟", "purpose": "guidance"}
    assert client.post(url, data=form).status_code == 302
    listed = client.get(f"/visits/household/{home}").text
    assert "答了一个问题" in listed
    assert "帮教" not in listed  # only ever counted
    assert "帮教" not in client.get(f"/households/{home}").text
    assert "带头清了水沟" in client_as(Role.VILLAGE_HEAD).get("/visits/deeds").text
    with app.app_context():
        assert db.session.scalars(select(FamilyChange.who)).one() == "大儿子"
        db.session.remove()


def test_a_good_deed_takes_a_sentence(client_as: ClientAs, world: World) -> None:
    client = client_as(Role.LIAISON)
    page = client.get("/visits/deeds/new").text
    mark = page.split('name="client_uuid"')[1].split('value="')[1].split('"')[0]
    form = {"client_uuid": mark, "household": str(world.homes["circle"][0]), "on": "2026-11-23", "text": ""}
    assert "请写一句做了什么好事" in client.post("/visits/deeds/new", data=form).text
    done = client.post("/visits/deeds/new", data={**form, "text": "扶老人过河"}, follow_redirects=True).text
    assert "扶老人过河" in done
    foreign = client.post("/visits/deeds/new", data={**form, "household": str(world.homes["paired"][0])})
    assert foreign.status_code == 200  # not among his homes: the form says so
    assert client_as(Role.DEPT).get("/visits/deeds").status_code == 403


def test_today_names_whom_one_has_not_met(client_as: ClientAs, world: World) -> None:
    client, home = client_as(Role.LIAISON), world.homes["circle"][0]
    page = client.get("/visits/").text
    assert "还没见过面的户" in page
    assert "本月收到您记的走访 0 次" in page
    assert 'data-at="' in page
    url = f"/visits/log/{home}"
    log_page = client.get(url).text
    assert '<option selected value="first_visit">' in log_page
    client.post(url, data=form_of(log_page))
    assert "本月收到您记的走访 1 次" in client.get("/visits/").text


def test_what_belongs_to_a_double_follows_it(viewer_of: ViewerOf, world: World) -> None:
    head, (kept_id, double_id) = viewer_of(Role.VILLAGE_HEAD), world.homes["village_a"][:2]
    kept, double = (db.session.get_one(Household, one) for one in (kept_id, double_id))
    log(head, double_id, record(deed="替邻居看了三天牛"))
    with transaction():
        service.repoint_household(double, kept, actor=head, now=clock.now())
    assert db.session.scalars(select(GoodDeed.household_id)).one() == kept_id


def test_photos_go_with_the_visit_or_with_its_demand(app: Flask, client_as: ClientAs, world: World) -> None:
    client, home = client_as(Role.LIAISON), world.homes["circle"][0]
    url = f"/visits/log/{home}"
    form = form_of(client.get(url).text)
    refused = client.post(url, data={**form, "photos": [(BytesIO(b"%PDF-1.4 no photo"), "a.pdf")]})
    assert "a.pdf" in refused.text
    again = client.post(url, data={**form, "state": "", "photos": [(BytesIO(jpeg()), "a.jpg")]})
    assert "请重新选照片" in again.text
    assert client.post(url, data={**form, "photos": [(BytesIO(jpeg()), "a.jpg")]}).status_code == 302
    with app.app_context():
        photo = db.session.scalars(select(VisitPhoto.id)).one()
        db.session.remove()
    assert f"/visits/photo/{photo}/small" in client.get(f"/visits/household/{home}").text
    other = form_of(client.get(url).text, case_class="0501")
    assert client.post(url, data={**other, "photos": [(BytesIO(jpeg()), "b.jpg")]}).status_code == 302
    with app.app_context():
        assert db.session.scalars(select(VisitPhoto.id)).all() == [photo]
        assert db.session.scalar(select(func.count()).select_from(CaseFile)) == 1
        db.session.remove()
