"""The pages: I choose where I am told; the county connects its groups; secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from gridcase.core.db import db, transaction
from gridcase.notices.models import NoticeChannel, Outbox
from tests.factories.sinks import Sink, http_sink
from tests.factories.world import World
from tests.notices.sending import of_place, send, settings, states, tell

ClientAs = Callable[[str], FlaskClient]
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY-123"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=TOKEN-123"
SIGN = "SEC0123456789abcdef0123456789"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A receiver that listens."""
    with http_sink() as made:
        yield made


def ids(app: Flask) -> list[int]:
    with app.app_context():
        found = list(db.session.scalars(select(NoticeChannel.id).order_by(NoticeChannel.id)))
        db.session.remove()
    return found


def mail(app: Flask) -> None:
    with app.app_context():
        settings(app, mail_host="127.0.0.1", mail_from="grid@example.gov.cn")


def test_one_chooses_where_one_is_told(app: Flask, client_as: ClientAs) -> None:
    client = client_as("liaison")
    assert "接收方式" in client.get("/inbox/").text
    assert "现在只有收件箱" in client.get("/inbox/channels").text
    form = client.get("/inbox/channels?kind=wecom").text
    assert "加签密钥" not in form
    answer = client.post("/inbox/channels?kind=wecom", data={"address": ROBOT, "what": "daily"}, follow_redirects=True)
    assert "测试消息几秒内发出" in answer.text
    assert "qyapi.weixin.qq.com" in answer.text
    assert "KEY-123" not in answer.text
    with app.app_context():
        assert [row[0] for row in states()] == ["queued"]
        assert db.session.scalar(select(Outbox.number)).startswith("T")  # type: ignore[union-attr]
        db.session.remove()
    (number,) = ids(app)
    assert client.post(f"/inbox/channels/{number}/what", data={"what": "all"}).status_code == 302
    assert "每一条消息" in client.get("/inbox/channels").text
    assert "现在只有收件箱" in client.post(f"/inbox/channels/{number}/remove", follow_redirects=True).text
    with app.app_context():
        assert [row[0] for row in states()] == ["dropped"]
        assert db.session.get_one(NoticeChannel, number).address == ""
        db.session.remove()


def test_mail_is_offered_where_the_server_can_send_it_and_asks_for_its_code(app: Flask, client_as: ClientAs) -> None:
    client = client_as("liaison")
    assert client.get("/inbox/channels?kind=mail").status_code == 404
    assert "服务器没有设置邮件" in client.get("/inbox/channels").text
    mail(app)
    data = {"address": "lian@example.com", "what": "urgent"}
    page = client.post("/inbox/channels?kind=mail", data=data, follow_redirects=True).text
    assert "等验证" in page
    assert "lian@example.com" not in page
    (number,) = ids(app)
    assert "验证码不对" in client.post(f"/inbox/channels/{number}/confirm", data={"code": "x"}).text
    with app.app_context():
        code = db.session.get_one(NoticeChannel, number).code
        db.session.remove()
    page = client.post(f"/inbox/channels/{number}/confirm", data={"code": code}, follow_redirects=True).text
    assert "邮箱已验证" in page
    assert "等验证" not in page


def test_five_wrong_codes_ask_for_another_test(app: Flask, client_as: ClientAs) -> None:
    mail(app)
    client = client_as("liaison")
    client.post("/inbox/channels?kind=mail", data={"address": "lian@example.com", "what": "urgent"})
    (number,) = ids(app)
    for _try in range(5):
        assert "验证码不对" in client.post(f"/inbox/channels/{number}/confirm", data={"code": "x"}).text
    with app.app_context():
        code = db.session.get_one(NoticeChannel, number).code
        db.session.remove()
    page = client.post(f"/inbox/channels/{number}/confirm", data={"code": code}).text
    assert "请先发一条测试消息" in page


def test_what_cannot_be_right_is_refused_and_said_beside_the_field(client_as: ClientAs, app: Flask) -> None:
    client = client_as("liaison")
    page = client.post("/inbox/channels?kind=wecom", data={"address": "https://10.0.0.1/", "what": "daily"}).text
    assert "不能是 IP 地址或本机名" in page
    page = client.post("/inbox/channels?kind=dingtalk", data={"address": DINGTALK, "what": "daily"}).text
    assert "请填机器人“加签”的密钥" in page
    data = {"address": DINGTALK, "secret": SIGN, "what": "daily"}
    page = client.post("/inbox/channels?kind=dingtalk", data=data, follow_redirects=True).text
    assert "钉钉群机器人" in page
    assert SIGN not in page
    again = client.post("/inbox/channels?kind=dingtalk", data=data).text
    assert "请先删除原来的" in again
    assert SIGN not in again, "what was typed into a secret does not come back either"
    assert client.get("/inbox/channels?kind=webhook").status_code == 404
    assert len(ids(app)) == 1


