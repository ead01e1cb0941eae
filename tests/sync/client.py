"""A plain client of the interface that behaves as the phone does. What outlives a reload stands in its `Store` as text,
so that nothing survives by being the same object; a `Phone` is one open tab over a store.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.sync.line import Answer, Lost, ask

UNSENT = {"queued", "sending"}
FINAL = {"accepted", "handed"}
PIECE = 6000  # bytes of a photo in one request


class SignInNeeded(Exception):
    """The token or the session ended: nothing is sent before the owner signs in, nothing is dropped."""


@dataclass
class Record:
    """An item and how it stands. `answer` is what the server said when it took it, byte for byte."""

    id: str
    owner: int
    kind: str
    home: int | None
    made_at: str
    body: dict[str, Any]
    state: str = "queued"
    reason: str = ""
    answer: str = ""
    photos: dict[str, bool] = field(default_factory=dict)  # which photos, and whether the server has each whole
    box: dict[str, str] = field(default_factory=dict)  # instead of the body, once sealed


@dataclass
class Account:
    """What a phone keeps of somebody. `key` is there only while the outbox is open."""

    token: str
    deposit: str
    key: str
    wrapped: str
    wrapped_iv: str


class Store:
    """The phone's database: texts by name. Two tabs write into it at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: dict[str, str] = {}
        self._accounts: dict[int, str] = {}
        self.photos: dict[str, bytes] = {}

    def put(self, record: Record) -> None:
        """Keep a record. What is final stays so: a tab that lags behind takes nothing back."""
        with self._lock:
            known = self._items.get(record.id)
            if known is None or json.loads(known)["state"] not in FINAL:
                self._items[record.id] = json.dumps(asdict(record))

    def settle_photo(self, item: str, photo: str) -> None:
        """The server has this photo whole."""
        with self._lock:
            record = json.loads(self._items[item])
            record["photos"][photo] = True
            self._items[item] = json.dumps(record)

    def records(self, owner: int | None = None) -> list[Record]:
        """Everything, or what one user noted, oldest first."""
        with self._lock:
            found = [Record(**json.loads(text)) for text in self._items.values()]
        return [one for one in found if owner in (None, one.owner)]

    def record(self, uuid: str) -> Record:
        """One of them."""
        with self._lock:
            return Record(**json.loads(self._items[uuid]))

    def shuffle(self, order: Callable[[list[str]], None]) -> None:
        """Another order of sending."""
        with self._lock:
            names = list(self._items)
            order(names)
            self._items = {name: self._items[name] for name in names}

    def forget(self, uuids: list[str]) -> None:
        """After the records were looked at."""
        with self._lock:
            for uuid in uuids:
                for photo in json.loads(self._items.pop(uuid))["photos"]:
                    self.photos.pop(photo, None)

    def account(self, user: int) -> Account | None:
        """What is kept of a user."""
        with self._lock:
            text = self._accounts.get(user)
        return Account(**json.loads(text)) if text else None

    def put_account(self, user: int, account: Account) -> None:
        """Keep it."""
        with self._lock:
            self._accounts[user] = json.dumps(asdict(account))


