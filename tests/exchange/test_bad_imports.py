"""Spoiled files of registers: each names row and column, or what is wrong with the file; nothing is changed."""

from __future__ import annotations

import gc
import io
import os
import re
import time
import tracemalloc
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core.errors import Refused
from gridcase.core.sheets import open_table
from gridcase.exchange.rules import states
from gridcase.people.rules import Role
from tests.exchange.mutations import CELL, KINDS, VILLAGE, Spoiled, sound, spoiled
from tests.exchange.registers import ORDER, book, export, hand_in, take_in, words
from tests.exchange.test_registers import STAGED, homes
from tests.exchange.test_registers import home as home_row
from tests.factories.snapshot import differences, everything
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
FULL, SHORT, LOOKED = 500, 2 * len(KINDS), len(KINDS)
CELL_NAMED = re.compile(r"第 \d+ 行「[^」]+」列")
FILE_NAMED = re.compile(
    r"表里缺少「[^」]+」列|表头「[^」]+」出现了两次|打不开，可能已损坏|展开后太大|超过 \d+ [行列]"
    r"|认不出这个文件|旧版 \.xls|文件是空的|表格是空的|只有表头|第 \d+ 行读不通|没有可以看见的工作表"
    r"|工作表「[^」]+」是空的"
)
PREFIXES = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "'=")


def count() -> int:
    return FULL if os.environ.get("GRIDCASE_FULL") else SHORT


def test_bad_imports(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    before, unnamed = everything(app, but=STAGED), {}
    for seed in range(count()):
        one = spoiled(seed)
        said = refusal(client, one)
        if said is not None:
            unnamed[one.name] = said
        if seed % LOOKED == LOOKED - 1:
            assert differences(before, everything(app, but=STAGED)) == {}, one.name
    assert unnamed == {}
    assert differences(before, everything(app, but=STAGED)) == {}


def test_unspoiled_they_are_taken(world: World, client_as: ClientAs) -> None:
    """The counter-proof: what is refused above is refused for its mistake."""
    client = client_as(Role.TOWN_MANAGER)
    for register in ("places", "households", "members", "circles", "liaisons", "organisations"):
        page = hand_in(client, register, book(sound(register)))
        assert "/confirm" in page.text, (register, words(page.text))


def refusal(client: FlaskClient, one: Spoiled) -> str | None:
    """None when the page names the cell or what is wrong with the file, and offers no confirmation; else its words."""
    page = hand_in(client, one.register, one.data, one.filename)
    said = words(page.text)
    named = CELL_NAMED.search(said) or FILE_NAMED.search(said)
    return (
        None
        if page.status_code == 200 and named and "/confirm" not in page.text
        else f"{page.status_code} {said[:300]}"
    )


@pytest.mark.parametrize("seed", [n for n in range(len(KINDS) * 12) if spoiled(n).bomb])
def test_bombs_are_refused_at_once(seed: int) -> None:
    data = spoiled(seed).data
    gc.collect()
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(Refused):
        list(open_table(data, limits=states.LARGE).rows)
    seconds, peak = time.perf_counter() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 1
    assert peak < 50 * 2**20


def test_no_export_holds_a_live_formula(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    texts = [f"{prefix}1+{n}" for n, prefix in enumerate(PREFIXES)]
    take_in(
        client, "places", book([[f"{VILLAGE}Z{40 + n}", text, "组", VILLAGE] for n, text in enumerate(texts)], "places")
    )
    take_in(client, "sections", book([[VILLAGE, f"Q{n}", text] for n, text in enumerate(texts)], "sections"))
    take_in(client, "units", book([[f"Q-{n}", text, "站所", VILLAGE] for n, text in enumerate(texts)], "units"))
    holders = [[f"Q-{n}", text, VILLAGE, None, None, None, text] for n, text in enumerate(texts)]
    take_in(client, "liaisons", book(holders, "liaisons"))
    posts = [[f"R-{n}", "人大代表", text, VILLAGE, None, None, None, None, None, text] for n, text in enumerate(texts)]
    take_in(client, "posts", book(posts, "posts"))
    bodies = [[VILLAGE, "其他组织", text, *[None] * 4, text, None, None, text] for text in texts]
    take_in(client, "organisations", book(bodies, "organisations"))
    rows = [home_row(f"{CELL}-{900 + n}", head_name=t, address=t, hamlet=t) for n, t in enumerate(texts)]
    take_in(client, "households", homes(*rows))
    codes = [f"{CELL}-{900 + n}" for n in range(len(texts))]
    members = [[code, text, "户主"] for code, text in zip(codes, texts, strict=True)]
    take_in(client, "members", book(members, "members"))
    circles = [[code, "T-liaison", None, text] for code, text in zip(codes, texts, strict=True)]
    take_in(client, "circles", book(circles, "circles"))
    nominated = [[code, 1, members[0][1], codes[0]] for code in codes]
    take_in(client, "nominations", book(nominated, "nominations"))
    for register in ORDER:
        for purpose in ("查公式看看", ""):
            sheet = openpyxl.load_workbook(io.BytesIO(export(client, register, VILLAGE, purpose=purpose or ""))).active
            assert [cell.coordinate for row in sheet for cell in row if cell.data_type == "f"] == []
        lines = export(client, register, VILLAGE, purpose="查公式看看", kind="csv").decode("utf-8-sig").splitlines()
        live = [cell for line in lines for cell in line.split(",") if re.match(r'"?[=+\-@\t＝＋－＠]', cell)]
        assert live == [], register
