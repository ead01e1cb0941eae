"""Searching among many invented cases, on both databases: a county's desk, a town's, a village head, a station, a
representative.

    python -m benchmarks.search --cases 1000000 --db both
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, select, text

from benchmarks.ground import COUNTY_DESK, Ground, plain, prepared
from benchmarks.line import Line
from gridcase.app import load_viewer
from gridcase.cases.models import Case, CaseClass, CaseSearch
from gridcase.cases.rules.searching import words_of
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid
from gridcase.people.models import Post
from gridcase.search import queries as search
from gridcase.seed.scale import writing
from gridcase.users import queries as users
from gridcase.users.session import Account

WHO = (COUNTY_DESK, "dispatcher", "village_head", "dept", "liaison")
LEAST_GROUND = 2000  # cases that seed scale makes; the others are written here, without steps
BATCH = 20_000
ROUNDS = 4
SEED = 7
_CASE = (
    "id number class_id title text channel state urgency county_id town_id village_id grid_id path handler_unit_id "
    "reporter_name anonymous restricted unsorted registered_at due_provisional closed_at closed_late answer_attempts "
    "self_solved"
)


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# Invented, the first the most frequent; what follows them comes from `_coined`.
THINGS = _list(
    "路灯 井盖 水管 村道 垃圾 水渠 围墙 电线 厕所 桥面 护栏 污水 噪音 停电 停水 狗叫 滑坡 树枝 "
    "广播 宽带 补贴 医保 社保 低保 欠薪 宅基 边界 排水 粪池 公交 校车 健身器 摄像头 化粪池 蓄水池 变压器"
)
TROUBLES = _list("坏了 堵塞 破损 不亮 漏水 没人管 占用 塌陷 松动 丢失 倒了 太吵 缺失 积水 发臭 断了 开裂")
SPOTS = _list("村口 桥头 学校门口 祠堂旁 晒谷坪 老井边 后山 卫生室 小卖部 文化广场 河堤上 水库边 岔路口")
_SIGNS = (
    "东西南北上下前后大小新老石竹松柏杨柳桃李梅杏枫樟桂兰菊荷莲塘坝湾坪冲坳岭坡沟垄洞溪江河湖泉井"
    "田园林场庄屋院祠庙亭台楼阁寨堡关口渡埠"
)
_NAMES = ("王建国", "李秀英", "张志强", "刘桂兰")


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--db", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    for kind in ("sqlite", "postgresql") if options.db == "both" else (options.db,):
        with prepared(kind, LEAST_GROUND) as ground:
            began = time.perf_counter()
            fill(ground, options.cases)
            print(f"{kind}: {options.cases} cases with their words in {time.perf_counter() - began:.0f} s", flush=True)
            for line in measured(ground):
                print(f"{kind:<10}  {line.measure:<58} {line.value:>9.2f} {line.unit}", flush=True)


def search_lines(ground: Ground, floor: Any, seconds: float) -> Iterator[Line]:
    """The same on the ground of `make bench`, with as many cases as that has."""
    del floor, seconds
    fill(ground, ground.cases)
    yield from measured(ground)


# -- the cases


def fill(ground: Ground, count: int) -> None:
    """Write so many cases past the services, in order of time, and their words; indexes are made at the end."""
    with ground.app.app_context():
        _drop_index(ground)
        with transaction():
            ids = writing.reserve(Case, count)
        made = _cases(ground, count, ids)
        for start in range(0, count, BATCH):
            batch = [next(made) for _ in range(min(BATCH, count - start))]
            with transaction():
                writing.write(Case, _CASE, (row for row, _words in batch))
                writing.write(CaseSearch, "case_id words", ((row[0], words) for row, words in batch))
        _make_index(ground)
        db.session.remove()


def _drop_index(ground: Ground) -> None:
    if ground.name == "postgresql":
        with psycopg.connect(plain(ground.config.owner_url), autocommit=True) as connection:
            connection.execute("DROP INDEX idx_case_search_words")


def _make_index(ground: Ground) -> None:
    if ground.name == "postgresql":
        with psycopg.connect(plain(ground.config.owner_url), autocommit=True) as connection:
            connection.execute("SET maintenance_work_mem = '512MB'")
            connection.execute(
                "CREATE INDEX idx_case_search_words ON case_search USING gin (words) "
                "WITH (gin_pending_list_limit = 256)"
            )
            connection.execute("VACUUM ANALYZE case_search")
            connection.execute('VACUUM ANALYZE "case"')
        return
    with transaction():
        db.session.execute(text("INSERT INTO case_search_fts (case_search_fts) VALUES ('rebuild')"))
    with transaction():
        db.session.execute(text("ANALYZE"))


def _coined(rng: random.Random) -> list[str]:
    """Ten thousand names of hamlets and things that nobody has, of two to four characters."""
    return ["".join(rng.choices(_SIGNS, k=rng.choice((2, 3, 3, 4)))) for _ in range(10_000)]


def _skewed(rng: random.Random, words: Sequence[str]) -> str:
    """A few words often, most of them hardly ever (as texts have them)."""
    return words[min(int(len(words) * rng.random() ** 3), len(words) - 1)]


def _cases(ground: Ground, count: int, ids: Iterator[int]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    rng = random.Random(SEED)
    coined = _coined(rng)
    villages = db.session.execute(
        select(Grid.id, Grid.name, Grid.path, Grid.town_id, Grid.county_id).where(Grid.level == "village")
    ).all()
    units = dict(db.session.execute(select(Post.place_id, Post.unit_id).where(Post.unit_id.is_not(None))).all())
    classes = db.session.execute(select(CaseClass.id, CaseClass.zh).where(CaseClass.restricted.is_(False))).all()
    sqlite = ground.name == "sqlite"
    for n in range(count):
        at = ground.now - timedelta(days=3 * 365) * (1 - n / count)
        village, kind = rng.choice(villages), rng.choice(classes)
        thing, trouble, spot = _skewed(rng, THINGS), _skewed(rng, TROUBLES), _skewed(rng, SPOTS)
        near = _skewed(rng, coined)
        title = f"{near}{spot}{thing}{trouble}"
        also, days = _skewed(rng, coined), rng.randint(2, 40)
        words = f"{village.name}{near}附近的{thing}{trouble}，{also}那边也这样，已经{days}天，请看看。"
        number = f"GC{town_day(at):%Y%m%d}-9{n:08d}-{n % 10_000:04d}"
        closed = at + timedelta(days=5) if rng.random() < 0.9 else None
        key = next(ids)
        found = words_of((title, words, kind.zh, village.name), (number,), village.path)
        unit = units.get(village.town_id) if rng.random() < 0.4 else None
        yield (
            (
                key, number, kind.id, title, words, "phone", "closed" if closed else "in_progress", 3,
                village.county_id, village.town_id, village.id, village.id, village.path, unit,
                rng.choice(_NAMES), False, False, False, at, False, closed, False, 0, False,
            ),
            " ".join(found) if sqlite else found,
        )  # fmt: skip


# -- the questions


def questions() -> dict[str, list[str]]:
    """What is typed, by kind; the coined ones are those of the cases."""
    rng = random.Random(SEED)
    coined, other = _coined(rng), random.Random(SEED + 1)
    two, four = [w for w in coined if len(w) == 2], [w for w in coined if len(w) == 4]
    return {
        "two characters, common": [*THINGS[:6], *TROUBLES[:6]],
        "two characters, middling": [*two[:6], *(w for w in THINGS[-14:] if len(w) == 2)],
        "two characters, rare": two[-12:],
        "four characters, common": [f"{a}{b}" for a in THINGS[:4] for b in TROUBLES[:3] if len(a + b) == 4],
        "four characters, middling": [*four[:6], *(f"{a}{b}" for a in two[:3] for b in ("村口", "桥头"))],
        "four characters, rare": four[-12:],
        "nowhere": ["魑魅", "魍魉", "饕餮", "魑魅魍魉"],
        "two common words that hardly meet": [f"{a} {b}" for a in THINGS[:3] for b in four[:3]],
        "a person's name": [other.choice("王李张刘陈周曹孙") + "建国" for _ in range(6)],
    }


@dataclass(frozen=True, order=True)
class Asked:
    """One answer in milliseconds: by the clock, and of processors (this process and the database's, whose other
    neighbours on the machine do not count)."""

    spent: float
    busy: float
    words: str


def measured(ground: Ground) -> Iterator[Line]:
    """p50 and p95 of the whole search of the page: cases, homes, people and places, in the scope of each viewer."""
    everything: list[Asked] = []
    for login in WHO:
        with ground.app.app_context():
            user = users.by_login(login)
            assert user is not None
            viewer = load_viewer(Account(user, "", 0))
            db.session.remove()
        own: list[Asked] = []
        for kind, typed in questions().items():
            times = _asked(ground, viewer, typed)
            own += times
            yield Line(f"search, {login}, {kind}, p95", _share([one.spent for one in times], 0.95), "ms")
        yield from _summed(login, own)
        everything += own
    yield from _summed("everybody", everything)


def _summed(who: str, asked: list[Asked]) -> Iterator[Line]:
    slowest = max(asked)
    yield Line(f"search, {who}, p50", _share([one.spent for one in asked], 0.5), "ms")
    yield Line(f"search, {who}, p95", _share([one.spent for one in asked], 0.95), "ms")
    yield Line(f"search, {who}, processor time, p50", _share([one.busy for one in asked], 0.5), "ms")
    yield Line(f"search, {who}, processor time, p95", _share([one.busy for one in asked], 0.95), "ms")
    yield Line(f"search, {who}, slowest ({slowest.words})", slowest.spent, "ms")


def _share(times: list[float], share: float) -> float:
    return sorted(times)[int((len(times) - 1) * share + 0.5)]


def _asked(ground: Ground, viewer: Viewer, typed: list[str]) -> list[Asked]:
    """Each question in a session of its own, as a request asks it; the first round warms."""
    times = []
    for round_ in range(ROUNDS):
        for words in typed:
            with ground.app.app_context():
                backend = answering(ground.name)
                busy, began = processor_seconds(backend), time.perf_counter()
                search.find(viewer, clean_line(words), now=ground.now)
                spent, busy = (time.perf_counter() - began) * 1000, (processor_seconds(backend) - busy) * 1000
                db.session.remove()
            if round_:
                times.append(Asked(spent, busy, words))
    return times


def answering(kind: str) -> int | None:
    """The process of PostgreSQL that answers this session; SQLite answers in this one."""
    return db.session.scalar(select(func.pg_backend_pid())) if kind == "postgresql" else None


def processor_seconds(backend: int | None) -> float:
    """Seconds on a processor so far, of this process and of the one that answers (Linux keeps them in nanoseconds)."""
    other = 0 if backend is None else int(Path(f"/proc/{backend}/schedstat").read_text(encoding="ascii").split()[0])
    return time.process_time() + other / 1e9


if __name__ == "__main__":
    main()
