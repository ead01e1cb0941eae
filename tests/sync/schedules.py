"""Random days of three phones and three people over a line that breaks, and the count of what is left in the database.

A schedule notes visits, cases and photos and sends them in every wrong way there is; then the line is good again,
everybody signs in and sends what is left. What was noted must be there exactly once, as noted, under who noted it.
"""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO

from flask import Flask
from PIL import Image
from sqlalchemy import delete, func, select, update

from gridcase.cases.models import Case, CaseFile
from gridcase.core.db import db, transaction
from gridcase.sync.models import SyncItem
from gridcase.users.models import Device, UserSession
from gridcase.visits.models import Visit, VisitPhoto
from gridcase.visits.rules import Purpose, Tick, VisitMode, VisitState
from tests.factories.world import PASSWORD
from tests.faults.proxy import Proxy
from tests.faults.toxics import Toxic, bandwidth, cut_answer, down, latency, limit_data, reset, slicer, timeout
from tests.sync.client import FINAL, UNSENT, Phone, Record, Session, SignInNeeded, Store
from tests.sync.line import Answer, Lost

PHONES, STEPS = 3, 24
LAST_ROUNDS = 6  # on a good line two are enough; more means that something is stuck
EXPIRED = timedelta(days=31)
SKEWS = (timedelta(), timedelta(), timedelta(hours=3), timedelta(hours=-3), timedelta(minutes=-40))
CLASS = "0202"
PHOTOS = 0.12  # share of items with one


@dataclass(frozen=True)
class Person:
    """Somebody who visits."""

    id: int
    login: str
    homes: tuple[int, ...]


@dataclass
class Town:
    """The served application and who works in it; phones outlive a schedule, as phones do."""

    app: Flask
    proxy: Proxy
    now: datetime
    people: list[Person]
    sessions: dict[int, Session] = field(default_factory=dict)
    stores: list[Store] = field(default_factory=lambda: [Store() for _ in range(PHONES)])
    stored: Counter[str] = field(default_factory=Counter)  # what all schedules together must have left
    tried: Counter[str] = field(default_factory=Counter)  # how often something forbidden was tried

    def session(self, person: Person) -> Session:
        """The browser session of a person; one browser each is enough."""
        if person.id not in self.sessions:
            self.sessions[person.id] = Session(self.proxy.port, person.login, PASSWORD)
        return self.sessions[person.id]

    def change(self, what: Callable[[], None]) -> None:
        """Something that time or an administrator does on the server."""
        with self.app.app_context():
            with transaction():
                what()
            db.session.remove()


@dataclass
class Hand:
    """A phone in this schedule: its open tab, whose it is now, and how wrong its clock is."""

    number: int
    phone: Phone
    person: Person
    skew: timedelta