def test_a_test_message_a_minute(app: Flask, client_as: ClientAs) -> None:
    client = client_as("liaison")
    client.post("/inbox/channels?kind=wecom", data={"address": ROBOT, "what": "daily"})
    (number,) = ids(app)
    assert "请一分钟以后再试" in client.post(f"/inbox/channels/{number}/test").text
    with app.app_context():
        assert len(states()) == 1
        db.session.remove()


def test_another_s_channel_is_not_there(app: Flask, client_as: ClientAs) -> None:
    client_as("liaison").post("/inbox/channels?kind=wecom", data={"address": ROBOT, "what": "daily"})
    (number,) = ids(app)
    other = client_as("grid_leader")
    assert "qyapi" not in other.get("/inbox/channels").text
    for act in ("test", "confirm", "what", "retry", "remove"):
        assert other.post(f"/inbox/channels/{number}/{act}", data={"what": "all", "code": "1"}).status_code == 404
    assert client_as("resident").get("/inbox/channels").status_code == 403
    assert client_as("county_manager").post(f"/channels/{number}/remove").status_code == 404


def test_the_county_connects_a_system_and_sees_the_secret_once(
    app: Flask, client_as: ClientAs, world: World, sink: Sink
) -> None:
    with app.app_context():
        config = settings(app, outside_hosts=sink.host)
    client = client_as("county_manager")
    assert "还没有连接工作群" in client.get("/channels/").text
    data = {"place": world.grids["town"], "name": "数据平台", "address": sink.url, "what": "all"}
    made = client.post("/channels/?kind=webhook", data=data).text
    assert made.count("whsec_") == 1
    assert "青溪镇" in made
    assert "数据平台 127.0.0.1" in made
    page = client.get("/channels/").text
    assert "whsec_" not in page
    assert "/hook" not in page
    (number,) = ids(app)
    assert client.post(f"/channels/{number}/test").status_code == 302
    with app.app_context():
        assert send(config) == 1
        db.session.remove()
    assert sink.got[0].json["data"]["number"].startswith("T")
    assert client_as("town_manager").get("/channels/").status_code == 403


def test_a_place_outside_is_no_choice(client_as: ClientAs, world: World, app: Flask) -> None:
    data = {"place": world.grids["far_county"], "name": "群", "address": ROBOT, "what": "all"}
    assert client_as("county_manager").post("/channels/?kind=wecom", data=data).status_code == 200
    assert ids(app) == []


def test_the_timetable_shows_what_waits_and_puts_back_what_was_given_up(
    app: Flask, client_as: ClientAs, world: World, sink: Sink
) -> None:
    client = client_as("county_manager")
    assert "还没有消息发到收件箱以外的地方" in client.get("/reminders/timetable").text
    with app.app_context():
        config = settings(app, outside_hosts=sink.host)
        of_place(world, config, sink.url)
        tell(world)
        tell(world, subject_id=8)
        with transaction():
            first = select(Outbox.id).order_by(Outbox.id).limit(1).scalar_subquery()
            db.session.execute(update(Outbox).where(Outbox.id == first).values(state="given_up", error="status:500"))
        db.session.remove()
    page = client.get("/reminders/timetable").text
    assert "其他系统（Webhook）" in page
    assert "重新发送没发出去的" in page
    assert "对方没有收下（500）" in client.get("/channels/").text
    assert "重新发送没发出去的" not in client_as("village_head").get("/reminders/timetable").text
    assert client_as("village_head").post("/channels/retry").status_code == 403
    assert client.post(f"/channels/retry?place={world.grids['far_county']}").status_code == 404
    answer = client.post(f"/channels/retry?place={world.grids['county']}", follow_redirects=True).text
    assert "1 条重新排队" in answer
    with app.app_context():
        assert send(config) == 2
        db.session.remove()
    assert "重新发送没发出去的" not in client.get("/reminders/timetable").text
