"""Every move of the table, made by clicks on the pages, on both databases. States are reached by the services; only the
move itself is played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from gridcase.cases import queries, service
from gridcase.cases.models import Case
from gridcase.cases.rules import MOVES, Answer, Channel, ExtensionReason, WhistleKind
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.people.models import Post
from gridcase.people.rules import BodyKind, Role
from gridcase.resident import service as resident
from gridcase.users.models import User
from tests.browser.conftest import PHONE, Server, Watch
from tests.browser.test_journey import open_move, tick
from tests.browser.test_reorganise import through
from tests.factories import decisions
from tests.factories.cases import MISSING_PERSON, collected, do, water
from tests.factories.viewers import viewer_from
from tests.factories.world import World
from tests.planner.village import settle_in

LATER = "2026-12-14T10:00:00+08:00"  # five working days after the due time
# Which journey plays which moves. A move of the table that stands here nowhere fails the first test.
PLAYED = {
    "test_the_desk_takes_up_and_sends": (
        "accept", "dispatch", "add_helper", "transfer", "remind", "comment", "escalate", "reject_duplicate",
        "take_out", "contact",
    ),
    "test_the_station_handles": (
        "sign", "ask_extension", "ask_pause", "submit_result", "lapse", "give_back", "report_in",
    ),
    "test_the_desk_answers_requests": (
        "grant_extension", "refuse_extension", "refuse_pause", "suspend", "resume", "rework", "verify",
        "follow_first",
    ),
    "test_the_representative_brings_the_word": (
        "record_answer", "reopen", "withdraw", "follow_up", "self_solve", "second_check",
    ),
    "test_both_sides_rate_and_the_town_decides": ("rate_units", "rate_whistle", "void", "supervise"),
    "test_a_council_takes_it_and_the_grid_worker_settles_it": ("put_on_agenda", "agenda_outcome", "submit_result"),
    "test_a_post_that_closes_passes_its_cases_on": ("hand_over", "hand_back"),
}  # fmt: skip


def test_every_move_is_played() -> None:
    assert {name for names in PLAYED.values() for name in names} == {move.name for move in MOVES}
    assert set(PLAYED) <= globals().keys()


@dataclass
class Stage:
    """The world behind the pages: cases brought to a state by the services, and the last step of each."""

    server: Server
    world: World
    test: str
    made: list[str] = field(default_factory=list)

    def viewer(self, role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, self.world.users[role]))

    def case(self, *so_far: str, **more: Any) -> int:
        """A new case after these moves: the village head sends it to the water station."""
        with self.server.app.app_context():
            case = collected(self.world, self.viewer(Role.LIAISON), **more)
            for name in so_far:
                self.step(name, case)
            case_id = case.id
            db.session.remove()
        return case_id

    def step(self, name: str, case: Case) -> None:
        role, given = self._ways()[name]
        do(getattr(service, name), case, self.viewer(role), **given)

    def _ways(self) -> dict[str, tuple[Role, dict[str, Any]]]:
        soon = town_day(clock.now()) + timedelta(days=2)
        return {
            "accept": (Role.VILLAGE_HEAD, {}),
            "dispatch": (Role.VILLAGE_HEAD, {"unit": water(self.world)}),
            "sign": (Role.DEPT, {}),
            "ask_extension": (Role.DEPT, {"reason": ExtensionReason.FUNDING, "amount": 2}),
            "ask_pause": (Role.DEPT, {"reason": ExtensionReason.FUNDING, "until": soon}),
            "escalate": (
                Role.VILLAGE_HEAD,
                {"note": "办不了", "kind": WhistleKind.ROUTINE, "units": [water(self.world)]},
            ),
            "submit_result": (Role.DEPT, {"result": "修好了。"}),
            "record_answer": (Role.LIAISON, {"answer": Answer.SOLVED}),
            "verify": (Role.VILLAGE_HEAD, {}),
        }

    def last(self, case_id: int) -> str:
        with self.server.app.app_context():
            name = [step.move for step in queries.steps(case_id) if step.move != "lapse"][-1]
            db.session.remove()
        return name

    def press(self, page: Page, case_id: int, name: str, **fields: str) -> None:
        """Open the case, open the move, fill in its fields, send it: the step is made and the move stands no more."""
        page.goto(f"/cases/{case_id}")
        path = name.replace("_", "-")
        form = open_move(page, path).locator(f'form[action$="/{path}"]')
        for key, value in fields.items():
            fill(form, key, value)
        with page.expect_navigation():
            form.locator("button[type=submit]").click()
        expect(page.locator(".notice.is-ok, .flash, [role=status]").first).to_be_visible()
        assert self.last(case_id) == name
        self.made.append(name)


def fill(form: Any, key: str, value: str) -> None:
    """One field, whatever it is: choices by value, words as typed."""
    one = form.locator(f'[name$="-{key}"]')
    kind = one.first.evaluate("element => element.type")
    if kind in ("radio", "checkbox"):
        tick(form.locator(f'[name$="-{key}"][value="{value}"]'))
    elif kind.startswith("select"):
        one.select_option(value)
    else:
        one.fill(value)


@pytest.fixture
def stage(server: Server, world: World, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Ends with: what was to be played was played, and no page did what it should not."""
    opened = Stage(server, world, request.node.originalname)
    yield opened
    assert sorted(opened.made) == sorted(PLAYED[opened.test])
    assert (watch.foreign, watch.errors) == ([], [])