class Schedule:
    """One random day."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.seed, self.chance = town, seed, random.Random(seed)
        self.noted: dict[str, Record] = {}
        self.photos: set[str] = set()
        self.history: list[str] = []
        self.skews: dict[str, timedelta] = {}
        self.hands = [self._hand(number) for number in range(PHONES)]

    def _hand(self, number: int) -> Hand:
        skew = self.chance.choice(SKEWS)
        return Hand(number, self._tab(number, skew), self.chance.choice(self.town.people), skew)

    def _tab(self, number: int, skew: timedelta) -> Phone:
        return Phone(self.town.proxy.port, self.town.stores[number], lambda: self.town.now + skew)

    def run(self) -> None:
        """The day, its evening, and the count."""
        steps = [
            (self.note, 8), (self.flush, 6), (self.two_tabs, 3), (self.again, 2), (self.changed, 1), (self.stolen, 1),
            (self.shuffle, 2), (self.reload, 2), (self.switch, 3), (self.token_ends, 1), (self.session_ends, 1),
            (self.sign_out, 1), (self.deposit, 1),
        ]  # fmt: skip
        does, weights = [step for step, _ in steps], [weight for _, weight in steps]
        self.note(self.hands[0])
        for step in self.chance.choices(does, weights, k=STEPS):
            hand = self.chance.choice(self.hands)
            self.history.append(f"{step.__name__} on phone {hand.number} by {hand.person.login}")
            self.town.proxy.policy = self._weather()
            step(hand)
        self.town.proxy.clear()
        self._evening()
        for tried in (self.again, self.changed, self.stolen):  # once a day on a good line
            tried(self.chance.choice(self.hands))
        self._count()

    def _weather(self) -> Callable[[int], Toxic | None]:
        """Good for six requests in ten."""
        chance = random.Random(self.chance.random())
        bad = (
            cut_answer(), cut_answer(), cut_answer(), reset(), down(), latency(5), slicer(200), bandwidth(200_000),
            timeout(0.02), limit_data(chance.randrange(20, 900)),
        )  # fmt: skip
        return lambda _number: chance.choice(bad) if chance.random() < 0.4 else None

    def note(self, hand: Hand) -> None:
        """A visit or a demand, saved on the phone; some with a photo."""
        visit, person = self.chance.random() < 0.85, hand.person
        device_now = self.town.now + hand.skew
        made = device_now - timedelta(minutes=self.chance.randrange(0, 600))
        name = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        if visit:
            kind, body = "visit", {
                "visited_at": (made - timedelta(minutes=self.chance.randrange(0, 300))).isoformat(),
                "mode": self.chance.choice(list(VisitMode)).value, "met": self.chance.randrange(1, 6),
                "state": self.chance.choice(list(VisitState)[:2]).value, "purpose": Purpose.CARE.value,
                "ticks": [tick.value for tick in self.chance.sample(list(Tick), 2)], "note": f"记 {name}",
            }  # fmt: skip
        else:
            kind, body = "case", {"class": CLASS, "title": "路灯不亮", "text": f"记 {name}"}
        record = Record(name, person.id, kind, self.chance.choice(person.homes), made.isoformat(), body)
        photos = (
            {str(uuid.UUID(int=self.chance.getrandbits(128), version=4)): self._photo()} if self._luck(PHOTOS) else {}
        )
        self.noted[name], self.skews[name] = replace(record), hand.skew
        self.photos |= set(photos)
        hand.phone.note(record, photos)

    def _photo(self) -> bytes:
        """Noise, so that it is larger than a piece."""
        drawn = BytesIO()
        Image.frombytes("RGB", (64, 64), self.chance.randbytes(64 * 64 * 3)).save(drawn, "JPEG", quality=95)
        return drawn.getvalue()

    def _luck(self, share: float) -> bool:
        return self.chance.random() < share

    def flush(self, hand: Hand) -> None:
        """The owner opens the app: signed in where needed, then everything is sent."""
        self._flush(hand.phone, hand.person)

    def _flush(self, phone: Phone, person: Person) -> None:
        try:
            phone.flush(person.id)
        except SignInNeeded:
            with suppress(Lost, SignInNeeded):
                phone.register(person.id, self.town.session(person), f"手机 {self.seed}")
                phone.flush(person.id)

    def two_tabs(self, hand: Hand) -> None:
        """Two tabs send the same outbox at once, and nothing keeps them apart."""
        tabs = [hand.phone, self._tab(hand.number, hand.skew)]
        threads = [threading.Thread(target=self._flush_quietly, args=(tab, hand.person)) for tab in tabs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _flush_quietly(self, phone: Phone, person: Person) -> None:
        with suppress(SignInNeeded):
            phone.flush(person.id)

    def again(self, hand: Hand) -> None:
        """What was accepted is sent once more: the same answer, byte for byte."""
        for record, token in self._accepted(hand):
            with suppress(Lost):
                answer = hand.phone.post_item(record, token)
                if self._let_in(answer, "again"):
                    assert (answer.status, answer.body.decode()) == (200, record.answer), self._tell(record)

    def changed(self, hand: Hand) -> None:
        """The same id with another body is refused, and what stands is not touched."""
        for record, token in self._accepted(hand):
            record.body = {**record.body, ("note" if record.kind == "visit" else "text"): "别的内容"}
            with suppress(Lost):
                answer = hand.phone.post_item(record, token)
                if self._let_in(answer, "changed"):
                    assert (answer.status, answer.json.get("error")) == (422, "id_reused"), self._tell(record)

    def stolen(self, hand: Hand) -> None:
        """Somebody else sends the id: refused, and nothing of the owner's is said."""
        accounts = [
            store.account(person.id)
            for store in self.town.stores
            for person in self.town.people
            if person.id != hand.person.id
        ]
        others = [account.token for account in accounts if account and account.token]
        for record, _ in self._accepted(hand) if others else ():
            with suppress(Lost):
                answer = hand.phone.post_item(record, self.chance.choice(others))
                if self._let_in(answer, "stolen"):
                    assert answer.status == 409, (answer, self._tell(record))
                    assert answer.json["reason"] in {"id_taken", "not_allowed"}
                    assert "记 " not in answer.body.decode()

    def _let_in(self, answer: Answer, what: str) -> bool:
        """Whether the token still held; what was tried is counted."""
        self.town.tried[what] += answer.status != 401
        return answer.status != 401

    def _accepted(self, hand: Hand) -> list[tuple[Record, str]]:
        """One item of the phone's owner that was accepted and is still known, with the token; or none."""
        account = hand.phone.store.account(hand.person.id)
        done = [one for one in hand.phone.store.records(hand.person.id) if one.state == "accepted" and one.answer]
        return [(self.chance.choice(done), account.token)] if account and account.token and done else []

    def shuffle(self, hand: Hand) -> None:
        """The outbox is sent in another order."""
        hand.phone.store.shuffle(self.chance.shuffle)

    def reload(self, hand: Hand) -> None:
        """The page is thrown away; a new one finds what was kept."""
        hand.phone = self._tab(hand.number, hand.skew)

    def switch(self, hand: Hand) -> None:
        """Another person takes the phone; the outbox of the first stays where it is."""
        hand.person = self.chance.choice(self.town.people)

    def token_ends(self, hand: Hand) -> None:
        """Not used for a month."""
        self.town.change(lambda: db.session.execute(
            update(Device).where(Device.user_id == hand.person.id).values(seen_at=self.town.now - EXPIRED)
        ))  # fmt: skip

    def session_ends(self, hand: Hand) -> None:
        """The browser's session is over."""
        self.town.change(lambda: db.session.execute(delete(UserSession).where(UserSession.user_id == hand.person.id)))

    def sign_out(self, hand: Hand) -> None:
        """What is unsent is sealed for its owner."""
        hand.phone.seal(hand.person.id)

    def deposit(self, hand: Hand) -> None:
        """Whoever holds the phone: the boxes are handed in."""
        hand.phone.deposit(str(uuid.UUID(int=self.chance.getrandbits(128), version=4)))

    def _evening(self) -> None:
        """The line is good, everybody comes by."""
        for _ in range(LAST_ROUNDS):
            for hand in self.hands:
                self.deposit(hand)
                for person in self.town.people:
                    if self._left(hand.phone, person):
                        self._flush(hand.phone, person)
            if not any(self._left(hand.phone, person) for hand in self.hands for person in self.town.people):
                return

    def _left(self, phone: Phone, person: Person) -> bool:
        return any(
            record.state in {*UNSENT, "sealed"} or (record.state == "accepted" and not all(record.photos.values()))
            for record in phone.store.records(person.id)
        )

    def _count(self) -> None:
        """Nothing lost, nothing doubled, nothing overwritten, nothing under another name."""
        ended: dict[str, Record] = {}
        for store in self.town.stores:
            records = store.records()
            ended |= {record.id: record for record in records}
            store.forget([record.id for record in records])
        assert sorted(ended) == sorted(self.noted), self._tell()
        wrong = [
            self._tell(record)
            for record in ended.values()
            if record.state not in FINAL or not all(record.photos.values())
        ]
        assert wrong == [], "\n".join(wrong)
        photos = {photo for record in ended.values() for photo in record.photos}
        self.town.stored.update(Counter(record.kind for record in self.noted.values()))
        self.town.stored["photo"] += len(photos)
        with self.town.app.app_context():
            self._compare()
            left, wanted = self._all(), {kind: self.town.stored[kind] for kind in ("visit", "case", "photo")}
            assert left == wanted, (left, wanted, self._tell())
            db.session.remove()

    def _compare(self) -> None:
        filed = db.session.scalars(select(SyncItem).where(SyncItem.uuid.in_(self.noted))).all()
        assert sorted(item.uuid for item in filed) == sorted(self.noted), self._tell()
        for item in filed:
            noted = self.noted[item.uuid]
            assert item.user_id == noted.owner, self._tell(noted)
            if noted.kind == "visit":
                visit = db.session.get_one(Visit, item.visit_id)
                assert visit.client_uuid == noted.id, self._tell(noted)
                said = (
                    visit.user_id,
                    visit.household_id,
                    visit.mode,
                    visit.met,
                    visit.state,
                    set(visit.ticks),
                    visit.note,
                )
                body = noted.body
                wanted = (
                    noted.owner, noted.home, body["mode"], body["met"], body["state"], set(body["ticks"]), body["note"]
                )  # fmt: skip
                assert said == wanted, self._tell(noted)
                told = datetime.fromisoformat(body["visited_at"])  # out of a sealed box as it was said, else put right
                assert visit.visited_at in {told, told - self.skews[item.uuid]}, self._tell(noted)
            else:
                case = db.session.get_one(Case, item.case_id)
                assert (case.household_id, case.text) == (noted.home, noted.body["text"]), self._tell(noted)

    def _all(self) -> dict[str, int]:
        """Everything in the database that phones can have left there."""
        kinds = Counter(db.session.scalars(select(SyncItem.kind)))
        visits = db.session.scalar(select(func.count()).select_from(Visit))
        assert visits == kinds["visit"], self._tell()
        hung = sum(db.session.scalar(select(func.count()).select_from(one)) or 0 for one in (VisitPhoto, CaseFile))
        return {"visit": visits or 0, "case": kinds["case"], "photo": hung}

    def _tell(self, record: Record | None = None) -> str:
        return f"schedule {self.seed}: {record}\n" + "\n".join(self.history)
