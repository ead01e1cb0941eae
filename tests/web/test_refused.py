"""Who may not see a page is told what he can open instead."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from gridcase.people.rules import Role
from tests.factories.pages import body


def test_a_villager_is_not_sent_to_the_town_for_a_post(client_as: Callable[[Role], FlaskClient]) -> None:
    page = client_as(Role.RESIDENT).get("/points/review")
    assert page.status_code == 403
    assert "综治中心开通" not in body(page)
    assert "联户代表" in body(page)


def test_a_refused_page_names_the_post_and_what_it_can_open(client_as: Callable[[Role], FlaskClient]) -> None:
    page = client_as(Role.COUNTY_MANAGER).get("/cases/")
    assert page.status_code == 403
    said = body(page)
    assert "您的岗位是县业务管理员，这一页不归这个岗位用。" in said
    assert "您可以打开：" in said
    main = page.text[page.text.index("<main") :]
    assert 'href="/dashboard/"' in main
    assert "请联系镇综治中心" not in said