PageAs = Callable[..., Page]


def test_the_desk_takes_up_and_sends(stage: Stage, page_as: PageAs, world: World) -> None:
    head, case = page_as("village_head"), stage.case()
    station, justice = f"u{world.units['water']}", f"u{world.units['justice']}"
    stage.press(head, case, "accept", urgency="2")
    stage.press(head, case, "dispatch", handler=station, note="请当天去看")
    expect(head.locator("main")).to_contain_text("已派给青溪镇水利站")
    stage.press(head, case, "add_helper", handler=justice)
    stage.press(head, case, "remind")
    stage.press(head, case, "comment", note="群众又打电话来了。")
    stage.press(head, case, "transfer", handler=f"p{world.posts[Role.GRID_LEADER]}", note="村里自己能修")
    stage.press(head, case, "escalate", note="还是修不了", whistle_kind="routine", units=str(world.units["justice"]))
    expect(head.locator("main")).to_contain_text("请在 2026年11月25日 10:00 前报到")
    again = stage.case()
    with stage.server.app.app_context():
        first = db.session.get_one(Case, case).number
        db.session.remove()
    stage.press(head, again, "reject_duplicate", duplicate_of=first)
    expect(head.locator("main")).to_contain_text(f"已并入 {first}")
    stage.press(head, again, "take_out", note="不是同一处。")
    seen = stage.case(channel=Channel.PATROL)  # nobody has spoken with the home yet
    stage.press(head, seen, "contact")
    expect(head.locator("main")).to_contain_text("已联系上")


def test_the_station_handles(stage: Stage, page_as: PageAs) -> None:
    station = page_as("dept", viewport=PHONE)
    case = stage.case("accept", "dispatch")
    stage.press(station, case, "sign")
    stage.press(station, case, "ask_extension", extension_reason="several_units", amount="3")
    stage.press(station, case, "ask_pause", pause_reason="weather_or_season", expected_on="2026-11-27")
    expect(station.locator("main")).to_contain_text("待答复的申请")
    stage.press(station, case, "submit_result", note="水泵换了，当天恢复供水。")
    expect(station.locator(".steps")).to_contain_text("申请延期3 个工作日（需多部门协同）")
    expect(station.locator(".steps")).to_contain_text("延期申请没有等到答复，自动失效")
    stage.made.append("lapse")
    stage.press(station, stage.case("accept", "dispatch"), "give_back", return_reason="not_our_duty")
    expect(station).to_have_url(f"{stage.server.url}/cases/")
    stage.press(station, stage.case("accept", "escalate"), "report_in")


def test_the_desk_answers_requests(stage: Stage, page_as: PageAs) -> None:
    desk = page_as("dispatcher")
    asked = stage.case("accept", "dispatch", "sign", "ask_extension", "ask_pause")
    stage.press(desk, asked, "grant_extension")
    expect(desk.locator(".deadline")).to_contain_text("2026年12月9日 10:00")
    stage.press(desk, asked, "refuse_pause", note="可以先做排水。")
    stage.press(desk, asked, "suspend", pause_reason="waiting_for_party", expected_on="2026-11-25")
    stage.press(desk, asked, "resume")
    refused = stage.case("accept", "dispatch", "sign", "ask_extension")
    stage.press(desk, refused, "refuse_extension", note="人手够。")
    result = stage.case("accept", "dispatch", "sign", "submit_result", "record_answer")
    stage.press(desk, result, "rework", note="水管接口还在漏。")
    closing = stage.case("accept", "dispatch", "sign", "submit_result", "record_answer")
    voice = stage.case()
    with stage.server.app.app_context():
        one, first = db.session.get_one(Case, voice), db.session.get_one(Case, closing)
        do(service.reject_duplicate, one, stage.viewer(Role.VILLAGE_HEAD), first=first)
        db.session.remove()
    stage.press(desk, closing, "verify")
    assert stage.last(voice) == "follow_first", "who said the same hears of the end"
    stage.made.append("follow_first")


def test_the_representative_brings_the_word(stage: Stage, page_as: PageAs, at: Callable[[str], None]) -> None:
    liaison = page_as("liaison", viewport=PHONE)
    stage.press(liaison, stage.case("accept", "dispatch", "sign", "submit_result"), "record_answer", answer="solved")
    ended = ("accept", "dispatch", "sign", "submit_result", "record_answer", "verify")
    old = stage.case(*ended)
    stage.press(liaison, stage.case(*ended), "reopen", note="又漏了。")
    stage.press(liaison, stage.case(), "withdraw", note="自己修好了。")
    own = stage.case()
    stage.press(liaison, own, "self_solve", note="当场清走了。", answer="solved", rating="satisfied")
    with stage.server.app.app_context(), transaction():
        db.session.get_one(Case, own).second_check = "due"  # as if it had been drawn
        service.comment(
            db.session.get_one(Case, own), actor=stage.viewer(Role.LIAISON), now=clock.now(), note="等复核"
        )  # fmt: skip
    stage.press(page_as("section_leader"), own, "second_check", passed="1")
    at(LATER)
    stage.press(page_as("liaison", viewport=PHONE), old, "follow_up", note="又塌了。")