class Session:
    """Somebody's signed-in session in the browser: the cookie, and nothing else."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self.port, self.login, self.password, self.cookies = port, login, password, {"": ""}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request with the cookie."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if name)
        answer = ask(self.port, method, path, body, {"Cookie": jar, **headers})
        for name, value in re.findall(r"^([^=;]+)=([^;]*)", answer.headers.get("set-cookie", "")):
            self.cookies[name] = value
        return answer

    def secret(self) -> str:
        """The CSRF token of the session, signing in where it has ended."""
        answer = self.ask("GET", "/api/sync/session")
        if answer.status == 401:
            self._sign_in()
            answer = self.ask("GET", "/api/sync/session")
        assert answer.status == 200, answer
        return str(answer.json["csrf"])

    def _sign_in(self) -> None:
        page = self.ask("GET", "/sign-in").body.decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, page[:500]
        form = {"csrf_token": token[1], "login": self.login, "password": self.password}
        kind = "application/x-www-form-urlencoded"
        answer = self.ask("POST", "/sign-in", urllib.parse.urlencode(form).encode(), **{"Content-Type": kind})
        assert answer.status in (302, 303), answer.status


class Phone:
    """One tab. `clock` tells what the phone believes the time is."""

    def __init__(self, port: int, store: Store, clock: Callable[[], datetime]) -> None:
        self.port, self.store, self.clock = port, store, clock
        for record in store.records():  # after a reload nobody knows how it ended
            if record.state == "sending":
                record.state = "queued"
                store.put(record)

    def register(self, user: int, session: Session, label: str) -> None:
        """Make this phone known to the account: a token, and a key to seal with, which the phone forgets."""
        csrf = session.secret()
        headers = {"X-CSRFToken": csrf, "Content-Type": "application/json"}
        answer = session.ask("POST", "/api/sync/devices", json.dumps({"label": label}).encode(), **headers)
        assert answer.status == 201, answer
        said, kept = answer.json, self.store.account(user)
        assert said["user"]["id"] == user
        key = base64.b64decode(kept.key) if kept and kept.key else AESGCM.generate_key(256)
        iv = os.urandom(12)
        wrapped = AESGCM(base64.b64decode(said["seal_key"])).encrypt(iv, key, None)
        self.store.put_account(user, Account(said["token"], said["deposit"], _b64(key), _b64(wrapped), _b64(iv)))

    def note(self, record: Record, photos: dict[str, bytes]) -> None:
        """Saved on the phone, with its id, before anything is sent."""
        self.store.photos.update(photos)
        record.photos = dict.fromkeys(photos, False)
        self.store.put(record)

    def flush(self, user: int) -> None:
        """Send what one user noted: text first, then photos. Stops at the first sign that it is no use."""
        account = self.store.account(user)
        if account is None or not account.token:
            raise SignInNeeded
        for record in self.store.records(user):
            if record.state in UNSENT:
                self.send(record, account.token)
        for record in self.store.records(user):
            if record.state == "accepted":
                for photo, done in record.photos.items():
                    if not done:
                        self._send_photo(record.id, photo, account.token)

    def send(self, record: Record, token: str) -> None:
        """One item. It counts as taken only by an answer that names it."""
        record.state = "sending"
        self.store.put(record)
        try:
            answer = self.post_item(record, token)
        except Lost:
            answer = None
        record.state = "queued"
        if answer is not None:
            self._judge(record, answer)
        self.store.put(record)
        if answer is not None and answer.status == 401:
            raise SignInNeeded

    def post_item(self, record: Record, token: str) -> Answer:
        """The request itself."""
        sent = {**self.plain(record), "sent_at": self.clock().isoformat()}
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return ask(self.port, "POST", "/api/sync/items", json.dumps(sent).encode(), headers)

    def plain(self, record: Record) -> dict[str, Any]:
        """An item as it is sent and sealed."""
        return {
            "id": record.id, "kind": record.kind, "form": 1, "made_at": record.made_at, "home": record.home,
            "body": record.body,
        }  # fmt: skip

    def _judge(self, record: Record, answer: Answer) -> None:
        said = answer.json
        if answer.status in (200, 201) and said.get("id") == record.id and said.get("state") in FINAL:
            record.state, record.answer = said["state"], answer.body.decode()
        elif answer.status == 409 and said.get("id") == record.id and said.get("state") == "refused":
            record.state, record.reason = "refused", said["reason"]
        elif answer.status in (413, 422):
            record.state, record.reason = "refused", said.get("error", "")

    def _send_photo(self, item: str, photo: str, token: str) -> None:
        """From where the server has it; a line that breaks leaves the rest for the next time."""
        content, path = self.store.photos[photo], f"/api/sync/photos/{photo}"
        bearer = {"Authorization": f"Bearer {token}"}
        try:
            head = ask(self.port, "HEAD", path, None, bearer)
            if head.status == 401:
                raise SignInNeeded
            if head.status != 200:
                return
            offset = int(head.headers["upload-offset"])
            while True:
                headers = {
                    **bearer, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset),
                    "Upload-Length": str(len(content)), "X-Item": item, "X-Digest": hashlib.sha256(content).hexdigest(),
                }  # fmt: skip
                answer = ask(self.port, "PATCH", path, content[offset : offset + PIECE], headers)
                if answer.status == 401:
                    raise SignInNeeded
                if answer.status not in (204, 409) or "upload-offset" not in answer.headers:
                    return
                offset = int(answer.headers["upload-offset"])
                if answer.status == 204 and offset >= len(content):
                    self.store.settle_photo(item, photo)
                    return
        except Lost:
            return

    def seal(self, user: int) -> None:
        """Signed out, wiped, or the PIN forgotten: what is unsent stays in boxes, token and key are gone."""
        account = self.store.account(user)
        if account is None or not account.key:
            return
        key = AESGCM(base64.b64decode(account.key))
        for record in self.store.records(user):
            if record.state in UNSENT:
                iv = os.urandom(12)
                content = json.dumps(self.plain(record)).encode()
                record.box = {"item": record.id, "iv": _b64(iv), "box": _b64(key.encrypt(iv, content, None))}
                record.state, record.body, record.photos = "sealed", {}, {}
                record.box |= {"wrapped": account.wrapped, "wrapped_iv": account.wrapped_iv, "deposit": account.deposit}
                self.store.put(record)
        account.token = account.key = ""
        self.store.put_account(user, account)

    def deposit(self, uuid: str) -> None:
        """Hand in the boxes, whoever holds the phone: one request a key they were sealed with."""
        by_key: dict[tuple[str, str, str, int], list[Record]] = {}
        for record in self.store.records():
            if record.state == "sealed":
                box = record.box
                by_key.setdefault((box["deposit"], box["wrapped"], box["wrapped_iv"], record.owner), []).append(record)
        for (deposit, wrapped, iv, owner), records in by_key.items():
            boxes = [{name: one.box[name] for name in ("item", "iv", "box")} for one in records]
            sent = {"id": uuid, "owner": owner, "wrapped": wrapped, "iv": iv, "boxes": boxes}
            headers = {"Authorization": f"Deposit {deposit}", "Content-Type": "application/json"}
            try:
                said = ask(self.port, "POST", "/api/sync/sealed", json.dumps(sent).encode(), headers).json
            except Lost:
                continue
            for record in records:
                if record.id in said.get("accepted", ()):
                    record.state = "accepted"
                elif record.id in said.get("refused", ()):
                    record.state = "refused"
                self.store.put(record)


def skewed(now: datetime, by: timedelta) -> Callable[[], datetime]:
    """A phone's clock that is off."""
    return lambda: now + by


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