def test_both_sides_rate_and_the_town_decides(stage: Stage, page_as: PageAs, at: Callable[[str], None]) -> None:
    late = stage.case("accept", "dispatch", "sign")
    rated = stage.case("accept", "escalate")
    with stage.server.app.app_context():
        case = db.session.get_one(Case, rated)
        do(service.dispatch, case, stage.viewer(Role.DISPATCHER), unit=water(stage.world))
        for name in ("sign", "submit_result", "record_answer"):
            stage.step(name, case)
        do(service.verify, case, stage.viewer(Role.DISPATCHER))
        db.session.remove()
    stage.press(page_as("village_head"), rated, "rate_units", rating="satisfied")
    stage.press(page_as("dept"), rated, "rate_whistle", rating="basically")
    at(LATER)
    with stage.server.app.app_context():
        with transaction():
            service.draft_sheets(actor=stage.viewer(Role.TOWN_MANAGER), now=clock.now())
        db.session.remove()
    manager = page_as("town_manager")
    manager.goto("/cases/supervision")
    manager.locator("main").get_by_role("link", name="桥边的路塌了一块").first.click()
    manager.fill('textarea[name="sign-demand"]', "三天内修好，每天报进度。")
    manager.fill('input[name="sign-answer_by"]', "2026-12-17")
    manager.get_by_role("button", name="签发", exact=True).click()
    expect(manager.locator(".paper-sheet")).to_contain_text("三天内修好，每天报进度。")
    assert stage.last(late) == "supervise"
    stage.made.append("supervise")
    stage.press(manager, late, "void", note="与另一件重复登记。")


def test_a_council_takes_it_and_the_grid_worker_settles_it(
    stage: Stage, page_as: PageAs, browser: Browser, world: World
) -> None:
    case = stage.case("accept", "dispatch", "sign")
    with stage.server.app.app_context():
        with transaction():
            decisions.council(world.grids["village_a"], BodyKind.DELIBERATION, now=clock.now())
            one, key = db.session.get_one(Case, case), str(stage.server.app.secret_key).encode()
            code = resident.code_for(one, actor=stage.viewer(Role.VILLAGE_HEAD), now=clock.now(), key=key)
            number = one.number
        db.session.remove()
    head, station = page_as("village_head"), page_as("dept", viewport=PHONE)
    stage.press(head, case, "put_on_agenda", council="deliberation", planned_on="2026-11-24", note="占谁家的地要说定")
    expect(head.locator("main")).to_contain_text("已列入上河村村民议事会议程，期限照常计时。")
    own = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=stage.server.url)
    villager = own.new_page()
    villager.goto("/v")
    villager.get_by_label("编号或电话").fill(number)
    villager.get_by_label("查询码").fill(code)
    villager.get_by_role("button", name="查看").click()
    expect(villager.locator("main")).to_contain_text("2026年11月24日商量。您的事照常在办，答复期限不变。")
    head.get_by_role("link", name="上河村村民议事会").first.click()
    head.locator("main").get_by_role("link", name="桥边的路塌了一块").click()
    stage.press(head, case, "agenda_outcome", outcome="agreed", note="各家让出半米，周末一起填平。")
    station.goto(f"/cases/{case}")
    expect(station.locator("main")).to_contain_text("各家让出半米，周末一起填平。")
    stage.press(station, case, "submit_result", note="照商定的填平了。")
    villager.reload()
    for words in ("商定了怎么办", "各家让出半米，周末一起填平。", "照商定的填平了。"):
        expect(villager.locator("main")).to_contain_text(words)
    assert villager.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    own.close()


def test_a_post_that_closes_passes_its_cases_on(stage: Stage, page_as: PageAs, world: World) -> None:
    with stage.server.app.app_context():
        village = settle_in(world)
        closing, heir = village.liaisons[0], village.liaisons[1]
        db.session.expunge_all()
        db.session.remove()
    ordinary, restricted = stage.case(), stage.case(code=MISSING_PERSON)
    with stage.server.app.app_context():
        case, desk = db.session.get_one(Case, restricted), stage.viewer(Role.DISPATCHER)
        do(service.accept, case, desk)
        do(service.dispatch, case, desk, post=db.session.get_one(Post, closing))
        db.session.remove()
    head = page_as("village_head")
    head.goto(f"/planner/reorganise/post/{closing}/dissolve")
    for home in world.homes["circle"]:
        head.select_option(f'select[name="home_{home}"]', str(heir))
    head.select_option('select[name="successor"]', str(heir))
    through(head, "代表辞任")
    assert [stage.last(ordinary), stage.last(restricted)] == ["hand_over", "hand_back"]
    stage.made += ["hand_over", "hand_back"]
